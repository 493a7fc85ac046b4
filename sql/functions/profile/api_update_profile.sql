-- Endpoint 3. representation is what endpoint 1 would answer now.
create or replace function activity.api_update_profile(
    p_caller uuid, p_issued_at bigint, p_changes jsonb, p_if_version bigint,
    out body text, out edit_version bigint, out representation text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_at timestamptz := activity.edit_profile(activity.caller(p_caller, p_issued_at, true), p_changes, p_if_version);
begin
    body := '{"success":true,"updated_at":"' || activity.json_time(v_at) || '"}';
    select p.edit_version, p.body into edit_version, representation
    from activity.api_get_own_profile(p_caller, p_issued_at) p;
end
$$;
