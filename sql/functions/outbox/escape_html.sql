-- For text that other people wrote and a mail shows as it is.
create or replace function activity.escape_html(p_text text) returns text
language sql immutable parallel safe
as $$
    select replace(replace(replace(replace(replace(p_text, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;'), '''', '&#39;')
$$;
