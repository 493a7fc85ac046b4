-- Endpoints 1 to 3 and the two old functions behind them.
begin;
\ir people.psql
select plan(53);

-- GET /users/me
select is(
    (select string_agg(key, ' ' order by n) from json_each_text(body::json) with ordinality as e (key, value, n)),
    'user_id email username first_name last_name profile_description main_photo_url main_photo_moderation_status '
    'profile_photos_extra date_of_birth gender subscription_level subscription_expires_at is_captain captain_since is_verified '
    'verification_count no_show_count activities_created_count activities_attended_count created_at last_seen_at interests settings',
    'the own profile has every field, in order')
from activity.api_get_own_profile(:'free', null);
select is(body::jsonb - '{user_id,email,username,created_at}'::text[],
    '{"first_name": null, "last_name": null, "profile_description": null, "main_photo_url": null,
      "main_photo_moderation_status": "pending", "profile_photos_extra": [], "date_of_birth": null, "gender": null,
      "subscription_level": "free", "subscription_expires_at": null, "is_captain": false, "captain_since": null,
      "is_verified": false, "verification_count": 0, "no_show_count": 0, "activities_created_count": 0,
      "activities_attended_count": 0, "last_seen_at": null, "interests": [],
      "settings": {"email_notifications": true, "push_notifications": true, "activity_reminders": true,
        "community_updates": true, "friend_requests": true, "marketing_emails": false, "ghost_mode": false,
        "language": "en", "timezone": "UTC"}}',
    'a user whom a sibling service just inserted has defaults, and sees them without a settings row')
from activity.api_get_own_profile(:'free', null);
select ok(body !~ '[:,] ', 'the body is compact') from activity.api_get_own_profile(:'free', null);
select is((select count(*) from activity.user_settings where user_id = :'free'), 0::bigint, 'reading the profile creates no row');
select is(fresh_until, null, 'a free profile never changes by itself') from activity.api_get_own_profile(:'free', null);
select is(fresh_until, 4070908800, 'a paid one is good until the tier ends') from activity.api_get_own_profile(:'prem', null);
select is(body::json ->> 'subscription_expires_at', '2099-01-01T00:00:00Z', 'times are RFC 3339 UTC') from activity.api_get_own_profile(:'prem', null);
insert into activity.user_settings (user_id, ghost_mode) values (:'expired', true), (:'prem', true);
select is(body::jsonb @> '{"subscription_level": "free", "subscription_expires_at": null, "settings": {"ghost_mode": false}}', true,
    'a tier that has run out is free, and takes ghost mode with it') from activity.api_get_own_profile(:'expired', null);
select is(body::jsonb @> '{"subscription_level": "premium", "settings": {"ghost_mode": true}}', true, 'ghost mode of a premium user')
from activity.api_get_own_profile(:'prem', null);
update activity.users set profile_photos_extra = '["https://a/1", 7, null, "https://a/2"]' where user_id = :'other';
select is(body::jsonb -> 'profile_photos_extra', '["https://a/1", "https://a/2"]', 'photos that are no strings are left out')
from activity.api_get_own_profile(:'other', null);
update activity.users set profile_photos_extra = '{"a": 1}' where user_id = :'other';
select is(body::jsonb -> 'profile_photos_extra', '[]', 'photos that are no array read as none') from activity.api_get_own_profile(:'other', null);
update activity.users set profile_photos_extra = null where user_id = :'other';
select is(body::jsonb -> 'profile_photos_extra', '[]', 'photos null read as none') from activity.api_get_own_profile(:'other', null);

-- GET /users/{user_id}
select is(
    (select string_agg(key, ' ' order by n) from json_each_text(body::json) with ordinality as e (key, value, n)),
    'user_id username first_name last_name profile_description main_photo_url main_photo_moderation_status profile_photos_extra '
    'gender is_verified verification_count activities_created_count activities_attended_count created_at interests',
    'a public profile has the public part and nothing else')
from activity.api_get_public_profile(:'free', null, :'other', true);
select is((select count(*) from activity.profile_views where viewer_user_id = :'free' and viewed_user_id = :'other'), 1::bigint, 'the view is recorded');
select lives_ok(format('select activity.api_get_public_profile(%L, null, %L, false)', :'free', :'other'), 'HEAD asks for no record');
select lives_ok(format('select activity.api_get_public_profile(%L, null, %L, true)', :'free', :'free'), 'oneself may be looked at');
select lives_ok(format('select activity.api_get_public_profile(%L, null, %L, true)', :'prem', :'other'), 'a ghost may look');
select is((select count(*) from activity.profile_views where viewed_user_id in (:'other', :'free')), 1::bigint, 'neither HEAD, nor oneself, nor a ghost leaves a record');
select lives_ok(format('select activity.api_get_public_profile(%L, null, %L, true)', :'expired', :'other'), 'a former ghost may look');
select is((select count(*) from activity.profile_views where viewer_user_id = :'expired'), 1::bigint, 'ghost mode without the tier hides nobody');

