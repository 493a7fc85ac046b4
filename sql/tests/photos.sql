-- Endpoints 6 to 8, 25 and 26.
begin;
\ir people.psql
update activity.users set main_photo_moderation_status = 'approved' where main_photo_moderation_status = 'pending' and main_photo_url is not null;
select plan(49);

create function pg_temp.add(p_url text) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_add_photo(''01900000-0000-7000-8000-0000000000f1'', null, %L)', p_url)) $$;

-- The main photo
select is(body, '{"success":true,"main_photo_url":"https://cdn.example.com/a.jpg","moderation_status":"pending","message":"Your photo will be visible as approved once it was reviewed"}', 'set')
from activity.api_set_main_photo(:'free', null, 'https://cdn.example.com/a.jpg');
select is((main_photo_url, main_photo_moderation_status, main_photo_submitted_at = now(), profile_version)::text,
    '(https://cdn.example.com/a.jpg,pending,t,2)', 'stored, to be moderated, an edit') from activity.users where user_id = :'free';
select is(pg_temp.refusal(format('select activity.api_set_main_photo(%L, null, ''http://cdn.example.com/a.jpg'')', :'free')), 'UPV04 {"field": "photo_url"}', 'not without TLS');
select is(pg_temp.refusal(format('select activity.api_set_main_photo(%L, null, ''https://cdn.example.com/a b'')', :'free')), 'UPV04 {"field": "photo_url"}', 'no space in it');
select is(pg_temp.refusal(format('select activity.api_set_main_photo(%L, null, null)', :'free')), 'UPV01 {"field": "photo_url"}', 'missing');
select is(pg_temp.refusal(format('select activity.api_set_main_photo(%L, null, %L)', :'free', 'https://cdn.example.com/' || repeat('a', 477))),
    'UPV02 {"field": "photo_url", "max_length": 500}', '501 characters');
update activity.users set main_photo_moderation_status = 'rejected', main_photo_submitted_at = '2020-01-01' where user_id = :'free';
select lives_ok(format('select activity.api_set_main_photo(%L, null, ''https://cdn.example.com/a.jpg'')', :'free'), 'the same photo may be handed in again');
select is((main_photo_moderation_status, main_photo_submitted_at = now())::text, '(pending,t)', 'and waits at the end of the queue') from activity.users where user_id = :'free';
update activity.users set main_photo_submitted_at = '2020-01-01' where user_id = :'free';
select lives_ok(format('select activity.api_set_main_photo(%L, null, ''https://cdn.example.com/a.jpg'')', :'free'), 'again while it waits');
select is(main_photo_submitted_at, '2020-01-01', 'keeps its place') from activity.users where user_id = :'free';
update activity.users set main_photo_url = 'https://cdn.example.com/sibling.jpg' where user_id = :'free';
select is(main_photo_submitted_at, now(), 'a photo that a sibling service sets has its time too') from activity.users where user_id = :'free';
update activity.users set main_photo_url = null where user_id = :'free';
select is(main_photo_submitted_at, null, 'no photo, no time') from activity.users where user_id = :'free';
insert into activity.users (email, username, password_hash, is_verified, status, main_photo_url)
values ('tap_i@test.invalid', 'tap_i', 'x', false, 'active', 'http://elsewhere/1.png');
select is(main_photo_submitted_at, now(), 'one that a sibling inserts as well') from activity.users where username = 'tap_i';
select results_eq(format('select * from activity.sp_set_main_photo(%L, ''http://x/y'') union all select * from activity.sp_set_main_photo(%L, ''http://x/y'')',
    :'other', :'nobody'), $$values (true, 'pending'::activity.photo_moderation_status), (false, null)$$, 'sp_set_main_photo, http as ever');

