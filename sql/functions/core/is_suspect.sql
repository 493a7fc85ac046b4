-- True when check_caller() must look closer: the one test that every request pays, inlined.
create or replace function activity.is_suspect(
    p_deleted_at timestamptz, p_is_active boolean, p_status activity.user_status, p_valid_after timestamptz)
returns boolean
language sql immutable parallel safe
as $$ select p_deleted_at is not null or p_status <> 'active' or p_is_active is false or p_valid_after is not null $$;
