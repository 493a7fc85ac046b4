-- Search reads a narrow table of its own instead of the wide users rows: about 100 bytes a user, kept by a trigger on the
-- columns it copies. Every account has a row, hidden ones too, so that the trigger and the backfill never race for one.
create table activity.user_search (
    user_id uuid primary key references activity.users (user_id) on delete cascade,
    -- Minus verification_count, so that (rank, username) ascending is the order of the results and of cursors.
    rank int not null,
    username text not null,
    -- '-infinity', the end of a temporary ban, or 'infinity': the clock decides when reading.
    visible_from timestamptz not null,
    -- Username, first and last name without regard to case, parted by chr(1).
    haystack text collate "C" not null
);

-- Replaced by sql/functions/search/search_grams.sql; the index needs it to exist.
create function activity.search_grams(p_text text) returns text[]
language sql immutable strict parallel safe
as $$
    select array(select substr(p_text, i, 2) from generate_series(1, length(p_text) - 1) i)
        || array(select substr(p_text, i, 3) from generate_series(1, length(p_text) - 2) i)
$$;

-- The walk in result order reads nothing but this index: with what it must know in the leaves, 20 000 users are some 250
-- pages. The table's own rows are fetched only for what the grams found.
create index idx_user_search_order on activity.user_search (rank, username) include (user_id, visible_from, haystack);
-- Without fastupdate: a search would have to read the pending list each time.
create index idx_user_search_grams on activity.user_search using gin (activity.search_grams(haystack)) with (fastupdate = off);

-- Index-only scans need a visibility map that is up to date.
alter table activity.user_search set (
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_insert_scale_factor = 0.01,
    autovacuum_analyze_scale_factor = 0.05);
