-- free has no end, club and premium end in the future.
create or replace function activity.check_tier(p_level text, p_expires_at timestamptz) returns activity.subscription_level
language plpgsql stable
as $$
begin
    if p_level is null then
        raise exception using errcode = 'UPV01', message = 'Field ''subscription_level'' is required',
            detail = '{"field": "subscription_level"}';
    elsif p_level not in ('free', 'club', 'premium') then
        raise exception using errcode = 'UPV05', message = 'Field ''subscription_level'' must be free, club or premium',
            detail = '{"field": "subscription_level"}';
    elsif p_level = 'free' and p_expires_at is not null then
        raise exception using errcode = 'UPV05', message = 'Free subscription cannot have expiry date',
            detail = '{"field": "subscription_expires_at"}';
    elsif p_level <> 'free' and p_expires_at is null then
        raise exception using errcode = 'UPV01', message = 'Club and Premium subscriptions must have expiry date',
            detail = '{"field": "subscription_expires_at"}';
    elsif p_level <> 'free' and p_expires_at <= now() then
        raise exception using errcode = 'UPV05', message = 'Subscription expiry date must be in the future',
            detail = '{"field": "subscription_expires_at"}';
    end if;
    return p_level;
end
$$;
