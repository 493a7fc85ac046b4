-- What a payment or an admin decides. A captain keeps it as the tier to go back to.
create or replace function activity.change_tier(
    p_user activity.users, p_level activity.subscription_level, p_expires_at timestamptz) returns text
language plpgsql volatile
as $$
begin
    perform activity.store_tier(p_user.user_id, p_level, p_expires_at);
    if p_user.is_captain then
        update activity.users u
        set captain_prior_level = nullif(p_level, 'free'), captain_prior_expires_at = p_expires_at
        where u.user_id = p_user.user_id;
    end if;
    return row_to_json(r) from (
        select true as success, p_level as subscription_level, activity.json_time(p_expires_at) as subscription_expires_at) r;
end
$$;
