-- Endpoint 4.
create or replace function activity.api_update_username(p_caller uuid, p_issued_at bigint, p_new_username text, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
begin
    if not activity.rename_user(activity.caller(p_caller, p_issued_at, true), p_new_username) then
        raise exception using errcode = 'UPC01', message = 'Username already taken',
            detail = json_build_object('field', 'username', 'value', p_new_username)::text;
    end if;
    body := row_to_json(r) from (select true as success, p_new_username as username) r;
end
$$;
