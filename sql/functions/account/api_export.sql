-- Endpoint 29: what the user gave and what is held about them, as one document. Never who viewed or blocked them, the password
-- hash, or fields that only this implementation needs.
create or replace function activity.api_export(p_caller uuid, p_issued_at bigint, out body text)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_suspect boolean;
begin
    select activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after),
        (select row_to_json(d) from (
            select activity.json_time(now()) as exported_at,
                (select row_to_json(x) from (
                    select u.user_id, u.email, u.username, u.first_name, u.last_name, u.profile_description, u.date_of_birth,
                        u.gender, u.roles, u.is_verified, activity.json_time(u.created_at) as created_at,
                        activity.json_time(u.updated_at) as updated_at, activity.json_time(u.last_seen_at) as last_seen_at,
                        activity.json_time(u.last_login_at) as last_login_at) x) as profile,
                activity.settings_json(u.user_id) as settings,
                activity.interest_list(u.user_id) as interests,
                (select row_to_json(x) from (
                    select u.main_photo_url, u.main_photo_moderation_status,
                        activity.json_time(u.main_photo_submitted_at) as main_photo_submitted_at,
                        activity.photo_list(u.profile_photos_extra) as profile_photos_extra) x) as photos,
                (select row_to_json(x) from (
                    select activity.effective_level(u.subscription_level, u.subscription_expires_at) as subscription_level,
                        activity.json_time(activity.effective_expiry(u.subscription_level, u.subscription_expires_at))
                            as subscription_expires_at,
                        u.is_captain, activity.json_time(u.captain_since) as captain_since) x) as subscription,
                (select row_to_json(x) from (
                    select u.verification_count, u.no_show_count, u.activities_created_count, u.activities_attended_count) x)
                    as counters,
                array_to_json(array(
                    select row_to_json(x) from (
                        select b.blocked_user_id as user_id, b.reason, activity.json_time(b.created_at) as created_at
                        from activity.user_blocks b where b.blocker_user_id = p_caller order by b.created_at) x)) as blocks,
                array_to_json(array(
                    select row_to_json(x) from (
                        select v.viewed_user_id as user_id, activity.json_time(v.viewed_at) as viewed_at
                        from activity.profile_views v where v.viewer_user_id = p_caller order by v.viewed_at) x))
                    as profile_views_made,
                array_to_json(array(
                    select row_to_json(x) from (
                        select m.asset_id, m.asset_type, m.file_name, m.file_size_bytes, m.mime_type, m.storage_url,
                            m.thumbnail_url, activity.json_time(m.created_at) as created_at
                        from activity.media_assets m where m.user_id = p_caller order by m.created_at) x)) as media
        ) d)
    into v_suspect, body
    from activity.users u
    where u.user_id = p_caller;
    if not found or v_suspect then
        perform activity.check_caller(p_caller, p_issued_at);
    end if;
end
$$;
