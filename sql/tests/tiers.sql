-- Endpoints 15 to 18 and 31: tiers and captains.
begin;
\ir people.psql
select plan(51);

create function pg_temp.buy(p_user uuid, p_level text, p_until text) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_update_subscription(''payment'', %L, %L, %L, null, null, null)', p_user, p_level, p_until)) $$;
create function pg_temp.tier(p_user uuid) returns text language sql
as $$ select concat_ws(' ', subscription_level, subscription_expires_at::date) from activity.users where user_id = p_user $$;

-- GET
select is(body, '{"subscription_level":"free","subscription_expires_at":null,"is_captain":false,"captain_since":null,"days_remaining":null}', 'free')
from activity.api_get_subscription(:'free', null);
update activity.users set subscription_expires_at = now() + interval '10 days 5 hours' where user_id = :'prem';
select is(body::jsonb ->> 'days_remaining', '10', 'whole days') from activity.api_get_subscription(:'prem', null);
select ok(extract(epoch from now() + interval '5 hours') - fresh_until between 0 and 1.001, 'good until the day is gone, to a second') from activity.api_get_subscription(:'prem', null);
update activity.users set subscription_expires_at = now() + interval '5 hours' where user_id = :'prem';
select is(body::jsonb ->> 'days_remaining', '0', 'the last hours') from activity.api_get_subscription(:'prem', null);
select is(body::jsonb, '{"subscription_level": "free", "subscription_expires_at": null, "is_captain": false, "captain_since": null, "days_remaining": null}',
    'a tier that has run out is free') from activity.api_get_subscription(:'expired', null);
select is(fresh_until, null, 'and stays so') from activity.api_get_subscription(:'expired', null);
update activity.users set subscription_expires_at = 'infinity' where user_id = :'other';
update activity.users set subscription_level = 'club' where user_id = :'other';
select is(body::jsonb ->> 'subscription_level', 'club', 'an endless tier can be read') from activity.api_get_subscription(:'other', null);
update activity.users set subscription_level = 'free', subscription_expires_at = null where user_id = :'other';

-- POST by the payment service
select is(body, '{"success":true,"subscription_level":"club","subscription_expires_at":"2099-05-01T12:00:00Z"}', 'bought')
from activity.api_update_subscription('payment', :'free', 'club', '2099-05-01 14:00:00+02', null, null, null);
select is((sqlstate, replayed)::text, '(,f)', 'no refusal, no replay') from activity.api_update_subscription('payment', :'free', 'club', '2099-05-01', null, null, null);
select is(pg_temp.tier(:'free'), 'club 2099-05-01', 'stored');
select is(pg_temp.buy(:'free', 'free', '2099-01-01'), 'UPV05 {"field": "subscription_expires_at"}', 'free with an end');
select is(pg_temp.buy(:'free', 'premium', null), 'UPV01 {"field": "subscription_expires_at"}', 'premium without one');
select is(pg_temp.buy(:'free', 'premium', '2020-01-01'), 'UPV05 {"field": "subscription_expires_at"}', 'premium that has ended');
select is(pg_temp.buy(:'free', 'gold', '2099-01-01'), 'UPV05 {"field": "subscription_level"}', 'no such tier');
select is(pg_temp.buy(:'free', null, null), 'UPV01 {"field": "subscription_level"}', 'no tier');
select is(pg_temp.buy(:'nobody', 'club', '2099-01-01'), 'UPN01 {"resource": "user"}', 'nobody');
select is(pg_temp.buy(:'gone', 'club', '2099-01-01'), 'UPN01 {"resource": "user"}', 'deleted');
insert into activity.user_settings (user_id, ghost_mode) values (:'prem', true);
select is(pg_temp.buy(:'prem', 'premium', '2099-01-01'), 'accepted', 'renewed');
select is(ghost_mode, true, 'a renewal keeps ghost mode') from activity.user_settings where user_id = :'prem';
select is(pg_temp.buy(:'prem', 'club', '2099-01-01'), 'accepted', 'downgraded');
select is((ghost_mode, settings_version)::text, '(f,2)', 'leaving premium switches ghost mode off') from activity.user_settings where user_id = :'prem';

-- POST for oneself
select is(pg_temp.refusal(format('select activity.api_update_own_subscription(%L, null, false, ''club'', ''2099-01-01'', null, null, null)', :'free')),
    'UPA06 {"required_role": "admin"}', 'not by oneself');
select is(pg_temp.refusal(format('select activity.api_update_own_subscription(%L, null, false, ''club'', ''2099-01-01'', null, null, null)', :'moderator')),
    'UPA06 {"required_role": "admin"}', 'a moderator is no admin');
