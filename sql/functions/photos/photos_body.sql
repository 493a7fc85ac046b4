-- What endpoints 7 and 8 answer.
create or replace function activity.photos_body(p_photos jsonb) returns text
language plpgsql immutable
as $$
declare
    v_list json := activity.photo_list(p_photos);
begin
    return '{"success":true,"photo_count":' || json_array_length(v_list) || ',"profile_photos_extra":' || v_list || '}';
end
$$;
