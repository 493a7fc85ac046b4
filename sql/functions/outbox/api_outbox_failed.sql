-- The attempt failed: 'retry' after 5 s doubled with every attempt up to an hour, half to one and a half times that, so that
-- a thousand do not come back at once; 'dead' after the 30th (about a day), or at once when trying again is pointless.
create or replace function activity.api_outbox_failed(p_event_id uuid, p_error text, p_permanent boolean) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_dead_at timestamptz;
begin
    update activity.outbox o
    set last_error = left(p_error, 500),
        dead_at = case when p_permanent or o.attempts >= 30 then now() end,
        next_attempt_at = now() + least(3600, 5 * 2 ^ least(o.attempts - 1, 12)) * (0.5 + random()) * interval '1 second'
    where o.event_id = p_event_id and o.delivered_at is null and o.dead_at is null
    returning o.dead_at into v_dead_at;
    return case when not found then 'gone' when v_dead_at is not null then 'dead' else 'retry' end;
end
$$;
