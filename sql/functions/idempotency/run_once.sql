-- Runs one of the calls that a service may retry. With an idempotency key the first result, a success or a refusal that would
-- come out the same again, is stored in the same transaction and replayed for 24 hours.
create or replace function activity.run_once(
    p_operation text, p_actor text, p_user_id uuid, p_args jsonb, p_scope text, p_key text, p_fingerprint bytea,
    out body text, out sqlstate text, out replayed boolean)
language plpgsql volatile
as $$
declare
    v_record record;
    v_state text;
    v_detail text;
begin
    replayed := false;
    if p_key is null then
        body := activity.run_operation(p_operation, p_actor, p_user_id, p_args);
        return;
    end if;

    select * into v_record from activity.find_record(p_scope, p_key, p_fingerprint);
    if v_record.found_one then
        replayed := true;
        body := v_record.body;
        sqlstate := v_record.state;
        return;
    end if;

    begin
        body := activity.run_operation(p_operation, p_actor, p_user_id, p_args);
    exception when others then
        get stacked diagnostics v_state = returned_sqlstate, v_detail = pg_exception_detail;
        if v_state = '22003' then  -- a counter at the end of its integer
            v_state := 'UPL01';
            v_detail := '{"limit": 2147483647}';
        elsif v_state !~ '^UP[NCLV]' then
            raise;
        end if;
        body := coalesce(nullif(v_detail, ''), '{}');
    end;
    sqlstate := v_state;
    insert into activity.idempotency_records as r (scope, key, fingerprint, sqlstate, body)
    values (p_scope, p_key, p_fingerprint, v_state, body)
    on conflict (scope, key) do update
    set fingerprint = excluded.fingerprint, sqlstate = excluded.sqlstate, body = excluded.body, created_at = now();
end
$$;
