select coalesce(string_agg('would apply ' || case when name like 'backfill %' then '' else 'migration ' end || name, E'\n' order by name), 'no migration is pending') from upa_pending;
select coalesce(string_agg('would change function activity.' || name, E'\n' order by name), 'no function would change') from upa_changed;
select coalesce(string_agg(format('role %I would lose EXECUTE on %s functions (name it in LEGACY_DB_ROLES if it is the previous implementation)',
    role, functions), E'\n' order by role), 'no role would lose EXECUTE') from upa_losers;
