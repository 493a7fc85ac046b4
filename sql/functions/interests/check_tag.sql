-- A tag: 1 to 100 letters, digits, spaces and -_&' of any script. Refused here is what no script needs: control characters and
-- the other ASCII punctuation; the API, which knows Unicode's classes, is stricter.
create or replace function activity.check_tag(p_field text, p_tag text) returns void
language plpgsql immutable
as $$
begin
    if p_tag is null then
        raise exception using errcode = 'UPV01', message = format('Field ''%s'' is required', p_field),
            detail = json_build_object('field', p_field)::text;
    elsif p_tag = '' then
        raise exception using errcode = 'UPV03', message = format('Field ''%s'' is empty', p_field),
            detail = json_build_object('field', p_field, 'min_length', 1)::text;
    elsif char_length(p_tag) > 100 then
        raise exception using errcode = 'UPV02', message = format('Field ''%s'' exceeds 100 characters', p_field),
            detail = json_build_object('field', p_field, 'max_length', 100)::text;
    elsif p_tag ~ '[\u0001-\u001f\u007f-\u009f!"#$%()*+,./:;<=>?@\[\\\]^`{|}~]' then
        raise exception using errcode = 'UPV04', message = format('Field ''%s'' contains characters that are not allowed', p_field),
            detail = json_build_object('field', p_field)::text;
    end if;
end
$$;
