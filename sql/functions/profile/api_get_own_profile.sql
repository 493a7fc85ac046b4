-- Endpoint 1. One query for everything; ghost mode and tier are those that count now.
create or replace function activity.api_get_own_profile(
    p_caller uuid, p_issued_at bigint,
    out body text, out edit_version bigint, out fresh_until bigint, out authz text)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_suspect boolean;
begin
    select activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after),
        (select row_to_json(p) from (
            select u.user_id, u.email, u.username, u.first_name, u.last_name, u.profile_description, u.main_photo_url,
                u.main_photo_moderation_status,
                case when u.profile_photos_extra = '[]' then '[]'::json
                    else activity.photo_list(u.profile_photos_extra) end as profile_photos_extra,
                u.date_of_birth, u.gender,
                activity.effective_level(u.subscription_level, u.subscription_expires_at) as subscription_level,
                activity.json_time(activity.effective_expiry(u.subscription_level, u.subscription_expires_at))
                    as subscription_expires_at,
                u.is_captain, activity.json_time(u.captain_since) as captain_since,
                u.is_verified, u.verification_count, u.no_show_count,
                u.activities_created_count, u.activities_attended_count,
                activity.json_time(u.created_at) as created_at, activity.json_time(u.last_seen_at) as last_seen_at,
                activity.interest_list(u.user_id) as interests,
                (select row_to_json(e) from (
                    select coalesce(s.email_notifications, true) as email_notifications,
                        coalesce(s.push_notifications, true) as push_notifications,
                        coalesce(s.activity_reminders, true) as activity_reminders,
                        coalesce(s.community_updates, true) as community_updates,
                        coalesce(s.friend_requests, true) as friend_requests,
                        coalesce(s.marketing_emails, false) as marketing_emails,
                        coalesce(s.ghost_mode and u.subscription_level = 'premium'
                            and u.subscription_expires_at > now(), false) as ghost_mode,
                        coalesce(s.language, 'en') as language,
                        coalesce(s.timezone, 'UTC') as timezone
                ) e) as settings
        ) p),
        u.profile_version,
        nullif(activity.epoch(activity.effective_expiry(u.subscription_level, u.subscription_expires_at)), 0),
        activity.authz_line(u.deleted_at, u.is_active, u.status, u.ban_expires_at,
            u.subscription_level, u.subscription_expires_at, u.roles, s.ghost_mode, u.tokens_valid_after)
    into v_suspect, body, edit_version, fresh_until, authz
    from activity.users u
    left join activity.user_settings s on s.user_id = u.user_id
    where u.user_id = p_caller;
    if not found or v_suspect then
        perform activity.check_caller(p_caller, p_issued_at);
    end if;
end
$$;
