-- What an entry's hash covers: the entry before it and every field of its own, each with its length, so that nothing can be
-- moved from one field to the next.
create or replace function activity.audit_hash(
    p_previous bytea, p_entry_id bigint, p_at timestamptz, p_actor text, p_action text, p_user_id uuid, p_details jsonb)
returns bytea
language sql immutable parallel safe
as $$
    select sha256(p_previous || convert_to(array_to_string(array(
        select length(f) || ':' || f
        from unnest(array[p_entry_id::text, (extract(epoch from p_at) * 1000000)::bigint::text, p_actor, p_action,
            coalesce(p_user_id::text, ''), p_details::text]) with ordinality as t (f, n)
        order by n), ''), 'UTF8'))
$$;
