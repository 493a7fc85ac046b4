-- Endpoint 16: the caller's own tier, with the payment service's key or the admin role. The row is not locked here: a request
-- whose first try is still running shall hear so, not wait for it.
create or replace function activity.api_update_own_subscription(
    p_caller uuid, p_issued_at bigint, p_by_payment_service boolean, p_level text, p_expires_at timestamptz,
    p_idem_scope text, p_idem_key text, p_fingerprint bytea,
    out body text, out sqlstate text, out replayed boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.caller(p_caller, p_issued_at, false);
begin
    if not p_by_payment_service then
        perform activity.require_role(v_user.roles, 'admin');
    end if;
    select o.body, o.sqlstate, o.replayed into body, sqlstate, replayed
    from activity.run_once('tier',
        case when p_by_payment_service then 'service:payment' else 'user:' || p_caller end, p_caller,
        jsonb_build_object('level', p_level, 'expires_at', p_expires_at), p_idem_scope, p_idem_key, p_fingerprint) o;
end
$$;
