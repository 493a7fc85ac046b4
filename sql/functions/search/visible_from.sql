-- From when on other people may see this account: is_visible() as a moment that can be stored.
create or replace function activity.visible_from(
    p_deleted_at timestamptz, p_is_active boolean, p_status activity.user_status, p_ban_expires_at timestamptz)
returns timestamptz
language sql immutable parallel safe
as $$
    select case
        when p_deleted_at is not null or p_is_active is false then 'infinity'
        when p_status = 'active' then '-infinity'
        when p_status = 'temporary_ban' then coalesce(p_ban_expires_at, 'infinity')
        else 'infinity'
    end::timestamptz
$$;
