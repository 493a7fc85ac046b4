-- Endpoint 30: who looked at the caller, the newest look of each viewer, newest first. The index on both users answers
-- whether a viewer came back later.
create or replace function activity.api_profile_views(
    p_caller uuid, p_issued_at bigint, p_limit int, p_cursor text, out body text)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user record;
    v_row record;
    v_cursor text[];
    v_at timestamptz := 'infinity';
    v_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    v_results json[] := '{}';
    v_next text;
begin
    select u.subscription_level, u.subscription_expires_at,
        activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after) as suspect
    into v_user
    from activity.users u where u.user_id = p_caller;
    if not found or v_user.suspect then
        perform activity.check_caller(p_caller, p_issued_at);
    end if;
    perform activity.require_premium(v_user.subscription_level, v_user.subscription_expires_at);
    perform activity.check_page(p_limit, 100, 0, 0);
    if p_cursor is not null then
        v_cursor := string_to_array(activity.read_cursor(p_cursor,
            '^[0-9]{1,17} [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'), ' ');
        v_at := 'epoch'::timestamptz + v_cursor[1]::bigint * interval '1 microsecond';
        v_id := v_cursor[2];
    end if;

    for v_row in
        select v.view_id, v.viewed_at, u.user_id, u.username, u.main_photo_url
        from activity.profile_views v
        join activity.users u on u.user_id = v.viewer_user_id
        where v.viewed_user_id = p_caller
          and v.viewed_at <= v_at and (v.viewed_at, v.view_id) < (v_at, v_id)
          and activity.is_visible(u.deleted_at, u.is_active, u.status, u.ban_expires_at)
          and not exists (
              select from activity.profile_views w
              where w.viewed_user_id = p_caller and w.viewer_user_id = v.viewer_user_id
                and (w.viewed_at, w.view_id) > (v.viewed_at, v.view_id))
          and not exists (
              select from activity.user_blocks b
              where b.blocker_user_id = p_caller and b.blocked_user_id = v.viewer_user_id)
          and not exists (
              select from activity.user_blocks b
              where b.blocker_user_id = v.viewer_user_id and b.blocked_user_id = p_caller)
        order by v.viewed_at desc, v.view_id desc
        limit p_limit + 1
    loop
        if cardinality(v_results) = p_limit then
            v_next := activity.write_cursor((extract(epoch from v_at) * 1000000)::bigint || ' ' || v_id);
            exit;
        end if;
        v_results := v_results || row_to_json(r) from (
            select v_row.user_id, v_row.username, v_row.main_photo_url, activity.json_time(v_row.viewed_at) as viewed_at) r;
        v_at := v_row.viewed_at;
        v_id := v_row.view_id;
    end loop;
    body := '{"results":' || array_to_json(v_results) || ',"next_cursor":' || coalesce('"' || v_next || '"', 'null') || '}';
end
$$;
