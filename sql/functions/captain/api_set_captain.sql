-- Endpoints 17 and 18.
create or replace function activity.api_set_captain(
    p_caller uuid, p_issued_at bigint, p_user_id uuid, p_is_captain boolean, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_caller activity.users := activity.caller(p_caller, p_issued_at, false);
begin
    perform activity.require_role(v_caller.roles, 'admin');
    if p_is_captain is null then
        raise exception using errcode = 'UPV01', message = 'Field ''is_captain'' is required', detail = '{"field": "is_captain"}';
    end if;
    perform activity.set_captain(activity.require_user(p_user_id), p_is_captain);
    body := (
        select row_to_json(r) from (
            select true as success, u.user_id, u.is_captain, activity.json_time(u.captain_since) as captain_since,
                activity.effective_level(u.subscription_level, u.subscription_expires_at) as subscription_level,
                activity.json_time(activity.effective_expiry(u.subscription_level, u.subscription_expires_at))
                    as subscription_expires_at
            from activity.users u where u.user_id = p_user_id) r);
    perform activity.record_audit('user:' || p_caller, case when p_is_captain then 'captain.grant' else 'captain.revoke' end,
        p_user_id, '{}');
end
$$;
