-- Who may do what. Applied after the functions, on every run; expects the temporary table upa_functions (name) and the
-- setting upa.legacy_roles, which scripts/migrate provides.

grant usage on schema activity to userprofile_owner, userprofile_api;
grant execute on function public.uuidv7() to public;

-- The table rights that the functions need, and no more.
grant select, update on activity.users to userprofile_owner;
grant select, insert, update, delete on activity.user_settings, activity.user_interests to userprofile_owner;
grant select on activity.user_blocks to userprofile_owner;
grant select, insert, delete on activity.profile_views to userprofile_owner;
grant select, update, delete on activity.media_assets to userprofile_owner;
grant select, insert, update, delete on activity.outbox, activity.idempotency_records to userprofile_owner;
grant select, insert on activity.audit_log to userprofile_owner;
grant select, insert, update on activity.user_search to userprofile_owner;
grant select, insert, update, delete on activity.changes to userprofile_owner;
grant select on activity.timezone_names to userprofile_owner;

-- auth-api's table, where it exists; the functions only ever set `revoked`.
do $$
begin
    if to_regclass('activity.refresh_tokens') is not null then
        grant select, update on activity.refresh_tokens to userprofile_owner;
    end if;
end
$$;

-- A function's new owner must be able to create it, where the one who hands it over is no superuser.
grant create on schema activity to userprofile_owner;

do $$
declare
    v_function record;
    v_role text;
    v_legacy text[] := regexp_split_to_array(btrim(current_setting('upa.legacy_roles'), ' ,'), '[ ,]+');
begin
    for v_function in
        select p.oid::regprocedure as signature, p.proname as name,
            r.rolname = 'userprofile_owner' as owned
        from upa_functions f
        join pg_proc p on p.proname = f.name and p.pronamespace = 'activity'::regnamespace
        join pg_roles r on r.oid = p.proowner
    loop
        -- First the grants, then the revocation: nobody who is named is locked out for a moment.
        if v_function.name like 'sp\_%' then
            foreach v_role in array v_legacy loop
                continue when v_role = '';
                execute format('grant execute on function %s to %I', v_function.signature, v_role);
            end loop;
        end if;
        execute format('revoke execute on function %s from public', v_function.signature);
        if not v_function.owned then
            execute format('alter function %s owner to userprofile_owner', v_function.signature);
        end if;
        if v_function.name like 'api\_%' then
            execute format('grant execute on function %s to userprofile_api', v_function.signature);
        end if;
    end loop;
end
$$;

revoke create on schema activity from userprofile_owner;
