-- Rows for the accounts that are older than user_search and its trigger, in short transactions. Whoever is written meanwhile
-- has a row from the trigger, which is newer: it stays.
do $$
declare
    v_last uuid := '00000000-0000-0000-0000-000000000000';
    v_ids uuid[];
begin
    loop
        v_ids := array(select u.user_id from activity.users u where u.user_id > v_last order by u.user_id limit 5000);
        exit when cardinality(v_ids) = 0;
        insert into activity.user_search (user_id, rank, username, visible_from, haystack)
        select u.user_id, activity.search_rank(u.verification_count), left(u.username, 100),
            activity.visible_from(u.deleted_at, u.is_active, u.status, u.ban_expires_at),
            activity.search_haystack(u.username, u.first_name, u.last_name)
        from activity.users u
        where u.user_id = any (v_ids)
        on conflict (user_id) do nothing;
        commit;
        v_last := v_ids[cardinality(v_ids)];
    end loop;
end
$$;
analyze activity.user_search;
