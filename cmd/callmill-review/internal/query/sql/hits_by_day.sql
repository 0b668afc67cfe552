-- How many lines were said as asked, by the day of the call, the latest day first. The
-- templates are conditions: of the line, and of its call where there are any.
SELECT (call_date - DATE '1970-01-01')::INTEGER, count(*)
FROM turns
{{- if .Call}}
SEMI JOIN (FROM called WHERE {{.Call}}) USING (job_date, instance_id, job_id, task_id)
{{- end}}
WHERE {{.Line}}
GROUP BY call_date
ORDER BY call_date DESC NULLS LAST
