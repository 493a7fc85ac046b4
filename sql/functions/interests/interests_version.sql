-- The edit version of a user's interests: our edits count up, and the content is mixed in, so that what a sibling service
-- writes into the table changes it too, without a trigger that would have to lock the users row.
create or replace function activity.interests_version(p_interests json, p_counter bigint) returns bigint
language sql immutable parallel safe
as $$ select hashtextextended(p_interests::text, p_counter) & 9223372036854775807 $$;
