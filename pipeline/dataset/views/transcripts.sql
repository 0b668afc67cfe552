-- A conversation as one text. Lines are put in order by list_grade_up: an
-- ordered aggregate would take a multiple of the memory.
CREATE OR REPLACE VIEW transcripts AS
SELECT
    job_date, instance_id, job_id, task_id,
    any_value(job_group_id) AS job_group_id,
    array_to_string(list_select(list(speaker || ': ' || script), list_grade_up(list(turn_index))), chr(10)) AS transcript,
    count(*)::INTEGER AS turn_count,
    any_value(outcome) AS outcome,
    any_value(answered) AS answered,
    any_value(failed_dialogue) AS failed_dialogue,
    any_value(call_date) AS call_date
FROM turns
GROUP BY job_date, instance_id, job_id, task_id;

{{view "transcripts" "A call with at least one line, as one text." "一通有对话的电话，合成一段文本。"}}
{{comments "transcripts" "turns" "job_date" "instance_id" "job_id" "task_id" "job_group_id" "outcome" "answered" "failed_dialogue" "call_date"}}
{{comments "transcripts" "tasks" "turn_count"}}
{{column "transcripts.transcript" "The lines in order, each as Speaker: script." "各句按先后排列，每句前面是说话人：Speaker: script。"}}
