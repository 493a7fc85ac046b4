create or replace function activity.sp_add_user_interest(
    p_user_id uuid, p_interest_tag varchar, p_weight numeric default 1.0)
returns table (success boolean, message text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
    v_put record;
begin
    if v_user.user_id is null then
        return query select false, 'User not found'::text;
        return;
    end if;
    select * into v_put from activity.put_interest(p_user_id, p_interest_tag, p_weight);
    return query select v_put.stored,
        case when v_put.stored then 'Interest added successfully' else 'Maximum 20 interests allowed' end;
end
$$;
