-- Keeps user_search. Its triggers fire on the columns that are copied only. Cut to what the index can hold; a rank of any
-- count, whatever a sibling wrote: this must not raise.
create or replace function activity.tg_users_search() returns trigger
language plpgsql security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    insert into activity.user_search as s (user_id, rank, username, visible_from, haystack)
    values (new.user_id, activity.search_rank(new.verification_count), left(new.username, 100),
        activity.visible_from(new.deleted_at, new.is_active, new.status, new.ban_expires_at),
        activity.search_haystack(new.username, new.first_name, new.last_name))
    on conflict (user_id) do update
    set rank = excluded.rank, username = excluded.username,
        visible_from = excluded.visible_from, haystack = excluded.haystack
    where (s.rank, s.username, s.visible_from, s.haystack)
        is distinct from (excluded.rank, excluded.username, excluded.visible_from, excluded.haystack);
    return null;
end
$$;
