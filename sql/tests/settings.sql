-- Endpoints 13 and 14.
begin;
\ir people.psql
select plan(36);

create function pg_temp.patch(p_user uuid, p_changes text, p_if bigint default null) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_update_settings(%L, null, %L, %L)', p_user, p_changes, p_if)) $$;
\set defaults '{"email_notifications":true,"push_notifications":true,"activity_reminders":true,"community_updates":true,"friend_requests":true,"marketing_emails":false,"ghost_mode":false,"language":"en","timezone":"UTC"}'

select is(body, :'defaults', 'the defaults') from activity.api_get_settings(:'free', null);
select is((select count(*) from activity.user_settings where user_id = :'free'), 1::bigint, 'a missing row is created');
select is(edit_version, 1::bigint, 'its first version') from activity.api_get_settings(:'free', null);
select is(pg_temp.refusal(format('select activity.api_get_settings(%L, null)', :'gone')), 'UPA03', 'none for a deleted account');
select is((select count(*) from activity.user_settings where user_id = :'gone'), 0::bigint, 'nor a row');
select is(s.authz, a.authz, 'the authorization record comes along') from activity.api_get_settings(:'prem', null) s, activity.api_authorize(:'prem', null) a;
select is(fresh_until, 4070908800, 'ghost mode ends with the tier') from activity.api_get_settings(:'prem', null);

select body, edit_version, representation from activity.api_update_settings(:'free', null, '{"marketing_emails": true, "language": "pt-BR", "timezone": "America/Sao_Paulo"}', 1) \gset
select is(:'body'::jsonb, '{"success": true, "settings": {"email_notifications": true, "push_notifications": true, "activity_reminders": true,
    "community_updates": true, "friend_requests": true, "marketing_emails": true, "ghost_mode": false, "language": "pt-BR",
    "timezone": "America/Sao_Paulo"}}', 'changed, the rest is kept');
select is(:edit_version, 2, 'the version counts');
select is(:'representation', body, 'the representation is the body that GET answers') from activity.api_get_settings(:'free', null);
select is(pg_temp.patch(:'free', '{"language": "de"}', 1), 'UPC05', 'an old version is refused');
select is(pg_temp.patch(:'free', '{}', 2), 'accepted', 'nothing to change');
select is(edit_version, 2::bigint, 'is no edit') from activity.api_get_settings(:'free', null);
select is(pg_temp.patch(:'club', '{"friend_requests": false}'), 'accepted', 'a missing row is no obstacle');
update activity.user_settings set push_notifications = false, updated_at = now(), payload = '{}' where user_id = :'free';
select is(edit_version, 3::bigint, 'a sibling''s edit counts') from activity.api_get_settings(:'free', null);
update activity.user_settings set payload = '{"a": 1}', push_notifications = false where user_id = :'free';
select is(edit_version, 3::bigint, 'one that changes no setting does not') from activity.api_get_settings(:'free', null);

select is(pg_temp.patch(:'free', '{"nope": true}'), 'UPV07 {"field": "nope"}', 'an unknown field');
select is(pg_temp.patch(:'free', '{"push_notifications": null}'), 'UPV04 {"field": "push_notifications"}', 'null');
select is(pg_temp.patch(:'free', '{"push_notifications": "true"}'), 'UPV04 {"field": "push_notifications"}', 'a string for a boolean');
select is(pg_temp.patch(:'free', '{"language": "EN"}'), 'UPV04 {"field": "language"}', 'a language in capitals');
select is(pg_temp.patch(:'free', '{"language": 5}'), 'UPV04 {"field": "language"}', 'a number for a language');
select is(pg_temp.patch(:'free', '{"language": "en-GB"}'), 'accepted', 'a language with a country');
select is(pg_temp.patch(:'free', '{"timezone": "Mars/Olympus"}'), 'UPV05 {"field": "timezone"}', 'no such time zone');
select is(pg_temp.patch(:'free', '{"timezone": "europe/berlin"}'), 'UPV05 {"field": "timezone"}', 'not in its own spelling');
select is(pg_temp.patch(:'free', '{"timezone": "posix/Europe/Berlin"}'), 'UPV05 {"field": "timezone"}', 'nor a file of the system');
select is(pg_temp.patch(:'free', '{"timezone": "../../etc/passwd"}'), 'UPV05 {"field": "timezone"}', 'nor a path');
delete from activity.timezone_names where name = 'Asia/Tokyo';
select is(pg_temp.patch(:'free', '{"timezone": "Asia/Tokyo"}'), 'accepted', 'a zone that came with an update');

-- Ghost mode
select is(pg_temp.patch(:'free', '{"ghost_mode": true}'), 'UPA07 {"current_level": "free", "required_level": "premium"}', 'not for free');
select is(pg_temp.patch(:'club', '{"ghost_mode": true, "nope": 1}', 99), 'UPA07 {"current_level": "club", "required_level": "premium"}', 'the tier is asked first');
select is(pg_temp.patch(:'expired', '{"ghost_mode": true}'), 'UPA07 {"current_level": "free", "required_level": "premium"}', 'nor for a tier that has run out');
select is(body::jsonb #>> '{settings,ghost_mode}', 'true', 'for premium') from activity.api_update_settings(:'prem', null, '{"ghost_mode": true}', null);
update activity.users set subscription_expires_at = now() - interval '1 second' where user_id = :'prem';
select is(body::jsonb ->> 'ghost_mode', 'false', 'until it runs out') from activity.api_get_settings(:'prem', null);

-- The old functions
select results_eq(format('select * from activity.sp_update_user_settings(%1$L, p_timezone => ''Asia/Tokyo'', p_marketing_emails => false)
    union all select * from activity.sp_update_user_settings(%2$L, p_marketing_emails => false)', :'free', :'nobody'), 'values (true), (false)', 'sp_update_user_settings');
select results_eq(format('select * from activity.sp_get_user_settings(%L)', :'free'),
    $$values (true, false, true, true, true, false, false, 'en-GB'::varchar, 'Asia/Tokyo'::varchar)$$, 'sp_get_user_settings: the nine');
select results_eq(format('select ghost_mode from activity.sp_get_user_settings(%L)', :'prem'), 'values (false)', 'sp_get_user_settings: ghost mode as it counts');
select is(pg_temp.refusal(format('select activity.sp_get_user_settings(%L)', :'nobody')), 'UPN01 {"resource": "user"}', 'sp_get_user_settings raises for nobody');

select * from finish();
rollback;
