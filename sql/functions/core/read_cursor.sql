-- The text of a cursor that matches the pattern; anything else is refused.
create or replace function activity.read_cursor(p_cursor text, p_pattern text) returns text
language plpgsql immutable
as $$
declare
    v_text text;
begin
    begin
        if length(p_cursor) between 1 and 1000 and p_cursor ~ '^[A-Za-z0-9_-]+$' then
            v_text := convert_from(decode(
                translate(p_cursor, '-_', '+/') || repeat('=', (4 - length(p_cursor) % 4) % 4), 'base64'), 'UTF8');
        end if;
    exception when invalid_parameter_value or character_not_in_repertoire or untranslatable_character then
        v_text := null;  -- no base64, or no UTF-8
    end;
    if v_text ~ p_pattern then
        return v_text;
    end if;
    raise exception using errcode = 'UPV04', message = 'This cursor is not one of ours', detail = '{"field": "cursor"}';
end
$$;
