create or replace function activity.sp_add_profile_photo(p_user_id uuid, p_photo_url varchar)
returns table (success boolean, message text, photo_count int)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
    v_put record;
begin
    perform activity.check_photo_url(p_photo_url, '^https?://');
    if v_user.user_id is null then
        return query select false, 'User not found'::text, 0;
        return;
    end if;
    select * into v_put from activity.put_photo(v_user, p_photo_url);
    return query select v_put.outcome = 'added',
        case v_put.outcome when 'added' then 'Photo added successfully' when 'full' then 'Maximum 8 photos allowed'
            else 'Photo already added' end,
        jsonb_array_length(v_put.photos);
end
$$;
