-- Endpoints 19 to 22 and 24, and idempotency keys.
begin;
\ir people.psql
delete from activity.idempotency_records;
delete from activity.outbox;
select plan(65);

create function pg_temp.score(p_verified int, p_no_shows int, p_attended int) returns text language plpgsql
as $$
begin
    update activity.users set verification_count = p_verified, no_show_count = p_no_shows, activities_attended_count = p_attended
    where user_id = '01900000-0000-7000-8000-0000000000f1';
    return (select body::jsonb ->> 'trust_score' from activity.api_get_verification('01900000-0000-7000-8000-0000000000f1', null));
end
$$;
select is(body, '{"verification_count":0,"no_show_count":0,"is_verified":false,"trust_score":0,"activities_attended_count":0}', 'nothing yet') from activity.api_get_verification(:'free', null);
select is(pg_temp.score(3, 1, 5)::numeric, 12.5, '10 a verification, -20 a no-show, 0.5 an attendance');
select is(pg_temp.score(30, 0, 0)::numeric, 100.0, 'at most 100');
select is(pg_temp.score(0, 3, 1)::numeric, 0.0, 'at least 0');
select is(pg_temp.score(2000000000, 2000000000, 2000000000)::numeric, 0.0, 'without an overflow');
update activity.users set verification_count = 0, no_show_count = 0, activities_attended_count = 0 where user_id = :'free';

-- verify
select is(body, '{"success":true,"new_verification_count":1}', 'verified') from activity.api_verify('participation', :'free', null, null, null);
select is(pg_temp.refusal(format('select activity.api_verify(''participation'', %L, null, null, null)', :'nobody')), 'UPN01 {"resource": "user"}', 'nobody');
select is(pg_temp.refusal(format('select activity.api_verify(''participation'', %L, null, null, null)', :'gone')), 'UPN01 {"resource": "user"}', 'deleted');
select is(profile_version, 1::bigint, 'a counter is no edit') from activity.users where user_id = :'free';

-- no-show
create function pg_temp.no_shows(p_n int) returns text language sql
as $$ select string_agg(activity.api_no_show('moderation', '01900000-0000-7000-8000-0000000000f1', null, null, null)::text, '; ') from generate_series(1, p_n) $$;
select is(body, '{"success":true,"new_no_show_count":1,"warning":""}', 'a no-show') from activity.api_no_show('moderation', :'free', null, null, null);
select lives_ok('select pg_temp.no_shows(3)', 'four');
select is((select count(*) from activity.outbox where user_id = :'free'), 0::bigint, 'no mail yet');
select is(body, '{"success":true,"new_no_show_count":5,"warning":"User has 5 no-shows; at 10 the account is banned for 7 days"}', 'the fifth warns') from activity.api_no_show('moderation', :'free', null, null, null);
select lives_ok('select pg_temp.no_shows(4)', 'nine');
select is((select jsonb_agg(payload) from activity.outbox where user_id = :'free'), jsonb_build_array(jsonb_build_object('recipients', 'tap_free@test.invalid',
    'template', 'no_show_warning', 'priority', 'medium', 'data', jsonb_build_object('subject', 'You missed several activities', 'username', 'tap_free',
    'message', 'You have 5 reported no-shows. At 10 your account is banned for 7 days.', 'no_show_count', 5))), 'one mail');
select is(status, 'active', 'nine are no ban') from activity.users where user_id = :'free';
select is(body::jsonb ->> 'new_no_show_count', '10', 'the tenth') from activity.api_no_show('moderation', :'free', null, null, null);
select is((status, ban_expires_at = now() + interval '7 days', no_show_ban_at = now(), tokens_valid_after = now(), ban_reason)::text,
    '(temporary_ban,t,t,t,"10 reported no-shows")', 'bans for seven days, once') from activity.users where user_id = :'free';
