create or replace function activity.sp_set_main_photo(p_user_id uuid, p_photo_url varchar)
returns table (success boolean, moderation_status activity.photo_moderation_status)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
begin
    perform activity.check_photo_url(p_photo_url, '^https?://');
    if v_user.user_id is null then
        return query select false, null::activity.photo_moderation_status;
    else
        perform activity.put_main_photo(v_user, p_photo_url);
        return query select true, 'pending'::activity.photo_moderation_status;
    end if;
end
$$;
