-- The caller of the old function tells people itself, as it always did.
create or replace function activity.sp_ban_user(p_user_id uuid, p_ban_reason text, p_ban_expires_at timestamptz default null)
returns table (success boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
begin
    if v_user.user_id is not null then
        perform activity.apply_ban(v_user, p_ban_reason, p_ban_expires_at, false);
    end if;
    return query select v_user.user_id is not null;
end
$$;
