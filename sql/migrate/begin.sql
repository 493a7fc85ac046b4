-- One migration at a time; the lock goes with the session.
select pg_advisory_lock(hashtext('userprofile-api migrate')) \g /dev/null

create schema if not exists activity;
create table if not exists activity.schema_migrations (
    name text primary key,
    checksum text not null,
    applied_at timestamptz not null default now(),
    applied_by text not null default session_user
);
create table if not exists activity.schema_functions (
    name text primary key,
    checksum text not null,
    source_md5 text not null,
    applied_at timestamptz not null default now()
);
create or replace temporary view upa_pending as
select m.name from upa_migrations m where not exists (select from activity.schema_migrations r where r.name = m.name);
create or replace temporary view upa_changed as
select f.name
from upa_functions f
left join activity.schema_functions r using (name)
left join pg_proc p on p.proname = f.name and p.pronamespace = 'activity'::regnamespace
where p.oid is null or r.name is null or r.checksum <> f.checksum or r.source_md5 <> md5(p.prosrc);
