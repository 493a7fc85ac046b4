-- Endpoint 4.
begin;
\ir people.psql
select plan(19);

create function pg_temp.rename(p_user uuid, p_name text) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_update_username(%L, null, %L)', p_user, p_name)) $$;

select is(body, '{"success":true,"username":"Tap_New"}', 'renamed') from activity.api_update_username(:'free', null, 'Tap_New');
select is(username, 'Tap_New', 'the new name is stored') from activity.users where user_id = :'free';
select is(profile_version, 2::bigint, 'a rename is an edit') from activity.users where user_id = :'free';
select is(pg_temp.rename(:'club', 'tap_nEW'), 'UPC01 {"field": "username", "value": "tap_nEW"}', 'taken, whatever its case');
select is(pg_temp.rename(:'free', 'TAP_NEW'), 'accepted', 'one''s own name may change its case');
select is(pg_temp.rename(:'free', 'TAP_NEW'), 'accepted', 'and stay as it is');
select is(pg_temp.rename(:'free', 'ab'), 'UPV04 {"field": "new_username"}', 'too short');
select is(pg_temp.rename(:'free', repeat('a', 31)), 'UPV04 {"field": "new_username"}', 'too long');
select is(pg_temp.rename(:'free', 'a.b.c'), 'UPV04 {"field": "new_username"}', 'a dot');
select is(pg_temp.rename(:'free', 'naïve'), 'UPV04 {"field": "new_username"}', 'not ASCII');
select is(pg_temp.rename(:'free', E'abc\n'), 'UPV04 {"field": "new_username"}', 'a trailing newline');
select is(pg_temp.rename(:'free', null), 'UPV01 {"field": "new_username"}', 'missing');
select is(pg_temp.rename(:'free', 'Root'), 'UPV05 {"field": "new_username"}', 'reserved, whatever its case');
select is(pg_temp.rename(:'free', 'deleted_x'), 'UPV05 {"field": "new_username"}', 'reserved by its beginning');
update activity.users set username = 'info' where user_id = :'other';
select is(pg_temp.rename(:'other', 'Info'), 'accepted', 'who has a reserved name may recase it');
select is(pg_temp.rename(:'banned', 'tap_x'), 'UPA04', 'a banned user cannot rename');

select results_eq(format('select success, message from activity.sp_update_username(%L, ''tap_NEW'')', :'club'),
    $$values (false, 'Username already taken'::text)$$, 'sp_update_username: the message that is looked for');
select results_eq(format('select success, message from activity.sp_update_username(%L, ''tap_any'')', :'nobody'),
    $$values (false, 'User not found'::text)$$, 'sp_update_username: nobody');
select is(pg_temp.refusal(format('select activity.sp_update_username(%L, ''a'')', :'club')), 'UPV04 {"field": "new_username"}', 'sp_update_username raises on invalid input');

select * from finish();
rollback;
