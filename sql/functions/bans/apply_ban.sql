-- Bans a locked account, for good without an end, and ends its sessions; with p_tell the mail and the event.
create or replace function activity.apply_ban(
    p_user activity.users, p_reason text, p_expires_at timestamptz, p_tell boolean) returns activity.user_status
language plpgsql volatile
as $$
declare
    v_status activity.user_status := case when p_expires_at is null then 'banned' else 'temporary_ban' end;
begin
    if p_expires_at <= now() then
        raise exception using errcode = 'UPV05', message = 'Ban expiry date must be in the future',
            detail = '{"field": "expires_at"}';
    end if;
    update activity.users u
    set status = v_status, ban_reason = p_reason, ban_expires_at = p_expires_at, tokens_valid_after = now()
    where u.user_id = p_user.user_id;
    perform activity.revoke_refresh_tokens(p_user.user_id);
    if p_tell then
        perform activity.queue_mail(p_user, 'user_banned', 'high', 'Your account was banned',
            'Your account was banned' || coalesce(' until ' || activity.json_time(p_expires_at), '')
                || '. Reason: ' || activity.escape_html(p_reason),
            jsonb_build_object('ban_type', case when p_expires_at is null then 'permanent' else 'temporary' end,
                'ban_expires_at', activity.json_time(p_expires_at), 'ban_reason', p_reason));
        perform activity.queue_event('user.banned', p_user.user_id, v_status, p_expires_at);
    end if;
    return v_status;
end
$$;
