-- What was applied, and two functions of one name, which would make calls ambiguous.
insert into activity.schema_functions (name, checksum, source_md5)
select f.name, f.checksum, md5(p.prosrc)
from upa_functions f
join upa_changed c using (name)
join pg_proc p on p.proname = f.name and p.pronamespace = 'activity'::regnamespace
on conflict (name) do update
set checksum = excluded.checksum, source_md5 = excluded.source_md5, applied_at = now();

do $$
declare
    v_names text;
begin
    select string_agg(distinct p.oid::regprocedure::text, ', ') into v_names
    from pg_proc p
    where p.pronamespace = 'activity'::regnamespace
      and p.proname in (
          select f.name from upa_functions f join pg_proc q on q.proname = f.name and q.pronamespace = 'activity'::regnamespace
          group by f.name having count(*) > 1);
    if v_names is not null then
        raise exception 'functions of one name with different arguments: %', v_names
            using hint = 'One of them is not ours. Drop it, or rename it, if nobody calls it.';
    end if;
end
$$;

-- Grants of functions that had to be dropped for another result type.
do $$
declare
    v_grant record;
begin
    for v_grant in
        select p.oid::regprocedure as function, r.rolname
        from upa_regrant g
        join pg_proc p on p.proname = g.name and p.pronamespace = 'activity'::regnamespace
        join pg_roles r on r.oid = g.grantee
    loop
        execute format('grant execute on function %s to %I', v_grant.function, v_grant.rolname);
    end loop;
end
$$;
