-- A date of birth: a plain date, not before 1900, at least 18 years ago (UTC).
create or replace function activity.check_date_of_birth(p_value jsonb) returns void
language plpgsql stable
as $$
declare
    v_text text := p_value #>> '{}';
    v_today date := (now() at time zone 'UTC')::date;
    v_date date;
begin
    begin
        if jsonb_typeof(p_value) = 'string' and v_text ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' then
            v_date := v_text::date;
        end if;
    exception when datetime_field_overflow or invalid_datetime_format then
        v_date := null;
    end;
    if v_date is null then
        raise exception using errcode = 'UPV04', message = 'Field ''date_of_birth'' must be a date (YYYY-MM-DD)',
            detail = '{"field": "date_of_birth"}';
    elsif v_date < '1900-01-01' then
        raise exception using errcode = 'UPV05', message = 'Field ''date_of_birth'' is before 1900',
            detail = '{"field": "date_of_birth"}';
    elsif v_date > v_today - interval '18 years' then
        raise exception using errcode = 'UPV06', message = 'You must be at least 18 years old',
            detail = json_build_object('field', 'date_of_birth', 'min_age', 18,
                'provided_age', greatest(0, date_part('year', age(v_today, v_date))))::text;
    end if;
end
$$;
