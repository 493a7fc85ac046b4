-- CREATE OR REPLACE refuses another result type or other argument names, and silently makes a second function of the same name
-- when argument types differ. A result that only differs in varchar and text is mended here: the function is dropped, in the
-- same transaction in which it is made again, with its grants. Anything else would break somebody's calls, so it is refused
-- with every case named.
create temporary table upa_contract (name text, arguments text, result text);
insert into upa_contract values
    ('sp_add_profile_photo',
     'p_user_id uuid, p_photo_url character varying',
     'TABLE(success boolean, message text, photo_count integer)'),
    ('sp_add_user_interest',
     'p_user_id uuid, p_interest_tag character varying, p_weight numeric',
     'TABLE(success boolean, message text)'),
    ('sp_ban_user',
     'p_user_id uuid, p_ban_reason text, p_ban_expires_at timestamp with time zone',
     'TABLE(success boolean)'),
    ('sp_delete_user_account',
     'p_user_id uuid',
     'TABLE(success boolean)'),
    ('sp_get_pending_photo_moderations',
     'p_limit integer, p_offset integer',
     'TABLE(user_id uuid, username character varying, email character varying, main_photo_url character varying, created_at timestamp with time zone)'),
    ('sp_get_user_profile',
     'p_user_id uuid, p_requesting_user_id uuid',
     'TABLE(user_id uuid, email character varying, username character varying, first_name character varying, last_name character varying, profile_description text, main_photo_url character varying, main_photo_moderation_status activity.photo_moderation_status, profile_photos_extra jsonb, date_of_birth date, gender character varying, subscription_level activity.subscription_level, subscription_expires_at timestamp with time zone, is_captain boolean, captain_since timestamp with time zone, is_verified boolean, verification_count integer, no_show_count integer, activities_created_count integer, activities_attended_count integer, created_at timestamp with time zone, last_seen_at timestamp with time zone, interests jsonb, settings jsonb)'),
    ('sp_get_user_settings',
     'p_user_id uuid',
     'TABLE(email_notifications boolean, push_notifications boolean, activity_reminders boolean, community_updates boolean, friend_requests boolean, marketing_emails boolean, ghost_mode boolean, language character varying, timezone character varying)'),
    ('sp_increment_no_show_count',
     'p_user_id uuid',
     'TABLE(new_count integer)'),
    ('sp_increment_verification_count',
     'p_user_id uuid',
     'TABLE(new_count integer)'),
    ('sp_moderate_main_photo',
     'p_user_id uuid, p_moderation_status activity.photo_moderation_status, p_moderator_user_id uuid',
     'TABLE(success boolean)'),
    ('sp_remove_profile_photo',
     'p_user_id uuid, p_photo_url character varying',
     'TABLE(success boolean, photo_count integer)'),
    ('sp_remove_user_interest',
     'p_user_id uuid, p_interest_tag character varying',
     'TABLE(success boolean)'),
    ('sp_search_users',
     'p_query text, p_requesting_user_id uuid, p_limit integer, p_offset integer',
     'TABLE(user_id uuid, username character varying, first_name character varying, last_name character varying, main_photo_url character varying, is_verified boolean, verification_count integer)'),
    ('sp_set_captain_status',
     'p_user_id uuid, p_is_captain boolean',
     'TABLE(success boolean)'),
    ('sp_set_main_photo',
     'p_user_id uuid, p_photo_url character varying',
     'TABLE(success boolean, moderation_status activity.photo_moderation_status)'),
    ('sp_set_user_interests',
     'p_user_id uuid, p_interests jsonb',
     'TABLE(success boolean, interest_count integer)'),
    ('sp_unban_user',
     'p_user_id uuid',
     'TABLE(success boolean)'),
    ('sp_update_activity_counts',
     'p_user_id uuid, p_created_delta integer, p_attended_delta integer',
     'TABLE(new_created_count integer, new_attended_count integer)'),
    ('sp_update_last_seen',
     'p_user_id uuid',
     'TABLE(success boolean)'),
    ('sp_update_subscription',
     'p_user_id uuid, p_subscription_level activity.subscription_level, p_subscription_expires_at timestamp with time zone',
     'TABLE(success boolean)'),
    ('sp_update_user_profile',
     'p_user_id uuid, p_first_name character varying, p_last_name character varying, p_profile_description text, p_date_of_birth date, p_gender character varying',
     'TABLE(success boolean, updated_at timestamp with time zone)'),
    ('sp_update_user_settings',
     'p_user_id uuid, p_email_notifications boolean, p_push_notifications boolean, p_activity_reminders boolean, p_community_updates boolean, p_friend_requests boolean, p_marketing_emails boolean, p_ghost_mode boolean, p_language character varying, p_timezone character varying',
     'TABLE(success boolean)'),
    ('sp_update_username',
     'p_user_id uuid, p_new_username character varying',
     'TABLE(success boolean, message text)');

create temporary table upa_regrant (name text, grantee oid);

do $$
declare
    v_function record;
    v_wrong text[] := '{}';
begin
    for v_function in
        select p.oid, p.proacl, p.proowner, c.name, c.arguments, c.result, i.arguments as actual,
            pg_get_function_result(p.oid) as actual_result
        from upa_contract c
        join pg_proc p on p.proname = c.name and p.pronamespace = 'activity'::regnamespace
        cross join lateral (
            select string_agg(concat_ws(' ', p.proargnames[a.n], format_type(a.type, null)), ', ' order by a.n) as arguments
            from unnest(p.proargtypes::oid[]) with ordinality as a (type, n)
        ) i
    loop
        if v_function.actual is distinct from v_function.arguments
            or replace(v_function.actual_result, 'character varying', 'text')
                <> replace(v_function.result, 'character varying', 'text') then
            v_wrong := v_wrong || format('%s(%s) returns %s', v_function.name, v_function.actual, v_function.actual_result);
        elsif v_function.actual_result <> v_function.result then
            insert into upa_regrant
            select v_function.name, a.grantee from aclexplode(v_function.proacl) a
            where a.privilege_type = 'EXECUTE' and a.grantee not in (0, v_function.proowner);
            execute format('drop function %s', v_function.oid::regprocedure);
            raise warning 'activity.% returned %, now %', v_function.name, v_function.actual_result, v_function.result;
        end if;
    end loop;
    if v_wrong <> '{}' then
        raise exception E'these functions are not what this API and its predecessor agreed on:\n%', array_to_string(v_wrong, E'\n')
            using hint = 'Their callers must be looked at first; then drop them, or rename them, and run this again.';
    end if;
end
$$;
