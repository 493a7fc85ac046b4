-- Deletes changes that have taken effect. Two readers may bring the same numbers: the second finds nothing left and does not wait.
create or replace function activity.api_forget_changes(p_change_ids bigint[]) returns void
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    delete from activity.changes c
    where c.change_id in (
        select l.change_id from activity.changes l where l.change_id = any (p_change_ids) for update skip locked);
end
$$;
