-- What is known of the call attempts of a day's jobs, dialled or not, beside what was
-- said; those of a job follow each other. $1 job_date, in days since 1970.
SELECT
    t.instance_id, t.job_id, t.task_id, coalesce(t.attempt, 0), t.outcome, coalesce(t.task_status, ''),
    c.start_ms, t.is_last_task, t.turn_count, c.campaign, c.script_name, c.script_version, c.calling_number,
    coalesce(t.call_id, ''), coalesce(t.contact_name, ''), coalesce(t.called_number, t.contact_phone_number, ''), c.contact_key,
    coalesce(t.call_ms, -1), coalesce(t.ringing_s, -1)::BIGINT, coalesce(t.end_reason, -1)::BIGINT,
    coalesce(t.reached_end::INTEGER + 1, 0), coalesce(t.last_playback_completed::INTEGER + 1, 0), coalesce(t.hung_up_by_rejection::INTEGER + 1, 0),
    coalesce(array_to_string(t.dial_exceptions, ', '), ''), coalesce(t.ended_by, ''),
    coalesce(epoch_ms(t.first_turn_time), 0)
FROM tasks t
JOIN called c USING (job_date, instance_id, job_id, task_id)
WHERE t.job_date = DATE '1970-01-01' + $1::INTEGER AND c.job_date = DATE '1970-01-01' + $1::INTEGER
ORDER BY t.instance_id, t.job_id, t.task_index
