-- Endpoint 28. A deleted account stays deleted.
create or replace function activity.api_unban_user(p_caller uuid, p_issued_at bigint, p_user_id uuid, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_caller activity.users := activity.caller(p_caller, p_issued_at, false);
    v_user activity.users;
begin
    perform activity.require_role(v_caller.roles, 'admin');
    v_user := activity.lock_user(p_user_id);
    if v_user.user_id is null then
        if exists (select from activity.users u where u.user_id = p_user_id) then
            raise exception using errcode = 'UPC02', message = 'This account was deleted', detail = '{"reason": "deleted"}';
        end if;
        raise exception using errcode = 'UPN01', message = 'User not found', detail = '{"resource": "user"}';
    end if;
    body := row_to_json(r) from (select true as success, p_user_id as user_id, 'active' as status) r;
    if v_user.status <> 'active' then
        perform activity.lift_ban(p_user_id);
        perform activity.queue_mail(v_user, 'user_unbanned', 'medium', 'Your account is active again',
            'The ban on your account was lifted. Please log in again.', '{}');
        perform activity.queue_event('user.unbanned', p_user_id, 'active', null);
        perform activity.record_audit('user:' || p_caller, 'unban', p_user_id, '{}');
    end if;
end
$$;
