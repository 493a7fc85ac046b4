-- Removes an extra photo of a locked user, every copy of it. removed is false when it was not there.
create or replace function activity.drop_photo(p_user activity.users, p_url text, out removed boolean, out photos jsonb)
language plpgsql volatile
as $$
begin
    photos := case when jsonb_typeof(p_user.profile_photos_extra) = 'array' then p_user.profile_photos_extra else '[]' end;
    removed := coalesce(photos @> to_jsonb(p_url), false);
    if removed then
        photos := photos - p_url;
        update activity.users u set profile_photos_extra = photos where u.user_id = p_user.user_id;
    end if;
end
$$;
