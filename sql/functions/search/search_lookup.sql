-- The first p_want matches after a position among those that the keys find, all of which are fetched. In result order. The
-- settings leave the planner no other way.
drop function if exists activity.search_lookup(text, text[], uuid[], int, text, int, boolean);  -- 0.1.0's
create or replace function activity.search_lookup(
    p_folded text, p_keys text[], p_hidden uuid[], p_after_rank int, p_after_username text, p_want int,
    out ids uuid[], out ranks int[], out usernames text[])
language plpgsql stable
set enable_seqscan = off
set enable_indexscan = off
set enable_indexonlyscan = off
set max_parallel_workers_per_gather = 0
set plan_cache_mode = force_generic_plan
as $$
begin
    select coalesce(array_agg(m.user_id), '{}'), coalesce(array_agg(m.rank), '{}'), coalesce(array_agg(m.username), '{}')
    into ids, ranks, usernames
    from (
        select f.user_id, f.rank, f.username
        from (
            select s.user_id, s.rank, s.username
            from activity.user_search s
            where activity.search_grams(s.haystack) @> p_keys
              and position(p_folded in s.haystack) > 0
              and s.visible_from <= now()
              and s.user_id <> all (p_hidden)
              and (s.rank, s.username) > (p_after_rank, p_after_username)
        ) f
        order by f.rank, f.username
        limit p_want
    ) m;
end
$$;
