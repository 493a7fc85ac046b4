-- The relay's next rows, due first. They are its own for p_lease_seconds; whoever claims after that may deliver them again.
create or replace function activity.api_outbox_claim(p_limit int, p_lease_seconds int)
returns table (event_id uuid, channel text, topic text, payload text, attempt int, created_at timestamptz)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    update activity.outbox o
    set attempts = o.attempts + 1, next_attempt_at = now() + p_lease_seconds * interval '1 second'
    where o.event_id in (
        select d.event_id from activity.outbox d
        where d.delivered_at is null and d.dead_at is null and d.next_attempt_at <= now()
        order by d.next_attempt_at
        limit p_limit
        for update skip locked)
    returning o.event_id, o.channel, o.topic, o.payload::text, o.attempts, o.created_at;
end
$$;
