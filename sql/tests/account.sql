-- Endpoints 5 and 29.
begin;
\ir people.psql
select plan(46);

select is(body, 'hash of free', 'the hash that the password is verified with') from activity.api_get_password_hash(:'free', null);
select is(pg_temp.refusal(format('select activity.api_get_password_hash(%L, null)', :'banned')), 'UPA04', 'none for a banned account');

-- Somebody with everything there is to lose.
update activity.users set first_name = 'F', last_name = 'L', profile_description = 'd', main_photo_url = 'https://cdn.example.com/1',
    profile_photos_extra = '["https://cdn.example.com/2"]', date_of_birth = '1990-01-01', gender = 'g', is_captain = true,
    captain_since = now(), captain_prior_level = 'club', captain_prior_expires_at = '2099-01-01', last_seen_at = now(), last_login_at = now(),
    payload = '{"a": 1}', hash_value = 'h', roles = '["moderator"]', ban_reason = 'once', verification_count = 7,
    main_photo_moderation_status = 'approved'
where user_id = :'prem';
insert into activity.user_settings (user_id) values (:'prem');
insert into activity.user_interests (user_id, interest_tag) values (:'prem', 'Tea');
insert into activity.profile_views (viewer_user_id, viewed_user_id) values (:'prem', :'free'), (:'free', :'prem'), (:'free', :'other');
insert into activity.user_blocks (blocker_user_id, blocked_user_id) values (:'prem', :'banned'), (:'other', :'prem');
insert into activity.media_assets (user_id, asset_type, file_name, file_size_bytes, mime_type, storage_url)
values (:'prem', 'image', 'x.jpg', 10, 'image/jpeg', 's3://x'), (:'free', 'image', 'y.jpg', 10, 'image/jpeg', 's3://y');

-- The export, first.
select body as export from activity.api_export(:'prem', null) \gset
select is((select string_agg(key, ' ' order by n) from json_each_text(:'export'::json) with ordinality as e (key, value, n)),
    'exported_at profile settings interests photos subscription counters blocks profile_views_made media', 'the export has all parts');
