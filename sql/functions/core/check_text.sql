-- A text value of a request: a string, not too long (Unicode scalars), without control characters.
create or replace function activity.check_text(p_field text, p_value jsonb, p_max int, p_multiline boolean) returns void
language plpgsql immutable
as $$
declare
    v_text text := p_value #>> '{}';
begin
    if jsonb_typeof(p_value) <> 'string' then
        raise exception using errcode = 'UPV04', message = format('Field ''%s'' must be a string', p_field),
            detail = json_build_object('field', p_field)::text;
    elsif char_length(v_text) > p_max then
        raise exception using errcode = 'UPV02', message = format('Field ''%s'' exceeds %s characters', p_field, p_max),
            detail = json_build_object('field', p_field, 'max_length', p_max)::text;
    elsif v_text ~ '[\u0001-\u0008\u000b-\u001f\u007f-\u009f]' or (v_text ~ '[\t\n]' and not p_multiline) then
        raise exception using errcode = 'UPV04', message = format('Field ''%s'' contains control characters', p_field),
            detail = json_build_object('field', p_field)::text;
    end if;
end
$$;
