-- A photo's URL. Which host it may name is configuration, so the API checks that; the old functions also took plain http.
create or replace function activity.check_photo_url(p_url text, p_pattern text) returns void
language plpgsql immutable
as $$
begin
    if p_url is null then
        raise exception using errcode = 'UPV01', message = 'Field ''photo_url'' is required', detail = '{"field": "photo_url"}';
    elsif char_length(p_url) > 500 then
        raise exception using errcode = 'UPV02', message = 'Field ''photo_url'' exceeds 500 characters',
            detail = '{"field": "photo_url", "max_length": 500}';
    elsif p_url !~ p_pattern or p_url ~ '[\u0001-\u0020\u007f-\u009f]' then
        raise exception using errcode = 'UPV04', message = 'Photo URL must be a valid HTTPS URL', detail = '{"field": "photo_url"}';
    end if;
end
$$;
