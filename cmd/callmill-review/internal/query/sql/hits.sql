-- The lines that were said as asked, the latest day first, as many as the last parameter
-- says. The templates are those of hits_by_day.sql.
WITH page AS (
    SELECT job_date, instance_id, job_id, task_id, call_date, turn_index, speaker, timing, gap_ms, script
    FROM turns
{{- if .Call}}
    SEMI JOIN (FROM called WHERE {{.Call}}) USING (job_date, instance_id, job_id, task_id)
{{- end}}
    WHERE {{.Line}}
    ORDER BY call_date DESC NULLS LAST, instance_id, job_id, task_id, turn_index
    LIMIT ?::BIGINT
)
SELECT
    p.turn_index, p.speaker, CASE WHEN p.timing = 'ok' THEN p.gap_ms ELSE -1 END, p.script,
    p.instance_id, p.job_id, p.task_id, c.campaign, c.script_name, c.script_version, c.calling_number, c.outcome,
    (p.job_date - DATE '1970-01-01')::INTEGER, c.start_ms, coalesce(c.attempt, 0), c.turn_count
FROM page p
JOIN called c USING (job_date, instance_id, job_id, task_id)
ORDER BY p.call_date DESC NULLS LAST, p.instance_id, p.job_id, p.task_id, p.turn_index
