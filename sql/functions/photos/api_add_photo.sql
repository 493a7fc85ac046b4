-- Endpoint 7.
create or replace function activity.api_add_photo(p_caller uuid, p_issued_at bigint, p_photo_url text, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.caller(p_caller, p_issued_at, true);
    v_put record;
begin
    perform activity.check_photo_url(p_photo_url, '^https://');
    select * into v_put from activity.put_photo(v_user, p_photo_url);
    if v_put.outcome = 'duplicate' then
        raise exception using errcode = 'UPC01', message = 'Photo already added',
            detail = json_build_object('field', 'photo_url', 'value', p_photo_url)::text;
    elsif v_put.outcome = 'full' then
        raise exception using errcode = 'UPL01', message = 'Maximum 8 photos allowed',
            detail = '{"limit": 8, "resource": "photos"}';
    end if;
    body := activity.photos_body(v_put.photos);
end
$$;
