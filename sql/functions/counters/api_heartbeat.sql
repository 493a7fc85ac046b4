-- Endpoint 24: one update in the common case, which touches no index.
create or replace function activity.api_heartbeat(p_caller uuid, p_issued_at bigint, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_seen timestamptz;
begin
    update activity.users u set last_seen_at = now()
    where u.user_id = p_caller
      and not activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after)
    returning u.last_seen_at into v_seen;
    if not found then
        perform activity.caller(p_caller, p_issued_at, true);
        update activity.users u set last_seen_at = now() where u.user_id = p_caller returning u.last_seen_at into v_seen;
    end if;
    body := '{"success":true,"last_seen_at":"' || activity.json_time(v_seen) || '"}';
end
$$;