-- Extra photos
select is(body, '{"success":true,"photo_count":1,"profile_photos_extra":["https://cdn.example.com/1.jpg"]}', 'added') from activity.api_add_photo(:'free', null, 'https://cdn.example.com/1.jpg');
select is(pg_temp.add('https://cdn.example.com/1.jpg'), 'UPC01 {"field": "photo_url", "value": "https://cdn.example.com/1.jpg"}', 'already there');
select is(string_agg(pg_temp.add('https://cdn.example.com/' || n || '.jpg'), ' '), 'accepted accepted accepted accepted accepted accepted accepted', 'eight')
from generate_series(2, 8) n;
select is(pg_temp.add('https://cdn.example.com/9.jpg'), 'UPL01 {"limit": 8, "resource": "photos"}', 'a ninth');
select is(pg_temp.add('https://cdn.example.com/3.jpg'), 'UPC01 {"field": "photo_url", "value": "https://cdn.example.com/3.jpg"}', 'a duplicate of eight is a duplicate');
select is(pg_temp.add('ftp://cdn.example.com/3.jpg'), 'UPV04 {"field": "photo_url"}', 'no photo');
select is(body::json ->> 'photo_count', '7', 'removed') from activity.api_remove_photo(:'free', null, 'https://cdn.example.com/1.jpg');
select is(pg_temp.refusal(format('select activity.api_remove_photo(%L, null, ''https://cdn.example.com/1.jpg'')', :'free')), 'UPN01 {"resource": "photo"}', 'not there any more');
select is(profile_version, 13::bigint, 'each was an edit, what was refused was not') from activity.users where user_id = :'free';
update activity.users set profile_photos_extra = (select jsonb_agg('http://old/' || n) from generate_series(1, 12) n) where user_id = :'club';
select is(body::json ->> 'photo_count', '11', 'twelve adopted ones can be taken down') from activity.api_remove_photo(:'club', null, 'http://old/4');
update activity.users set profile_photos_extra = null where user_id = :'club';
select is(body, '{"success":true,"photo_count":1,"profile_photos_extra":["https://x/1"]}', 'null is an empty list') from activity.api_add_photo(:'club', null, 'https://x/1');
select results_eq(format('select * from activity.sp_add_profile_photo(%1$L, ''http://x/2'') union all select * from activity.sp_add_profile_photo(%1$L, ''http://x/2'')
    union all select * from activity.sp_add_profile_photo(%2$L, ''http://x/2'')', :'club', :'nobody'),
    $$values (true, 'Photo added successfully'::text, 2), (false, 'Photo already added', 2), (false, 'User not found', 0)$$, 'sp_add_profile_photo');
select results_eq(format('select * from activity.sp_add_profile_photo(%L, ''http://x/2'') offset 0', :'free'), $$values (true, 'Photo added successfully'::text, 8)$$, 'sp_add_profile_photo: the eighth');
select results_eq(format('select * from activity.sp_add_profile_photo(%L, ''http://x/3'')', :'free'), $$values (false, 'Maximum 8 photos allowed'::text, 8)$$, 'sp_add_profile_photo: the message that is looked for');
select results_eq(format('select * from activity.sp_remove_profile_photo(%1$L, ''http://x/2'') union all select * from activity.sp_remove_profile_photo(%1$L, ''http://x/2'')
    union all select * from activity.sp_remove_profile_photo(%2$L, ''http://x/2'')', :'free', :'nobody'),
    'values (true, 7), (true, 7), (false, 0)', 'sp_remove_profile_photo');

-- Moderation
update activity.users set main_photo_url = 'https://x/' || username, main_photo_moderation_status = 'pending' where user_id in (:'free', :'club', :'prem');
update activity.users set main_photo_url = null where username in ('tap_i', 'tap_other');
update activity.users set main_photo_submitted_at = '2021-01-01' where user_id = :'prem';
update activity.users set main_photo_submitted_at = '2022-01-01' where user_id = :'free';
create function pg_temp.moderate(p_caller uuid, p_user uuid, p_status text, p_url text default null) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_moderate_photo(%L, null, %L, %L, ''<too dark>'', %L)', p_caller, p_user, p_status, p_url)) $$;
select is(pg_temp.refusal(format('select activity.api_photo_queue(%L, null, 10, 0)', :'free')), 'UPA06 {"required_role": "moderator"}', 'the queue is for moderators');
select is(pg_temp.refusal(format('select activity.api_photo_queue(%L, null, 10, 0)', :'admin')), 'accepted', 'and admins');
select is(pg_temp.refusal(format('select activity.api_photo_queue(%L, null, -1, 0)', :'moderator')), 'UPV05 {"max": 200, "min": 1, "field": "limit"}', 'limit -1');
select is(jsonb_path_query_array(body::jsonb, '$.results[*].username'), '["tap_prem", "tap_free", "tap_club"]', 'the oldest submission first, nobody without a photo')
from activity.api_photo_queue(:'moderator', null, 10, 0);
select is(body::jsonb - 'results', '{"total": 3, "limit": 1, "offset": 1}', 'total counts the queue, not the page') from activity.api_photo_queue(:'moderator', null, 1, 1);
select is((select string_agg(k, ' ') from jsonb_object_keys(body::jsonb #> '{results,0}') k), 'email user_id username created_at main_photo_url', 'the fields of an entry') from activity.api_photo_queue(:'moderator', null, 1, 1);

select profile_version as before from activity.users where user_id = :'club' \gset
select is(pg_temp.moderate(:'free', :'club', 'approved'), 'UPA06 {"required_role": "moderator"}', 'deciding is for moderators');
select is(pg_temp.moderate(:'moderator', :'nobody', 'approved'), 'UPN01 {"resource": "user"}', 'nobody');
select is(pg_temp.moderate(:'moderator', :'gone', 'approved'), 'UPN01 {"resource": "user"}', 'deleted');
select is(pg_temp.moderate(:'moderator', :'other', 'approved'), 'UPN01 {"resource": "photo"}', 'no photo');
select is(pg_temp.moderate(:'moderator', :'club', 'pending'), 'UPV05 {"field": "status"}', 'pending is no decision');
select is(pg_temp.moderate(:'moderator', :'club', 'approved', 'https://x/another'), 'UPC03', 'another photo by now');
select is(body, format('{"success":true,"user_id":"%s","moderation_status":"approved"}', :'club'), 'approved') from activity.api_moderate_photo(:'moderator', null, :'club', 'approved', null, 'https://x/tap_club');
select is(pg_temp.moderate(:'admin', :'free', 'rejected'), 'accepted', 'rejected');
select is(pg_temp.moderate(:'admin', :'free', 'rejected'), 'accepted', 'rejected twice');
select is(jsonb_agg(payload), jsonb_build_array(jsonb_build_object('recipients', 'tap_free@test.invalid', 'template', 'photo_rejected', 'priority', 'medium',
    'data', jsonb_build_object('subject', 'Your photo was not approved', 'message', 'Your main photo was not approved. Reason: &lt;too dark&gt;',
        'username', 'tap_free', 'reason', '<too dark>', 'photo_url', 'https://x/tap_free'))),
    'one mail, its text escaped, its data not') from activity.outbox where user_id = any (array[:'free', :'club']::uuid[]);
select is(string_agg(actor || ' ' || action, ', ' order by entry_id), format('user:%1$s photo.approved, user:%2$s photo.rejected, user:%2$s photo.rejected', :'moderator', :'admin'),
    'each decision is in the audit log') from activity.audit_log where user_id = any (array[:'free', :'club']::uuid[]);
select results_eq(format('select * from activity.sp_moderate_main_photo(%L, ''approved'', %L) union all select * from activity.sp_moderate_main_photo(%L, ''approved'', %L)',
    :'prem', :'moderator', :'nobody', :'moderator'), 'values (true), (false)', 'sp_moderate_main_photo');
select results_eq('select count(*) from activity.sp_get_pending_photo_moderations()', 'values (0::bigint)', 'sp_get_pending_photo_moderations: all decided');
select is(profile_version, :before::bigint, 'a decision is no edit') from activity.users where user_id = :'club';

select * from finish();
rollback;
