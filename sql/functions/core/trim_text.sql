-- Without the white space of any script (Unicode's property White_Space) around it.
create or replace function activity.trim_text(p_text text) returns text
language sql immutable parallel safe
as $$
    select btrim(p_text, E'\t\n\x0b\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000')
$$;
