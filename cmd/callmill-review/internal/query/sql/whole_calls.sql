-- All lines of some calls. $1 their job_dates, in days since 1970; $2 their tasks.
SELECT instance_id, job_id, task_id, turn_index, speaker, CASE WHEN timing = 'ok' THEN gap_ms ELSE -1 END, script
FROM turns
WHERE job_date IN (SELECT DATE '1970-01-01' + unnest($1::INTEGER[]))
    AND task_id IN (SELECT unnest($2::VARCHAR[]))
ORDER BY instance_id, job_id, task_id, turn_index
