-- What other programs rely on: the 23 functions to the letter, who may call what, names of indexes and columns.
begin;
\ir people.psql
select plan(19);

create temporary table contract (name text, arguments text, result text);
insert into contract values
    ('sp_get_user_profile', 'p_user_id uuid, p_requesting_user_id uuid',
     'TABLE(user_id uuid, email character varying, username character varying, first_name character varying, last_name character varying, profile_description text, main_photo_url character varying, main_photo_moderation_status activity.photo_moderation_status, profile_photos_extra jsonb, date_of_birth date, gender character varying, subscription_level activity.subscription_level, subscription_expires_at timestamp with time zone, is_captain boolean, captain_since timestamp with time zone, is_verified boolean, verification_count integer, no_show_count integer, activities_created_count integer, activities_attended_count integer, created_at timestamp with time zone, last_seen_at timestamp with time zone, interests jsonb, settings jsonb)'),
    ('sp_update_user_profile', 'p_user_id uuid, p_first_name character varying DEFAULT NULL::character varying, p_last_name character varying DEFAULT NULL::character varying, p_profile_description text DEFAULT NULL::text, p_date_of_birth date DEFAULT NULL::date, p_gender character varying DEFAULT NULL::character varying',
     'TABLE(success boolean, updated_at timestamp with time zone)'),
    ('sp_update_username', 'p_user_id uuid, p_new_username character varying', 'TABLE(success boolean, message text)'),
    ('sp_set_main_photo', 'p_user_id uuid, p_photo_url character varying', 'TABLE(success boolean, moderation_status activity.photo_moderation_status)'),
    ('sp_add_profile_photo', 'p_user_id uuid, p_photo_url character varying', 'TABLE(success boolean, message text, photo_count integer)'),
    ('sp_remove_profile_photo', 'p_user_id uuid, p_photo_url character varying', 'TABLE(success boolean, photo_count integer)'),
    ('sp_set_user_interests', 'p_user_id uuid, p_interests jsonb', 'TABLE(success boolean, interest_count integer)'),
    ('sp_add_user_interest', 'p_user_id uuid, p_interest_tag character varying, p_weight numeric DEFAULT 1.0', 'TABLE(success boolean, message text)'),
    ('sp_remove_user_interest', 'p_user_id uuid, p_interest_tag character varying', 'TABLE(success boolean)'),
    ('sp_get_user_settings', 'p_user_id uuid', 'TABLE(email_notifications boolean, push_notifications boolean, activity_reminders boolean, community_updates boolean, friend_requests boolean, marketing_emails boolean, ghost_mode boolean, language character varying, timezone character varying)'),
    ('sp_update_user_settings', 'p_user_id uuid, p_email_notifications boolean DEFAULT NULL::boolean, p_push_notifications boolean DEFAULT NULL::boolean, p_activity_reminders boolean DEFAULT NULL::boolean, p_community_updates boolean DEFAULT NULL::boolean, p_friend_requests boolean DEFAULT NULL::boolean, p_marketing_emails boolean DEFAULT NULL::boolean, p_ghost_mode boolean DEFAULT NULL::boolean, p_language character varying DEFAULT NULL::character varying, p_timezone character varying DEFAULT NULL::character varying', 'TABLE(success boolean)'),
    ('sp_update_subscription', 'p_user_id uuid, p_subscription_level activity.subscription_level, p_subscription_expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone', 'TABLE(success boolean)'),
    ('sp_set_captain_status', 'p_user_id uuid, p_is_captain boolean', 'TABLE(success boolean)'),
    ('sp_increment_verification_count', 'p_user_id uuid', 'TABLE(new_count integer)'),
    ('sp_increment_no_show_count', 'p_user_id uuid', 'TABLE(new_count integer)'),
    ('sp_update_activity_counts', 'p_user_id uuid, p_created_delta integer, p_attended_delta integer', 'TABLE(new_created_count integer, new_attended_count integer)'),
    ('sp_update_last_seen', 'p_user_id uuid', 'TABLE(success boolean)'),
    ('sp_search_users', 'p_query text, p_requesting_user_id uuid, p_limit integer DEFAULT 20, p_offset integer DEFAULT 0',
     'TABLE(user_id uuid, username character varying, first_name character varying, last_name character varying, main_photo_url character varying, is_verified boolean, verification_count integer)'),
    ('sp_ban_user', 'p_user_id uuid, p_ban_reason text, p_ban_expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone', 'TABLE(success boolean)'),
    ('sp_unban_user', 'p_user_id uuid', 'TABLE(success boolean)'),
    ('sp_moderate_main_photo', 'p_user_id uuid, p_moderation_status activity.photo_moderation_status, p_moderator_user_id uuid', 'TABLE(success boolean)'),
    ('sp_get_pending_photo_moderations', 'p_limit integer DEFAULT 50, p_offset integer DEFAULT 0',
     'TABLE(user_id uuid, username character varying, email character varying, main_photo_url character varying, created_at timestamp with time zone)'),
    ('sp_delete_user_account', 'p_user_id uuid', 'TABLE(success boolean)');

