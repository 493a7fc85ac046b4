-- Endpoint 20.
create or replace function activity.api_verify(
    p_service text, p_user_id uuid, p_idem_scope text, p_idem_key text, p_fingerprint bytea,
    out body text, out sqlstate text, out replayed boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    select o.body, o.sqlstate, o.replayed into body, sqlstate, replayed
    from activity.run_once('verify', 'service:' || p_service, p_user_id, null, p_idem_scope, p_idem_key, p_fingerprint) o;
end
$$;
