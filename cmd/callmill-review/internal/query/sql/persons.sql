-- What jobs say of their persons, of those jobs whose calls are answered or that have
-- results: a row for a job, each of its contacts, tasks and parameters, in this order.
-- $1: the day of the jobs, in days since 1970.
WITH wanted AS (
    SELECT instance_id, job_id FROM tasks WHERE job_date = DATE '1970-01-01' + $1::INTEGER AND answered
    UNION
    SELECT instance_id, job_id FROM summaries WHERE job_date = DATE '1970-01-01' + $1::INTEGER AND summary_name IS NOT NULL
)
SELECT * FROM (
    SELECT 0 AS part, instance_id, job_id, 0 AS position, '' AS name, coalesce(job_reference_id, '') AS first,
        '' AS second, '' AS third, '' AS fourth, '' AS fifth, '' AS sixth
    FROM jobs SEMI JOIN wanted USING (instance_id, job_id)
    WHERE job_date = DATE '1970-01-01' + $1::INTEGER
    UNION ALL
    SELECT 1, instance_id, job_id, contact_index, '', coalesce(contact_id, ''), coalesce(contact_name, ''),
        coalesce(contact_honorific, ''), coalesce(contact_phone_number, ''), coalesce(contact_reference_id, ''), ''
    FROM contacts SEMI JOIN wanted USING (instance_id, job_id)
    WHERE job_date = DATE '1970-01-01' + $1::INTEGER
    UNION ALL
    SELECT 2, instance_id, job_id, task_index, task_id, coalesce(contact_id, ''), coalesce(contact_name, ''),
        coalesce(contact_honorific, ''), coalesce(contact_phone_number, ''), coalesce(contact_reference_id, ''), coalesce(called_number, '')
    FROM tasks SEMI JOIN wanted USING (instance_id, job_id)
    WHERE job_date = DATE '1970-01-01' + $1::INTEGER
    UNION ALL
    SELECT 3, instance_id, job_id, extra_index, "key", coalesce("value", ''), '', '', '', '', ''
    FROM extras SEMI JOIN wanted USING (instance_id, job_id)
    WHERE job_date = DATE '1970-01-01' + $1::INTEGER
)
ORDER BY instance_id, job_id, part, position
