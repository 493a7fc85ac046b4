-- Endpoint 5, first half: what the worker verifies the password with, before anything changes.
create or replace function activity.api_get_password_hash(p_caller uuid, p_issued_at bigint, out body text)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_suspect boolean;
begin
    select activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after), u.password_hash
    into v_suspect, body
    from activity.users u where u.user_id = p_caller;
    if not found or v_suspect then
        perform activity.check_caller(p_caller, p_issued_at);
    end if;
end
$$;
