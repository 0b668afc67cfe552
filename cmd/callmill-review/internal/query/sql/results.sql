-- Business results: of a job, whose task is NULL, or of a call. The template is a
-- condition of the days of jobs.
SELECT hash(instance_id, job_id), CASE WHEN task_id IS NOT NULL THEN hash(instance_id, job_id, task_id) END,
    summary_name || '=' || coalesce(content, '')
FROM summaries
WHERE summary_name IS NOT NULL AND {{.Jobs}}
