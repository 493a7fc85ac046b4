-- Sibling services with plain DML on the platform's tables, and nothing else: our triggers must not get in their way.
begin;
\ir people.psql
select plan(36);

create role tap_sibling nologin;
grant usage on schema activity to tap_sibling;
grant select, insert, update, delete on activity.users, activity.user_settings, activity.user_interests, activity.user_blocks, activity.profile_views to tap_sibling;
set local role tap_sibling;

select lives_ok($$insert into activity.users (email, username, password_hash, is_verified, status) values ('tap_s@test.invalid', 'tap_s', 'x', false, 'active')$$, 'registers a user');
select lives_ok($$insert into activity.users (email, username, password_hash, main_photo_url) values ('tap_t@test.invalid', 'tap.t.' || repeat('ß', 94), 'x', 'http://old/photo.bmp')$$, 'with a name and a photo that break today''s rules');
select lives_ok($$update activity.users set username = 'tap_s2', first_name = repeat('İ', 100), last_name = repeat(chr(1), 100), verification_count = 2147483647 where username = 'tap_s'$$, 'edits every kind of column');
select lives_ok($$update activity.users set profile_photos_extra = '{"odd": [1]}', main_photo_url = null, date_of_birth = '0001-01-01 BC', roles = null where username = 'tap_s2'$$, 'with odd values');
select lives_ok($$update activity.users set profile_photos_extra = null, main_photo_url = '' where username = 'tap_s2'$$, 'null and empty');
select lives_ok($$update activity.users set status = 'temporary_ban', ban_expires_at = 'infinity' where username = 'tap_s2'$$, 'bans for ever and a day');
select lives_ok($$update activity.users set status = 'banned', is_active = false, subscription_level = 'premium', subscription_expires_at = '-infinity' where username = 'tap_s2'$$, 'bans, deactivates');
select lives_ok($$update activity.users set last_seen_at = now(), last_login_at = now() where username = 'tap_s2'$$, 'notes a login');
select lives_ok($$insert into activity.user_settings (user_id, ghost_mode) select user_id, true from activity.users where username = 'tap_s2'$$, 'inserts settings');
select lives_ok($$update activity.user_settings set ghost_mode = false, language = 'xx' where user_id in (select user_id from activity.users where username = 'tap_s2')$$, 'changes them');
select lives_ok($$delete from activity.user_settings where user_id in (select user_id from activity.users where username = 'tap_s2')$$, 'removes them');
select lives_ok($$insert into activity.user_interests (user_id, interest_tag) select user_id, 'a/' || n from activity.users, generate_series(1, 30) n where username = 'tap_s2'$$, 'inserts interests');
select lives_ok($$update activity.user_interests set weight = 0.5 where interest_tag = 'a/1'$$, 'changes one');
select lives_ok($$delete from activity.user_interests where interest_tag like 'a/%'$$, 'removes them');
select lives_ok(format('insert into activity.user_blocks (blocker_user_id, blocked_user_id) values (%L, %L)', :'free', :'club'), 'blocks');
select lives_ok($$delete from activity.user_blocks$$, 'unblocks');
reset role;
select is((select count(*) from activity.user_search s join activity.users u using (user_id) where u.username = 'tap_s2' and s.visible_from = 'infinity' and s.rank = -2147483647), 1::bigint, 'search was kept in step meanwhile');
select is(left(body, 10), '{"user_id"', 'the odd ones stay readable: their profile') from activity.api_get_public_profile(:'free', null,
    (select user_id from activity.users where email = 'tap_t@test.invalid'), false);
select is(pg_temp.refusal(format('select activity.api_update_profile(%L, null, ''{"first_name": "Y"}'', null)', user_id)), 'accepted', 'and editable') from activity.users where email = 'tap_t@test.invalid';
select is(pg_temp.refusal(format('select activity.api_heartbeat(%L, null)', user_id)), 'accepted', 'and alive') from activity.users where email = 'tap_t@test.invalid';
set local role tap_sibling;
select lives_ok($$delete from activity.users where username = 'tap_s2'$$, 'removes the user');
reset role;
select is((select count(*) from activity.user_search s where s.username = 'tap_s2'), 0::bigint, 'search forgets');

