-- Adds an extra photo of a locked user. The outcome: 'added', 'duplicate' or 'full'; photos as they are then.
create or replace function activity.put_photo(p_user activity.users, p_url text, out outcome text, out photos jsonb)
language plpgsql volatile
as $$
begin
    photos := case when jsonb_typeof(p_user.profile_photos_extra) = 'array' then p_user.profile_photos_extra else '[]' end;
    if photos @> to_jsonb(p_url) then
        outcome := 'duplicate';
    elsif jsonb_array_length(photos) >= 8 then
        outcome := 'full';
    else
        outcome := 'added';
        photos := photos || to_jsonb(p_url);
        update activity.users u set profile_photos_extra = photos where u.user_id = p_user.user_id;
    end if;
end
$$;
