-- When the tier that counts now ends; null for free.
create or replace function activity.effective_expiry(p_level activity.subscription_level, p_expires_at timestamptz)
returns timestamptz
language sql stable parallel safe
as $$ select case when p_level <> 'free' and p_expires_at > now() then p_expires_at end $$;