insert into activity.user_blocks (blocker_user_id, blocked_user_id) values (:'club', :'free');
create function pg_temp.look(p_viewer uuid, p_user uuid) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_get_public_profile(%L, null, %L, true)', p_viewer, p_user)) $$;
select is(pg_temp.look(:'free', :'club'), 'UPN01 {"resource": "user"}', 'who blocked the viewer is not found');
select is(pg_temp.look(:'club', :'free'), 'UPN01 {"resource": "user"}', 'whom the viewer blocked is not found');
select is(pg_temp.look(:'free', :'banned'), 'UPN01 {"resource": "user"}', 'banned is not found');
select is(pg_temp.look(:'free', :'temporary'), 'UPN01 {"resource": "user"}', 'temporarily banned is not found');
select is(pg_temp.look(:'free', :'inactive'), 'UPN01 {"resource": "user"}', 'inactive is not found');
select is(pg_temp.look(:'free', :'gone'), 'UPN01 {"resource": "user"}', 'deleted is not found');
select is(pg_temp.look(:'free', :'nobody'), 'UPN01 {"resource": "user"}', 'absent is not found');
select is(pg_temp.look(:'free', :'lapsed'), 'accepted', 'a ban that has run out hides nobody');
select is(pg_temp.look(:'banned', :'other'), 'UPA04', 'a banned viewer sees nothing');

-- PATCH /users/me
select is((body::jsonb ->> 'success') || edit_version, 'true2', 'an edit succeeds and counts')
from activity.api_update_profile(:'free', null, '{"first_name": "Zoë", "gender": "f", "date_of_birth": "1990-02-28"}', 1);
select representation from activity.api_update_profile(:'free', null, '{"last_name": "X"}', null) \gset
select is(body, :'representation', 'the representation is the body that GET answers, byte for byte')
from activity.api_get_own_profile(:'free', null);
select is((first_name, last_name, gender, date_of_birth)::text, '(Zoë,X,f,1990-02-28)', 'what is left out stays') from activity.users where user_id = :'free';
select lives_ok(format('select activity.api_update_profile(%L, null, ''{"gender": null, "date_of_birth": null}'', null)', :'free'), 'null is allowed');
select is((first_name, last_name, gender, date_of_birth)::text, '(Zoë,X,,)', 'null clears') from activity.users where user_id = :'free';
create function pg_temp.patch(p_changes text, p_if bigint default null) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_update_profile(%L, null, %L, %L)', '01900000-0000-7000-8000-0000000000f1', p_changes, p_if)) $$;
select is(pg_temp.patch('{"first_name": "Y"}', 1), 'UPC05', 'an old version is refused');
select is(pg_temp.patch('{"nick": "Y"}'), 'UPV07 {"field": "nick"}', 'an unknown field is refused');
select is(pg_temp.patch('{"nick": null}'), 'UPV07 {"field": "nick"}', 'an unknown field is refused when null too');
select is(pg_temp.patch(format('{"first_name": "%s"}', repeat('é', 100))), 'accepted', '100 characters, however many bytes');
select is(pg_temp.patch(format('{"first_name": "%s"}', repeat('é', 101))), 'UPV02 {"field": "first_name", "max_length": 100}', '101 characters are too many');
select is(pg_temp.patch(format('{"profile_description": "%s"}', repeat('a', 5001))), 'UPV02 {"field": "profile_description", "max_length": 5000}', 'a description of 5001 is too long');
select is(pg_temp.patch('{"profile_description": "a\nb\tc"}'), 'accepted', 'a description may have lines and tabs');
select is(pg_temp.patch('{"last_name": "a\nb"}'), 'UPV04 {"field": "last_name"}', 'a name may not');
select is(pg_temp.patch('{"profile_description": "\u0007"}'), 'UPV04 {"field": "profile_description"}', 'no control characters');
select is(pg_temp.patch('{"gender": 5}'), 'UPV04 {"field": "gender"}', 'a number is no text');
select is(pg_temp.patch('{"date_of_birth": "1899-12-31"}'), 'UPV05 {"field": "date_of_birth"}', 'nobody was born before 1900');
select is(pg_temp.patch('{"date_of_birth": "2001-02-30"}'), 'UPV04 {"field": "date_of_birth"}', 'the 30th of February is no date');
select is(pg_temp.patch(format('{"date_of_birth": "%s"}', (now() at time zone 'UTC')::date - interval '17 years')::text),
    'UPV04 {"field": "date_of_birth"}', 'a date with a time is none');
select is(pg_temp.patch(format('{"date_of_birth": "%s"}', ((now() at time zone 'UTC')::date - interval '18 years' + interval '1 day')::date)),
    'UPV06 {"field": "date_of_birth", "min_age": 18, "provided_age": 17}', 'one day short of 18');
select is(pg_temp.patch(format('{"date_of_birth": "%s"}', ((now() at time zone 'UTC')::date - interval '18 years')::date)), 'accepted', '18 today');

-- The edit version, whoever writes.
select is((select profile_version from activity.users where user_id = :'other'), 4::bigint, 'a sibling''s edits count (three of photos above)');
update activity.users set last_seen_at = now(), verification_count = 5, subscription_level = 'club', subscription_expires_at = '2099-01-01',
    username = username where user_id = :'other';
select is((select profile_version from activity.users where user_id = :'other'), 4::bigint, 'heartbeats, counters and tiers do not, nor an edit that changes nothing');

-- The old functions.
select is((select count(*) from activity.sp_get_user_profile(:'free', :'club')), 0::bigint, 'sp_get_user_profile: no row when blocked');
select results_eq(format('select success from activity.sp_update_user_profile(%L, p_first_name => ''Q'')
    union all select success from activity.sp_update_user_profile(%L, p_first_name => ''Q'')', :'free', :'nobody'),
    'values (true), (false)', 'sp_update_user_profile: by name; false for nobody');

select * from finish();
rollback;
