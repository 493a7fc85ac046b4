-- null keeps a setting.
create or replace function activity.sp_update_user_settings(
    p_user_id uuid, p_email_notifications boolean default null, p_push_notifications boolean default null,
    p_activity_reminders boolean default null, p_community_updates boolean default null, p_friend_requests boolean default null,
    p_marketing_emails boolean default null, p_ghost_mode boolean default null, p_language varchar default null,
    p_timezone varchar default null)
returns table (success boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
begin
    if v_user.user_id is not null then
        perform activity.edit_settings(v_user, jsonb_strip_nulls(jsonb_build_object(
            'email_notifications', p_email_notifications, 'push_notifications', p_push_notifications,
            'activity_reminders', p_activity_reminders, 'community_updates', p_community_updates,
            'friend_requests', p_friend_requests, 'marketing_emails', p_marketing_emails, 'ghost_mode', p_ghost_mode,
            'language', p_language, 'timezone', p_timezone)), null);
    end if;
    return query select v_user.user_id is not null;
end
$$;
