-- Endpoints 27 and 28, the audit log.
begin;
\ir people.psql
select plan(46);

create function pg_temp.ban(p_caller uuid, p_user uuid, p_reason text default 'spam', p_until text default null) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_ban_user(%L, null, %L, %L, %L)', p_caller, p_user, p_reason, p_until)) $$;
create function pg_temp.unban(p_caller uuid, p_user uuid) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_unban_user(%L, null, %L)', p_caller, p_user)) $$;

select is(pg_temp.ban(:'free', :'other'), 'UPA06 {"required_role": "admin"}', 'only an admin bans');
select is(pg_temp.ban(:'moderator', :'nobody'), 'UPA06 {"required_role": "admin"}', 'the role is asked before the user');
select is(pg_temp.ban(:'admin', :'other', null), 'UPV01 {"field": "reason", "min_length": 1}', 'a reason is needed');
select is(pg_temp.ban(:'admin', :'other', '  '), 'UPV03 {"field": "reason", "min_length": 1}', 'a blank is none');
select is(pg_temp.ban(:'admin', :'other', repeat('r', 1001)), 'UPV02 {"field": "reason", "max_length": 1000}', 'a long one');
select is(pg_temp.ban(:'admin', :'other', 'x', '2020-01-01'), 'UPV05 {"field": "expires_at"}', 'an end in the past');
select is(pg_temp.ban(:'admin', :'nobody'), 'UPN01 {"resource": "user"}', 'nobody');
select is(pg_temp.ban(:'admin', :'gone'), 'UPN01 {"resource": "user"}', 'deleted');
select is(pg_temp.ban(:'admin', :'admin'), 'UPC02 {"reason": "self"}', 'not oneself');
update activity.users set roles = '["admin"]' where user_id = :'club';
select is(pg_temp.ban(:'admin', :'club'), 'UPC02 {"reason": "admin"}', 'not another admin');
select is((select count(*) from activity.outbox), (select count(*) from activity.outbox where user_id <> all (array[:'other', :'club', :'admin']::uuid[])), 'what was refused tells nobody');

create table if not exists activity.refresh_tokens (user_id uuid, token text, revoked boolean not null default false);
grant select, update on activity.refresh_tokens to userprofile_owner;
insert into activity.refresh_tokens (user_id, token) values (:'other', 'a');
select is(body, format('{"success":true,"user_id":"%s","status":"banned","ban_reason":"a <b>","ban_expires_at":null}', :'other'), 'for good') from activity.api_ban_user(:'admin', null, :'other', 'a <b>', null);
select is((status, ban_reason, ban_expires_at, tokens_valid_after = now())::text, '(banned,"a <b>",,t)', 'stored, and all tokens are old') from activity.users where user_id = :'other';
select is((select revoked from activity.refresh_tokens where token = 'a'), true, 'refresh tokens are revoked');
select is(pg_temp.refusal(format('select activity.api_get_own_profile(%L, null)', :'other')), 'UPA04', 'it bites at once');
select is(payload, jsonb_build_object('recipients', 'tap_other@test.invalid', 'template', 'user_banned', 'priority', 'high', 'data', jsonb_build_object(
    'subject', 'Your account was banned', 'message', 'Your account was banned. Reason: a &lt;b&gt;', 'username', 'tap_other',
    'ban_type', 'permanent', 'ban_expires_at', null, 'ban_reason', 'a <b>')), 'the mail') from activity.outbox where user_id = :'other' and channel = 'mail';
select is(payload - 'timestamp', jsonb_build_object('type', 'user.banned', 'data', jsonb_build_object('user_id', :'other', 'status', 'banned', 'ban_expires_at', null)), 'the event')
from activity.outbox where user_id = :'other' and channel = 'activity';
select is(body::jsonb - 'success', jsonb_build_object('user_id', :'free', 'status', 'temporary_ban', 'ban_reason', 'rest', 'ban_expires_at', '2099-01-01T00:00:00Z'), 'for a time')
from activity.api_ban_user(:'admin', null, :'free', 'rest', '2099-01-01 01:00:00+01');
select is((payload -> 'data') - '{subject,message,username}'::text[], '{"ban_type": "temporary", "ban_expires_at": "2099-01-01T00:00:00Z", "ban_reason": "rest"}', 'the mail of a temporary ban')
from activity.outbox where user_id = :'free' and channel = 'mail';
select is(payload -> 'data', jsonb_build_object('user_id', :'free', 'status', 'temporary_ban', 'ban_expires_at', '2099-01-01T00:00:00Z'), 'its event')
from activity.outbox where user_id = :'free' and channel = 'activity';
select is(pg_temp.ban(:'admin', :'free', 'more'), 'accepted', 'a ban may be changed');

