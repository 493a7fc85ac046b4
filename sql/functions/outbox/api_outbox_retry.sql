-- Sends a dead or waiting row again, now, with all its attempts; null: every dead one. Says how many.
create or replace function activity.api_outbox_retry(p_event_id uuid) returns int
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_count int;
begin
    update activity.outbox o set dead_at = null, attempts = 0, next_attempt_at = now()
    where o.delivered_at is null
      and case when p_event_id is null then o.dead_at is not null else o.event_id = p_event_id end;
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
