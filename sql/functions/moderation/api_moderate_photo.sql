-- Endpoint 26. With a photo_url the decision is about that photo, and refused when another one is there by now.
create or replace function activity.api_moderate_photo(
    p_caller uuid, p_issued_at bigint, p_user_id uuid, p_status text, p_reason text, p_photo_url text, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_caller activity.users := activity.caller(p_caller, p_issued_at, false);
    v_user activity.users;
begin
    perform activity.require_role(v_caller.roles, 'moderator');
    if p_status is null or p_status not in ('approved', 'rejected') then
        raise exception using errcode = case when p_status is null then 'UPV01' else 'UPV05' end,
            message = 'Moderation status must be approved or rejected', detail = '{"field": "status"}';
    end if;
    v_user := activity.require_user(p_user_id);
    if p_photo_url <> v_user.main_photo_url then
        raise exception using errcode = 'UPC03', message = 'The photo was changed meanwhile';
    elsif not activity.moderate_photo(v_user, p_status::activity.photo_moderation_status) then
        raise exception using errcode = 'UPN01', message = 'Photo not found', detail = '{"resource": "photo"}';
    end if;
    if p_status = 'rejected' and v_user.main_photo_moderation_status is distinct from 'rejected' then
        perform activity.queue_mail(v_user, 'photo_rejected', 'medium', 'Your photo was not approved',
            'Your main photo was not approved.' || coalesce(' Reason: ' || activity.escape_html(p_reason), ''),
            jsonb_build_object('reason', p_reason, 'photo_url', v_user.main_photo_url));
    end if;
    body := row_to_json(r) from (select true as success, p_user_id as user_id, p_status as moderation_status) r;
    perform activity.record_audit('user:' || p_caller, 'photo.' || p_status, p_user_id,
        jsonb_build_object('photo_url', v_user.main_photo_url, 'reason', p_reason));
end
$$;
