-- Endpoint 12, idempotent.
create or replace function activity.api_remove_interest(p_caller uuid, p_issued_at bigint, p_tag text, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    perform activity.caller(p_caller, p_issued_at, true);
    perform activity.drop_interest(p_caller, p_tag);
    body := '{"success":true,"message":"Interest removed"}';
end
$$;
