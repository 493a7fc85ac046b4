-- The extra photos as compact JSON. Rows of others may hold no array, or entries that are no strings.
create or replace function activity.photo_list(p_photos jsonb) returns json
language plpgsql immutable parallel safe
as $$
begin
    if jsonb_typeof(p_photos) is distinct from 'array' then
        return '[]';
    end if;
    return array_to_json(array(
        select e #>> '{}' from jsonb_array_elements(p_photos) with ordinality as a (e, n)
        where jsonb_typeof(e) = 'string' order by n));
end
$$;
