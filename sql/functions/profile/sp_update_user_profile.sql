-- null keeps a field.
create or replace function activity.sp_update_user_profile(
    p_user_id uuid, p_first_name varchar default null, p_last_name varchar default null,
    p_profile_description text default null, p_date_of_birth date default null, p_gender varchar default null)
returns table (success boolean, updated_at timestamptz)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
begin
    if v_user.user_id is null then
        return query select false, null::timestamptz;
        return;
    end if;
    if not activity.is_visible(v_user.deleted_at, v_user.is_active, v_user.status, v_user.ban_expires_at) then
        raise exception using errcode = 'UPA04', message = 'User is banned and cannot update profile';
    end if;
    return query select true, activity.edit_profile(v_user, jsonb_strip_nulls(jsonb_build_object(
        'first_name', p_first_name, 'last_name', p_last_name, 'profile_description', p_profile_description,
        'date_of_birth', p_date_of_birth, 'gender', p_gender)), null);
end
$$;
