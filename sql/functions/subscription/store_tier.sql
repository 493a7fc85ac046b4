-- Gives a locked user a tier. Leaving premium switches ghost mode off.
create or replace function activity.store_tier(
    p_user_id uuid, p_level activity.subscription_level, p_expires_at timestamptz) returns void
language plpgsql volatile
as $$
begin
    update activity.users u set subscription_level = p_level, subscription_expires_at = p_expires_at where u.user_id = p_user_id;
    if p_level <> 'premium' then
        update activity.user_settings s set ghost_mode = false where s.user_id = p_user_id and s.ghost_mode;
    end if;
end
$$;
