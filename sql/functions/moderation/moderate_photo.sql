-- Decides about a locked user's main photo. False: there is none.
create or replace function activity.moderate_photo(p_user activity.users, p_status activity.photo_moderation_status) returns boolean
language plpgsql volatile
as $$
begin
    if p_status is null or p_status = 'pending' then
        raise exception using errcode = 'UPV05', message = 'Moderation status must be approved or rejected',
            detail = '{"field": "status"}';
    elsif p_user.main_photo_url is null then
        return false;
    end if;
    update activity.users u set main_photo_moderation_status = p_status
    where u.user_id = p_user.user_id and u.main_photo_moderation_status is distinct from p_status;
    return true;
end
$$;
