-- Changes the profile fields that are present (null clears), on a locked row: first what the request says, then its precondition.
create or replace function activity.edit_profile(p_user activity.users, p_changes jsonb, p_if_version bigint) returns timestamptz
language plpgsql volatile
as $$
declare
    v_field text;
    v_value jsonb;
    v_updated_at timestamptz := p_user.updated_at;
begin
    for v_field, v_value in select key, value from jsonb_each(p_changes) loop
        if v_field not in ('first_name', 'last_name', 'profile_description', 'date_of_birth', 'gender') then
            raise exception using errcode = 'UPV07', message = format('Unknown field ''%s''', v_field),
                detail = json_build_object('field', v_field)::text;
        elsif v_value = 'null' then
            continue;
        elsif v_field = 'date_of_birth' then
            perform activity.check_date_of_birth(v_value);
        else
            perform activity.check_text(v_field, v_value,
                case v_field when 'profile_description' then 5000 when 'gender' then 50 else 100 end,
                v_field = 'profile_description');
        end if;
    end loop;

    if p_if_version <> p_user.profile_version then
        raise exception using errcode = 'UPC05', message = 'The profile was changed meanwhile';
    end if;

    if p_changes <> '{}' then
        update activity.users u
        set first_name = case when p_changes ? 'first_name' then p_changes ->> 'first_name' else u.first_name end,
            last_name = case when p_changes ? 'last_name' then p_changes ->> 'last_name' else u.last_name end,
            profile_description = case when p_changes ? 'profile_description'
                then p_changes ->> 'profile_description' else u.profile_description end,
            date_of_birth = case when p_changes ? 'date_of_birth'
                then (p_changes ->> 'date_of_birth')::date else u.date_of_birth end,
            gender = case when p_changes ? 'gender' then p_changes ->> 'gender' else u.gender end,
            updated_at = now()
        where u.user_id = p_user.user_id
        returning u.updated_at into v_updated_at;
    end if;
    return v_updated_at;
end
$$;
