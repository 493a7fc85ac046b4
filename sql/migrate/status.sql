select format('%s  %s', rpad(case when r.name is null then 'pending' else 'applied' end, 8), m.name)
from upa_migrations m left join upa_recorded r using (name) order by m.name;
select format('unknown   %s (a later release''s)', r.name)
from upa_recorded r where not exists (select from upa_migrations m where m.name = r.name) order by r.name;
select format('%s functions, %s differ%s', (select count(*) from upa_functions), count(*),
    coalesce(': ' || string_agg(name, ', ' order by name), ''))
from upa_changed;
