-- Endpoint 22.
create or replace function activity.api_update_activity_counters(
    p_service text, p_user_id uuid, p_created int, p_attended int,
    p_idem_scope text, p_idem_key text, p_fingerprint bytea,
    out body text, out sqlstate text, out replayed boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    select o.body, o.sqlstate, o.replayed into body, sqlstate, replayed
    from activity.run_once('counters', 'service:' || p_service, p_user_id,
        jsonb_build_object('created', p_created, 'attended', p_attended), p_idem_scope, p_idem_key, p_fingerprint) o;
end
$$;
