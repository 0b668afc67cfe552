-- The lines of one call. $1 instance, $2 job; $3 task.
SELECT turn_index, speaker, script, tokens, coalesce(pattern, ''), coalesce(gap_ms, -1), timing
FROM turns
WHERE instance_id = $1 AND job_id = $2 AND task_id = $3
ORDER BY turn_index
