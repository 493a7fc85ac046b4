-- Endpoint 27. Nobody bans themself or another admin.
create or replace function activity.api_ban_user(
    p_caller uuid, p_issued_at bigint, p_user_id uuid, p_reason text, p_expires_at timestamptz, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_caller activity.users := activity.caller(p_caller, p_issued_at, false);
    v_user activity.users;
    v_status activity.user_status;
begin
    perform activity.require_role(v_caller.roles, 'admin');
    if coalesce(btrim(p_reason), '') = '' then
        raise exception using errcode = case when p_reason is null then 'UPV01' else 'UPV03' end,
            message = 'Field ''reason'' is required', detail = '{"field": "reason", "min_length": 1}';
    end if;
    perform activity.check_text('reason', to_jsonb(p_reason), 1000, true);
    if p_expires_at <= now() then
        raise exception using errcode = 'UPV05', message = 'Ban expiry date must be in the future',
            detail = '{"field": "expires_at"}';
    end if;
    v_user := activity.require_user(p_user_id);
    if p_user_id = p_caller or v_user.roles @> '["admin"]' then
        raise exception using errcode = 'UPC02', message = 'This account is protected',
            detail = json_build_object('reason', case when p_user_id = p_caller then 'self' else 'admin' end)::text;
    end if;
    v_status := activity.apply_ban(v_user, p_reason, p_expires_at, true);
    body := row_to_json(r) from (
        select true as success, p_user_id as user_id, v_status as status, p_reason as ban_reason,
            activity.json_time(p_expires_at) as ban_expires_at) r;
    perform activity.record_audit('user:' || p_caller, 'ban', p_user_id,
        jsonb_build_object('reason', p_reason, 'expires_at', activity.json_time(p_expires_at)));
end
$$;
