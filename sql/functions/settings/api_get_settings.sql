-- Endpoint 13. A missing row is created with the defaults.
create or replace function activity.api_get_settings(
    p_caller uuid, p_issued_at bigint,
    out body text, out edit_version bigint, out fresh_until bigint, out authz text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_suspect boolean;
begin
    for v_attempt in 1..2 loop
        select activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after),
            activity.settings_json(u.user_id), s.settings_version,
            nullif(activity.epoch(activity.effective_expiry(u.subscription_level, u.subscription_expires_at)), 0),
            activity.authz_line(u.deleted_at, u.is_active, u.status, u.ban_expires_at,
                u.subscription_level, u.subscription_expires_at, u.roles, s.ghost_mode, u.tokens_valid_after)
        into v_suspect, body, edit_version, fresh_until, authz
        from activity.users u
        left join activity.user_settings s on s.user_id = u.user_id
        where u.user_id = p_caller;
        if not found or v_suspect then
            perform activity.check_caller(p_caller, p_issued_at);
        end if;
        exit when edit_version is not null;
        insert into activity.user_settings (user_id) values (p_caller) on conflict do nothing;
    end loop;
end
$$;
