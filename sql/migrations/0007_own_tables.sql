-- Tables of our own. Nobody else reads or writes them, so their rules are constraints.

-- What must leave the database: mail to email-api, events to activity-api. Written in the change's own transaction, delivered
-- at least once by one relay process. Claiming a row moves next_attempt_at to the end of a lease, so a relay that dies loses
-- nothing: its rows come due again. A delivered row keeps no payload (it may hold an address); what is 30 days old goes.
create table activity.outbox (
    event_id uuid primary key default public.uuidv7(),
    channel text not null check (channel in ('mail', 'activity')),
    topic text not null,
    user_id uuid not null,
    payload jsonb,
    created_at timestamptz not null default now(),
    attempts int not null default 0,
    next_attempt_at timestamptz not null default now(),
    last_error text,
    delivered_at timestamptz,
    dead_at timestamptz,
    check (delivered_at is null or dead_at is null),
    check (payload is not null or delivered_at is not null)
);
create index idx_outbox_due on activity.outbox (next_attempt_at) where delivered_at is null and dead_at is null;
create index idx_outbox_dead on activity.outbox (dead_at) where dead_at is not null;
create index idx_outbox_created on activity.outbox (created_at);

-- The first result under an Idempotency-Key, for 24 hours. sqlstate is null for a success; else body holds the details.
create table activity.idempotency_records (
    scope text not null,
    key text not null,
    fingerprint bytea not null,
    sqlstate text,
    body text not null,
    created_at timestamptz not null default now(),
    primary key (scope, key)
);
create index idx_idempotency_records_created on activity.idempotency_records (created_at);

-- What admins and moderators did, and the automatic ban. Append-only; each entry's hash covers the one before it, so that an
-- entry cannot be changed or taken out unnoticed (api_audit_verify()). Entries are rare, so the lock that orders them is too.
create table activity.audit_log (
    entry_id bigint primary key,
    at timestamptz not null,
    actor text not null,
    action text not null,
    user_id uuid,
    details jsonb not null,
    previous_hash bytea not null,
    hash bytea not null
);

-- Time zone names: pg_timezone_names reads hundreds of files each time. A name that is missing here is looked up there.
create table activity.timezone_names (name text primary key);
insert into activity.timezone_names
select name from pg_catalog.pg_timezone_names
where name !~ '^(posix|right)/' and name not in ('localtime', 'posixrules', 'Factory');
