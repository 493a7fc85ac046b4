-- Endpoints 9 to 12 and the three old functions behind them.
begin;
\ir people.psql
select plan(39);

create function pg_temp.put(p_interests text, p_if bigint default null) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_set_interests(%L, null, %L, %L)', '01900000-0000-7000-8000-0000000000f1', p_interests, p_if)) $$;
create function pg_temp.tags() returns text language sql
as $$ select string_agg(interest_tag || ' ' || weight, ', ' order by weight desc, interest_tag) from activity.user_interests where user_id = '01900000-0000-7000-8000-0000000000f1' $$;

select is(body, '{"interests":[],"count":0}', 'nobody has interests at first') from activity.api_get_interests(:'free', null);
select is(body, '{"success":true,"interest_count":3,"interests":[{"tag":"Zen","weight":1.00},{"tag":"Ärzte","weight":0.50},{"tag":"チェス","weight":0.50}]}',
    'replaced; by weight descending, then tag; trimmed; 1.0 by default; two decimals')
from activity.api_set_interests(:'free', null, '[{"tag": "チェス", "weight": 0.5}, {"tag": " Ärzte ", "weight": 0.499}, {"tag": "Zen"}]', null);
select is(s.representation, g.body, 'the representation is the body that GET answers') from activity.api_get_interests(:'free', null) g,
    activity.api_set_interests(:'club', null, '[{"tag": "チェス", "weight": 0.5}, {"tag": "Ärzte", "weight": 0.5}, {"tag": "Zen"}]', null) s;

select is(pg_temp.put('{}'), 'UPV04 {"field": "interests"}', 'no array');
select is(pg_temp.put('[1]'), 'UPV04 {"field": "interests[0]"}', 'no object');
select is(pg_temp.put('[{"tag": "a"}, {"weight": 1}]'), 'UPV04 {"field": "interests[1]"}', 'no tag');
select is(pg_temp.put('[{"tag": "a", "weight": "1"}]'), 'UPV04 {"field": "interests[0]"}', 'a weight that is no number');
select is(pg_temp.put('[{"tag": "a", "weight": 1.01}]'), 'UPV05 {"max": 1, "min": 0, "field": "interests[0].weight"}', 'a weight above 1');
select is(pg_temp.put('[{"tag": " "}]'), 'UPV03 {"field": "interests[0].tag", "min_length": 1}', 'an empty tag');
select is(pg_temp.put(format('[{"tag": "%s"}]', repeat('x', 101))), 'UPV02 {"field": "interests[0].tag", "max_length": 100}', 'a long tag');
select is(pg_temp.put('[{"tag": "a/b"}]'), 'UPV04 {"field": "interests[0].tag"}', 'a slash in a tag');
select is(pg_temp.put('[{"tag": "Rock & roll - it''s_2"}]'), 'accepted', 'all that a tag may hold');
select is(pg_temp.put('[{"tag": "ÄRZTE"}, {"tag": "ärzte"}]'), 'UPV05 {"field": "interests[1].tag"}', 'one tag in two cases');
select is(pg_temp.put((select jsonb_agg(jsonb_build_object('tag', 't' || n)) from generate_series(1, 21) n)::text),
    'UPV05 {"field": "interests", "max_items": 20}', '21 are too many');
select is(pg_temp.tags(), 'Rock & roll - it''s_2 1.00', 'all or nothing');

-- Preconditions
select edit_version as v1 from activity.api_get_interests(:'free', null) \gset
select is(pg_temp.put('[{"tag": "Zen", "weight": 0.5}]', :v1), 'accepted', 'the version that was read is accepted');
select is(pg_temp.put('[{"tag": "Other"}]', :v1), 'UPC05', 'and then it is old');
select edit_version as v2 from activity.api_get_interests(:'free', null) \gset
select is(pg_temp.put('[{"tag": "Zen", "weight": 0.5}]', :v2), 'accepted', 'the same content again');
select isnt(edit_version, :v2, 'is an edit too') from activity.api_get_interests(:'free', null);
select edit_version as v3 from activity.api_get_interests(:'free', null) \gset
insert into activity.user_interests (user_id, interest_tag) values (:'free', 'by a sibling');
select is(pg_temp.put('[]', :v3), 'UPC05', 'what a sibling writes makes the version old');
update activity.users set last_seen_at = now(), verification_count = 9 where user_id = :'free';
select isnt(edit_version, :v3, 'versions differ') from activity.api_get_interests(:'free', null);

