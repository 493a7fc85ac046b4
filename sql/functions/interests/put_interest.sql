-- Adds an interest of a locked user, or gives an existing one (whatever its case) the new weight. False: it would be the 21st.
create or replace function activity.put_interest(
    p_user_id uuid, p_tag text, p_weight numeric, out stored boolean, out added boolean)
language plpgsql volatile
as $$
declare
    v_tag text := activity.trim_text(p_tag);
    v_weight numeric;
begin
    perform activity.check_tag('tag', v_tag);
    v_weight := activity.check_weight('weight', p_weight);

    update activity.user_interests i set weight = v_weight
    where i.user_id = p_user_id and activity.fold(activity.trim_text(i.interest_tag)) = activity.fold(v_tag);
    stored := found;
    added := not found;
    if added then
        stored := (select count(*) from activity.user_interests i where i.user_id = p_user_id) < 20;
        added := stored;
        if stored then
            insert into activity.user_interests (user_id, interest_tag, weight) values (p_user_id, v_tag, v_weight)
            on conflict (user_id, interest_tag) do update set weight = excluded.weight;
        end if;
    end if;
    if stored then
        update activity.users u set interests_version = u.interests_version + 1 where u.user_id = p_user_id;
    end if;
end
$$;
