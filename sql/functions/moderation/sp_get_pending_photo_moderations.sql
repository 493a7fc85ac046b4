create or replace function activity.sp_get_pending_photo_moderations(p_limit int default 50, p_offset int default 0)
returns table (user_id uuid, username varchar, email varchar, main_photo_url varchar, created_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select u.user_id, u.username, u.email, u.main_photo_url, u.created_at
    from activity.users u
    where u.main_photo_moderation_status = 'pending' and u.main_photo_url is not null and u.deleted_at is null
    order by u.main_photo_submitted_at, u.user_id
    limit p_limit offset p_offset;
end
$$;
