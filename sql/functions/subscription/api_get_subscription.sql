-- Endpoint 15. days_remaining changes by itself, so the body is good until the next whole day is gone.
create or replace function activity.api_get_subscription(
    p_caller uuid, p_issued_at bigint,
    out body text, out edit_version bigint, out fresh_until bigint, out authz text)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_suspect boolean;
begin
    select activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after),
        (select row_to_json(r) from (
            select activity.effective_level(u.subscription_level, u.subscription_expires_at) as subscription_level,
                activity.json_time(e.until) as subscription_expires_at,
                u.is_captain, activity.json_time(u.captain_since) as captain_since,
                floor(e.seconds / 86400) as days_remaining
        ) r),
        u.profile_version,
        floor(date_part('epoch', now()) + e.seconds - floor(e.seconds / 86400) * 86400)::bigint,
        activity.authz_line(u.deleted_at, u.is_active, u.status, u.ban_expires_at,
            u.subscription_level, u.subscription_expires_at, u.roles, s.ghost_mode, u.tokens_valid_after)
    into v_suspect, body, edit_version, fresh_until, authz
    from activity.users u
    left join activity.user_settings s on s.user_id = u.user_id
    cross join lateral (
        select f.until, date_part('epoch', f.until) - date_part('epoch', now()) as seconds
        from (select least(activity.effective_expiry(u.subscription_level, u.subscription_expires_at),
            case when u.subscription_expires_at = 'infinity' then '9999-12-31'::timestamptz end) as until) f
    ) e
    where u.user_id = p_caller;
    if not found or v_suspect then
        perform activity.check_caller(p_caller, p_issued_at);
    end if;
end
$$;
