create or replace function activity.sp_delete_user_account(p_user_id uuid) returns table (success boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
begin
    if v_user.user_id is not null then
        perform activity.erase_account(v_user);
    end if;
    return query select v_user.user_id is not null;
end
$$;
