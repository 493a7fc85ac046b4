-- Queues a mail, as email-api takes it. subject and message are what it shows for a template that it does not know, unescaped.
create or replace function activity.queue_mail(
    p_user activity.users, p_template text, p_priority text, p_subject text, p_message text, p_data jsonb) returns void
language plpgsql volatile
as $$
begin
    insert into activity.outbox (channel, topic, user_id, payload)
    values ('mail', p_template, p_user.user_id, jsonb_build_object(
        'recipients', p_user.email,
        'template', p_template,
        'priority', p_priority,
        'data', jsonb_build_object('subject', p_subject, 'message', p_message, 'username', p_user.username) || p_data));
end
$$;
