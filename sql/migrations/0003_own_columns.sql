-- What this API adds to the platform's tables. Constant defaults only: no row is rewritten.

alter table activity.users
    -- Looked at before status everywhere: a sibling's unban sets status back, the account stays deleted.
    add column if not exists deleted_at timestamptz,
    -- Tokens issued at or before this are refused. Set by ban and deletion.
    add column if not exists tokens_valid_after timestamptz,
    add column if not exists no_show_warned_at timestamptz,
    add column if not exists no_show_ban_at timestamptz,
    add column if not exists main_photo_submitted_at timestamptz,
    -- The paid tier a captain had before, or paid for since.
    add column if not exists captain_prior_level activity.subscription_level,
    add column if not exists captain_prior_expires_at timestamptz,
    -- Edit versions: what If-Match compares. The profile's is kept by a trigger, whoever edits; the interests' counts our own
    -- edits and is mixed with the content when read (interests_version()), because a trigger on user_interests that updates
    -- users would deadlock with writers of both tables. The settings' version lives in their own row for the same reason.
    add column if not exists profile_version bigint not null default 1,
    add column if not exists interests_version bigint not null default 1;

alter table activity.user_settings
    add column if not exists settings_version bigint not null default 1;
