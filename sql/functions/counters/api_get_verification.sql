-- Endpoint 19.
create or replace function activity.api_get_verification(
    p_caller uuid, p_issued_at bigint,
    out body text, out edit_version bigint, out fresh_until bigint, out authz text)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_suspect boolean;
begin
    select activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after),
        (select row_to_json(r) from (
            select u.verification_count, u.no_show_count, u.is_verified,
                greatest(0, least(100, 10 * u.verification_count::bigint - 20 * u.no_show_count::bigint
                    + 0.5 * u.activities_attended_count)) as trust_score,
                u.activities_attended_count
        ) r),
        u.profile_version,
        activity.authz_line(u.deleted_at, u.is_active, u.status, u.ban_expires_at,
            u.subscription_level, u.subscription_expires_at, u.roles, s.ghost_mode, u.tokens_valid_after)
    into v_suspect, body, edit_version, authz
    from activity.users u
    left join activity.user_settings s on s.user_id = u.user_id
    where u.user_id = p_caller;
    if not found or v_suspect then
        perform activity.check_caller(p_caller, p_issued_at);
    end if;
end
$$;
