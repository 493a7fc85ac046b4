create or replace function activity.sp_update_username(p_user_id uuid, p_new_username varchar)
returns table (success boolean, message text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
begin
    if v_user.user_id is null then
        return query select false, 'User not found'::text;
    elsif activity.rename_user(v_user, p_new_username) then
        return query select true, 'Username updated successfully'::text;
    else
        return query select false, 'Username already taken'::text;
    end if;
end
$$;
