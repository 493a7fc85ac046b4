-- Triggers on the platform's tables, made after their functions and only when they are missing: making one locks the table.
-- One that changes gets a new name here and is dropped by a migration. None may raise, whatever a sibling service writes.

select not exists (
    select from pg_trigger where tgrelid = 'activity.users'::regclass and tgname = 'userprofile_users_insert') as missing \gset
\if :missing
create trigger userprofile_users_insert before insert on activity.users
    for each row when (new.main_photo_url is not null)
    execute function activity.tg_users_edit();
\endif

select not exists (
    select from pg_trigger where tgrelid = 'activity.users'::regclass and tgname = 'userprofile_users_edit') as missing \gset
\if :missing
create trigger userprofile_users_edit
    before update of username, first_name, last_name, profile_description, date_of_birth, gender,
        main_photo_url, profile_photos_extra
    on activity.users
    for each row when (
        (old.username, old.first_name, old.last_name, old.profile_description, old.date_of_birth, old.gender,
            old.main_photo_url, old.profile_photos_extra)
        is distinct from
        (new.username, new.first_name, new.last_name, new.profile_description, new.date_of_birth, new.gender,
            new.main_photo_url, new.profile_photos_extra))
    execute function activity.tg_users_edit();
\endif

select not exists (
    select from pg_trigger where tgrelid = 'activity.user_settings'::regclass and tgname = 'userprofile_settings_edit') as missing \gset
\if :missing
create trigger userprofile_settings_edit
    before update of email_notifications, push_notifications, activity_reminders, community_updates, friend_requests,
        marketing_emails, ghost_mode, language, timezone
    on activity.user_settings
    for each row when (
        (old.email_notifications, old.push_notifications, old.activity_reminders, old.community_updates, old.friend_requests,
            old.marketing_emails, old.ghost_mode, old.language, old.timezone)
        is distinct from
        (new.email_notifications, new.push_notifications, new.activity_reminders, new.community_updates, new.friend_requests,
            new.marketing_emails, new.ghost_mode, new.language, new.timezone))
    execute function activity.tg_user_settings_edit();
\endif

select not exists (
    select from pg_trigger where tgrelid = 'activity.audit_log'::regclass and tgname = 'userprofile_append_only') as missing \gset
\if :missing
create trigger userprofile_append_only before update or delete or truncate on activity.audit_log
    for each statement execute function activity.tg_append_only();
\endif

select not exists (
    select from pg_trigger where tgrelid = 'activity.users'::regclass and tgname = 'userprofile_users_search_insert') as missing \gset
\if :missing
create trigger userprofile_users_search_insert after insert on activity.users
    for each row execute function activity.tg_users_search();
create trigger userprofile_users_search_update
    after update of username, first_name, last_name, verification_count, status, ban_expires_at, is_active, deleted_at
    on activity.users
    for each row when (
        (old.username, old.first_name, old.last_name, old.verification_count, old.status, old.ban_expires_at, old.is_active,
            old.deleted_at)
        is distinct from
        (new.username, new.first_name, new.last_name, new.verification_count, new.status, new.ban_expires_at, new.is_active,
            new.deleted_at))
    execute function activity.tg_users_search();
\endif

-- The change feed. The API's own connections are told apart by their application_name; everybody else's writes count.
select not exists (
    select from pg_trigger where tgrelid = 'activity.users'::regclass and tgname = 'userprofile_users_changes') as missing \gset
\if :missing
create trigger userprofile_users_changes
    after update of email, username, first_name, last_name, profile_description, main_photo_url, main_photo_moderation_status,
        profile_photos_extra, date_of_birth, gender, subscription_level, subscription_expires_at, status, ban_expires_at, is_captain,
        captain_since, last_seen_at, activities_created_count, activities_attended_count, is_verified, verification_count,
        no_show_count, created_at, is_active, roles, deleted_at, tokens_valid_after
    on activity.users
    for each row when (current_setting('application_name') <> 'userprofile-api')
    execute function activity.tg_changes();
create trigger userprofile_users_gone after delete on activity.users
    for each row when (current_setting('application_name') <> 'userprofile-api')
    execute function activity.tg_changes();
\endif

select not exists (
    select from pg_trigger where tgrelid = 'activity.user_settings'::regclass and tgname = 'userprofile_settings_changed') as missing \gset
\if :missing
create trigger userprofile_settings_changed
    after insert or delete or update of email_notifications, push_notifications, activity_reminders, community_updates,
        friend_requests, marketing_emails, ghost_mode, language, timezone
    on activity.user_settings
    for each row when (current_setting('application_name') <> 'userprofile-api')
    execute function activity.tg_changes();
create trigger userprofile_interests_changed
    after insert or delete or update of user_id, interest_tag, weight on activity.user_interests
    for each row when (current_setting('application_name') <> 'userprofile-api')
    execute function activity.tg_changes();
\endif
