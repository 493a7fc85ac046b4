-- The receiver has taken it: what it said is forgotten. False when the row is not open any more.
create or replace function activity.api_outbox_delivered(p_event_id uuid) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    update activity.outbox o set delivered_at = now(), payload = null, last_error = null
    where o.event_id = p_event_id and o.delivered_at is null and o.dead_at is null;
    return found;
end
$$;
