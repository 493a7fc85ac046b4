-- Endpoint 25: photos that wait, the oldest submission first.
create or replace function activity.api_photo_queue(p_caller uuid, p_issued_at bigint, p_limit int, p_offset int, out body text)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_suspect boolean;
    v_roles jsonb;
begin
    select activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after), u.roles into v_suspect, v_roles
    from activity.users u where u.user_id = p_caller;
    if not found or v_suspect then
        perform activity.check_caller(p_caller, p_issued_at);
    end if;
    perform activity.require_role(v_roles, 'moderator');
    perform activity.check_page(p_limit, 200, p_offset, 2147483647);
    body := '{"results":' || array_to_json(array(
            select row_to_json(r) from (
                select q.user_id, q.username, q.email, q.main_photo_url, activity.json_time(q.created_at) as created_at
                from activity.sp_get_pending_photo_moderations(p_limit, p_offset) q) r))
        || ',"total":' || (
            select count(*) from activity.users u
            where u.main_photo_moderation_status = 'pending' and u.main_photo_url is not null and u.deleted_at is null)
        || ',"limit":' || p_limit || ',"offset":' || p_offset || '}';
end
$$;
