-- The first p_want matches among the p_rows users that follow a position in result order, read from the covering index alone:
-- about 0.2 us a row. The settings leave the planner no other way.
create or replace function activity.search_walk(
    p_folded text, p_hidden uuid[], p_after_rank int, p_after_username text, p_rows float8, p_want int,
    out ids uuid[], out ranks int[], out usernames text[])
language plpgsql stable
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set max_parallel_workers_per_gather = 0
set plan_cache_mode = force_generic_plan
as $$
begin
    select coalesce(array_agg(m.user_id), '{}'), coalesce(array_agg(m.rank), '{}'), coalesce(array_agg(m.username), '{}')
    into ids, ranks, usernames
    from (
        select w.user_id, w.rank, w.username
        from (
            select s.user_id, s.rank, s.username, s.visible_from, s.haystack
            from activity.user_search s
            where (s.rank, s.username) > (p_after_rank, p_after_username)
            order by s.rank, s.username
            limit p_rows
        ) w
        where position(p_folded in w.haystack) > 0
          and w.visible_from <= now()
          and w.user_id <> all (p_hidden)
        limit p_want
    ) m;
end
$$;
