create or replace function activity.sp_update_subscription(
    p_user_id uuid, p_subscription_level activity.subscription_level, p_subscription_expires_at timestamptz default null)
returns table (success boolean)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_level activity.subscription_level := activity.check_tier(p_subscription_level::text, p_subscription_expires_at);
    v_user activity.users := activity.lock_user(p_user_id);
begin
    if v_user.user_id is not null then
        perform activity.change_tier(v_user, v_level, p_subscription_expires_at);
    end if;
    return query select v_user.user_id is not null;
end
$$;
