-- The more verifications, the further up: minus the count, for any count.
create or replace function activity.search_rank(p_verification_count int) returns int
language sql immutable parallel safe
as $$ select -greatest(coalesce(p_verification_count, 0), -2147483647) $$;
