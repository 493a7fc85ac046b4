-- Notes that somebody else changed what the API caches of a user. On users, user_settings and user_interests; see migration 0009.
create or replace function activity.tg_changes() returns trigger
language plpgsql security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    if tg_op = 'DELETE' then
        insert into activity.changes (user_id) values (old.user_id);
    else
        insert into activity.changes (user_id) values (new.user_id);
    end if;
    return null;
end
$$;
