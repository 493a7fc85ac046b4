-- Whole epoch seconds, rounded down; 0 for null.
create or replace function activity.epoch(p_at timestamptz) returns bigint
language sql stable parallel safe
as $$ select case when p_at is null then 0 else floor(date_part('epoch', least(p_at, '9999-12-31 00:00:00+00'::timestamptz)))::bigint end $$;
