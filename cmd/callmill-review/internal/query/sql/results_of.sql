-- The business results of one call, and of its job. Parameters as in said.sql.
SELECT DISTINCT summary_name || '=' || coalesce(content, '')
FROM summaries
WHERE job_date = DATE '1970-01-01' + $4::INTEGER AND instance_id = $1 AND job_id = $2 AND (task_id IS NULL OR task_id = $3)
    AND summary_name IS NOT NULL
ORDER BY 1
