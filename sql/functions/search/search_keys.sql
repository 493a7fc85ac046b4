-- The keys a folded query is looked up by: itself when it has two characters, else its threes.
create or replace function activity.search_keys(p_folded text) returns text[]
language plpgsql immutable
as $$
begin
    if length(p_folded) = 2 then
        return array[p_folded];
    end if;
    return array(select distinct substr(p_folded, i, 3) from generate_series(1, length(p_folded) - 2) i);
end
$$;
