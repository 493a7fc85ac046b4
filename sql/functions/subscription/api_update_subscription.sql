-- Endpoint 31: any user's tier, for the payment service.
create or replace function activity.api_update_subscription(
    p_service text, p_user_id uuid, p_level text, p_expires_at timestamptz,
    p_idem_scope text, p_idem_key text, p_fingerprint bytea,
    out body text, out sqlstate text, out replayed boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    select o.body, o.sqlstate, o.replayed into body, sqlstate, replayed
    from activity.run_once('tier', 'service:' || p_service, p_user_id,
        jsonb_build_object('level', p_level, 'expires_at', p_expires_at), p_idem_scope, p_idem_key, p_fingerprint) o;
end
$$;
