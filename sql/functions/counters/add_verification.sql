-- Counts a verification; the new count.
create or replace function activity.add_verification(p_user_id uuid) returns int
language plpgsql volatile
as $$
declare
    v_count int;
begin
    update activity.users u set verification_count = u.verification_count + 1
    where u.user_id = p_user_id and u.deleted_at is null
    returning u.verification_count into v_count;
    if not found then
        raise exception using errcode = 'UPN01', message = 'User not found', detail = '{"resource": "user"}';
    end if;
    return v_count;
end
$$;
