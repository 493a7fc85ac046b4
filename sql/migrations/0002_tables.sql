-- The platform's tables that this API reads or writes. Created when absent; on an adopted database only the columns
-- that later versions of the platform added are filled in, each with a default.

create table if not exists activity.users (
    user_id uuid primary key default public.uuidv7(),
    email varchar(255) unique not null,
    username varchar(100) unique not null,
    password_hash varchar(255) not null
);

alter table activity.users
    add column if not exists first_name varchar(100),
    add column if not exists last_name varchar(100),
    add column if not exists profile_description text,
    add column if not exists main_photo_url varchar(500),
    add column if not exists main_photo_moderation_status activity.photo_moderation_status default 'pending',
    add column if not exists profile_photos_extra jsonb default '[]',
    add column if not exists date_of_birth date,
    add column if not exists gender varchar(50),
    add column if not exists subscription_level activity.subscription_level not null default 'free',
    add column if not exists subscription_expires_at timestamptz,
    add column if not exists status activity.user_status not null default 'active',
    add column if not exists ban_expires_at timestamptz,
    add column if not exists ban_reason text,
    add column if not exists is_captain boolean not null default false,
    add column if not exists captain_since timestamptz,
    add column if not exists last_seen_at timestamptz,
    add column if not exists activities_created_count int not null default 0,
    add column if not exists activities_attended_count int not null default 0,
    add column if not exists is_verified boolean not null default false,
    add column if not exists verification_count int not null default 0,
    add column if not exists no_show_count int not null default 0,
    add column if not exists created_at timestamptz not null default now(),
    add column if not exists updated_at timestamptz not null default now(),
    add column if not exists last_login_at timestamptz,
    add column if not exists payload jsonb,
    add column if not exists hash_value varchar(64),
    add column if not exists is_active boolean not null default true,
    add column if not exists roles jsonb default '[]';

create table if not exists activity.user_settings (
    user_id uuid primary key references activity.users (user_id) on delete cascade
);

alter table activity.user_settings
    add column if not exists email_notifications boolean not null default true,
    add column if not exists push_notifications boolean not null default true,
    add column if not exists activity_reminders boolean not null default true,
    add column if not exists community_updates boolean not null default true,
    add column if not exists friend_requests boolean not null default true,
    add column if not exists marketing_emails boolean not null default false,
    add column if not exists ghost_mode boolean not null default false,
    add column if not exists language varchar(10) not null default 'en',
    add column if not exists timezone varchar(50) not null default 'UTC',
    add column if not exists created_at timestamptz not null default now(),
    add column if not exists updated_at timestamptz not null default now(),
    add column if not exists payload jsonb,
    add column if not exists hash_value varchar(64);

create table if not exists activity.user_interests (
    user_id uuid not null references activity.users (user_id) on delete cascade,
    interest_tag varchar(100) not null,
    weight numeric(3, 2) not null default 1.0,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (user_id, interest_tag),
    constraint check_weight_range check (weight >= 0.0 and weight <= 1.0)
);

create table if not exists activity.user_blocks (
    blocker_user_id uuid not null references activity.users (user_id) on delete cascade,
    blocked_user_id uuid not null references activity.users (user_id) on delete cascade,
    created_at timestamptz not null default now(),
    reason text,
    payload jsonb,
    primary key (blocker_user_id, blocked_user_id),
    constraint check_not_self_block check (blocker_user_id <> blocked_user_id)
);

create table if not exists activity.profile_views (
    view_id uuid primary key default public.uuidv7(),
    viewer_user_id uuid not null references activity.users (user_id) on delete cascade,
    viewed_user_id uuid not null references activity.users (user_id) on delete cascade,
    viewed_at timestamptz not null default now(),
    payload jsonb,
    constraint check_not_self_view check (viewer_user_id <> viewed_user_id)
);

create table if not exists activity.media_assets (
    asset_id uuid primary key default public.uuidv7(),
    user_id uuid not null references activity.users (user_id),
    asset_type varchar(50) not null,
    file_name varchar(255) not null,
    file_size_bytes bigint not null,
    mime_type varchar(100) not null,
    storage_url varchar(1000) not null,
    thumbnail_url varchar(1000),
    width int,
    height int,
    duration_seconds int,
    is_processed boolean not null default false,
    created_at timestamptz not null default now(),
    payload jsonb,
    hash_value varchar(64),
    constraint check_file_size check (file_size_bytes > 0),
    constraint check_asset_type check (asset_type in ('image', 'video', 'audio', 'document'))
);

-- updated_at is kept by triggers of the platform. A table that has one keeps it, whatever its name.
do $$
declare
    v_table text;
begin
    if to_regprocedure('activity.update_timestamp()') is null then
        create function activity.update_timestamp() returns trigger
        language plpgsql
        as $f$
        begin
            new.updated_at = now();
            return new;
        end
        $f$;
    end if;
    foreach v_table in array array['users', 'user_settings', 'user_interests'] loop
        if not exists (
            select from pg_catalog.pg_trigger t
            join pg_catalog.pg_proc p on p.oid = t.tgfoid
            where t.tgrelid = ('activity.' || v_table)::regclass
              and not t.tgisinternal
              and t.tgtype & 19 = 19  -- a row trigger (1), before (2), update (16)
              and p.prosrc ~* 'updated_at'
        ) then
            execute format('create trigger set_%1$s_timestamp before update on activity.%1$I
                for each row execute function activity.update_timestamp()', v_table);
        end if;
    end loop;
end
$$;
