create or replace function activity.sp_search_users(
    p_query text, p_requesting_user_id uuid, p_limit int default 20, p_offset int default 0)
returns table (user_id uuid, username varchar, first_name varchar, last_name varchar, main_photo_url varchar,
    is_verified boolean, verification_count int)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
#variable_conflict use_column
declare
    v_ids uuid[];
begin
    perform activity.check_page(p_limit, 1000, p_offset, 100000);
    v_ids := (activity.search_page(p_requesting_user_id, p_query, p_limit + p_offset, -2147483648, '')).ids;
    return query
    select u.user_id, u.username, u.first_name, u.last_name, u.main_photo_url, u.is_verified, u.verification_count
    from unnest(v_ids[p_offset + 1 : p_offset + p_limit]) with ordinality as p (id, n)
    join activity.users u on u.user_id = p.id
    order by p.n;
end
$$;
