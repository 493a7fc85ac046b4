create or replace function activity.sp_remove_user_interest(p_user_id uuid, p_interest_tag varchar)
returns table (success boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
begin
    if v_user.user_id is not null then
        perform activity.drop_interest(p_user_id, p_interest_tag);
    end if;
    return query select v_user.user_id is not null;
end
$$;
