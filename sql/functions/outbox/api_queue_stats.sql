-- Depths and ages for the metrics, each from an index of its own.
create or replace function activity.api_queue_stats(
    out outbox_pending bigint, out outbox_oldest_seconds float8, out outbox_dead bigint,
    out photos_pending bigint, out photos_oldest_seconds float8)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    select count(*), coalesce(date_part('epoch', now() - min(o.created_at)), 0)
    into outbox_pending, outbox_oldest_seconds
    from activity.outbox o where o.delivered_at is null and o.dead_at is null;
    select count(*) into outbox_dead from activity.outbox o where o.dead_at is not null;
    select count(*), coalesce(date_part('epoch', now() - min(u.main_photo_submitted_at)), 0)
    into photos_pending, photos_oldest_seconds
    from activity.users u where u.main_photo_moderation_status = 'pending' and u.main_photo_url is not null;
end
$$;
