-- Recomputes the whole chain. first_bad is the first entry that was changed, or whose predecessor is missing; head is worth
-- writing down elsewhere: only it shows that entries at the end were taken off.
create or replace function activity.api_audit_verify(out entries bigint, out first_bad bigint, out head text)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    select count(*),
        min(c.entry_id) filter (where c.entry_id <> c.n or c.previous_hash <> c.expected_previous
            or c.hash <> activity.audit_hash(c.previous_hash, c.entry_id, c.at, c.actor, c.action, c.user_id, c.details)),
        (select encode(l.hash, 'hex') from activity.audit_log l order by l.entry_id desc limit 1)
    into entries, first_bad, head
    from (
        select a.*, row_number() over chain as n, coalesce(lag(a.hash) over chain, '\x') as expected_previous
        from activity.audit_log a
        window chain as (order by a.entry_id)
    ) c;
end
$$;
