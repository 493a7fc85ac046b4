-- The first p_want matches after a position, in result order, and how many matches there are at all, counted up to 1001.
--
-- Neither way alone is good enough: the walk in result order finds what is common at once and what is rare after a million
-- rows; the keys find what is rare at once, and fetch thousands of rows of what is common to throw them away. The planner
-- cannot know which it is, so a short walk finds out.
--   1. Walk over the first 4000 users. If one in twenty or more matches, walk on until there are 1001: it is not far.
--   2. Else look the keys up, as far as 1001. Fewer: that was all there is.
--   3. Else there are many, thinly spread. How many, the pages that the 1001 lie in tell. Walk from the position if that is
--      likely to be less work than fetching them all, but no further than half that work, nor than 60 000 where fewer should do:
--      names that begin alike lie together in result order where verification counts are equal, so that the walk may meet none
--      for long. Else fetch them all.
--      A row walked costs about a tenth of a row fetched.
create or replace function activity.search_page(
    p_viewer uuid, p_query text, p_want int, p_after_rank int, p_after_username text,
    out total int, out ids uuid[], out ranks int[], out usernames text[])
language plpgsql stable
as $$
declare
    c_cap constant int := 1001;
    c_first constant int := 4000;
    c_walk constant int := 60000;
    c_top constant int := -2147483648;
    v_folded text := activity.fold(btrim(p_query, E' \t\r\n'));
    v_keys text[] := activity.search_keys(v_folded);
    v_hidden uuid[];
    v_near record;
    v_first_page float8;
    v_spread float8;
    v_seen int;
    v_users float8;
    v_pages float8;
    v_matches float8;
    v_rows float8;
begin
    if coalesce(char_length(v_folded), 0) < 2 then
        raise exception using errcode = 'UPV03', message = 'Field ''q'' is shorter than 2 characters',
            detail = '{"field": "q", "min_length": 2}';
    end if;
    if position(chr(1) in v_folded) > 0 then
        total := 0;  -- it parts the fields of the haystack
        return;
    end if;
    v_hidden := array(
        select b.blocked_user_id from activity.user_blocks b where b.blocker_user_id = p_viewer
        union all
        select b.blocker_user_id from activity.user_blocks b where b.blocked_user_id = p_viewer);

    select * into v_near from activity.search_walk(v_folded, v_hidden, c_top, '', c_first, greatest(c_cap, p_want));
    v_seen := cardinality(v_near.ids);
    if v_seen between c_first / 20 and c_cap - 1 then
        select * into v_near from activity.search_walk(
            v_folded, v_hidden, c_top, '', 2 * c_cap * c_first / v_seen, greatest(c_cap, p_want));
    end if;
    total := cardinality(v_near.ids);
    if p_after_rank = c_top and total >= p_want then
        ids := v_near.ids[:p_want];
        ranks := v_near.ranks[:p_want];
        usernames := v_near.usernames[:p_want];
        if total >= c_cap then
            total := c_cap;
            return;
        end if;
    end if;

    if total < c_cap then
        select * into v_near from activity.search_sample(v_folded, v_keys, v_hidden, c_cap);
        total := cardinality(v_near.ids);
        v_first_page := v_near.first_page;
        v_spread := v_near.last_page - v_near.first_page + 1;
    end if;
    if ids is not null then
        return;
    elsif total < c_cap then
        select l.ids, l.ranks, l.usernames into ids, ranks, usernames
        from activity.search_slice(v_near.ids, v_near.ranks, v_near.usernames, p_after_rank, p_after_username, p_want) l;
        return;
    end if;
    total := c_cap;

    select greatest(1000, c.reltuples), c.relpages into v_users, v_pages
    from pg_class c where c.oid = 'activity.user_search'::regclass;
    if v_spread is null then
        v_matches := v_users * v_seen / c_first;  -- 1001 were near: that part is dense enough to speak for all
    else
        v_matches := c_cap * greatest(1, (v_pages - v_first_page) / v_spread);
    end if;
    v_rows := 2 * p_want * v_users / v_matches;  -- twice as far as evenly spread matches would need
    -- Where none is among the first 4000 though many should be, walking is a gamble that only a long fetch is worth.
    if v_rows < 5 * v_matches
        and not (v_seen = 0 and p_after_rank = c_top and v_matches between 20 * v_users / c_first and 10000) then
        v_rows := least(5 * v_matches, greatest(v_rows, c_walk));
        select w.ids, w.ranks, w.usernames into ids, ranks, usernames
        from activity.search_walk(v_folded, v_hidden, p_after_rank, p_after_username, v_rows, p_want) w;
        if cardinality(ids) = p_want or activity.search_is_end(p_after_rank, p_after_username, v_rows) then
            return;
        end if;
    end if;
    select l.ids, l.ranks, l.usernames into ids, ranks, usernames
    from activity.search_lookup(v_folded, v_keys, v_hidden, p_after_rank, p_after_username, p_want) l;
end
$$;
