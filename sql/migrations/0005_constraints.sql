-- Rules of the platform's users table. On an adopted database that has lived without one of them, rows may break it; a check
-- constraint, even NOT VALID, would then refuse every later update of such a row, a heartbeat too. So a rule that is broken
-- today is left out and reported (scripts/migrate status repeats it); everything else is added and validated.
do $$
declare
    v_name text;
    v_rule text;
    v_bad bigint;
begin
    for v_name, v_rule in values
        ('check_counts_non_negative',
         'activities_created_count >= 0 and activities_attended_count >= 0 and verification_count >= 0 and no_show_count >= 0'),
        ('check_subscription_expiry', $r$subscription_level = 'free' or subscription_expires_at is not null$r$),
        ('check_ban_expiry', $r$status <> 'temporary_ban' or ban_expires_at is not null$r$)
    loop
        continue when exists (
            select from pg_catalog.pg_constraint
            where conrelid = 'activity.users'::regclass and contype = 'c' and conname = v_name);
        execute format('select count(*) from activity.users where not (%s)', v_rule) into v_bad;
        if v_bad > 0 then
            raise warning '% rows of activity.users break % (%); the constraint is not added', v_bad, v_name, v_rule;
        else
            execute format('alter table activity.users add constraint %I check (%s)', v_name, v_rule);
        end if;
    end loop;
end
$$;
