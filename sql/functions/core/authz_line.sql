-- The authorization record as the API caches it: v1 status ban_until tier tier_until roles ghost valid_after.
-- Stored values with their ends, so that the reader's clock decides. A ban's end is rounded up, a tier's down.
create or replace function activity.authz_line(
    p_deleted_at timestamptz, p_is_active boolean, p_status activity.user_status, p_ban_expires_at timestamptz,
    p_level activity.subscription_level, p_expires_at timestamptz, p_roles jsonb, p_ghost boolean, p_valid_after timestamptz)
returns text
language sql stable parallel safe
as $$
    select 'v1 '
        || case
            when p_deleted_at is not null then 'deleted 0'
            when p_is_active is false then 'inactive 0'
            when p_status = 'active' then 'active 0'
            when p_status = 'banned' or p_ban_expires_at is null then 'banned 0'
            else 'temporary_ban ' || ceil(date_part('epoch', least(p_ban_expires_at, '9999-12-31 00:00:00+00'::timestamptz)))::bigint
        end
        || case when p_level = 'free' then ' free 0 ' else ' ' || p_level || ' ' || activity.epoch(p_expires_at) || ' ' end
        || case
            when p_roles is null or p_roles = '[]' then '-'
            when p_roles @> '["admin", "moderator"]' then 'admin,moderator'
            when p_roles @> '["admin"]' then 'admin'
            when p_roles @> '["moderator"]' then 'moderator'
            else '-'
        end
        || case when p_ghost then ' 1 ' else ' 0 ' end
        || activity.epoch(p_valid_after)
$$;
