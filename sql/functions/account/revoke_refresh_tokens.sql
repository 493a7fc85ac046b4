-- auth-api's refresh tokens, where that table exists, has the columns, and lets us. It belongs to another service: whatever is
-- wrong with it must not keep a ban or a deletion from happening.
create or replace function activity.revoke_refresh_tokens(p_user_id uuid) returns void
language plpgsql volatile
as $$
begin
    if to_regclass('activity.refresh_tokens') is null then
        return;
    end if;
    update activity.refresh_tokens t set revoked = true where t.user_id = p_user_id and not t.revoked;
exception
    when undefined_column or undefined_table or datatype_mismatch or undefined_function or insufficient_privilege then
        raise warning 'activity.refresh_tokens could not be revoked: %', sqlerrm;
end
$$;
