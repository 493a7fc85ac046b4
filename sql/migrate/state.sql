-- What differs between the tree (temporary tables upa_migrations, upa_functions) and the database. Reads only, so that it also
-- serves --dry-run on a database that has never been migrated.
select to_regclass('activity.schema_migrations') is not null as adopted \gset
\if :adopted
create temporary view upa_recorded as select name, checksum from activity.schema_migrations;
create temporary view upa_recorded_functions as select name, checksum, source_md5 from activity.schema_functions;
\else
create temporary table upa_recorded (name text, checksum text);
create temporary table upa_recorded_functions (name text, checksum text, source_md5 text);
\endif

create temporary view upa_pending as
select m.name from upa_migrations m where not exists (select from upa_recorded r where r.name = m.name);

create temporary view upa_edited as
select m.name from upa_migrations m join upa_recorded r using (name) where r.checksum <> m.checksum;

-- Changed: the file since it was applied, or the database's function under our hands.
create temporary view upa_changed as
select f.name
from upa_functions f
left join upa_recorded_functions r using (name)
left join pg_proc p on p.proname = f.name and p.pronamespace = to_regnamespace('activity')
where p.oid is null or r.name is null or r.checksum <> f.checksum or r.source_md5 <> md5(p.prosrc);

do $$
declare
    v_names text;
begin
    select string_agg(name, ', ' order by name) into v_names from upa_edited;
    if v_names is not null then
        raise exception 'migrations were edited after they were applied: %', v_names
            using hint = 'Restore the files as they were released, and put the change into a new migration.';
    end if;
end
$$;

-- Roles that can execute a function of ours today and could not, once EXECUTE is revoked from PUBLIC and the functions have
-- changed hands: those that hold it through PUBLIC or as the owner, and are not named in LEGACY_DB_ROLES.
create temporary view upa_losers as
select r.rolname as role, count(*) as functions
from upa_functions f
join pg_proc p on p.proname = f.name and p.pronamespace = to_regnamespace('activity')
join pg_roles r on r.rolcanlogin and not r.rolsuper and r.rolname <> 'userprofile_api'
where has_schema_privilege(r.oid, p.pronamespace, 'usage')
  and has_function_privilege(r.oid, p.oid, 'execute')
  and not exists (
      select from aclexplode(p.proacl) a
      where a.grantee <> 0 and a.grantee <> p.proowner and pg_has_role(r.oid, a.grantee, 'usage'))
  and not exists (
      select from pg_roles l
      where f.name like 'sp\_%'
        and l.rolname = any (regexp_split_to_array(btrim(current_setting('upa.legacy_roles'), ' ,'), '[ ,]+'))
        and pg_has_role(r.oid, l.oid, 'usage'))
  and not exists (
      select from pg_roles o where o.rolname = 'userprofile_owner' and pg_has_role(r.oid, o.oid, 'usage'))
group by r.rolname;
