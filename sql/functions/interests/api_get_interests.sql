-- Endpoint 9.
create or replace function activity.api_get_interests(
    p_caller uuid, p_issued_at bigint,
    out body text, out edit_version bigint, out fresh_until bigint, out authz text)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_suspect boolean;
    v_interests json;
begin
    select activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after),
        activity.interest_list(u.user_id), u.interests_version,
        activity.authz_line(u.deleted_at, u.is_active, u.status, u.ban_expires_at,
            u.subscription_level, u.subscription_expires_at, u.roles, s.ghost_mode, u.tokens_valid_after)
    into v_suspect, v_interests, edit_version, authz
    from activity.users u
    left join activity.user_settings s on s.user_id = u.user_id
    where u.user_id = p_caller;
    if not found or v_suspect then
        perform activity.check_caller(p_caller, p_issued_at);
    end if;
    edit_version := activity.interests_version(v_interests, edit_version);
    body := '{"interests":' || v_interests || ',"count":' || json_array_length(v_interests) || '}';
end
$$;
