-- Grants or revokes the captain programme on a locked user. Granting gives premium for a year, keeps captain_since and a later
-- end that is already there, and remembers a paid tier; revoking restores that one, if it has not run out. Who is a captain in
-- the club tier was made one by somebody else, who remembered nothing.
create or replace function activity.set_captain(p_user activity.users, p_is_captain boolean) returns void
language plpgsql volatile
as $$
declare
    v_until timestamptz := activity.effective_expiry(p_user.subscription_level, p_user.subscription_expires_at);
    v_remembers boolean := v_until is not null
        and (not p_user.is_captain or (p_user.captain_prior_level is null and p_user.subscription_level = 'club'));
begin
    if p_is_captain then
        update activity.users u
        set is_captain = true,
            captain_since = coalesce(u.captain_since, now()),
            captain_prior_level = case when v_remembers then u.subscription_level
                when u.is_captain then u.captain_prior_level end,
            captain_prior_expires_at = case when v_remembers then v_until
                when u.is_captain then u.captain_prior_expires_at end
        where u.user_id = p_user.user_id;
        perform activity.store_tier(p_user.user_id, 'premium', greatest(v_until, now() + interval '1 year'));
    elsif p_user.is_captain then
        update activity.users u
        set is_captain = false, captain_since = null, captain_prior_level = null, captain_prior_expires_at = null
        where u.user_id = p_user.user_id;
        if v_remembers then
            return;  -- the tier is still the paid one
        elsif p_user.captain_prior_expires_at > now() then
            perform activity.store_tier(p_user.user_id, p_user.captain_prior_level, p_user.captain_prior_expires_at);
        else
            perform activity.store_tier(p_user.user_id, 'free', null);
        end if;
    end if;
end
$$;
