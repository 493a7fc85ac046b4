-- All pieces of two and of three characters: what the index holds. Two-character queries have a key of their own, longer ones
-- are looked up by their threes. An index is built on this function: a change needs a REINDEX in a migration.
create or replace function activity.search_grams(p_text text) returns text[]
language sql immutable strict parallel safe
as $$
    select array(select substr(p_text, i, 2) from generate_series(1, length(p_text) - 1) i)
        || array(select substr(p_text, i, 3) from generate_series(1, length(p_text) - 2) i)
$$;
