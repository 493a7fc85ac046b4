-- Refuses a caller without the role; an admin may do what a moderator may.
create or replace function activity.require_role(p_roles jsonb, p_role text) returns void
language plpgsql immutable
as $$
begin
    if p_roles @> '["admin"]' or (p_role = 'moderator' and p_roles @> '["moderator"]') then
        return;
    end if;
    raise exception using errcode = 'UPA06', message = 'You are not allowed to do this',
        detail = json_build_object('required_role', p_role)::text;
end
$$;
