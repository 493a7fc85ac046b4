-- Queues an event for activity-api.
create or replace function activity.queue_event(
    p_type text, p_user_id uuid, p_status activity.user_status, p_ban_expires_at timestamptz) returns void
language plpgsql volatile
as $$
begin
    insert into activity.outbox (channel, topic, user_id, payload)
    values ('activity', p_type, p_user_id, jsonb_build_object(
        'type', p_type,
        'timestamp', activity.json_time(now()),
        'data', jsonb_build_object('user_id', p_user_id, 'status', p_status,
            'ban_expires_at', activity.json_time(p_ban_expires_at))));
end
$$;