-- Rows that break what the platform's own constraints would forbid, where an adopted database lacks them.
alter table activity.users drop constraint if exists check_counts_non_negative, drop constraint if exists check_ban_expiry, drop constraint if exists check_subscription_expiry;
alter table activity.users alter verification_count drop not null;
set local role tap_sibling;
select lives_ok($$insert into activity.users (email, username, password_hash, verification_count, status) values ('tap_v@test.invalid', 'tap_v', 'x', null, 'temporary_ban')$$, 'no count, no end of the ban');
select lives_ok($$update activity.users set verification_count = -2147483648 where username = 'tap_v'$$, 'the least of all counts');
reset role;
select is((select (rank, visible_from)::text from activity.user_search where username = 'tap_v'), '(2147483647,infinity)', 'search takes them');

-- The change feed hears of others' writes, and of ours does not.
delete from activity.changes;
create function pg_temp.heard() returns text language plpgsql
as $$
declare
    v_names text;
begin
    select string_agg(u.username, ' ' order by c.change_id) into v_names from activity.api_read_changes(100) c join activity.users u using (user_id);
    perform activity.api_forget_changes(array(select change_id from activity.api_read_changes(100)));
    return v_names;
end
$$;
set local role tap_sibling;
update activity.users set first_name = 'N' where user_id in (:'free', :'club');
insert into activity.user_settings (user_id) values (:'prem');
update activity.user_settings set language = 'nl' where user_id = :'prem';
insert into activity.user_interests (user_id, interest_tag) values (:'other', 'x');
delete from activity.user_interests where user_id = :'other';
reset role;
select is((select count(*) from activity.api_read_changes(3)), 3::bigint, 'read in batches');
select is(pg_temp.heard(), 'tap_free tap_club tap_prem tap_prem tap_other tap_other', 'a sibling''s writes are heard of, in order');
select is(pg_temp.heard(), null, 'once');
update activity.users set last_login_at = now(), payload = '{}', hash_value = 'x' where user_id = :'free';
update activity.user_settings set payload = '{}' where user_id = :'prem';
select is(pg_temp.heard(), null, 'not of columns that nothing cached depends on');
select lives_ok(format('select activity.sp_add_user_interest(%L, ''y'')', :'free'), 'the previous implementation writes');
select is(pg_temp.heard(), 'tap_free', 'and is heard of');
set local application_name = 'userprofile-api';
select lives_ok(format('select activity.api_heartbeat(%1$L, null), activity.api_add_interest(%1$L, null, ''z'', 1), activity.api_update_settings(%1$L, null, ''{"language": "de"}'', null),
    activity.api_verify(''p'', %1$L, null, null, null), activity.api_update_profile(%1$L, null, ''{"gender": "x"}'', null)', :'free'), 'the API writes');
select is(pg_temp.heard(), null, 'and is not');
reset application_name;
delete from activity.users where email = 'tap_t@test.invalid';
select is((select count(*) from activity.changes), 1::bigint, 'a user who is removed is heard of');

-- Only what they must look at.
select is((select string_agg(tgname, ' ' order by tgname) from pg_trigger t join pg_proc p on p.oid = t.tgfoid
    where t.tgrelid in ('activity.users'::regclass, 'activity.user_settings'::regclass, 'activity.user_interests'::regclass, 'activity.user_blocks'::regclass)
      and tgname like 'userprofile%' and t.tgtype & 16 = 16 and cardinality(t.tgattr::int2[]) = 0), null, 'no update trigger of ours fires on every column');
select is((select string_agg(p.proname, ' ') from pg_proc p where p.pronamespace = 'activity'::regnamespace and p.proname like 'tg\_%' and p.proname <> 'tg_append_only'
    and not (p.prosecdef and p.proconfig @> array['search_path=pg_catalog, activity, pg_temp'])), null, 'trigger functions run as their owner, with a pinned search_path');

select * from finish();
rollback;
