-- userprofile_owner owns the functions and holds the table rights they need; nobody logs in as it.
-- userprofile_api is what the service logs in as; it may execute the functions it calls and nothing else.
do $$
begin
    if not exists (select from pg_roles where rolname = 'userprofile_owner') then
        create role userprofile_owner nologin;
    end if;
    if not exists (select from pg_roles where rolname = 'userprofile_api') then
        create role userprofile_api login;
    end if;
    -- Whoever is no superuser hands functions over only to a role they are a member of.
    if not pg_has_role(current_user, 'userprofile_owner', 'member') then
        execute format('grant userprofile_owner to %I', current_user);
    end if;
end
$$;
