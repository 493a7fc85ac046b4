-- Gives a locked user a new name. False: somebody else has it, in whatever case. The advisory lock makes two who race for a
-- name queue up; the index on lower(username) cannot be unique on adopted data, so registrations elsewhere can still collide
-- in case, and only there.
create or replace function activity.rename_user(p_user activity.users, p_new_username text) returns boolean
language plpgsql volatile
as $$
begin
    if p_new_username is null then
        raise exception using errcode = 'UPV01', message = 'Field ''new_username'' is required',
            detail = '{"field": "new_username"}';
    elsif p_new_username !~ '^[A-Za-z0-9_]{3,30}$' then
        raise exception using errcode = 'UPV04',
            message = 'Username must be 3-30 characters and contain only letters, numbers, and underscores',
            detail = '{"field": "new_username"}';
    elsif activity.is_reserved_username(p_new_username) and lower(p_new_username) <> lower(p_user.username) then
        raise exception using errcode = 'UPV05', message = 'This username is reserved', detail = '{"field": "new_username"}';
    end if;

    perform pg_advisory_xact_lock(hashtextextended('username ' || lower(p_new_username), 0));
    if exists (
        select from activity.users u
        where lower(u.username) = lower(p_new_username) and u.user_id <> p_user.user_id
    ) then
        return false;
    end if;
    update activity.users u set username = p_new_username
    where u.user_id = p_user.user_id and u.username <> p_new_username;
    return true;
exception
    when unique_violation then  -- a registration elsewhere was faster
        return false;
end
$$;
