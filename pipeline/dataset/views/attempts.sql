-- The retry ladders of jobs that are over: jobs still being called would make
-- late attempts look rarer than they are.
CREATE OR REPLACE VIEW attempts AS
SELECT
    t.job_date, t.instance_id, t.job_id, t.task_id, t.job_group_id, t.attempt, j.dialed_count,
    t.outcome, t.connected, t.answered, t.failed_dialogue, t.call_date, t.call_hour, t.calling_number, t.contact_key,
    coalesce(list(t.outcome) OVER earlier, []) AS earlier_outcomes,
    coalesce(bool_or(t.answered) OVER earlier, false) AS answered_before,
    (epoch_ms(coalesce(t.actual_time, t.planned_time)) - epoch_ms(lag(coalesce(t.actual_time, t.planned_time)) OVER ladder)) / 3600000 AS hours_since_last,
    t.attempt = j.dialed_count AS last_attempt,
    j.job_outcome
FROM tasks t
JOIN jobs j USING (job_date, instance_id, job_id)
WHERE j.is_final AND t.attempt IS NOT NULL
WINDOW
    ladder AS (PARTITION BY t.job_date, t.instance_id, t.job_id ORDER BY t.attempt),
    earlier AS (PARTITION BY t.job_date, t.instance_id, t.job_id ORDER BY t.attempt ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

{{view "attempts" "A dialled call attempt of a final job, given what became of the earlier ones." "已结束作业的一次拨出，附同一作业此前各次拨出的结果。"}}
{{comments "attempts" "tasks" "job_date" "instance_id" "job_id" "task_id" "job_group_id" "attempt" "outcome" "connected" "answered" "failed_dialogue" "call_date" "call_hour" "calling_number" "contact_key"}}
{{comments "attempts" "jobs" "dialed_count" "job_outcome"}}
{{column "attempts.earlier_outcomes" "Outcomes of the job's earlier dialled attempts, in order; empty for the first." "同一作业此前各次拨出的结果，按先后；第一次为空列表。"}}
{{column "attempts.answered_before" "Whether a person answered an earlier attempt." "此前是否有一次由人接听。"}}
{{column "attempts.hours_since_last" "Hours since the dialled attempt before; NULL for the first and where a time is missing." "距上一次拨出的小时数；第一次、或缺少时间的为 NULL。"}}
{{column "attempts.last_attempt" "Whether no later attempt was dialled." "是否该作业的最后一次拨出。"}}
