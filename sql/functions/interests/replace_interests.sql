-- Replaces all interests of a locked user; all or nothing. Unchanged ones keep their rows.
create or replace function activity.replace_interests(p_user activity.users, p_interests jsonb, p_if_version bigint) returns void
language plpgsql volatile
as $$
declare
    v_item jsonb;
    v_at text;
    v_tag text;
    v_tags text[] := '{}';
    v_folded text[] := '{}';
    v_weights numeric[] := '{}';
begin
    if jsonb_typeof(p_interests) is distinct from 'array' then
        raise exception using errcode = 'UPV04', message = 'Interests must be a JSON array',
            detail = '{"field": "interests"}';
    elsif jsonb_array_length(p_interests) > 20 then
        raise exception using errcode = 'UPV05', message = 'Maximum 20 interests allowed',
            detail = '{"field": "interests", "max_items": 20}';
    end if;
    for v_item in select jsonb_array_elements(p_interests) loop
        v_at := 'interests[' || cardinality(v_tags) || ']';
        if jsonb_typeof(v_item) <> 'object' or jsonb_typeof(v_item -> 'tag') is distinct from 'string'
            or jsonb_typeof(coalesce(v_item -> 'weight', '1')) <> 'number' then
            raise exception using errcode = 'UPV04', message = 'Each interest is an object with a tag and a weight',
                detail = json_build_object('field', v_at)::text;
        end if;
        v_tag := activity.trim_text(v_item ->> 'tag');
        perform activity.check_tag(v_at || '.tag', v_tag);
        if activity.fold(v_tag) = any (v_folded) then
            raise exception using errcode = 'UPV05', message = 'Each interest may be given once',
                detail = json_build_object('field', v_at || '.tag')::text;
        end if;
        v_tags := v_tags || v_tag;
        v_folded := v_folded || activity.fold(v_tag);
        v_weights := v_weights || activity.check_weight(v_at || '.weight', (v_item ->> 'weight')::numeric);
    end loop;

    if p_if_version <> activity.interests_version(activity.interest_list(p_user.user_id), p_user.interests_version) then
        raise exception using errcode = 'UPC05', message = 'The interests were changed meanwhile';
    end if;

    delete from activity.user_interests i
    where i.user_id = p_user.user_id and i.interest_tag <> all (v_tags);
    insert into activity.user_interests as i (user_id, interest_tag, weight)
    select p_user.user_id, t.tag, t.weight from unnest(v_tags, v_weights) as t (tag, weight)
    on conflict (user_id, interest_tag) do update set weight = excluded.weight
        where i.weight <> excluded.weight;
    update activity.users u set interests_version = u.interests_version + 1 where u.user_id = p_user.user_id;
end
$$;
