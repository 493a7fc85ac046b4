-- The nine settings as compact JSON: defaults without a row, ghost mode as it counts now.
create or replace function activity.settings_json(p_user_id uuid) returns json
language plpgsql stable
as $$
begin
    return (
        select row_to_json(e) from (
            select coalesce(s.email_notifications, true) as email_notifications,
                coalesce(s.push_notifications, true) as push_notifications,
                coalesce(s.activity_reminders, true) as activity_reminders,
                coalesce(s.community_updates, true) as community_updates,
                coalesce(s.friend_requests, true) as friend_requests,
                coalesce(s.marketing_emails, false) as marketing_emails,
                coalesce(s.ghost_mode and u.subscription_level = 'premium' and u.subscription_expires_at > now(), false)
                    as ghost_mode,
                coalesce(s.language, 'en') as language,
                coalesce(s.timezone, 'UTC') as timezone
            from activity.users u
            left join activity.user_settings s on s.user_id = u.user_id
            where u.user_id = p_user_id
        ) e);
end
$$;
