-- A time as every body shows it. Inlined into the caller's query; null for null and for infinity.
create or replace function activity.json_time(p_at timestamptz) returns text
language sql stable parallel safe
as $$ select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') $$;
