-- Puts a user into the change feed on behalf of a worker that could not drop what Redis holds of them: whoever reads the feed next does,
-- before anybody's cache is believed again.
create or replace function activity.api_note_change(p_user_id uuid) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    insert into activity.changes (user_id) values (p_user_id);
end
$$;