select is(:'export'::jsonb #>> '{profile,email}', 'tap_prem@test.invalid', 'with what the user gave');
select is(:'export'::jsonb #> '{blocks}' -> 0 ->> 'user_id', :'banned', 'whom they blocked');
select is(jsonb_array_length(:'export'::jsonb #> '{blocks}'), 1, 'and nobody who blocked them');
select is(jsonb_path_query_array(:'export', '$.profile_views_made[*].user_id'), jsonb_build_array(:'free'), 'whom they looked at, and nobody who looked at them');
select ok(:'export' !~ 'hash of prem|hash_value|password', 'no hash is in it');
select is(pg_temp.refusal(format('select activity.api_export(%L, null)', :'gone')), 'UPA03', 'a deleted account exports nothing');

-- The deletion.
create table if not exists activity.refresh_tokens (user_id uuid, token text, revoked boolean not null default false);
truncate activity.refresh_tokens;
grant select, update on activity.refresh_tokens to userprofile_owner;
insert into activity.refresh_tokens (user_id, token) values (:'prem', 'a'), (:'free', 'b');
select is(pg_temp.refusal(format('select activity.api_delete_account(%L, null, ''another hash'')', :'prem')), 'UPA08', 'a password changed meanwhile is wrong');
select is(body, '{"success":true,"message":"Your account was deleted"}', 'deleted') from activity.api_delete_account(:'prem', null, 'hash of prem');

select is((email, username, password_hash)::text, format('(deleted_%1$s@deleted.local,deleted_%1$s,!)', :'prem'), 'names and password are gone')
from activity.users where user_id = :'prem';
select is((first_name, last_name, profile_description, main_photo_url, date_of_birth, gender, payload, hash_value, ban_reason, last_login_at,
    last_seen_at, captain_since, subscription_expires_at, captain_prior_level, captain_prior_expires_at, main_photo_submitted_at)::text,
    '(,,,,,,,,,,,,,,,)', 'everything personal is null') from activity.users where user_id = :'prem';
select is((profile_photos_extra, roles, is_captain, subscription_level, is_active, status, main_photo_moderation_status)::text,
    '([],[],f,free,f,banned,pending)', 'the rest is back to nothing, inactive and banned') from activity.users where user_id = :'prem';
select is(verification_count, 7, 'other people''s history stays') from activity.users where user_id = :'prem';
select isnt(deleted_at, null, 'marked as deleted') from activity.users where user_id = :'prem';
select isnt(tokens_valid_after, null, 'its tokens are refused') from activity.users where user_id = :'prem';
select is((select count(*) from activity.user_settings where user_id = :'prem'), 0::bigint, 'no settings');
select is((select count(*) from activity.user_interests where user_id = :'prem'), 0::bigint, 'no interests');
select results_eq('select viewer_user_id, viewed_user_id from activity.profile_views where ' ||
    format('%L in (viewer_user_id, viewed_user_id) or %L in (viewer_user_id, viewed_user_id)', :'prem', :'free'),
    format('values (%L::uuid, %L::uuid)', :'free', :'other'), 'no views in either direction; others'' stay');
select is((select count(*) from activity.user_blocks where :'prem' in (blocker_user_id, blocked_user_id)), 2::bigint, 'blocks stay');
select is((select string_agg(file_name, ' ') from activity.media_assets where user_id in (:'prem', :'free')), 'y.jpg', 'no media');
select results_eq('select token from activity.refresh_tokens where revoked', $$values ('a')$$, 'its refresh tokens are revoked, others'' not');

select is(payload, jsonb_build_object('recipients', 'tap_prem@test.invalid', 'template', 'account_deleted', 'priority', 'high',
    'data', jsonb_build_object('subject', 'Your account was deleted', 'message',
        'Your account and your personal data were deleted. This cannot be undone.', 'username', 'tap_prem')),
    'the mail goes to the old address') from activity.outbox where user_id = :'prem' and channel = 'mail';
select is(payload #- '{timestamp}', jsonb_build_object('type', 'user.deleted', 'data',
    jsonb_build_object('user_id', :'prem', 'status', 'banned', 'ban_expires_at', null)),
    'activity-api hears of it') from activity.outbox where user_id = :'prem' and channel = 'activity';
select matches(payload ->> 'timestamp', '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$', 'when it happened') from activity.outbox where user_id = :'prem' and channel = 'activity';

-- Afterwards
select is(pg_temp.refusal(format('select activity.api_get_own_profile(%L, null)', :'prem')), 'UPA03', 'gone');
select is(pg_temp.refusal(format('select activity.api_delete_account(%L, null, null)', :'prem')), 'UPA03', 'twice is gone');
update activity.users set status = 'active', is_active = true, ban_reason = null where user_id = :'prem';
select is(pg_temp.refusal(format('select activity.api_get_settings(%L, null)', :'prem')), 'UPA03', 'a sibling''s unban revives nothing');
select is(pg_temp.refusal(format('select * from activity.sp_get_user_settings(%L)', :'prem')), 'UPN01 {"resource": "user"}', 'its settings do not come back by themselves');
select is(pg_temp.refusal(format('select activity.api_get_public_profile(%L, null, %L, true)', :'free', :'prem')), 'UPN01 {"resource": "user"}', 'nobody sees it');
select is((select count(*) from activity.sp_get_user_profile(:'prem', :'free')), 0::bigint, 'the old function does not either');
select results_eq(format('select * from activity.sp_ban_user(%1$L, ''x'') union all select * from activity.sp_unban_user(%1$L)
    union all select * from activity.sp_delete_user_account(%1$L) union all select * from activity.sp_update_last_seen(%1$L)', :'prem'),
    'values (false), (false), (false), (false)', 'the old functions find nobody');

-- Somebody registered under the very name that a deletion takes.
update activity.users set username = 'deleted_' || :'club' where user_id = :'free';
select results_eq(format('select * from activity.sp_delete_user_account(%L)', :'club'), 'values (true)', 'sp_delete_user_account');
select matches(username, '^deleted_' || :'club' || '_[0-9a-f]{8}$', 'a name that is taken is evaded') from activity.users where user_id = :'club';
select is(length(email) < 255 and email like 'deleted\_%@deleted.local', true, 'so is the address') from activity.users where user_id = :'club';

-- An asset that another service refers to, and refresh tokens of another shape.
create table activity.album (asset_id uuid references activity.media_assets);
insert into activity.album select asset_id from activity.media_assets where user_id = :'free';
drop table activity.refresh_tokens;
create table activity.refresh_tokens (account int, revoked_at timestamptz);
select results_eq(format('select * from activity.sp_delete_user_account(%L)', :'free'), 'values (true)', 'neither keeps an account from being deleted');
select results_eq(format('select file_name, storage_url, thumbnail_url from activity.media_assets where user_id = %L', :'free'),
    $$values ('deleted'::varchar, ''::varchar, null::varchar)$$, 'the asset says nothing any more');
drop table activity.refresh_tokens;
select results_eq(format('select * from activity.sp_delete_user_account(%L)', :'other'), 'values (true)', 'no such table is no failure');
create table activity.refresh_tokens (user_id uuid, revoked boolean not null default false);
insert into activity.refresh_tokens values (:'expired');
select results_eq(format('select * from activity.sp_delete_user_account(%L)', :'expired'), 'values (true)', 'no right on it is no failure');
select results_eq('select * from activity.sp_delete_user_account(public.uuidv7())', 'values (false)', 'an unknown account is not deleted');

select ok(not exists (select from activity.user_search s join activity.users u using (user_id)
    where u.deleted_at is not null and s.visible_from <= now() and u.user_id = any (array[:'prem', :'free', :'club', :'other']::uuid[])), 'search forgets them');
select is((select count(*) from activity.user_search where haystack like '%deleted%' and user_id = :'prem'), 1::bigint, 'and what they were called');
select is(pg_temp.refusal(format('insert into activity.users (user_id, email, username, password_hash) values (%L, ''a@b'', ''c'', ''d'')', :'prem')), '23505 Key (user_id)=(' || :'prem' || ') already exists.', 'the id stays taken');
select is(pg_temp.refusal('select activity.api_get_password_hash(public.uuidv7(), null)'), 'UPA01', 'an unknown caller has no hash');
select is(pg_temp.refusal('select activity.api_export(public.uuidv7(), null)'), 'UPA01', 'nor an export');

select * from finish();
rollback;
