-- For operators; never the payload, which holds addresses. p_state: pending, dead or delivered.
create or replace function activity.api_outbox_list(p_state text, p_limit int)
returns table (event_id uuid, channel text, topic text, user_id uuid, attempts int, created_at timestamptz,
    next_attempt_at timestamptz, settled_at timestamptz, last_error text)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select o.event_id, o.channel, o.topic, o.user_id, o.attempts, o.created_at,
        case when o.delivered_at is null and o.dead_at is null then o.next_attempt_at end,
        coalesce(o.delivered_at, o.dead_at), o.last_error
    from activity.outbox o
    where case p_state
        when 'pending' then o.delivered_at is null and o.dead_at is null
        when 'dead' then o.dead_at is not null
        when 'delivered' then o.delivered_at is not null
        else false end
    order by o.created_at desc
    limit p_limit;
end
$$;
