-- A user's interests as compact JSON, in the order that clients see. plpgsql keeps the plan; an SQL function with a sub-select
-- is neither inlined nor remembered.
create or replace function activity.interest_list(p_user_id uuid) returns json
language plpgsql stable
as $$
begin
    return array_to_json(array(
        select row_to_json(i)
        from (
            select interest_tag as tag, weight
            from activity.user_interests
            where user_id = p_user_id
            order by weight desc, interest_tag
        ) i));
end
$$;
