create or replace function activity.sp_update_activity_counts(p_user_id uuid, p_created_delta int, p_attended_delta int)
returns table (new_created_count int, new_attended_count int)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    return query select c.created, c.attended from activity.move_counters(p_user_id, p_created_delta, p_attended_delta) c;
end
$$;
