-- Removes an interest of a locked user, whatever its case; nothing happens when it is not there.
create or replace function activity.drop_interest(p_user_id uuid, p_tag text) returns void
language plpgsql volatile
as $$
begin
    delete from activity.user_interests i
    where i.user_id = p_user_id and activity.fold(activity.trim_text(i.interest_tag)) = activity.fold(activity.trim_text(p_tag));
    if found then
        update activity.users u set interests_version = u.interests_version + 1 where u.user_id = p_user_id;
    end if;
end
$$;
