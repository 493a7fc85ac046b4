-- Another account's row, locked; null when unknown or deleted. For service, admin and old functions.
create or replace function activity.lock_user(p_user_id uuid) returns activity.users
language plpgsql volatile
as $$
declare
    v_user activity.users;
begin
    select * into v_user from activity.users u
    where u.user_id = p_user_id and u.deleted_at is null
    for no key update;
    return v_user;
end
$$;
