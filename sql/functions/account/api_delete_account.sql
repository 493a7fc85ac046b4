-- Endpoint 5, second half. p_verified_hash is what the password was verified against: a password changed meanwhile counts as
-- wrong (UPA08). null when another service verified it.
create or replace function activity.api_delete_account(p_caller uuid, p_issued_at bigint, p_verified_hash text, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.caller(p_caller, p_issued_at, true);
begin
    if v_user.password_hash <> p_verified_hash then
        raise exception using errcode = 'UPA08', message = 'The password was changed meanwhile';
    end if;
    perform activity.erase_account(v_user);
    body := '{"success":true,"message":"Your account was deleted"}';
end
$$;
