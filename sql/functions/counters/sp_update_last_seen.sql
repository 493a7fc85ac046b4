create or replace function activity.sp_update_last_seen(p_user_id uuid) returns table (success boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    update activity.users u set last_seen_at = now() where u.user_id = p_user_id and u.deleted_at is null;
    return query select found;
end
$$;
