-- A photo that is not there is no failure here, as it never was; the API asks more closely.
create or replace function activity.sp_remove_profile_photo(p_user_id uuid, p_photo_url varchar)
returns table (success boolean, photo_count int)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
    v_drop record;
begin
    if v_user.user_id is null then
        return query select false, 0;
    else
        select * into v_drop from activity.drop_photo(v_user, p_photo_url);
        return query select true, jsonb_array_length(v_drop.photos);
    end if;
end
$$;
