-- Appends to the audit log. Takes the lock that orders the entries, so it comes last in its transaction: nothing else is
-- locked after it, and only other admins' actions wait.
create or replace function activity.record_audit(p_actor text, p_action text, p_user_id uuid, p_details jsonb) returns void
language plpgsql volatile
as $$
declare
    v_id bigint;
    v_previous bytea;
    v_at timestamptz := clock_timestamp();
begin
    perform pg_advisory_xact_lock(hashtextextended('userprofile audit_log', 0));
    select a.entry_id, a.hash into v_id, v_previous from activity.audit_log a order by a.entry_id desc limit 1;
    v_id := coalesce(v_id, 0) + 1;
    v_previous := coalesce(v_previous, '\x');
    insert into activity.audit_log (entry_id, at, actor, action, user_id, details, previous_hash, hash)
    values (v_id, v_at, p_actor, p_action, p_user_id, p_details, v_previous,
        activity.audit_hash(v_previous, v_id, v_at, p_actor, p_action, p_user_id, p_details));
end
$$;
