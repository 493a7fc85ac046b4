-- Any p_want matches that the keys find, without fetching the rest, in result order; and the first and the last of the table's
-- pages that they lie in: matches are read page by page, so that tells how many there are at all. The settings leave the planner
-- no other way.
create or replace function activity.search_sample(
    p_folded text, p_keys text[], p_hidden uuid[], p_want int,
    out ids uuid[], out ranks int[], out usernames text[], out first_page float8, out last_page float8)
language plpgsql stable
set enable_seqscan = off
set enable_indexscan = off
set enable_indexonlyscan = off
set max_parallel_workers_per_gather = 0
set plan_cache_mode = force_generic_plan
as $$
begin
    select coalesce(array_agg(m.user_id), '{}'), coalesce(array_agg(m.rank), '{}'), coalesce(array_agg(m.username), '{}'),
        (min(m.place)::text::point)[0], (max(m.place)::text::point)[0]
    into ids, ranks, usernames, first_page, last_page
    from (
        select f.user_id, f.rank, f.username, f.place
        from (
            select s.user_id, s.rank, s.username, s.ctid as place
            from activity.user_search s
            where activity.search_grams(s.haystack) @> p_keys
              and position(p_folded in s.haystack) > 0
              and s.visible_from <= now()
              and s.user_id <> all (p_hidden)
            limit p_want
        ) f
        order by f.rank, f.username
    ) m;
end
$$;
