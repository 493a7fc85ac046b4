-- Endpoint 8.
create or replace function activity.api_remove_photo(p_caller uuid, p_issued_at bigint, p_photo_url text, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.caller(p_caller, p_issued_at, true);
    v_drop record;
begin
    select * into v_drop from activity.drop_photo(v_user, p_photo_url);
    if not v_drop.removed then
        raise exception using errcode = 'UPN01', message = 'Photo not found', detail = '{"resource": "photo"}';
    end if;
    body := activity.photos_body(v_drop.photos);
end
$$;
