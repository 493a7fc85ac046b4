-- The previous implementation: a role that may execute the 23 functions and nothing else, calling each by name.
begin;
\ir people.psql
select plan(26);

create role tap_legacy nologin;
grant usage on schema activity to tap_legacy;
do $$
declare
    v_function regprocedure;
begin
    for v_function in select oid from pg_proc where pronamespace = 'activity'::regnamespace and proname like 'sp\_%' loop
        execute format('grant execute on function %s to tap_legacy', v_function);
    end loop;
end
$$;
set local role tap_legacy;
\set u '01900000-0000-7000-8000-0000000000f3'

select results_eq(format('select username, interests, settings ->> ''language'' from activity.sp_get_user_profile(p_user_id => %L, p_requesting_user_id => %L)', :'u', :'u'), $$values ('tap_prem'::varchar, '[]'::jsonb, 'en')$$, 'sp_get_user_profile');
select results_eq(format('select success, updated_at from activity.sp_update_user_profile(p_user_id => %L, p_first_name => ''A'', p_last_name => ''B'', p_profile_description => ''C'', p_date_of_birth => ''1990-01-01'', p_gender => ''D'')', :'u'), 'values (true, now())', 'sp_update_user_profile');
select results_eq(format('select success, message from activity.sp_update_username(p_user_id => %L, p_new_username => ''tap_premium'')', :'u'), $$values (true, 'Username updated successfully'::text)$$, 'sp_update_username');
select results_eq(format('select success, moderation_status::text from activity.sp_set_main_photo(p_user_id => %L, p_photo_url => ''https://x/m'')', :'u'), $$values (true, 'pending')$$, 'sp_set_main_photo');
select results_eq(format('select success, message, photo_count from activity.sp_add_profile_photo(p_user_id => %L, p_photo_url => ''https://x/1'')', :'u'), $$values (true, 'Photo added successfully'::text, 1)$$, 'sp_add_profile_photo');
select results_eq(format('select success, photo_count from activity.sp_remove_profile_photo(p_user_id => %L, p_photo_url => ''https://x/1'')', :'u'), 'values (true, 0)', 'sp_remove_profile_photo');
select results_eq(format($q$select success, interest_count from activity.sp_set_user_interests(p_user_id => %L, p_interests => '[{"tag": "a", "weight": 0.5}]')$q$, :'u'), 'values (true, 1)', 'sp_set_user_interests');
select results_eq(format('select success, message from activity.sp_add_user_interest(p_user_id => %L, p_interest_tag => ''b'', p_weight => 0.25)', :'u'), $$values (true, 'Interest added successfully'::text)$$, 'sp_add_user_interest');
select results_eq(format('select success from activity.sp_remove_user_interest(p_user_id => %L, p_interest_tag => ''a'')', :'u'), 'values (true)', 'sp_remove_user_interest');
select results_eq(format('select success from activity.sp_update_user_settings(p_user_id => %L, p_email_notifications => true, p_push_notifications => false, p_activity_reminders => true, p_community_updates => false, p_friend_requests => true, p_marketing_emails => true, p_ghost_mode => true, p_language => ''nl'', p_timezone => ''Europe/Paris'')', :'u'), 'values (true)', 'sp_update_user_settings');
select results_eq(format('select email_notifications, push_notifications, activity_reminders, community_updates, friend_requests, marketing_emails, ghost_mode, language, timezone from activity.sp_get_user_settings(p_user_id => %L)', :'u'),
    $$values (true, false, true, false, true, true, true, 'nl'::varchar, 'Europe/Paris'::varchar)$$, 'sp_get_user_settings');
select results_eq(format('select success from activity.sp_update_subscription(p_user_id => %L, p_subscription_level => ''club'', p_subscription_expires_at => ''2099-01-01'')', :'u'), 'values (true)', 'sp_update_subscription');
select results_eq(format('select success from activity.sp_set_captain_status(p_user_id => %L, p_is_captain => true)', :'u'), 'values (true)', 'sp_set_captain_status');
select results_eq(format('select new_count from activity.sp_increment_verification_count(p_user_id => %L)', :'u'), 'values (1)', 'sp_increment_verification_count');
select results_eq(format('select new_count from activity.sp_increment_no_show_count(p_user_id => %L)', :'u'), 'values (1)', 'sp_increment_no_show_count');
select results_eq(format('select new_created_count, new_attended_count from activity.sp_update_activity_counts(p_user_id => %L, p_created_delta => 2, p_attended_delta => 3)', :'u'), 'values (2, 3)', 'sp_update_activity_counts');
select results_eq(format('select success from activity.sp_update_last_seen(p_user_id => %L)', :'u'), 'values (true)', 'sp_update_last_seen');
select results_eq(format('select user_id, username, first_name, last_name, main_photo_url, is_verified, verification_count from activity.sp_search_users(p_query => ''tap_premium'', p_requesting_user_id => %L, p_limit => 5, p_offset => 0)', :'free'),
    format($$values (%L::uuid, 'tap_premium'::varchar, 'A'::varchar, 'B'::varchar, 'https://x/m'::varchar, false, 1)$$, :'u'), 'sp_search_users');
select isnt_empty('select user_id, username, email, main_photo_url, created_at from activity.sp_get_pending_photo_moderations(p_limit => 200, p_offset => 0) where username = ''tap_premium''', 'sp_get_pending_photo_moderations');
select results_eq(format('select success from activity.sp_moderate_main_photo(p_user_id => %L, p_moderation_status => ''approved'', p_moderator_user_id => %L)', :'u', :'moderator'), 'values (true)', 'sp_moderate_main_photo');
select results_eq(format('select success from activity.sp_ban_user(p_user_id => %L, p_ban_reason => ''x'', p_ban_expires_at => ''2099-01-01'')', :'u'), 'values (true)', 'sp_ban_user');
select is_empty(format('select from activity.sp_get_user_profile(%L, %L)', :'u', :'u'), 'banned: no profile');
select results_eq(format('select success from activity.sp_unban_user(p_user_id => %L)', :'u'), 'values (true)', 'sp_unban_user');
select results_eq(format('select success from activity.sp_delete_user_account(p_user_id => %L)', :'u'), 'values (true)', 'sp_delete_user_account');
select is_empty(format('select from activity.sp_get_user_profile(%L, %L)', :'u', :'u'), 'deleted: no profile');
select is(pg_temp.refusal('select * from activity.api_purge(1)'), '42501', 'what is ours is not for it');

select * from finish();
rollback;
