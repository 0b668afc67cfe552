-- Each line of the robot with what the contact said to it.
CREATE OR REPLACE VIEW exchanges AS
SELECT
    r.job_date, r.instance_id, r.job_id, r.task_id, r.turn_index, r.job_group_id,
    r.script AS robot_line,
    r.pattern,
    n.script AS reply,
    (coalesce(r.next_index, r.turn_index + r.turns_left + 1) - r.turn_index - 1)::INTEGER AS reply_turns,
    CASE WHEN n.timing = 'ok' THEN n.gap_ms END AS reply_gap_ms,
    r.next_index IS NULL AS ended_here,
    r.next_index IS NULL AND r.outcome = 'hung_up' AS hung_up_here,
    r.outcome, r.answered, r.failed_dialogue, r.call_date
FROM (
    SELECT *, lead(turn_index) OVER (PARTITION BY job_date, instance_id, job_id, task_id ORDER BY turn_index) AS next_index
    FROM turns
    WHERE speaker = 'Robot'
) r
LEFT JOIN turns n
    ON n.speaker = 'Contact'
    AND n.job_date = r.job_date AND n.instance_id = r.instance_id AND n.job_id = r.job_id AND n.task_id = r.task_id
    AND n.turn_index = r.turn_index + 1;

{{view "exchanges" "A line of the robot and what the contact said next. Lines before the robot's first are in turns only."}}
{{comments "exchanges" "turns" "job_date" "instance_id" "job_id" "task_id" "turn_index" "job_group_id" "pattern" "outcome" "answered" "failed_dialogue" "call_date"}}
{{column "exchanges.robot_line" "What the robot said."}}
{{column "exchanges.reply" "The contact's next line; NULL where the robot spoke again first or nobody spoke any more."}}
{{column "exchanges.reply_turns" "Number of lines before the robot spoke again or the call ended; reply is the first of them."}}
{{column "exchanges.reply_gap_ms" "Milliseconds from storing the line to storing the reply, the robot's speaking time included; NULL where the times are worth nothing."}}
{{column "exchanges.ended_here" "Whether the robot spoke no more: the call ended during the line or the reply."}}
{{column "exchanges.hung_up_here" "ended_here, and it was the contact who hung up."}}
