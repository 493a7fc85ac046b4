-- The text that is searched. chr(1) parts the fields, so that nothing is found across two of them.
create or replace function activity.search_haystack(p_username text, p_first_name text, p_last_name text) returns text
language sql immutable parallel safe
as $$ select left(activity.fold(concat_ws(chr(1), p_username, p_first_name, p_last_name)), 400) $$;
