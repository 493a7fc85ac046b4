-- Raises for an unknown or deleted user: a row created for those would bring a deleted account's settings back.
create or replace function activity.sp_get_user_settings(p_user_id uuid)
returns table (email_notifications boolean, push_notifications boolean, activity_reminders boolean, community_updates boolean,
    friend_requests boolean, marketing_emails boolean, ghost_mode boolean, language varchar, timezone varchar)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
#variable_conflict use_column
declare
    v_user activity.users := activity.require_user(p_user_id);
begin
    insert into activity.user_settings (user_id) values (p_user_id) on conflict do nothing;
    return query
    select s.email_notifications, s.push_notifications, s.activity_reminders, s.community_updates,
        s.friend_requests, s.marketing_emails,
        s.ghost_mode and activity.effective_level(v_user.subscription_level, v_user.subscription_expires_at) = 'premium',
        s.language, s.timezone
    from activity.user_settings s
    where s.user_id = p_user_id;
end
$$;
