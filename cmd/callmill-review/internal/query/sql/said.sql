-- The lines of one call, whose job_date is known, so that no other day is read.
-- $1 instance, $2 job, $3 task, $4 job_date, in days since 1970.
SELECT turn_index, speaker, script, tokens, coalesce(pattern, ''), coalesce(gap_ms, -1), timing
FROM turns
WHERE job_date = DATE '1970-01-01' + $4::INTEGER AND instance_id = $1 AND job_id = $2 AND task_id = $3
ORDER BY turn_index
