-- The previous implementation warns by itself; the automatic ban is ours, so its mail and event are too.
create or replace function activity.sp_increment_no_show_count(p_user_id uuid) returns table (new_count int)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    return query select activity.add_no_show(p_user_id, false);
end
$$;
