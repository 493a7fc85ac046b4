-- Counts a no-show; the new count. The first that leaves 5 or more warns (by mail, when p_tell). At 10 or more, once in an
-- account's life, a ban of seven days, unless a longer one stands.
create or replace function activity.add_no_show(p_user_id uuid, p_tell boolean) returns int
language plpgsql volatile
as $$
declare
    v_user activity.users := activity.require_user(p_user_id);
    v_count int := v_user.no_show_count + 1;
    v_warn boolean := v_count >= 5 and (v_user.no_show_count < 5 or v_user.no_show_warned_at is null);
    v_until timestamptz := now() + interval '7 days';
    v_ban boolean := v_count >= 10 and v_user.no_show_ban_at is null
        and v_user.status <> 'banned'
        and not (v_user.status = 'temporary_ban' and coalesce(v_user.ban_expires_at >= v_until, true));
begin
    update activity.users u
    set no_show_count = v_count,
        no_show_warned_at = case when v_warn then now() else u.no_show_warned_at end,
        no_show_ban_at = case when v_ban then now() else u.no_show_ban_at end
    where u.user_id = p_user_id;
    if v_warn and p_tell then
        perform activity.queue_mail(v_user, 'no_show_warning', 'medium', 'You missed several activities',
            format('You have %s reported no-shows. At 10 your account is banned for 7 days.', v_count),
            jsonb_build_object('no_show_count', v_count));
    end if;
    if v_ban then
        perform activity.apply_ban(v_user, format('%s reported no-shows', v_count), v_until, true);
        perform activity.record_audit('system', 'ban', p_user_id,
            jsonb_build_object('reason', 'no-shows', 'no_show_count', v_count, 'expires_at', activity.json_time(v_until)));
    end if;
    return v_count;
end
$$;
