-- These two fired on updates of any column; their successors (sql/triggers.sql) look at what is cached only.
drop trigger if exists userprofile_settings_changes on activity.user_settings;
drop trigger if exists userprofile_interests_changes on activity.user_interests;
