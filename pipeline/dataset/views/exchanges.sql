-- Each line of the robot with what the contact said to it: a group of lines that
-- begins with one of the robot's. Lines are put in order by list_grade_up: an
-- ordered aggregate would take a multiple of the memory.
CREATE OR REPLACE VIEW exchanges AS
SELECT
    e.job_date, e.instance_id, e.job_id, e.task_id, e.turn_index, e.job_group_id,
    e.robot_line, e.pattern, e.reply, e.replies, e.reply_turns, e.reply_gap_ms, e.ended_here,
    e.ended_here AND e.outcome = 'hung_up' AND NOT coalesce(k.flow_ended, false) AS hung_up_here,
    e.outcome, e.answered, e.failed_dialogue, k.flow_ended, e.call_date
FROM (
    SELECT
        job_date, instance_id, job_id, task_id,
        min(turn_index) AS turn_index,
        any_value(job_group_id) AS job_group_id,
        any_value(script) FILTER (speaker = 'Robot') AS robot_line,
        any_value(pattern) FILTER (speaker = 'Robot') AS pattern,
        any_value(script) FILTER (first_reply) AS reply,
        coalesce(list_select(
            list(script) FILTER (speaker = 'Contact'),
            list_grade_up(list(turn_index) FILTER (speaker = 'Contact'))), []) AS replies,
        (count(*) - 1)::INTEGER AS reply_turns,
        any_value(gap_ms) FILTER (first_reply AND timing = 'ok') AS reply_gap_ms,
        min(turns_left) = 0 AS ended_here,
        any_value(outcome) AS outcome,
        any_value(answered) AS answered,
        any_value(failed_dialogue) AS failed_dialogue,
        any_value(call_date) AS call_date
    FROM (
        SELECT
            *,
            count(*) FILTER (speaker = 'Robot') OVER call AS exchange,
            speaker = 'Contact' AND lag(speaker) OVER call = 'Robot' AS first_reply
        FROM turns
        WINDOW call AS (PARTITION BY job_date, instance_id, job_id, task_id ORDER BY turn_index)
    )
    WHERE exchange > 0
    GROUP BY job_date, instance_id, job_id, task_id, exchange
) e
JOIN tasks k USING (job_date, instance_id, job_id, task_id);

{{view "exchanges" "A line of the robot and what the contact said next. Lines before the robot's first are in turns only."}}
{{comments "exchanges" "turns" "job_date" "instance_id" "job_id" "task_id" "turn_index" "job_group_id" "pattern" "outcome" "answered" "failed_dialogue" "call_date"}}
{{comments "exchanges" "tasks" "flow_ended"}}
{{column "exchanges.robot_line" "What the robot said."}}
{{column "exchanges.reply" "The contact's next line; NULL where the robot spoke again first or nobody spoke any more."}}
{{column "exchanges.replies" "All lines of the contact before the robot spoke again or the call ended, in order; empty where there are none."}}
{{column "exchanges.reply_turns" "Number of lines before the robot spoke again or the call ended; reply is the first of them."}}
{{column "exchanges.reply_gap_ms" "Milliseconds from storing the line to storing the reply, the robot's speaking time included; NULL where the times are worth nothing."}}
{{column "exchanges.ended_here" "Whether the robot spoke no more: the call ended during the line or the reply."}}
{{column "exchanges.hung_up_here" "ended_here, and it was the contact who hung up before the flow came to its end: not during the goodbye."}}
