-- The settings' edit version, whoever writes. Its trigger fires on the nine settings only.
create or replace function activity.tg_user_settings_edit() returns trigger
language plpgsql security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    new.settings_version := old.settings_version + 1;
    return new;
end
$$;
