-- Names with their texts as a map. A name that is given twice, which a map cannot
-- hold, has its texts in the order of the indexes, a line each.
CREATE OR REPLACE MACRO map_of_texts(names, texts, indexes) AS
    CASE WHEN list_unique(names) = len(names) THEN map(names, texts) ELSE map(
        list_sort(list_distinct(names)),
        [array_to_string([p.text FOR p IN list_sort([
            {'i': indexes[n], 'name': names[n], 'text': texts[n]} FOR n IN range(1, len(names) + 1)
        ]) IF p.name = name], chr(10)) FOR name IN list_sort(list_distinct(names))]
    ) END;
{{macro "map_of_texts" "Lists of names and texts as a map; what has one name is joined, a line each." "把名字列表和文本列表变成 MAP；同名的文本合并，各占一行。"}}

-- A call attempt with all that is known around it. To read some days only,
-- filter by job_date: it reaches the files of every table joined here.
CREATE OR REPLACE VIEW calls AS
SELECT
    t.*,
    j.job_reference_id, j.scenario_id, j.strategy_id, j.job_status, j.failure_reason,
    j.job_outcome, j.is_final, j.task_count, j.dialed_count, j.observed_at,
    coalesce(t.job_group_name, g.job_group_name, t.job_group_id) AS campaign,
    coalesce(t.script_name, g.script_name) AS campaign_script_name,
    g.script_version,
    t.attempt IS NOT NULL AS dialed,
    timezone((SELECT time_zone FROM snapshot), coalesce(t.actual_time, t.planned_time)) AS local_time,
    isodow(t.call_date)::INTEGER AS call_weekday,
    t.robot_turns / nullif(t.turn_count, 0) AS robot_turn_share,
    t.robot_chars / nullif(t.robot_chars + t.contact_chars, 0) AS robot_char_share,
    coalesce(r.results, MAP {}) AS results,
    coalesce(e.extras, MAP {}) AS extras
FROM tasks t
JOIN jobs j USING (job_date, instance_id, job_id)
LEFT JOIN job_groups g ON g.instance_id = t.instance_id AND g.job_group_id = t.job_group_id
LEFT JOIN (
    SELECT job_date, instance_id, job_id, map_of_texts(list(summary_name), list(content), list(summary_index)) AS results
    FROM summaries
    WHERE task_id IS NULL AND summary_name IS NOT NULL
    GROUP BY job_date, instance_id, job_id
) r USING (job_date, instance_id, job_id)
LEFT JOIN (
    SELECT job_date, instance_id, job_id, map_of_texts(list(key), list(value), list(extra_index)) AS extras
    FROM extras
    WHERE key IS NOT NULL
    GROUP BY job_date, instance_id, job_id
) e USING (job_date, instance_id, job_id);

{{view "calls" "A row of tasks with its job, campaign, business results and parameters: one call attempt, dialled or not." "tasks 的一行（一个任务，拨出与否都有），附所属作业、作业组、业务结果和业务参数。"}}
{{comments "calls" "tasks"}}
{{comments "calls" "jobs" "job_reference_id" "scenario_id" "strategy_id" "job_status" "failure_reason" "job_outcome" "is_final" "task_count" "dialed_count" "observed_at"}}
{{comments "calls" "job_groups" "script_version"}}
{{column "calls.campaign" "Name of the campaign, else its id." "作业组（活动）名称；没有则为其 id。"}}
{{column "calls.campaign_script_name" "Name of the robot's script: that of the call, else that of the campaign." "话术名称：取本次呼叫的，没有则取作业组的。"}}
{{column "calls.dialed" "Whether the attempt reached the network: the denominator of rates per dialled call." "是否实际拨出：“每次拨出”比率的分母。"}}
{{column "calls.local_time" "When the attempt was made, else planned, in the dataset's time zone, without zone." "呼叫时间（实际时间，否则计划时间），数据集的时区，不带时区。"}}
{{column "calls.call_weekday" "Weekday of call_date: 1 Monday to 7 Sunday." "call_date 是星期几：1 为星期一，7 为星期日。"}}
{{column "calls.robot_turn_share" "Share of the lines that are the robot's; NULL without lines." "机器人的句数占比；没有对话为 NULL。"}}
{{column "calls.robot_char_share" "Share of the characters that are the robot's; NULL without any." "机器人的字数占比；没有文字为 NULL。"}}
{{column "calls.results" "Business results of the job by name, as in results['score']; a name given twice has both, a line each." "作业的业务结果，按名字取用，如 results['score']；同名的合并，各占一行。"}}
{{column "calls.extras" "Business parameters of the job by name, as in extras['amount']; a name given twice has both, a line each." "作业的业务参数，按名字取用，如 extras['amount']；同名的合并，各占一行。"}}
