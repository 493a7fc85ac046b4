-- What endpoint 21 answers.
create or replace function activity.no_show_body(p_count int) returns text
language sql immutable parallel safe
as $$
    select '{"success":true,"new_no_show_count":' || p_count || ',"warning":"'
        || case when p_count >= 5
            then 'User has ' || p_count || ' no-shows; at 10 the account is banned for 7 days' else '' end || '"}'
$$;
