-- The first p_want entries after a position of lists that are in result order.
create or replace function activity.search_slice(
    p_ids uuid[], p_ranks int[], p_usernames text[], p_after_rank int, p_after_username text, p_want int,
    out ids uuid[], out ranks int[], out usernames text[])
language plpgsql immutable
as $$
declare
    v_from int := cardinality(p_ids) + 1;
begin
    for i in 1..cardinality(p_ids) loop
        if (p_ranks[i], p_usernames[i]) > (p_after_rank, p_after_username) then
            v_from := i;
            exit;
        end if;
    end loop;
    ids := p_ids[v_from : v_from + p_want - 1];
    ranks := p_ranks[v_from : v_from + p_want - 1];
    usernames := p_usernames[v_from : v_from + p_want - 1];
end
$$;
