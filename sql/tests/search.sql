-- Endpoint 23. Small numbers here; the strategies for a million users are compared with the plain truth below.
begin;
\ir people.psql
select plan(47);

create function pg_temp.found(p_query text, p_caller uuid default '01900000-0000-7000-8000-0000000000f1') returns text language sql
as $$ select string_agg(r ->> 'username', ' ' order by n) from activity.api_search_users(p_caller, null, p_query, 100, 0, null) b,
    jsonb_array_elements(b::jsonb -> 'results') with ordinality as e (r, n) $$;
create function pg_temp.search(p_query text, p_limit int default 20, p_offset int default 0, p_cursor text default null) returns text language sql
as $$ select pg_temp.refusal(format('select activity.api_search_users(%L, null, %L, %L, %L, %L)', '01900000-0000-7000-8000-0000000000f1', p_query, p_limit, p_offset, p_cursor)) $$;

update activity.users set first_name = 'Quux Öxl', last_name = 'Zwölfender' where user_id in (:'club', :'prem', :'free', :'banned', :'temporary', :'lapsed', :'inactive', :'gone');
update activity.users set verification_count = 3 where user_id = :'prem';
update activity.users set first_name = 'A_b%c\d', last_name = 'ΟΔΥΣΣΕΥΣ' where user_id = :'other';

select is(pg_temp.found('quux ö'), 'tap_prem tap_club tap_free tap_lapsed', 'by first name: most verified first, then by name; no banned, inactive or deleted, oneself included');
select is(pg_temp.found('QUUX Ö'), 'tap_prem tap_club tap_free tap_lapsed', 'without regard to case, of any letter');
select is(pg_temp.found('quux o'), null, 'but with regard to accents');
select is(pg_temp.found('zwölfend'), 'tap_prem tap_club tap_free tap_lapsed', 'by last name');
select is(pg_temp.found('tap_pre'), 'tap_prem', 'by username');
select is(pg_temp.found('xl'), pg_temp.found('öxl'), 'two characters find the same');
select is(pg_temp.found('  öxl '), 'tap_prem tap_club tap_free tap_lapsed', 'spaces around it do not count');
select is(pg_temp.found('öxlzw'), null, 'nothing is found across two fields');
select is(pg_temp.found('l' || chr(1) || 'z'), null, 'not by what parts them either');
select is(pg_temp.found('_b%'), 'tap_other', 'the wildcards are letters');
select is(pg_temp.found('%%'), null, 'two of them find nobody');
select is(pg_temp.found('c\d'), 'tap_other', 'so is the backslash');
select is(pg_temp.found('οδυσσ'), 'tap_other', 'a final sigma');
select is(pg_temp.found('ευς'), 'tap_other', 'as it is written');
select is(pg_temp.found('ΕΥΣ'), 'tap_other', 'or not');
insert into activity.user_blocks (blocker_user_id, blocked_user_id) values (:'free', :'club'), (:'lapsed', :'free');
select is(pg_temp.found('quux ö'), 'tap_prem tap_free', 'nobody blocked in either direction, at once');
select is(pg_temp.found('quux ö', :'prem'), 'tap_prem tap_club tap_free tap_lapsed', 'others see them');

-- The form
select is(body::jsonb - 'results', '{"total": 4, "total_is_capped": false, "limit": 1, "offset": 3, "next_cursor": null}',
    'total counts matches, not the page; the last page has no cursor') from activity.api_search_users(:'prem', null, 'quux ö', 1, 3, null) body;
select is(body::jsonb #> '{results,0}', jsonb_build_object('user_id', :'prem', 'username', 'tap_prem', 'first_name', 'Quux Öxl', 'last_name', 'Zwölfender',
    'main_photo_url', null, 'is_verified', false, 'verification_count', 3), 'the fields of a result') from activity.api_search_users(:'free', null, 'tap_prem', 20, 0, null) body;

-- What is refused
select is(pg_temp.search('a'), 'UPV03 {"field": "q", "min_length": 2}', 'one character');
select is(pg_temp.search(' a '), 'UPV03 {"field": "q", "min_length": 2}', 'with spaces too');
select is(pg_temp.search(null), 'UPV03 {"field": "q", "min_length": 2}', 'none');
select is(pg_temp.search(repeat('a', 101)), 'UPV02 {"field": "q", "max_length": 100}', '101');
select is(pg_temp.search('ab', 101), 'UPV05 {"max": 100, "min": 1, "field": "limit"}', 'limit 101');
select is(pg_temp.search('ab', -1), 'UPV05 {"max": 100, "min": 1, "field": "limit"}', 'limit -1');
select is(pg_temp.search('ab', 20, 10001), 'UPV05 {"max": 10000, "min": 0, "field": "offset"}', 'offset 10001');
select is(pg_temp.search('ab', 20, 5, 'LTMgeA'), 'UPV05 {"field": "cursor"}', 'cursor and offset');
select is(pg_temp.search('ab', 20, 0, 'x'), 'UPV04 {"field": "cursor"}', 'no cursor');
select is(pg_temp.search('ab', 20, 0, replace(encode('99999999999 x', 'base64'), '=', '')), 'UPV04 {"field": "cursor"}', 'a cursor out of range');
select is(pg_temp.refusal(format('select activity.api_search_users(%L, null, ''ab'', 20, 0, null)', :'banned')), 'UPA04', 'a banned user');

