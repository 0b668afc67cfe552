-- Each line of the robot with what the contact said to it. All of it is windows over
-- a call, which cost nothing where their columns are not asked for: a join of turns
-- with themselves would cost more.
CREATE OR REPLACE VIEW exchanges AS
SELECT
    e.job_date, e.instance_id, e.job_id, e.task_id, e.turn_index, e.job_group_id,
    e.script AS robot_line, e.pattern,
    CASE WHEN e.next_speaker = 'Contact' THEN e.next_script END AS reply,
    coalesce(e.replies, []) AS replies,
    (coalesce(e.next_index, e.turn_index + e.turns_left + 1) - e.turn_index - 1)::INTEGER AS reply_turns,
    CASE WHEN e.next_speaker = 'Contact' AND e.next_timing = 'ok' THEN e.next_gap_ms END AS reply_gap_ms,
    e.next_index IS NULL AS ended_here,
    e.next_index IS NULL AND e.outcome = 'hung_up' AND NOT coalesce(k.flow_ended, false) AS hung_up_here,
    e.outcome, e.answered, e.failed_dialogue, k.flow_ended, e.call_date
FROM (
    SELECT
        *,
        list(script) FILTER (speaker = 'Contact') OVER (
            PARTITION BY job_date, instance_id, job_id, task_id, exchange ORDER BY turn_index
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS replies
    FROM (
        SELECT
            *,
            count(*) FILTER (speaker = 'Robot') OVER call AS exchange,
            lead(CASE WHEN speaker = 'Robot' THEN turn_index END IGNORE NULLS) OVER call AS next_index,
            lead(speaker) OVER call AS next_speaker,
            lead(script) OVER call AS next_script,
            lead(timing) OVER call AS next_timing,
            lead(gap_ms) OVER call AS next_gap_ms
        FROM turns
        WINDOW call AS (PARTITION BY job_date, instance_id, job_id, task_id ORDER BY turn_index)
    )
) e
JOIN tasks k USING (job_date, instance_id, job_id, task_id)
WHERE e.speaker = 'Robot';

{{view "exchanges" "A line of the robot and what the contact said next. Lines before the robot's first are in turns only." "机器人的一句话，以及客户接着说了什么。机器人开口之前的话只在 turns 中。"}}
{{comments "exchanges" "turns" "job_date" "instance_id" "job_id" "task_id" "turn_index" "job_group_id" "pattern" "outcome" "answered" "failed_dialogue" "call_date"}}
{{comments "exchanges" "tasks" "flow_ended"}}
{{column "exchanges.robot_line" "What the robot said." "机器人说的话。"}}
{{column "exchanges.reply" "The contact's next line; NULL where the robot spoke again first or nobody spoke any more." "客户的下一句；机器人接着又说、或再没有人说话，为 NULL。"}}
{{column "exchanges.replies" "All lines of the contact before the robot spoke again or the call ended, in order; empty where there are none." "机器人再次开口或通话结束之前，客户说的每一句，按先后；没有则为空列表。"}}
{{column "exchanges.reply_turns" "Number of lines before the robot spoke again or the call ended; reply is the first of them." "机器人再次开口或通话结束之前的句数；reply 是其中第一句。"}}
{{column "exchanges.reply_gap_ms" "Milliseconds from storing the line to storing the reply, the robot's speaking time included; NULL where the times are worth nothing." "从这句话入库到 reply 入库的毫秒数，包括机器人说话的时间；时间不可信为 NULL。"}}
{{column "exchanges.ended_here" "Whether the robot spoke no more: the call ended during the line or the reply." "机器人是否没有再开口：通话在这句话或它的回答处结束。"}}
{{column "exchanges.hung_up_here" "ended_here, and it was the contact who hung up before the flow came to its end: not during the goodbye." "ended_here，并且是客户在流程结束之前挂断的：道别时挂断的不算。"}}
