-- The audit log only grows, whoever asks. On a table of our own, so this trigger may raise.
create or replace function activity.tg_append_only() returns trigger
language plpgsql
as $$
begin
    raise exception using errcode = 'UPX01', message = format('%I.%I is append-only', tg_table_schema, tg_table_name);
end
$$;
