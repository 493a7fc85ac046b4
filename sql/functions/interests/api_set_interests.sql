-- Endpoint 10. representation is what endpoint 9 would answer now.
create or replace function activity.api_set_interests(
    p_caller uuid, p_issued_at bigint, p_interests jsonb, p_if_version bigint,
    out body text, out edit_version bigint, out representation text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_interests json;
begin
    perform activity.replace_interests(activity.caller(p_caller, p_issued_at, true), p_interests, p_if_version);
    v_interests := activity.interest_list(p_caller);
    body := '{"success":true,"interest_count":' || json_array_length(v_interests) || ',"interests":' || v_interests || '}';
    select i.edit_version, i.body into edit_version, representation
    from activity.api_get_interests(p_caller, p_issued_at) i;
end
$$;
