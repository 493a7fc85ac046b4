-- Refuses a caller whose premium tier is missing or has run out.
create or replace function activity.require_premium(p_level activity.subscription_level, p_expires_at timestamptz) returns void
language plpgsql stable
as $$
begin
    if activity.effective_level(p_level, p_expires_at) = 'premium' then
        return;
    end if;
    raise exception using errcode = 'UPA07', message = 'This needs a Premium subscription',
        detail = json_build_object('current_level', activity.effective_level(p_level, p_expires_at),
            'required_level', 'premium')::text;
end
$$;
