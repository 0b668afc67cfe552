-- The lines of calls that a person answered, in the order of their files: those of a call
-- follow each other.
-- Call and text are hashes, for strings would take most of the time.
-- $1, $2: days since 1970 of the first and the last day, NULL without bound.
-- The template is a condition of the days of jobs.
-- $3: whether what the robot said is wanted, not its pattern alone.
SELECT
    hash(instance_id, job_id, task_id),
    (turn_index::BIGINT << 2) | CASE speaker WHEN 'Robot' THEN 0 WHEN 'Contact' THEN 1 ELSE 2 END,
    CASE WHEN timing = 'ok' AND gap_ms < 2147483648 THEN gap_ms ELSE -1 END,
    CASE WHEN speaker <> 'Robot' THEN hash(script) WHEN $3 THEN hash(coalesce(pattern, ''), script) ELSE hash(coalesce(pattern, '')) END
FROM turns
WHERE answered
    AND ($1::INTEGER IS NULL OR call_date >= DATE '1970-01-01' + $1::INTEGER)
    AND ($2::INTEGER IS NULL OR call_date <= DATE '1970-01-01' + $2::INTEGER) AND {{.Jobs}}
