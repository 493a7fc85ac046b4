-- Is it a time zone of this database's list? New names appear there with an update of tzdata.
create or replace function activity.is_timezone(p_name text) returns boolean
language plpgsql stable
as $$
begin
    return exists (select from activity.timezone_names t where t.name = p_name)
        or (p_name ~ '^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$'
            and p_name !~ '^(posix|right)/' and p_name not in ('localtime', 'posixrules', 'Factory')
            and exists (select from pg_catalog.pg_timezone_names t where t.name = p_name));
end
$$;
