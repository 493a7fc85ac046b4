-- The gate that every U function passes: the account's present state decides.
begin;
\ir people.psql
select plan(30);

-- Every function of a user refuses the same accounts in the same way.
create temporary table gated (call text);
insert into gated values
    ('select * from activity.api_authorize(%L, %s)'),
    ('select * from activity.api_get_own_profile(%L, %s)'),
    ('select * from activity.api_update_profile(%L, %s, ''{}'', null)'),
    ('select * from activity.api_get_interests(%L, %s)'),
    ('select * from activity.api_set_interests(%L, %s, ''[]'', null)'),
    ('select * from activity.api_add_interest(%L, %s, ''x'', null)'),
    ('select * from activity.api_remove_interest(%L, %s, ''x'')');

create function pg_temp.refusals(p_user uuid, p_issued_at text default 'null') returns text
language sql
as $$ select string_agg(distinct pg_temp.refusal(format(call, p_user, p_issued_at)), ' | ') from gated $$;

select is(pg_temp.refusals(:'free'), 'accepted', 'an account in order is served');
select is(pg_temp.refusals(:'nobody'), 'UPA01', 'an unknown subject is refused');
select is(pg_temp.refusals(:'gone'), 'UPA03', 'a deleted account is refused, whatever its status says');
select is(pg_temp.refusals(:'banned'), 'UPA04', 'a banned account is refused');
select is(pg_temp.refusals(:'inactive'), 'UPA04', 'an inactive account is refused as banned');
select is(pg_temp.refusals(:'temporary'), 'UPA05 {"expires_at": "2099-01-01T00:00:00Z"}', 'a temporary ban is refused with its end');
select is(pg_temp.refusals(:'lapsed'), 'accepted', 'a temporary ban that has run out is no ban');

update activity.users set tokens_valid_after = '2026-01-01 00:00:00.5+00' where user_id in (:'free', :'banned', :'gone');
select is(pg_temp.refusals(:'free', extract(epoch from '2026-01-01 00:00:00Z'::timestamptz)::bigint::text), 'UPA02', 'a token issued before the mark is refused');
select is(pg_temp.refusals(:'free', extract(epoch from '2026-01-01 00:00:01Z'::timestamptz)::bigint::text), 'accepted', 'a token issued after the mark is served');
select is(pg_temp.refusals(:'free'), 'accepted', 'an unknown time of issue is not judged here');
select is(pg_temp.refusals(:'gone', '0'), 'UPA03', 'a deleted account says so to an old token too');
select is(pg_temp.refusals(:'banned', '0'), 'UPA04', 'a banned account says so to an old token too');
update activity.users set tokens_valid_after = '2026-01-01 00:00:00+00' where user_id = :'free';
select is(pg_temp.refusals(:'free', extract(epoch from '2026-01-01 00:00:00Z'::timestamptz)::bigint::text), 'UPA02', 'issued in the same second as the mark counts as before it');

-- The authorization record.
select is(authz, 'v1 active 0 free 0 - 0 1767225600', 'record: free, with its mark') from activity.api_authorize(:'free', null);
select is(authz, 'v1 active 0 club 4070908800 - 0 0', 'record: club until 2099') from activity.api_authorize(:'club', null);
select is(authz, 'v1 active 0 free 0 admin 0 0', 'record: admin') from activity.api_authorize(:'admin', null);
select is(authz, 'v1 active 0 free 0 moderator 0 0', 'record: moderator') from activity.api_authorize(:'moderator', null);
update activity.users set roles = '["moderator", "janitor", "admin"]' where user_id = :'admin';
select is(authz, 'v1 active 0 free 0 admin,moderator 0 0', 'record: both roles, others left out') from activity.api_authorize(:'admin', null);
insert into activity.user_settings (user_id, ghost_mode) values (:'prem', true), (:'expired', true);
select is(authz, 'v1 active 0 premium 4070908800 - 1 0', 'record: ghost mode as stored') from activity.api_authorize(:'prem', null);
select matches(authz, '^v1 active 0 premium [0-9]+ - 1 0$', 'record: an expired tier with its end, for the reader''s clock')
from activity.api_authorize(:'expired', null);
select matches(authz, '^v1 temporary_ban [0-9]+ free 0 - 0 0$', 'record: a ban that has run out with its end')
from activity.api_authorize(:'lapsed', null);
select is(a.authz, p.authz, 'the profile carries the same record')
from activity.api_authorize(:'prem', null) a, activity.api_get_own_profile(:'prem', null) p;
select is(a.authz, p.authz, 'the interests carry the same record')
from activity.api_authorize(:'prem', null) a, activity.api_get_interests(:'prem', null) p;
select is(a.authz, p.authz, 'a public profile carries the viewer''s record')
from activity.api_authorize(:'prem', null) a, activity.api_get_public_profile(:'prem', null, :'other', false) p;

-- Odd rows of an adopted database.
update activity.users set roles = null where user_id = :'other';
select is(authz, 'v1 active 0 free 0 - 0 0', 'roles null is no role') from activity.api_authorize(:'other', null);
update activity.users set roles = '"admin"' where user_id = :'other';
select is(authz, 'v1 active 0 free 0 - 0 0', 'roles that are no array are no role') from activity.api_authorize(:'other', null);
update activity.users set roles = '{"admin": true}' where user_id = :'other';
select is(authz, 'v1 active 0 free 0 - 0 0', 'an object of roles is no role') from activity.api_authorize(:'other', null);
update activity.users set subscription_level = 'premium', subscription_expires_at = 'infinity' where user_id = :'other';
select is(authz, 'v1 active 0 premium 253402214400 - 0 0', 'an endless tier fits the record') from activity.api_authorize(:'other', null);
alter table activity.users drop constraint if exists check_ban_expiry, drop constraint if exists check_subscription_expiry;
update activity.users set subscription_expires_at = null where user_id = :'other';
select is(body::json ->> 'subscription_level', 'free', 'a paid tier without an end is none') from activity.api_get_own_profile(:'other', null);
update activity.users set status = 'temporary_ban', ban_expires_at = null where user_id = :'other';
select is(pg_temp.refusals(:'other'), 'UPA04', 'a temporary ban without an end is a ban');

select * from finish();
rollback;
