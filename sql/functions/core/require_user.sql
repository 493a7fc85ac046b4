-- lock_user() for those who answer an unknown or deleted account with 404.
create or replace function activity.require_user(p_user_id uuid) returns activity.users
language plpgsql volatile
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
begin
    if v_user.user_id is null then
        raise exception using errcode = 'UPN01', message = 'User not found', detail = '{"resource": "user"}';
    end if;
    return v_user;
end
$$;
