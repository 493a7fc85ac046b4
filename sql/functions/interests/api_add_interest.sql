-- Endpoint 11. The row lock on the user is what makes the 20th the last, also when two requests race.
create or replace function activity.api_add_interest(
    p_caller uuid, p_issued_at bigint, p_tag text, p_weight numeric, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_put record;
begin
    perform activity.caller(p_caller, p_issued_at, true);
    select * into v_put from activity.put_interest(p_caller, p_tag, p_weight);
    if not v_put.stored then
        raise exception using errcode = 'UPL01', message = 'Maximum 20 interests allowed',
            detail = '{"limit": 20, "resource": "interests"}';
    end if;
    body := '{"success":true,"message":"' || case when v_put.added then 'Interest added' else 'Interest updated' end || '"}';
end
$$;
