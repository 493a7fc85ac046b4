-- Lifts whatever ban a locked account has.
create or replace function activity.lift_ban(p_user_id uuid) returns void
language plpgsql volatile
as $$
begin
    update activity.users u set status = 'active', ban_reason = null, ban_expires_at = null where u.user_id = p_user_id;
end
$$;
