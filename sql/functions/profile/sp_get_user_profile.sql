-- No row when blocked either way, banned, inactive, deleted or absent.
create or replace function activity.sp_get_user_profile(p_user_id uuid, p_requesting_user_id uuid)
returns table (
    user_id uuid, email varchar, username varchar, first_name varchar, last_name varchar, profile_description text,
    main_photo_url varchar, main_photo_moderation_status activity.photo_moderation_status, profile_photos_extra jsonb,
    date_of_birth date, gender varchar, subscription_level activity.subscription_level, subscription_expires_at timestamptz,
    is_captain boolean, captain_since timestamptz, is_verified boolean, verification_count int, no_show_count int,
    activities_created_count int, activities_attended_count int, created_at timestamptz, last_seen_at timestamptz,
    interests jsonb, settings jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select u.user_id, u.email, u.username, u.first_name, u.last_name, u.profile_description,
        u.main_photo_url, u.main_photo_moderation_status, u.profile_photos_extra,
        u.date_of_birth, u.gender,
        activity.effective_level(u.subscription_level, u.subscription_expires_at),
        activity.effective_expiry(u.subscription_level, u.subscription_expires_at),
        u.is_captain, u.captain_since, u.is_verified, u.verification_count, u.no_show_count,
        u.activities_created_count, u.activities_attended_count, u.created_at, u.last_seen_at,
        activity.interest_list(u.user_id)::jsonb, activity.settings_json(u.user_id)::jsonb
    from activity.users u
    where u.user_id = p_user_id
      and activity.is_visible(u.deleted_at, u.is_active, u.status, u.ban_expires_at)
      and not exists (
          select from activity.user_blocks b
          where b.blocker_user_id = p_requesting_user_id and b.blocked_user_id = p_user_id)
      and not exists (
          select from activity.user_blocks b
          where b.blocker_user_id = p_user_id and b.blocked_user_id = p_requesting_user_id);
end
$$;
