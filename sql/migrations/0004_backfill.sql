-- What the new columns say about rows that are older than they are. The platform's triggers rest meanwhile: adoption is no
-- edit, updated_at stays. Readers go on; writers of users wait until this commits.
do $$
declare
    v_triggers text[];
    v_trigger text;
begin
    select coalesce(array_agg(tgname), '{}') into v_triggers
    from pg_catalog.pg_trigger
    where tgrelid = 'activity.users'::regclass and not tgisinternal and tgenabled = 'O';

    foreach v_trigger in array v_triggers loop
        execute format('alter table activity.users disable trigger %I', v_trigger);
    end loop;

    -- Accounts that the previous implementation deleted: it left no marker, only the names, and an unban revived them.
    update activity.users
    set deleted_at = updated_at,
        tokens_valid_after = updated_at
    where deleted_at is null
      and email = 'deleted_' || user_id || '@deleted.local'
      and username = 'deleted_' || user_id;

    -- The moderation queue is ordered by submission; what was submitted before is as old as its account.
    update activity.users
    set main_photo_submitted_at = created_at
    where main_photo_submitted_at is null
      and main_photo_url is not null;

    foreach v_trigger in array v_triggers loop
        execute format('alter table activity.users enable trigger %I', v_trigger);
    end loop;
end
$$;
