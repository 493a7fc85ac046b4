-- Do no more than p_rows users follow a position in result order?
create or replace function activity.search_is_end(p_after_rank int, p_after_username text, p_rows float8) returns boolean
language plpgsql stable
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set max_parallel_workers_per_gather = 0
set plan_cache_mode = force_generic_plan
as $$
begin
    perform from activity.user_search s
    where (s.rank, s.username) > (p_after_rank, p_after_username)
    order by s.rank, s.username
    offset p_rows limit 1;
    return not found;
end
$$;
