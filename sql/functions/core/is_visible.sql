-- May other people see this account now?
create or replace function activity.is_visible(
    p_deleted_at timestamptz, p_is_active boolean, p_status activity.user_status, p_ban_expires_at timestamptz)
returns boolean
language sql stable parallel safe
as $$
    select p_deleted_at is null
        and p_is_active is not false
        and (p_status = 'active' or (p_status = 'temporary_ban' and coalesce(p_ban_expires_at <= now(), false)))
$$;
