-- A weight between 0 and 1, with two decimals; 1.0 when absent.
create or replace function activity.check_weight(p_field text, p_weight numeric) returns numeric
language plpgsql immutable
as $$
begin
    if p_weight between 0 and 1 or p_weight is null then
        return coalesce(round(p_weight, 2), 1.0);
    end if;
    raise exception using errcode = 'UPV05', message = 'Interest weight must be between 0.0 and 1.0',
        detail = json_build_object('field', p_field, 'min', 0, 'max', 1)::text;
end
$$;
