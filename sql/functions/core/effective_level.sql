-- The tier that counts now: the clock decides, not a job that runs later.
create or replace function activity.effective_level(p_level activity.subscription_level, p_expires_at timestamptz)
returns activity.subscription_level
language sql stable parallel safe
as $$ select case when p_expires_at > now() then p_level else 'free'::activity.subscription_level end $$;
