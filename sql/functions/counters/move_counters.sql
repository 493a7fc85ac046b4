-- Moves both activity counters or neither; they never go below zero.
create or replace function activity.move_counters(
    p_user_id uuid, p_created_delta int, p_attended_delta int, out created int, out attended int)
language plpgsql volatile
as $$
declare
    v_user activity.users := activity.require_user(p_user_id);
    v_bad text;
begin
    v_bad := case
        when p_created_delta is null or p_created_delta not between -100 and 100 then 'created_delta'
        when p_attended_delta is null or p_attended_delta not between -100 and 100 then 'attended_delta' end;
    if v_bad is not null then
        raise exception using errcode = 'UPV05', message = format('Field ''%s'' must be between -100 and 100', v_bad),
            detail = json_build_object('field', v_bad, 'min', -100, 'max', 100)::text;
    end if;
    created := v_user.activities_created_count + p_created_delta;
    attended := v_user.activities_attended_count + p_attended_delta;
    v_bad := case when created < 0 then 'activities_created_count' when attended < 0 then 'activities_attended_count' end;
    if v_bad is not null then
        raise exception using errcode = 'UPL01', message = 'Activity counts cannot be negative',
            detail = json_build_object('limit', 0, 'resource', v_bad)::text;
    end if;
    update activity.users u
    set activities_created_count = created, activities_attended_count = attended
    where u.user_id = p_user_id;
end
$$;
