select format('%s  %s', rpad(case when r.name is null then 'pending' else 'applied' end, 8), m.name)
from upa_migrations m left join upa_recorded r using (name) order by m.name;
select format('unknown   %s (a later release''s)', r.name)
from upa_recorded r where not exists (select from upa_migrations m where m.name = r.name) order by r.name;
select format('%s functions, %s differ%s', (select count(*) from upa_functions), count(*),
    coalesce(': ' || string_agg(name, ', ' order by name), ''))
from upa_changed;
\if :adopted
-- What in an adopted database's data breaks today's rules. Such rows stay readable and block nothing but their own change.
create function pg_temp.findings() returns setof text
language plpgsql
as $$
declare
    v_rule record;
    v_count bigint;
begin
    for v_rule in
        select * from (values
            ('check_counts_non_negative', 'activities_created_count < 0 or activities_attended_count < 0 or verification_count < 0 or no_show_count < 0'),
            ('check_subscription_expiry', $r$subscription_level <> 'free' and subscription_expires_at is null$r$),
            ('check_ban_expiry', $r$status = 'temporary_ban' and ban_expires_at is null$r$)) as r (name, broken)
        where not exists (
            select from pg_constraint c where c.conrelid = 'activity.users'::regclass and c.conname = r.name and c.convalidated)
    loop
        execute format('select count(*) from activity.users where %s', v_rule.broken) into v_count;
        return next format('finding   constraint %s is missing: %s rows break it%s', v_rule.name, v_count,
            case when v_count = 0 then format('; alter table activity.users add constraint %I check (not (%s))', v_rule.name, v_rule.broken)
                else '' end);
    end loop;
    select count(*) into v_count from (
        select from activity.users u group by lower(u.username) having count(*) > 1) d;
    if v_count > 0 then
        return next format('finding   %s usernames exist in more than one case', v_count);
    end if;
end
$$;
select * from pg_temp.findings();
\endif
