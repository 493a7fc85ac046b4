-- Text without regard to case, whatever the database's own locale knows. ICU lowers a final sigma differently from the same
-- letter inside a word, which would break substrings.
create or replace function activity.fold(p_text text) returns text
language sql immutable strict parallel safe
as $$ select translate(lower(p_text collate "und-x-icu"), 'ς', 'σ') $$;