-- Unban
select is(pg_temp.unban(:'moderator', :'free'), 'UPA06 {"required_role": "admin"}', 'only an admin lifts it');
select is(pg_temp.unban(:'admin', :'nobody'), 'UPN01 {"resource": "user"}', 'nobody');
select is(pg_temp.unban(:'admin', :'gone'), 'UPC02 {"reason": "deleted"}', 'a deleted account stays deleted');
select is(body, format('{"success":true,"user_id":"%s","status":"active"}', :'free'), 'lifted') from activity.api_unban_user(:'admin', null, :'free');
select is((status, ban_reason, ban_expires_at)::text, '(active,,)', 'stored') from activity.users where user_id = :'free';
select is(pg_temp.refusal(format('select activity.api_get_own_profile(%L, 0)', :'free')), 'UPA02', 'tokens from before the ban stay refused');
select is(string_agg(channel || ' ' || topic, ', ' order by topic), 'activity user.banned, activity user.banned, activity user.unbanned, mail user_banned, mail user_banned, mail user_unbanned', 'told both ways')
from activity.outbox where user_id = :'free';
select is(payload -> 'data', jsonb_build_object('user_id', :'free', 'status', 'active', 'ban_expires_at', null), 'the event') from activity.outbox where user_id = :'free' and topic = 'user.unbanned';
select is(pg_temp.unban(:'admin', :'free'), 'accepted', 'again is no failure');
select is((select count(*) from activity.outbox where user_id = :'free'), 6::bigint, 'and tells nobody');

-- The old functions
select results_eq(format('select * from activity.sp_ban_user(%1$L, ''x'', ''2099-01-01'') union all select * from activity.sp_ban_user(%2$L, ''x'')', :'prem', :'nobody'), 'values (true), (false)', 'sp_ban_user');
select is((status, tokens_valid_after = now())::text, '(temporary_ban,t)', 'sp_ban_user ends sessions too') from activity.users where user_id = :'prem';
select is(pg_temp.refusal(format('select activity.sp_ban_user(%L, ''x'', ''2001-01-01'')', :'prem')), 'UPV05 {"field": "expires_at"}', 'sp_ban_user raises on an end in the past');
select results_eq(format('select * from activity.sp_unban_user(%1$L) union all select * from activity.sp_unban_user(%2$L)', :'prem', :'nobody'), 'values (true), (false)', 'sp_unban_user');
select is((select count(*) from activity.outbox where user_id = :'prem'), 0::bigint, 'their callers tell people themselves');

-- The audit log
select is(string_agg(action, ' ' order by entry_id), 'ban ban unban', 'the free user''s story') from activity.audit_log where user_id = :'free';
select is((first_bad, head = (select encode(hash, 'hex') from activity.audit_log order by entry_id desc limit 1), entries = (select count(*) from activity.audit_log))::text, '(,t,t)', 'the chain holds') from activity.api_audit_verify();
select is(pg_temp.refusal('update activity.audit_log set action = ''x'''), 'UPX01', 'no entry is changed');
select is(pg_temp.refusal('delete from activity.audit_log'), 'UPX01', 'none is removed');
select is(pg_temp.refusal('truncate activity.audit_log'), 'UPX01', 'nor all');
select min(entry_id) filter (where user_id = :'free') as bad, max(entry_id) as last from activity.audit_log \gset
alter table activity.audit_log disable trigger userprofile_append_only;
savepoint before;
update activity.audit_log set details = '{"reason": "nothing"}' where entry_id = :bad;
select is(first_bad, :bad::bigint, 'an entry that was changed behind its back is found') from activity.api_audit_verify();
rollback to before;
update activity.audit_log set actor = 'user:' || :'nobody', hash = activity.audit_hash(previous_hash, entry_id, at, 'user:' || :'nobody', action, user_id, details) where entry_id = :bad;
select is(first_bad, :bad + 1::bigint, 'so is one with a fitting hash, by the next') from activity.api_audit_verify();
rollback to before;
delete from activity.audit_log where entry_id = :bad;
select is(first_bad, :bad + 1::bigint, 'one that was taken out is missed by the next') from activity.api_audit_verify();
rollback to before;
delete from activity.audit_log where entry_id = :last;
select isnt(head, (select encode(l.hash, 'hex') from activity.audit_log l where l.entry_id = :last), 'one taken off the end changes the head') from activity.api_audit_verify();
rollback to before;
select is(first_bad, null, 'untouched again') from activity.api_audit_verify();

select * from finish();
rollback;
