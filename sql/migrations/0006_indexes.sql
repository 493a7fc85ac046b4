-- The platform's indexes, by the names that its checks look for.
create index if not exists idx_users_email on activity.users (email);
create index if not exists idx_users_username on activity.users (username);
create index if not exists idx_users_subscription on activity.users (subscription_level, subscription_expires_at);
create index if not exists idx_users_status on activity.users (status) where status <> 'active';
create index if not exists idx_users_captain on activity.users (is_captain) where is_captain;
create index if not exists idx_users_verified on activity.users (is_verified) where is_verified;
create index if not exists idx_users_main_photo_moderation on activity.users (main_photo_moderation_status)
    where main_photo_moderation_status = 'pending';
create index if not exists idx_users_roles on activity.users using gin (roles);
create index if not exists idx_user_interests_tag on activity.user_interests (interest_tag);
create index if not exists idx_user_settings_ghost_mode on activity.user_settings (ghost_mode) where ghost_mode;
create index if not exists idx_user_blocks_blocker on activity.user_blocks (blocker_user_id);
create index if not exists idx_user_blocks_blocked on activity.user_blocks (blocked_user_id);
create index if not exists idx_profile_views_viewed on activity.profile_views (viewed_user_id, viewed_at desc);
create index if not exists idx_profile_views_viewer on activity.profile_views (viewer_user_id);
create index if not exists idx_media_assets_user on activity.media_assets (user_id, created_at desc);
create index if not exists idx_media_assets_type on activity.media_assets (asset_type);

-- Ours. Not unique: adopted data may hold case variants, and a unique index would break registration elsewhere.
create index if not exists idx_users_username_lower on activity.users (lower(username));
-- The moderation queue in its order.
create index if not exists idx_users_photo_queue on activity.users (main_photo_submitted_at, user_id)
    where main_photo_moderation_status = 'pending' and main_photo_url is not null;
-- "Is there a newer view by the same viewer?", for one row a viewer.
create index if not exists idx_profile_views_pair
    on activity.profile_views (viewed_user_id, viewer_user_id, viewed_at desc, view_id desc);