-- Kept in step, whoever writes
update activity.users set status = 'banned' where user_id = :'prem';
select is(pg_temp.found('quux ö'), 'tap_free', 'a ban hides');
update activity.users set status = 'active', first_name = 'Wyz' where user_id = :'prem';
select is(coalesce(pg_temp.found('quux ö'), '') || pg_temp.found('wyz'), 'tap_freetap_prem', 'another name is found, the old one not');
update activity.users set status = 'temporary_ban', ban_expires_at = now() where user_id = :'prem';
select is(pg_temp.found('wyz'), 'tap_prem', 'a ban that has run out hides nobody, without a write');
delete from activity.users where user_id = :'prem';
select is((select count(*) from activity.user_search where user_id = :'prem'), 0::bigint, 'who is removed is removed here');

-- The three ways to a page, against the plain truth, for what is common, in between and rare. Names are drawn so that the
-- frequencies differ; counts so that there are ties.
insert into activity.users (email, username, password_hash, first_name, last_name, verification_count, status)
select 'tap' || n || '@test.invalid', 'tap' || md5(n::text), 'x',
    case when n % 2 = 0 then 'Qcommon' when n % 15 = 0 then 'Qmiddle' when n % 1501 = 7 then 'Qrare' end,
    case when n > 9000 then 'Qlate' when n % 1000 = 3 then 'Qthin' end,
    case when n > 9000 then 0 else (n % 50) * (n % 7) end, case when n % 101 = 0 then 'banned' else 'active' end::activity.user_status
from generate_series(1, 12000) n;
analyze activity.user_search;

create function pg_temp.truth(p_query text, p_limit int, p_offset int) returns text language sql
as $$ select md5(string_agg(user_id::text, ',' order by verification_count desc, username)) from (
    select user_id, verification_count, username from activity.users u
    where status = 'active' and deleted_at is null and is_active and user_id <> '01900000-0000-7000-8000-0000000000f1'
      and (position(p_query in lower(username)) > 0 or position(p_query in lower(first_name)) > 0 or position(p_query in lower(last_name)) > 0)
    order by verification_count desc, username limit p_limit offset p_offset) x $$;
create function pg_temp.page(p_query text, p_limit int, p_offset int) returns text language sql
as $$ select md5(string_agg(r ->> 'user_id', ',' order by n)) from activity.api_search_users('01900000-0000-7000-8000-0000000000f1', null, p_query, p_limit, p_offset, null) b,
    jsonb_array_elements(b::jsonb -> 'results') with ordinality as e (r, n) $$;
create temporary table asked (q text, l int, o int);
insert into asked select q, l, o from unnest(array['qcommon', 'qmiddle', 'qrare', 'qlate', 'qthin', 'qc', 'ql', 'a', 'ab', 'abc', '0', '00', 'tap', 'tapf']) q, (values (20, 0), (100, 0), (7, 13), (50, 900), (100, 3000), (1, 10000)) as p (l, o)
    where length(q) > 1;
select is((select string_agg(q || ' ' || l || ' ' || o, '; ') from asked where pg_temp.page(q, l, o) is distinct from pg_temp.truth(q, l, o)), null, 'every page is the true one');
select cmp_ok((select count(*) from asked where pg_temp.truth(q, l, o) is not null), '>', 40::bigint, 'and most are not empty');
select is((select string_agg(distinct q || ' ' || (b::jsonb ->> 'total'), '; ') from (select distinct q from asked) a, activity.api_search_users(:'free', null, q, 1, 0, null) b,
    lateral (select count(*) as n from activity.users u where status = 'active' and deleted_at is null and is_active and user_id <> :'free'
        and (position(q in lower(username)) > 0 or position(q in lower(first_name)) > 0 or position(q in lower(last_name)) > 0)) t
    where (b::jsonb ->> 'total')::bigint <> least(1000, t.n) or (b::jsonb ->> 'total_is_capped')::boolean <> (t.n > 1000)), null, 'every total is true up to 1000, and says when it is capped');

-- Cursors
create function pg_temp.all_by_cursor(p_query text, p_limit int) returns text language plpgsql
as $$
declare
    v_ids text[] := '{}';
    v_cursor text;
    v_body jsonb;
begin
    loop
        v_body := activity.api_search_users('01900000-0000-7000-8000-0000000000f1', null, p_query, p_limit, 0, v_cursor);
        v_ids := v_ids || array(select jsonb_path_query(v_body, '$.results[*].user_id') #>> '{}');
        v_cursor := v_body ->> 'next_cursor';
        exit when v_cursor is null or cardinality(v_ids) > 12000;
    end loop;
    return md5(array_to_string(v_ids, ','));
end
$$;
select is(pg_temp.all_by_cursor(q, 100), pg_temp.truth(q, 30000, 0), 'page by page, to the end: ' || q) from unnest(array['qcommon', '00', 'qmiddle', 'qrare', 'qlate', 'qthin', 'abc']) q;
select isnt(b::jsonb ->> 'next_cursor', null, 'a page by offset can be followed by cursor') from activity.api_search_users(:'free', null, 'qcommon', 10, 10, null) b;

-- The old function
select results_eq(format('select user_id from activity.sp_search_users(''qmiddle'', %L, 30, 10)', :'free'),
    'select user_id from activity.users where first_name = ''Qmiddle'' and status = ''active'' order by verification_count desc, username limit 30 offset 10', 'sp_search_users: the same order');
select is((select count(*) from activity.sp_search_users('qmiddle', null)), 20::bigint, 'sp_search_users: by default 20, for nobody in particular');

select * from finish();
rollback;