select is(pg_temp.refusal(format('select activity.api_update_own_subscription(%L, null, true, ''premium'', ''2099-01-01'', null, null, null)', :'free')), 'accepted', 'with the payment key');
select is(pg_temp.refusal(format('select activity.api_update_own_subscription(%L, null, true, ''premium'', ''2099-01-01'', null, null, null)', :'banned')), 'UPA04', 'not while banned');
select is(pg_temp.refusal(format('select activity.api_update_own_subscription(%L, null, false, ''premium'', ''2099-01-01'', null, null, null)', :'admin')), 'accepted', 'as an admin');
select is(pg_temp.tier(:'free') || ', ' || pg_temp.tier(:'admin'), 'premium 2099-01-01, premium 2099-01-01', 'both stored');
select is(string_agg(actor || ' ' || action, ','), format('user:%s subscription', :'admin'), 'what the admin did is in the audit log, payments are not')
from activity.audit_log where user_id = any (array[:'admin', :'free']::uuid[]);

-- Captains
create function pg_temp.captain(p_caller uuid, p_user uuid, p_on boolean) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_set_captain(%L, null, %L, %L)', p_caller, p_user, p_on)) $$;
select is(pg_temp.captain(:'moderator', :'other', true), 'UPA06 {"required_role": "admin"}', 'only an admin grants it');
select is(pg_temp.captain(:'admin', :'nobody', true), 'UPN01 {"resource": "user"}', 'nobody');
select is(pg_temp.captain(:'admin', :'other', null), 'UPV01 {"field": "is_captain"}', 'yes or no');
select is(body::jsonb, jsonb_build_object('success', true, 'user_id', :'other', 'is_captain', true, 'captain_since', activity.json_time(now()),
    'subscription_level', 'premium', 'subscription_expires_at', activity.json_time(now() + interval '1 year')), 'premium for a year')
from activity.api_set_captain(:'admin', null, :'other', true);
update activity.users set captain_since = '2020-01-01', subscription_expires_at = '2098-01-01' where user_id = :'other';
select is(pg_temp.captain(:'admin', :'other', true), 'accepted', 'granted again');
select is((captain_since, subscription_expires_at)::text, '("2020-01-01 00:00:00+00","2098-01-01 00:00:00+00")', 'keeps both times') from activity.users where user_id = :'other';
insert into activity.user_settings (user_id, ghost_mode) values (:'other', true);
select is(body::jsonb, jsonb_build_object('success', true, 'user_id', :'other', 'is_captain', false, 'captain_since', null,
    'subscription_level', 'free', 'subscription_expires_at', null), 'revoked: back to free') from activity.api_set_captain(:'admin', null, :'other', false);
select is((captain_since is null, (select ghost_mode from activity.user_settings where user_id = :'other'))::text, '(t,f)', 'ghost mode goes with it')
from activity.users where user_id = :'other';
update activity.users set subscription_level = 'club', subscription_expires_at = now() + interval '100 days' where user_id = :'club';
select is(pg_temp.captain(:'admin', :'club', true), 'accepted', 'a club member becomes captain');
select is(pg_temp.captain(:'admin', :'club', true), 'accepted', 'twice');
select is(subscription_level, 'premium', 'and has premium') from activity.users where user_id = :'club';
select is(pg_temp.captain(:'admin', :'club', false), 'accepted', 'revoked');
select is((subscription_level, subscription_expires_at = now() + interval '100 days')::text, '(club,t)', 'club again, until the same day') from activity.users where user_id = :'club';
select is(pg_temp.captain(:'admin', :'club', false), 'accepted', 'revoking from somebody who is none');
select is(subscription_level, 'club', 'takes no paid tier away') from activity.users where user_id = :'club';
select is(pg_temp.captain(:'admin', :'club', true), 'accepted', 'captain once more');
select is(pg_temp.buy(:'club', 'premium', '2097-07-07'), 'accepted', 'who then pays');
select is(pg_temp.captain(:'admin', :'club', false), 'accepted', 'and is no captain any more');
select is(pg_temp.tier(:'club'), 'premium 2097-07-07', 'has what was paid for');
update activity.users set captain_prior_level = 'club', captain_prior_expires_at = now(), is_captain = true where user_id = :'club';
select is(pg_temp.captain(:'admin', :'club', false), 'accepted', 'a remembered tier');
select is(pg_temp.tier(:'club'), 'free', 'that has run out meanwhile is not restored');

-- The old functions
select results_eq(format('select * from activity.sp_update_subscription(%1$L, ''club'', ''2099-01-01'') union all select * from activity.sp_update_subscription(%1$L, ''free'')
    union all select * from activity.sp_update_subscription(%2$L, ''free'')', :'free', :'nobody'), 'values (true), (true), (false)', 'sp_update_subscription');
select results_eq(format('select * from activity.sp_set_captain_status(%1$L, true) union all select * from activity.sp_set_captain_status(%1$L, false)
    union all select * from activity.sp_set_captain_status(%2$L, true)', :'free', :'nobody'), 'values (true), (true), (false)', 'sp_set_captain_status');

select * from finish();
rollback;
