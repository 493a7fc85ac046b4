-- Endpoint 6.
create or replace function activity.api_set_main_photo(p_caller uuid, p_issued_at bigint, p_photo_url text, out body text)
language plpgsql volatile security definer
set search_path = pg_catalog, activity, pg_temp
as $$
declare
    v_user activity.users := activity.caller(p_caller, p_issued_at, true);
begin
    perform activity.check_photo_url(p_photo_url, '^https://');
    perform activity.put_main_photo(v_user, p_photo_url);
    body := row_to_json(r) from (
        select true as success, p_photo_url as main_photo_url, 'pending' as moderation_status,
            'Your photo will be visible as approved once it was reviewed' as message) r;
end
$$;
