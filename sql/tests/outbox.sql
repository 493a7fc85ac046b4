-- The outbox, as its relay and its operators use it.
begin;
\ir people.psql
delete from activity.outbox;
select plan(28);

insert into activity.outbox (event_id, channel, topic, user_id, payload, created_at)
select ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'mail', 't' || n, :'free', jsonb_build_object('n', n), now() - n * interval '1 minute' from generate_series(1, 5) n;

select is(c, 2::bigint, 'claims no more than asked for') from (select count(*) as c from activity.api_outbox_claim(2, 60)) x;
select is((select count(*) from activity.api_outbox_claim(10, 60)), 3::bigint, 'the rest');
select is((select count(*) from activity.api_outbox_claim(10, 60)), 0::bigint, 'what is claimed is nobody else''s');
update activity.outbox set next_attempt_at = now();
select is((select string_agg(topic || attempt || payload, ' ' order by topic) from activity.api_outbox_claim(10, 60)),
    't12{"n": 1} t22{"n": 2} t32{"n": 3} t42{"n": 4} t52{"n": 5}', 'until the lease ends: then again, as the second attempt');
\set one '00000000-0000-7000-8000-000000000001'
\set two '00000000-0000-7000-8000-000000000002'
\set three '00000000-0000-7000-8000-000000000003'
select is(activity.api_outbox_delivered(:'one'), true, 'delivered');
select is((delivered_at = now(), payload)::text, '(t,)', 'and forgotten') from activity.outbox where event_id = :'one';
select is(activity.api_outbox_delivered(:'one'), false, 'once');
select is(activity.api_outbox_failed(:'one', 'x', false), 'gone', 'it cannot fail any more');
select is(activity.api_outbox_failed(:'two', repeat('e', 600), false), 'retry', 'failed: again later');
select is((length(last_error), next_attempt_at - now() between '5 s' and '15 s')::text, '(500,t)', 'after about 10 seconds the second time') from activity.outbox where event_id = :'two';
update activity.outbox set attempts = 29 where event_id = :'two';
select is(activity.api_outbox_failed(:'two', 'x', false), 'retry', 'the 29th');
select ok(next_attempt_at - now() between '30 min' and '90 min', 'at most about an hour') from activity.outbox where event_id = :'two';
update activity.outbox set attempts = 30 where event_id = :'two';
select is(activity.api_outbox_failed(:'two', 'x', false), 'dead', 'the 30th is the last');
select is(activity.api_outbox_failed(:'three', 'no such template', true), 'dead', 'what cannot succeed is dead at once');
update activity.outbox set next_attempt_at = now();
select is((select string_agg(topic, ' ' order by topic) from activity.api_outbox_claim(10, 60)), 't4 t5', 'the dead are left alone');
select is((outbox_pending, outbox_dead, outbox_oldest_seconds)::text, '(2,2,300)', 'depth, dead, age') from activity.api_queue_stats();
select is((select string_agg(topic || coalesce(last_error, ''), ' ' order by topic) from activity.api_outbox_list('dead', 10)), 't2x t3no such template', 'listed: dead');
select is((select string_agg(topic, ' ' order by topic) from activity.api_outbox_list('pending', 10)), 't4 t5', 'listed: pending');
select is((select string_agg(topic, ' ' order by topic) from activity.api_outbox_list('delivered', 10)), 't1', 'listed: delivered');
select is((select count(*) from activity.api_outbox_list('dead', 1)), 1::bigint, 'listed: not more than asked for');
select is(activity.api_outbox_retry(:'one'), 0, 'what was delivered is not sent again');
select is(activity.api_outbox_retry(:'three'), 1, 'one again');
select is(activity.api_outbox_retry(null), 1, 'all that are dead');
select is((select string_agg(topic || attempt, ' ' order by topic) from activity.api_outbox_claim(10, 60)), 't21 t31', 'they start anew');

update activity.outbox set created_at = now() - interval '8 days', delivered_at = now() - interval '8 days' where event_id = :'one';
update activity.outbox set created_at = now() - interval '29 days' where event_id = :'two';
update activity.outbox set created_at = now() - interval '30 days' where event_id = :'three';
select is(activity.api_purge(1), 1, 'the purge takes a batch');
select is(activity.api_purge(100), 1, 'and the next');
select is((select string_agg(topic, ' ' order by topic) from activity.outbox), 't2 t4 t5', 'what was delivered a week ago and what is 30 days old');
select is(pg_temp.refusal('insert into activity.outbox (channel, topic, user_id) values (''mail'', ''x'', public.uuidv7())') ~ '^23514', true, 'nothing is queued without a payload');

select * from finish();
rollback;
