-- Endpoint 14. representation is what endpoint 13 would answer now.
create or replace function activity.api_update_settings(
    p_caller uuid, p_issued_at bigint, p_changes jsonb, p_if_version bigint,
    out body text, out edit_version bigint, out representation text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    perform activity.edit_settings(activity.caller(p_caller, p_issued_at, true), p_changes, p_if_version);
    select s.edit_version, s.body into edit_version, representation
    from activity.api_get_settings(p_caller, p_issued_at) s;
    body := '{"success":true,"settings":' || representation || '}';
end
$$;
