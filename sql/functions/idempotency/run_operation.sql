-- The calls that run_once() knows. Each locks the user's row first.
create or replace function activity.run_operation(p_operation text, p_actor text, p_user_id uuid, p_args jsonb) returns text
language plpgsql volatile
as $$
declare
    v_user activity.users;
    v_level activity.subscription_level;
    v_expires_at timestamptz;
    v_body text;
begin
    case p_operation
        when 'verify' then
            return '{"success":true,"new_verification_count":' || activity.add_verification(p_user_id) || '}';
        when 'no_show' then
            return activity.no_show_body(activity.add_no_show(p_user_id, true));
        when 'counters' then
            return (
                select row_to_json(r) from (
                    select true as success, c.created as activities_created_count, c.attended as activities_attended_count
                    from activity.move_counters(p_user_id, (p_args ->> 'created')::int, (p_args ->> 'attended')::int) c) r);
        when 'tier' then
            v_expires_at := p_args ->> 'expires_at';
            v_level := activity.check_tier(p_args ->> 'level', v_expires_at);
            v_user := activity.require_user(p_user_id);
            v_body := activity.change_tier(v_user, v_level, v_expires_at);
            if p_actor like 'user:%' then
                perform activity.record_audit(p_actor, 'subscription', p_user_id, p_args);
            end if;
            return v_body;
    end case;
end
$$;
