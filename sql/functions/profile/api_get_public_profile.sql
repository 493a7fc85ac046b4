-- Endpoint 2. Blocked in either direction, banned, inactive, deleted and absent look the same. The view is recorded here, so
-- that one round trip serves the request, a 304 too.
create or replace function activity.api_get_public_profile(
    p_caller uuid, p_issued_at bigint, p_user_id uuid, p_record_view boolean,
    out body text, out edit_version bigint, out authz text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_suspect boolean;
    v_ghost boolean;
begin
    select activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after),
        coalesce(s.ghost_mode and u.subscription_level = 'premium' and u.subscription_expires_at > now(), false),
        activity.authz_line(u.deleted_at, u.is_active, u.status, u.ban_expires_at,
            u.subscription_level, u.subscription_expires_at, u.roles, s.ghost_mode, u.tokens_valid_after)
    into v_suspect, v_ghost, authz
    from activity.users u
    left join activity.user_settings s on s.user_id = u.user_id
    where u.user_id = p_caller;
    if not found or v_suspect then
        perform activity.check_caller(p_caller, p_issued_at);
    end if;

    select u.profile_version,
        (select row_to_json(p) from (
            select u.user_id, u.username, u.first_name, u.last_name, u.profile_description, u.main_photo_url,
                u.main_photo_moderation_status,
                case when u.profile_photos_extra = '[]' then '[]'::json
                    else activity.photo_list(u.profile_photos_extra) end as profile_photos_extra,
                u.gender, u.is_verified, u.verification_count, u.activities_created_count, u.activities_attended_count,
                activity.json_time(u.created_at) as created_at,
                activity.interest_list(u.user_id) as interests
        ) p)
    into edit_version, body
    from activity.users u
    where u.user_id = p_user_id
      and activity.is_visible(u.deleted_at, u.is_active, u.status, u.ban_expires_at)
      and not exists (
          select from activity.user_blocks b
          where b.blocker_user_id = p_caller and b.blocked_user_id = p_user_id)
      and not exists (
          select from activity.user_blocks b
          where b.blocker_user_id = p_user_id and b.blocked_user_id = p_caller);
    if not found then
        raise exception using errcode = 'UPN01', message = 'User not found', detail = '{"resource": "user"}';
    end if;

    if p_record_view and not v_ghost and p_user_id <> p_caller then
        insert into activity.profile_views (viewer_user_id, viewed_user_id) values (p_caller, p_user_id);
    end if;
end
$$;