select is(string_agg(channel || ' ' || topic, ', ' order by topic), 'mail no_show_warning, activity user.banned, mail user_banned', 'with a mail and an event') from activity.outbox where user_id = :'free';
select is(string_agg(actor || ' ' || action, ','), 'system ban', 'and an entry in the audit log') from activity.audit_log where user_id = :'free';
update activity.users set status = 'active', ban_expires_at = null where user_id = :'free';
select lives_ok('select pg_temp.no_shows(1)', 'the eleventh');
select is(status, 'active', 'does not ban again') from activity.users where user_id = :'free';
update activity.users set no_show_count = 30 where user_id = :'other';
select is(body::jsonb ->> 'new_no_show_count', '31', 'an adopted user with 30') from activity.api_no_show('moderation', :'other', null, null, null);
select is(status, 'temporary_ban', 'is banned by the next') from activity.users where user_id = :'other';
update activity.users set no_show_count = 20 where user_id in (:'banned', :'temporary', :'club');
update activity.users set status = 'temporary_ban', ban_expires_at = now() + interval '6 days' where user_id = :'club';
select is(string_agg(body::jsonb ->> 'new_no_show_count', ' '), '21 21 21', 'three who are banned already')
from unnest(array[:'banned', :'temporary', :'club']::uuid[]) u, activity.api_no_show('moderation', u, null, null, null);
select is((status, no_show_ban_at)::text, '(banned,)', 'a permanent ban stands') from activity.users where user_id = :'banned';
select is((status, ban_expires_at, no_show_ban_at)::text, '(temporary_ban,"2099-01-01 00:00:00+00",)', 'a longer one stands') from activity.users where user_id = :'temporary';
select is((status, ban_expires_at = now() + interval '7 days')::text, '(temporary_ban,t)', 'a shorter one grows') from activity.users where user_id = :'club';
select is(pg_temp.refusal(format('select activity.api_no_show(''moderation'', %L, null, null, null)', :'gone')), 'UPN01 {"resource": "user"}', 'deleted');

-- activity counters
create function pg_temp.move(p_created int, p_attended int) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_update_activity_counters(''activities'', %L, %L, %L, null, null, null)', '01900000-0000-7000-8000-0000000000f3', p_created, p_attended)) $$;
select is(body, '{"success":true,"activities_created_count":3,"activities_attended_count":100}', 'moved') from activity.api_update_activity_counters('activities', :'prem', 3, 100, null, null, null);
select is(pg_temp.move(-4, 1), 'UPL01 {"limit": 0, "resource": "activities_created_count"}', 'never below zero');
select is(pg_temp.move(1, -101), 'UPV05 {"max": 100, "min": -100, "field": "attended_delta"}', 'at most 100 at once');
select is(pg_temp.move(null, 1), 'UPV05 {"max": 100, "min": -100, "field": "created_delta"}', 'null');
select is(pg_temp.move(-3, -100), 'accepted', 'down to zero');
select is(pg_temp.move(-1, 1), 'UPL01 {"limit": 0, "resource": "activities_created_count"}', 'nothing changes');
select is((activities_created_count, activities_attended_count)::text, '(0,0)', 'when one of them cannot') from activity.users where user_id = :'prem';

-- heartbeat
select is(body, format('{"success":true,"last_seen_at":"%s"}', activity.json_time(now())), 'seen') from activity.api_heartbeat(:'lapsed', null);
select is(last_seen_at, now(), 'stored, after a ban that has run out too') from activity.users where user_id = :'lapsed';
select is(pg_temp.refusal(format('select activity.api_heartbeat(%L, null)', u)), r, 'heartbeat: ' || r)
from (values (:'free'::uuid, 'accepted'), (:'nobody', 'UPA01'), (:'gone', 'UPA03'), (:'banned', 'UPA04'), (:'temporary', 'UPA05 {"expires_at": "2099-01-01T00:00:00Z"}')) as t (u, r);
select is((select last_seen_at from activity.users where user_id = :'banned'), null, 'a banned user leaves no trace');

