-- Endpoint 23. A cursor is the position of the last result; next_cursor is null on the last page.
create or replace function activity.api_search_users(
    p_caller uuid, p_issued_at bigint, p_query text, p_limit int, p_offset int, p_cursor text, out body text)
language plpgsql stable security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_suspect boolean;
    v_cursor text;
    v_rank int := -2147483648;
    v_username text := '';
    v_end int := p_limit + p_offset;
    v_page record;
begin
    select activity.is_suspect(u.deleted_at, u.is_active, u.status, u.tokens_valid_after) into v_suspect
    from activity.users u where u.user_id = p_caller;
    if not found or v_suspect then
        perform activity.check_caller(p_caller, p_issued_at);
    end if;
    if char_length(p_query) > 100 then
        raise exception using errcode = 'UPV02', message = 'Field ''q'' exceeds 100 characters',
            detail = '{"field": "q", "max_length": 100}';
    end if;
    perform activity.check_page(p_limit, 100, p_offset, 10000);
    if p_cursor is not null then
        if p_offset > 0 then
            raise exception using errcode = 'UPV05', message = 'cursor and offset exclude each other',
                detail = '{"field": "cursor"}';
        end if;
        v_cursor := activity.read_cursor(p_cursor, '^-?[0-9]{1,9} .+$');
        v_rank := split_part(v_cursor, ' ', 1)::int;
        v_username := substr(v_cursor, strpos(v_cursor, ' ') + 1);
    end if;

    select * into v_page from activity.search_page(p_caller, p_query, v_end + 1, v_rank, v_username);
    body := '{"results":' || array_to_json(array(
            select row_to_json(r)
            from unnest(v_page.ids[p_offset + 1 : v_end]) with ordinality as p (user_id, n)
            cross join lateral (
                select u.user_id, u.username, u.first_name, u.last_name, u.main_photo_url, u.is_verified, u.verification_count
                from activity.users u where u.user_id = p.user_id
            ) r
            order by p.n))
        || ',"total":' || least(v_page.total, 1000)
        || ',"total_is_capped":' || case when v_page.total > 1000 then 'true' else 'false' end
        || ',"limit":' || p_limit || ',"offset":' || p_offset
        || ',"next_cursor":' || case when cardinality(v_page.ids) > v_end
            then '"' || activity.write_cursor(v_page.ranks[v_end] || ' ' || v_page.usernames[v_end]) || '"' else 'null' end
        || '}';
end
$$;
