-- The caller's row, checked; with p_lock locked first, so that everything the request decides holds until it commits.
-- Every function that writes locks the user's row before anything else: that order is what keeps them from deadlocking.
create or replace function activity.caller(p_caller uuid, p_issued_at bigint, p_lock boolean) returns activity.users
language plpgsql volatile
as $$
declare
    v_user activity.users;
begin
    if p_lock then
        select * into v_user from activity.users u where u.user_id = p_caller for no key update;
    else
        select * into v_user from activity.users u where u.user_id = p_caller;
    end if;
    if not found or activity.is_suspect(v_user.deleted_at, v_user.is_active, v_user.status, v_user.tokens_valid_after) then
        perform activity.check_caller(p_caller, p_issued_at);
    end if;
    return v_user;
end
$$;
