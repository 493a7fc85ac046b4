-- limit and offset of a list.
create or replace function activity.check_page(p_limit int, p_max_limit int, p_offset int, p_max_offset int) returns void
language plpgsql immutable
as $$
begin
    if p_limit is null or p_limit not between 1 and p_max_limit then
        raise exception using errcode = 'UPV05', message = format('limit must be between 1 and %s', p_max_limit),
            detail = json_build_object('field', 'limit', 'min', 1, 'max', p_max_limit)::text;
    elsif p_offset is null or p_offset not between 0 and p_max_offset then
        raise exception using errcode = 'UPV05', message = format('offset must be between 0 and %s', p_max_offset),
            detail = json_build_object('field', 'offset', 'min', 0, 'max', p_max_offset)::text;
    end if;
end
$$;
