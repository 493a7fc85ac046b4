-- Refuses a caller whose account must not be served; the one place that knows the order. An account that is deleted or banned
-- says so whatever the token's age; tokens_valid_after speaks once the account is in order again.
create or replace function activity.check_caller(p_caller uuid, p_issued_at bigint) returns void
language plpgsql stable
as $$
declare
    v_user record;
begin
    select u.deleted_at, u.is_active, u.status, u.ban_expires_at, u.tokens_valid_after into v_user
    from activity.users u
    where u.user_id = p_caller;
    if not found then
        raise exception using errcode = 'UPA01', message = 'User not found';
    elsif v_user.deleted_at is not null then
        raise exception using errcode = 'UPA03', message = 'This account was deleted';
    elsif v_user.is_active is false or v_user.status = 'banned'
        or (v_user.status = 'temporary_ban' and v_user.ban_expires_at is null) then
        raise exception using errcode = 'UPA04', message = 'This account is banned';
    elsif v_user.status = 'temporary_ban' and v_user.ban_expires_at > now() then
        raise exception using errcode = 'UPA05', message = 'This account is temporarily banned',
            detail = json_build_object('expires_at', activity.json_time(v_user.ban_expires_at))::text;
    elsif to_timestamp(p_issued_at) <= v_user.tokens_valid_after then
        raise exception using errcode = 'UPA02', message = 'This token is no longer valid';
    end if;
end
$$;
