-- Changes the settings that are present, on a locked user: first the tier, then the values, then the precondition.
create or replace function activity.edit_settings(p_user activity.users, p_changes jsonb, p_if_version bigint) returns void
language plpgsql volatile
as $$
declare
    v_field text;
    v_value jsonb;
begin
    if p_changes -> 'ghost_mode' = 'true' then
        perform activity.require_premium(p_user.subscription_level, p_user.subscription_expires_at);
    end if;
    for v_field, v_value in select key, value from jsonb_each(p_changes) loop
        if v_field = 'language' then
            if jsonb_typeof(v_value) <> 'string' or v_value #>> '{}' !~ '^[a-z]{2}(-[A-Z]{2})?$' then
                raise exception using errcode = 'UPV04', message = 'Field ''language'' must look like en or en-GB',
                    detail = '{"field": "language"}';
            end if;
        elsif v_field = 'timezone' then
            if jsonb_typeof(v_value) <> 'string' or char_length(v_value #>> '{}') > 50
                or not activity.is_timezone(v_value #>> '{}') then
                raise exception using errcode = 'UPV05', message = 'Field ''timezone'' is no known time zone',
                    detail = '{"field": "timezone"}';
            end if;
        elsif v_field not in ('email_notifications', 'push_notifications', 'activity_reminders', 'community_updates',
            'friend_requests', 'marketing_emails', 'ghost_mode') then
            raise exception using errcode = 'UPV07', message = format('Unknown field ''%s''', v_field),
                detail = json_build_object('field', v_field)::text;
        elsif jsonb_typeof(v_value) <> 'boolean' then
            raise exception using errcode = 'UPV04', message = format('Field ''%s'' must be true or false', v_field),
                detail = json_build_object('field', v_field)::text;
        end if;
    end loop;

    insert into activity.user_settings (user_id) values (p_user.user_id) on conflict do nothing;
    if p_if_version is not null and p_if_version <> (
        select s.settings_version from activity.user_settings s where s.user_id = p_user.user_id for update) then
        raise exception using errcode = 'UPC05', message = 'The settings were changed meanwhile';
    end if;
    update activity.user_settings s
    set email_notifications = coalesce((p_changes ->> 'email_notifications')::boolean, s.email_notifications),
        push_notifications = coalesce((p_changes ->> 'push_notifications')::boolean, s.push_notifications),
        activity_reminders = coalesce((p_changes ->> 'activity_reminders')::boolean, s.activity_reminders),
        community_updates = coalesce((p_changes ->> 'community_updates')::boolean, s.community_updates),
        friend_requests = coalesce((p_changes ->> 'friend_requests')::boolean, s.friend_requests),
        marketing_emails = coalesce((p_changes ->> 'marketing_emails')::boolean, s.marketing_emails),
        ghost_mode = coalesce((p_changes ->> 'ghost_mode')::boolean, s.ghost_mode),
        language = coalesce(p_changes ->> 'language', s.language),
        timezone = coalesce(p_changes ->> 'timezone', s.timezone)
    where s.user_id = p_user.user_id and p_changes <> '{}';
end
$$;
