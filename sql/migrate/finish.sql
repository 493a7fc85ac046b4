\getenv app_password APP_DB_PASSWORD
select :'app_password' <> '' as has_password \gset
\if :has_password
-- The clear text shall not reach the server's log where the role may say so.
select rolsuper as may_silence from pg_roles where rolname = current_user \gset
\if :may_silence
set log_statement = 'none';
set log_min_duration_statement = -1;
\endif
alter role userprofile_api login password :'app_password';
\endif
