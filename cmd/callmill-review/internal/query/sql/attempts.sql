-- The dialled attempts of a job, in order. $1 job, $2 task, NULL for all.
SELECT
    instance_id, job_id, task_id, campaign, script_name, script_version, calling_number, outcome,
    (job_date - DATE '1970-01-01')::INTEGER, start_ms, attempt, turn_count
FROM dialled
WHERE job_id = $1 AND ($2::VARCHAR IS NULL OR task_id = $2)
ORDER BY instance_id, attempt, task_id
