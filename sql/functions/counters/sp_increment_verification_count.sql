create or replace function activity.sp_increment_verification_count(p_user_id uuid) returns table (new_count int)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    return query select activity.add_verification(p_user_id);
end
$$;
