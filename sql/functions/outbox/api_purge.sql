-- Removes what is past its time, at most p_limit rows of a kind, so that no batch is long: idempotency records after 24 hours,
-- delivered outbox rows after a week, undelivered ones after 30 days (they hold addresses). Says how many went; call again
-- until it says less than the limit.
create or replace function activity.api_purge(p_limit int) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_records int;
    v_outbox int;
begin
    delete from activity.idempotency_records r where r.ctid = any (array(
        select d.ctid from activity.idempotency_records d
        where d.created_at <= now() - interval '24 hours'
        limit p_limit for update skip locked));
    get diagnostics v_records = row_count;
    delete from activity.outbox o where o.event_id = any (array(
        select d.event_id from activity.outbox d
        where d.created_at <= now() - interval '30 days'
           or (d.created_at <= now() - interval '7 days' and d.delivered_at <= now() - interval '7 days')
        limit p_limit for update skip locked));
    get diagnostics v_outbox = row_count;
    return v_records + v_outbox;
end
$$;
