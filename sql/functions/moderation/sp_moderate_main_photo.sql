create or replace function activity.sp_moderate_main_photo(
    p_user_id uuid, p_moderation_status activity.photo_moderation_status, p_moderator_user_id uuid)
returns table (success boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
    v_done boolean := activity.moderate_photo(v_user, p_moderation_status);
begin
    if v_done then
        perform activity.record_audit('user:' || coalesce(p_moderator_user_id::text, 'unknown'), 'photo.' || p_moderation_status,
            p_user_id, jsonb_build_object('photo_url', v_user.main_photo_url));
    end if;
    return query select v_done;
end
$$;
