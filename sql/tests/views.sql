-- Endpoint 30.
begin;
\ir people.psql
select plan(18);

create function pg_temp.views(p_limit int default 20, p_cursor text default null) returns jsonb language sql
as $$ select body::jsonb from activity.api_profile_views('01900000-0000-7000-8000-0000000000f3', null, p_limit, p_cursor) $$;

select is(pg_temp.refusal(format('select activity.api_profile_views(%L, null, 20, null)', :'free')), 'UPA07 {"current_level": "free", "required_level": "premium"}', 'not for free');
select is(pg_temp.refusal(format('select activity.api_profile_views(%L, null, 20, null)', :'expired')), 'UPA07 {"current_level": "free", "required_level": "premium"}', 'nor after premium');
select is(pg_temp.refusal(format('select activity.api_profile_views(%L, null, 20, null)', :'banned')), 'UPA04', 'nor for the banned');
select is(pg_temp.views(), '{"results": [], "next_cursor": null}', 'nobody looked');

insert into activity.profile_views (viewer_user_id, viewed_user_id, viewed_at)
select v::uuid, :'prem', '2026-01-01'::timestamptz + n * interval '1 minute'
from (values (:'free', 1), (:'club', 2), (:'free', 3), (:'lapsed', 4), (:'other', 5), (:'free', 6), (:'banned', 7), (:'temporary', 8), (:'inactive', 9), (:'gone', 10), (:'expired', 11), (:'moderator', 12)) as t (v, n);
insert into activity.profile_views (viewer_user_id, viewed_user_id) values (:'prem', :'free');
insert into activity.user_blocks (blocker_user_id, blocked_user_id) values (:'prem', :'expired'), (:'moderator', :'prem');
select is(jsonb_path_query_array(pg_temp.views(), '$.results[*].username'), '["tap_free", "tap_other", "tap_lapsed", "tap_club"]',
    'newest first, one row a viewer, without the blocked and the invisible');
select is(pg_temp.views(1) #> '{results,0}', jsonb_build_object('user_id', :'free', 'username', 'tap_free', 'main_photo_url', null, 'viewed_at', '2026-01-01T00:06:00Z'), 'the latest look');
select is(pg_temp.views(4) ->> 'next_cursor', null, 'the last page has no cursor');
select is(jsonb_path_query_array(pg_temp.views(2, pg_temp.views(2) ->> 'next_cursor'), '$.results[*].username'), '["tap_lapsed", "tap_club"]', 'the cursor goes on behind the page');
select is(pg_temp.views(2, pg_temp.views(2) ->> 'next_cursor') ->> 'next_cursor', null, 'to the end');
select is(jsonb_array_length(pg_temp.views(1, pg_temp.views(3) ->> 'next_cursor') -> 'results'), 1, 'pages may differ in size');

-- Views of one moment are parted by their id.
update activity.profile_views set viewed_at = '2026-02-02' where viewed_user_id = :'prem' and viewer_user_id in (:'club', :'lapsed', :'other');
select is((select count(distinct x) from (select jsonb_path_query(pg_temp.views(1), '$.results[*].username') x
    union all select jsonb_path_query(pg_temp.views(1, pg_temp.views(1) ->> 'next_cursor'), '$.results[*].username')
    union all select jsonb_path_query(pg_temp.views(1, pg_temp.views(2) ->> 'next_cursor'), '$.results[*].username')) p), 3::bigint, 'none is lost, none comes twice');

select is(pg_temp.refusal(format('select activity.api_profile_views(%L, null, 20, %L)', :'prem', c)), 'UPV04 {"field": "cursor"}', 'no cursor of ours: ' || c)
from unnest(array['', 'x', 'bm9wZQ', repeat('a', 2000), '''; drop table users', 'MTIzIG5vLXV1aWQ']) c;
select is(pg_temp.refusal(format('select activity.api_profile_views(%L, null, 0, null)', :'prem')), 'UPV05 {"max": 100, "min": 1, "field": "limit"}', 'limit 0');

select * from finish();
rollback;
