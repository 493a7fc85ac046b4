-- Names that nobody may take: they read like the operator, or like a path of the API.
create or replace function activity.is_reserved_username(p_name text) returns boolean
language sql immutable parallel safe
as $$
    select lower(p_name) like 'deleted\_%' or lower(p_name) = any (array[
        'admin', 'admins', 'administrator', 'administrators', 'root', 'superuser', 'sysadmin', 'system', 'support', 'help',
        'helpdesk', 'info', 'contact', 'moderator', 'moderators', 'mod', 'mods', 'staff', 'team', 'official', 'security',
        'abuse', 'postmaster', 'hostmaster', 'webmaster', 'noreply', 'no_reply', 'api', 'www', 'mail', 'me', 'search', 'users',
        'user', 'self', 'settings', 'account', 'login', 'logout', 'register', 'signup', 'null', 'undefined', 'none', 'nobody',
        'anonymous', 'guest', 'deleted', 'everyone', 'all', 'here', 'photo_moderation', 'export', 'health', 'metrics'])
$$;
