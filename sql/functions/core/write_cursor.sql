-- An opaque cursor: URL-safe base64 of text that read_cursor() gives back.
create or replace function activity.write_cursor(p_text text) returns text
language sql immutable parallel safe
as $$ select translate(encode(convert_to(p_text, 'UTF8'), 'base64'), E'+/=\n', '-_') $$;
