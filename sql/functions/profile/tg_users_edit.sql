-- The profile's edit version and the time a main photo was handed in, whoever writes. Its trigger fires on those columns only.
create or replace function activity.tg_users_edit() returns trigger
language plpgsql security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        new.main_photo_submitted_at := coalesce(new.main_photo_submitted_at, now());
        return new;
    end if;
    new.profile_version := old.profile_version + 1;
    if new.main_photo_url is distinct from old.main_photo_url then
        new.main_photo_submitted_at := case when new.main_photo_url is not null then now() end;
    end if;
    return new;
end
$$;
