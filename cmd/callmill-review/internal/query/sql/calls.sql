-- Dialled attempts, by (day, start, instance, job, task); those without a day last.
-- The bits of facts are those of corpus.Facts, and those of corpus.Origin come last.
-- $1, $2: days since 1970 of the first and the last day, NULL without bound. The template
-- is a condition of the days of jobs.
SELECT
    hash(instance_id, job_id, task_id),
    hash(instance_id, job_id),
    instance_id, job_id, task_id, campaign, script_name, script_version, calling_number, contact_key, outcome,
    (job_date - DATE '1970-01-01')::INTEGER,
    (call_date - DATE '1970-01-01')::INTEGER,
    start_ms, call_hour, attempt,
    connected::INTEGER
        | (answered::INTEGER << 1)
        | (coalesce(failed_dialogue, false)::INTEGER << 2)
        | ((failed_dialogue IS NOT NULL)::INTEGER << 3)
        | ((outcome = 'hung_up')::INTEGER << 4)
        | (not_understood::INTEGER << 5)
        | ((outcome = 'transferred')::INTEGER << 6)
        | (flow_ended::INTEGER << 7)
        | (spoke::INTEGER << 8)
        | (is_last_task::INTEGER << 9),
    job_group_id,
    own_campaign::INTEGER
        | (own_script::INTEGER << 1)
        | (coalesce(flow_ended_source = 'api', false)::INTEGER << 2)
        | (coalesce(flow_ended_source = 'inferred', false)::INTEGER << 3)
FROM dialled
WHERE ($1::INTEGER IS NULL OR call_date >= DATE '1970-01-01' + $1::INTEGER)
    AND ($2::INTEGER IS NULL OR call_date <= DATE '1970-01-01' + $2::INTEGER) AND {{.Jobs}}
ORDER BY call_date NULLS LAST, start_ms, instance_id, job_id, task_id
