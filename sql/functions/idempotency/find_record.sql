-- Looks for the first result under an idempotency key. The try-lock tells a request that is still running (it holds the lock
-- until it commits) from one that is done; nobody ever waits here.
create or replace function activity.find_record(
    p_scope text, p_key text, p_fingerprint bytea, out found_one boolean, out body text, out state text)
language plpgsql volatile
as $$
declare
    v_record activity.idempotency_records;
begin
    if not pg_try_advisory_xact_lock(hashtextextended(p_scope || chr(1) || p_key, 1)) then
        raise exception using errcode = 'UPC04', message = 'A request with this idempotency key is still running';
    end if;
    select * into v_record from activity.idempotency_records r
    where r.scope = p_scope and r.key = p_key and r.created_at > now() - interval '24 hours';
    found_one := found;
    if found_one and v_record.fingerprint <> p_fingerprint then
        raise exception using errcode = 'UPC06', message = 'This idempotency key was used with another payload';
    end if;
    body := v_record.body;
    state := v_record.sqlstate;
end
$$;