-- Idempotency keys
select is((body, sqlstate, replayed)::text, '("{""success"":true,""new_verification_count"":1}",,f)', 'the first runs') from activity.api_verify('participation', :'prem', 's', 'k1', '\x01');
select is((body, sqlstate, replayed)::text, '("{""success"":true,""new_verification_count"":1}",,t)', 'the second is a replay') from activity.api_verify('participation', :'prem', 's', 'k1', '\x01');
select is(verification_count, 1, 'and counts nothing') from activity.users where user_id = :'prem';
select is(pg_temp.refusal(format('select activity.api_verify(''p'', %L, ''s'', ''k1'', ''\x02'')', :'prem')), 'UPC06', 'another payload under the same key');
select is(replayed, false, 'the same key of somebody else') from activity.api_verify('participation', :'prem', 's2', 'k1', '\x01');
select is((body, sqlstate, replayed)::text, '("{""resource"": ""user""}",UPN01,f)', 'a refusal is a result') from activity.api_verify('participation', :'nobody', 's', 'k2', '\x01');
insert into activity.users (user_id, email, username, password_hash) values (:'nobody', 'tap_nobody@test.invalid', 'tap_nobody', 'x');
select is((body, sqlstate, replayed)::text, '("{""resource"": ""user""}",UPN01,t)', 'and replayed, although it would succeed now') from activity.api_verify('participation', :'nobody', 's', 'k2', '\x01');
select is((sqlstate, replayed)::text, '(UPL01,f)', 'a limit') from activity.api_update_activity_counters('activities', :'prem', -1, 0, 's', 'k3', '\x01');
select is((sqlstate, replayed)::text, '(UPV05,f)', 'an invalid value') from activity.api_update_subscription('payment', :'prem', 'club', '2001-01-01', 's', 'k4', '\x01');
select is((body, replayed)::text, '("{""success"":true,""new_no_show_count"":1,""warning"":""""}",f)', 'a no-show') from activity.api_no_show('moderation', :'nobody', 's', 'k5', '\x01');
select is(replayed, true, 'once') from activity.api_no_show('moderation', :'nobody', 's', 'k5', '\x01');
select is(pg_temp.refusal(format('select activity.api_update_own_subscription(%L, null, false, ''free'', null, ''s'', ''k6'', ''\x01'')', :'lapsed')),
    'UPA06 {"required_role": "admin"}', 'a missing permission is raised, not stored');
select is((select count(*) from activity.idempotency_records where key = 'k6'), 0::bigint, 'not stored');
select is((sqlstate, replayed)::text, '(,f)', 'so it runs once allowed') from activity.api_update_own_subscription(:'lapsed', null, true, 'free', null, 's', 'k6', '\x01');
select is(pg_temp.refusal(format('select activity.api_update_own_subscription(%L, null, false, ''free'', null, ''s'', ''k6'', ''\x01'')', :'lapsed')),
    'UPA06 {"required_role": "admin"}', 'the permission is asked before a replay');
update activity.idempotency_records set created_at = now() - interval '24 hours' where key in ('k1', 'k5');
select is((body::jsonb ->> 'new_verification_count', replayed)::text, '(3,f)', 'after a day the key is new, with any payload') from activity.api_verify('participation', :'prem', 's', 'k1', '\x99');
select is(activity.api_purge(1000), 2, 'the purge removes what is a day old');
select is((select string_agg(scope || key, ' ' order by scope, key) from activity.idempotency_records), 'sk1 sk2 sk3 sk4 sk6', 'and nothing else') ;

-- The old functions
select results_eq(format('select * from activity.sp_increment_verification_count(%1$L) union all select * from activity.sp_increment_no_show_count(%1$L)', :'admin'), 'values (1), (1)', 'the counters');
select results_eq(format('select * from activity.sp_update_activity_counts(%L, 1, 2)', :'admin'), 'values (1, 2)', 'sp_update_activity_counts');
select results_eq(format('select * from activity.sp_update_last_seen(%L) union all select * from activity.sp_update_last_seen(public.uuidv7())', :'admin'), 'values (true), (false)', 'sp_update_last_seen');

select * from finish();
rollback;
