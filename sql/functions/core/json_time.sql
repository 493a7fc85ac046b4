-- A time as every body shows it. Inlined into the caller's query. What never ends ends with the calendar.
create or replace function activity.json_time(p_at timestamptz) returns text
language sql stable parallel safe
as $$ select case when p_at = 'infinity' then '9999-12-31T00:00:00Z' else to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') end $$;
