-- Anonymises a locked account at once. What other people's history needs stays: the row, its counters, blocks.
create or replace function activity.erase_account(p_user activity.users) returns void
language plpgsql volatile
as $$
declare
    v_name text := 'deleted_' || p_user.user_id;
begin
    perform activity.queue_mail(p_user, 'account_deleted', 'high', 'Your account was deleted',
        'Your account and your personal data were deleted. This cannot be undone.', '{}');
    perform activity.queue_event('user.deleted', p_user.user_id, 'banned', null);

    -- Somebody may have registered under the very name.
    if exists (select from activity.users u where u.username = v_name or u.email = v_name || '@deleted.local') then
        v_name := v_name || '_' || substr(md5(random()::text), 1, 8);
    end if;
    update activity.users u
    set email = v_name || '@deleted.local',
        username = v_name,
        password_hash = '!',
        first_name = null, last_name = null, profile_description = null,
        main_photo_url = null, main_photo_moderation_status = 'pending', profile_photos_extra = '[]',
        main_photo_submitted_at = null,
        date_of_birth = null, gender = null,
        subscription_level = 'free', subscription_expires_at = null,
        is_captain = false, captain_since = null, captain_prior_level = null, captain_prior_expires_at = null,
        status = 'banned', ban_expires_at = null, ban_reason = null,
        is_active = false, roles = '[]',
        last_seen_at = null, last_login_at = null, payload = null, hash_value = null,
        deleted_at = now(), tokens_valid_after = now()
    where u.user_id = p_user.user_id;

    delete from activity.user_interests i where i.user_id = p_user.user_id;
    delete from activity.user_settings s where s.user_id = p_user.user_id;
    delete from activity.profile_views v where v.viewer_user_id = p_user.user_id;
    delete from activity.profile_views v where v.viewed_user_id = p_user.user_id;
    begin
        delete from activity.media_assets m where m.user_id = p_user.user_id;
    exception when foreign_key_violation then
        -- A sibling's table refers to an asset: then its row stays, without what it says.
        update activity.media_assets m
        set file_name = 'deleted', mime_type = 'application/octet-stream', storage_url = '', thumbnail_url = null,
            payload = null, hash_value = null
        where m.user_id = p_user.user_id;
    end;
    perform activity.revoke_refresh_tokens(p_user.user_id);
end
$$;
