-- The change feed: what others wrote. Sibling services write users, user_settings and user_interests directly, and the API's caches must
-- hear of it within a second. Triggers put the user's id here; the API's workers read the table every few milliseconds, drop what is
-- cached of those users, and then delete the rows they have seen. Why not NOTIFY: it takes a lock across all databases at commit, and
-- eight writers at a time lost two thirds of their speed to it; a plain insert has nothing to wait for.
-- Rows are deleted by number after they took effect, so one that commits late is never overlooked and a reader that dies loses nothing.
-- The API's own writes drop their own caches, so its connections (application_name 'userprofile-api') write nothing here.
create table activity.changes (
    change_id bigint generated always as identity primary key,
    user_id uuid not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