create temporary view ours as
select p.*, p.oid::regprocedure::text as signature, p.proname::text as name, r.rolname as owner from pg_proc p join pg_roles r on r.oid = p.proowner
where p.pronamespace = 'activity'::regnamespace and (p.proname ~ '^(sp|api)_' or r.rolname = 'userprofile_owner');

select is((select count(*) from contract), 23::bigint, 'there are 23 of them');
select is((select string_agg(format('%s(%s) %s', name, arguments, result), E'\n') from contract c where not exists (
    select from ours p where p.name = c.name and pg_get_function_arguments(p.oid) = c.arguments and pg_get_function_result(p.oid) = c.result)), null,
    'each has the arguments and the result that were agreed');
select is((select string_agg(signature, ' ') from ours p where p.name in (select name from contract) and not exists (
    select from contract c where p.name = c.name and pg_get_function_arguments(p.oid) = c.arguments)), null, 'none has a second form');

-- Security
select is((select string_agg(signature, ' ') from ours where name ~ '^(sp|api)_' and not prosecdef), null, 'all that others call is SECURITY DEFINER');
select is((select string_agg(signature, ' ') from ours where prosecdef and coalesce(not proconfig @> array['search_path=pg_catalog, activity, pg_temp'], true)), null,
    'whatever is SECURITY DEFINER has a pinned search_path');
select is((select string_agg(signature, ' ') from ours where prosecdef and prolang <> (select oid from pg_language where lanname = 'plpgsql')), null, 'and is plpgsql');
select is((select string_agg(signature, ' ') from ours where owner <> 'userprofile_owner'), null, 'all of it belongs to userprofile_owner');
select is((select (rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls)::text from pg_roles where rolname = 'userprofile_owner'), '(f,f,f,f,f)', 'who cannot log in and is nobody special');
select is((select (rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls)::text from pg_roles where rolname = 'userprofile_api'), '(t,f,f,f,f)', 'nor is userprofile_api');
select is((select string_agg(signature, ' ') from ours where exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) a where a.grantee = 0)), null, 'PUBLIC may execute none');
select is((select string_agg(signature, ' ') from ours where has_function_privilege('userprofile_api', oid, 'execute') <> (name like 'api\_%')), null, 'userprofile_api may execute what is called api_, and nothing else');
select is((select string_agg(c.relname, ' ') from pg_class c where c.relnamespace = 'activity'::regnamespace and c.relkind in ('r', 'v', 'S')
    and case when c.relkind = 'S' then has_sequence_privilege('userprofile_api', c.oid, 'usage, select, update')
        else has_table_privilege('userprofile_api', c.oid, 'select, insert, update, delete, truncate, references, trigger') end), null, 'it has no right on any table');
select is(has_schema_privilege('userprofile_owner', 'activity', 'create'), false, 'the owner makes nothing in the schema');
select is((select (has_table_privilege('userprofile_owner', 'activity.users', 'insert'), has_table_privilege('userprofile_owner', 'activity.users', 'delete'),
    has_table_privilege('userprofile_owner', 'activity.audit_log', 'update'), has_table_privilege('userprofile_owner', 'activity.audit_log', 'delete'))::text), '(f,f,f,f)', 'and has only the rights it needs');
set local role userprofile_api;
select is(pg_temp.refusal('select count(*) from activity.users'), '42501', 'tried: no table');
select is(pg_temp.refusal('select * from activity.sp_unban_user(public.uuidv7())'), '42501', 'tried: no old function');
reset role;

-- Names that checks look for
select is((select string_agg(i, ' ') from unnest(array['idx_users_email', 'idx_users_username', 'idx_users_subscription', 'idx_users_status', 'idx_users_captain', 'idx_users_verified',
    'idx_users_main_photo_moderation', 'idx_users_roles', 'idx_user_interests_tag', 'idx_user_settings_ghost_mode', 'idx_user_blocks_blocker', 'idx_user_blocks_blocked',
    'idx_profile_views_viewed', 'idx_profile_views_viewer', 'idx_media_assets_user', 'idx_media_assets_type', 'idx_users_username_lower', 'idx_user_search_order', 'idx_user_search_grams']) i
    where not exists (select from pg_index x where x.indexrelid = to_regclass('activity.' || i) and x.indisvalid)), null, 'every index is there and valid');
select is((select indisunique from pg_index where indexrelid = 'activity.idx_users_username_lower'::regclass), false, 'the one on lower(username) is not unique');
select is((select string_agg(attname, ' ') from pg_attribute a where attrelid = 'activity.users'::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef
    and attname not in ('email', 'username', 'password_hash')), null, 'a sibling needs to give no column of ours');

select * from finish();
rollback;
