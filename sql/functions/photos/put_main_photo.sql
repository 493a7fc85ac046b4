-- Sets a locked user's main photo; it waits for moderation again, also when it is the same one handed in anew.
create or replace function activity.put_main_photo(p_user activity.users, p_url text) returns void
language plpgsql volatile
as $$
begin
    update activity.users u
    set main_photo_url = p_url,
        main_photo_moderation_status = 'pending',
        main_photo_submitted_at = case when u.main_photo_url = p_url and u.main_photo_moderation_status = 'pending'
            then u.main_photo_submitted_at else now() end
    where u.user_id = p_user.user_id;
end
$$;
