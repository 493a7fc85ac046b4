-- The oldest changes by others that nobody has carried over yet. Reading takes nothing away: api_forget_changes does, afterwards.
create or replace function activity.api_read_changes(p_limit int, out change_id bigint, out user_id uuid)
returns setof record
language plpgsql stable security definer rows 10
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    return query select c.change_id, c.user_id from activity.changes c order by c.change_id limit p_limit;
end
$$;
