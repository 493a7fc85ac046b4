-- More than 20 is no error here, but success = false.
create or replace function activity.sp_set_user_interests(p_user_id uuid, p_interests jsonb)
returns table (success boolean, interest_count int)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.lock_user(p_user_id);
    v_count int := case jsonb_typeof(p_interests) when 'array' then jsonb_array_length(p_interests) end;
begin
    if v_user.user_id is null then
        return query select false, 0;
    elsif v_count > 20 then
        return query select false, v_count;
    else
        perform activity.replace_interests(v_user, p_interests, null);
        return query select true, v_count;
    end if;
end
$$;