-- One at a time
select is(body, '{"success":true,"message":"Interest added"}', 'added') from activity.api_add_interest(:'free', null, 'Tea', null);
select is(body, '{"success":true,"message":"Interest updated"}', 'an existing tag, in another case, gets the new weight')
from activity.api_add_interest(:'free', null, 'TEA', 0.25);
select is(pg_temp.tags(), 'by a sibling 1.00, Zen 0.50, Tea 0.25', 'and keeps its spelling');
select is(pg_temp.refusal(format('select activity.api_add_interest(%L, null, ''x'', 2)', :'free')), 'UPV05 {"max": 1, "min": 0, "field": "weight"}', 'a weight above 1');
select is(body, '{"success":true,"message":"Interest removed"}', 'removed, whatever its case') from activity.api_remove_interest(:'free', null, 'zEN');
select is(body, '{"success":true,"message":"Interest removed"}', 'again: the same answer') from activity.api_remove_interest(:'free', null, 'zEN');
select is(pg_temp.tags(), 'by a sibling 1.00, Tea 0.25', 'one was removed');

-- The limit, and a user who is above it already
insert into activity.user_interests (user_id, interest_tag) select :'other', 'x' || n from generate_series(1, 24) n;
insert into activity.user_interests (user_id, interest_tag) values (:'other', 'X1');
select is(pg_temp.refusal(format('select activity.api_add_interest(%L, null, ''new'', 1)', :'other')), 'UPL01 {"limit": 20, "resource": "interests"}', 'no more');
select is(pg_temp.refusal(format('select activity.api_add_interest(%L, null, ''x2'', 0.1)', :'other')), 'accepted', 'an existing one may change');
select is(body::json ->> 'count', '25', 'all 25 stay readable') from activity.api_get_interests(:'other', null);

insert into activity.user_interests (user_id, interest_tag) values (:'other', ' padded '), (:'other', E'two\nlines');
select is(pg_temp.refusal(format('select activity.api_remove_interest(%L, null, %L)', :'other', t)), 'accepted', 'an odd tag of before can be removed')
from unnest(array['Padded', E'two\nLINES']) t;
select is((select count(*) from activity.user_interests where user_id = :'other'), 25::bigint, 'and is');

-- The old functions
select results_eq(format($q$select * from activity.sp_set_user_interests(%L, '[{"tag": "A", "weight": 1}]')
    union all select * from activity.sp_set_user_interests(%L, '[]')$q$, :'free', :'nobody'), 'values (true, 1), (false, 0)', 'sp_set_user_interests');
select results_eq(format($q$select success, interest_count from activity.sp_set_user_interests(%L, %L)$q$, :'free',
    (select jsonb_agg(jsonb_build_object('tag', 't' || n, 'weight', 1)) from generate_series(1, 21) n)), 'values (false, 21)', 'sp_set_user_interests: 21 are success = false');
select results_eq(format('select success, message from activity.sp_add_user_interest(%L, ''new'')', :'other'),
    $$values (false, 'Maximum 20 interests allowed'::text)$$, 'sp_add_user_interest: the message that is looked for');
select results_eq(format('select success, message from activity.sp_add_user_interest(%L, ''new'')', :'gone'),
    $$values (false, 'User not found'::text)$$, 'sp_add_user_interest: nobody');
select results_eq(format('select * from activity.sp_remove_user_interest(%L, ''a'') union all select * from activity.sp_remove_user_interest(%L, ''a'')',
    :'free', :'nobody'), 'values (true), (false)', 'sp_remove_user_interest');

select * from finish();
rollback;
