-- What a wish not to be called sounds like. What only sounds like one is taken out of
-- the line before: the question 要不要打电话; 先别打, which is for now only; 特别.
-- The macros may be replaced; the view below follows them.
CREATE OR REPLACE MACRO wish_not_to_be_called() AS
{{rules "wish"}};
{{macro "wish_not_to_be_called" "The pattern of a wish not to be called." "“不要再打来”一类意思的正则表达式。"}}

CREATE OR REPLACE MACRO asks_not_to_be_called(script) AS
    regexp_matches(script, wish_not_to_be_called()) AND regexp_matches(
        regexp_replace(script,
{{rules "unlike"}},
            '、', 'g'),
        wish_not_to_be_called());
{{macro "asks_not_to_be_called" "Whether a line asks not to be called again; replace the macro to use a pattern of your own." "这句话是否要求不要再打来；可以重新定义这个宏，换成自己的写法。"}}

-- Results are named by whoever wrote the script: 免打扰=是, 意向=加入黑名单.
CREATE OR REPLACE MACRO notes_not_to_be_called(name, content) AS coalesce(
    regexp_matches(content,
{{rules "result"}})
        AND NOT regexp_matches(content,
{{rules "result_not"}})
    OR regexp_matches(lower(name),
{{rules "result" "result_name"}})
        AND NOT regexp_matches(lower(trim(content)),
{{rules "result_no"}}),
    false);
{{macro "notes_not_to_be_called" "Whether a business result says that the contact asked not to be called; replace the macro where your scripts name it otherwise." "业务结果是否表明客户要求不要再打来；您的话术另有叫法时，可以重新定义这个宏。"}}

-- Who asked is known by number where there is one, else by job.
CREATE OR REPLACE VIEW opt_outs AS
WITH
calls_made AS (
    SELECT
        coalesce(contact_key, instance_id || '/' || job_id) AS who,
        job_date, instance_id, job_id, task_id, contact_key, job_group_id, attempt, answered, call_date,
        coalesce(actual_time, planned_time) AS call_time,
        -- Whose result is not that of a line: the last call that was answered, or else dialled.
        row_number() OVER (PARTITION BY job_date, instance_id, job_id ORDER BY coalesce(answered, false) DESC, attempt DESC NULLS LAST, task_index DESC) = 1 AS concluded
    FROM tasks
),
results AS (
    SELECT job_date, instance_id, job_id, task_id, turn_index, string_agg(concat_ws('=', summary_name, content), '; ' ORDER BY summary_index) AS result
    FROM summaries
    WHERE notes_not_to_be_called(summary_name, content)
    GROUP BY job_date, instance_id, job_id, task_id, turn_index
),
asked AS (
    SELECT job_date, instance_id, job_id, task_id, turn_index, script, NULL AS result
    FROM turns
    WHERE speaker = 'Contact' AND asks_not_to_be_called(script)
    UNION ALL
    SELECT r.job_date, r.instance_id, r.job_id, k.task_id, r.turn_index, NULL, r.result
    FROM results r
    JOIN calls_made k
        ON k.job_date = r.job_date AND k.instance_id = r.instance_id AND k.job_id = r.job_id
        AND CASE WHEN r.task_id IS NULL THEN k.concluded ELSE k.task_id = r.task_id END
),
wishes AS (
    SELECT
        k.who, k.contact_key, instance_id, job_id, task_id, a.turn_index, k.job_group_id, a.script,
        -- The result where the words are, too.
        first_value(a.result IGNORE NULLS) OVER (
            PARTITION BY k.who, instance_id, job_id ORDER BY a.turn_index NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS result,
        k.call_time AS asked_at, k.call_date, CASE WHEN a.script IS NULL THEN 'result' ELSE 'rule' END AS source, false AS job_gone
    FROM asked a
    JOIN calls_made k USING (job_date, instance_id, job_id, task_id)
{{- if kept}}
    UNION ALL
    SELECT
        coalesce(contact_key, number_digest), contact_key, NULL, NULL, NULL, NULL, NULL, NULL,
        CASE WHEN source = 'result' THEN value END, NULL, call_date, source, true
    FROM read_parquet({{file "opt_outs/*.parquet"}}, hive_partitioning = false)
{{- end}}
),
first AS (
    SELECT *
    FROM wishes
    QUALIFY row_number() OVER (PARTITION BY who ORDER BY call_date NULLS LAST, asked_at NULLS LAST, instance_id, job_id, task_id, script IS NULL, turn_index, source, result) = 1
),
later AS (
    SELECT
        f.who,
        count(*) AS calls_after,
        count(*) FILTER (k.job_group_id IS DISTINCT FROM f.job_group_id AND NOT f.job_gone) AS calls_after_other_campaigns,
        count(*) FILTER (k.answered) AS answered_after,
        max(k.call_time) AS last_call_after
    FROM first f
    JOIN calls_made k
        ON k.who = f.who
        AND k.attempt IS NOT NULL
        AND CASE WHEN f.job_gone THEN k.call_date > f.call_date ELSE k.call_time > f.asked_at END
    GROUP BY f.who
)
SELECT
    f.* EXCLUDE (who),
    CASE WHEN f.call_date IS NOT NULL THEN coalesce(l.calls_after, 0) END AS calls_after,
    CASE WHEN f.asked_at IS NOT NULL THEN coalesce(l.calls_after_other_campaigns, 0) END AS calls_after_other_campaigns,
    CASE WHEN f.call_date IS NOT NULL THEN coalesce(l.answered_after, 0) END AS answered_after,
    l.last_call_after
FROM first f
LEFT JOIN later l USING (who);

{{view "opt_outs" "Who asked not to be called, by their words or by a business result, with the call in which they first did, and the calls they had after that. A lower bound: a wish in other words, or misheard, is not among them." "要求不要再打来的人（由其原话或业务结果得知），附第一次提出要求的那次呼叫，以及此后的呼叫。这是下限：换了说法、或语音识别出错的，不在其中。"}}
{{comments "opt_outs" "tasks" "contact_key" "instance_id" "job_id" "task_id" "job_group_id" "call_date"}}
{{comments "opt_outs" "turns" "turn_index" "script"}}
{{column "opt_outs.result" "The business result that says so, as name=content; NULL where only the words do. script is NULL where only the result does." "表明这一要求的业务结果，写作 名字=内容；只由原话得知的为 NULL。只由业务结果得知的，script 为 NULL。"}}
{{column "opt_outs.asked_at" "Time of the call (actual, else planned) in which they asked; for a result of the job, of its last answered call; NULL where the job is gone." "提出要求的那次呼叫的时间（实际时间，否则计划时间）；业务结果属于作业的，取其最后一次由人接听的呼叫；作业已不在的为 NULL。"}}
{{column "opt_outs.source" "rule: their words say it, by a rule for such words; result: a business result does." "rule：由原话按规则得知；result：由业务结果得知。"}}
{{column "opt_outs.job_gone" "Whether the job was kept no longer, or erased: then only the number, the day and the words of the result are known." "作业是否已过保存期或已被删除；此时只知道号码、日期和业务结果的字样。"}}
{{column "opt_outs.calls_after" "Dialled calls to the number after that call, of any campaign; to the job where there is no number; where the job is gone, from the next day; NULL where the call has no time." "那次呼叫之后，又向该号码拨出的次数，不分作业组；没有号码的按作业算；作业已不在的，自次日起算；那次呼叫没有时间的为 NULL。"}}
{{column "opt_outs.calls_after_other_campaigns" "Of these, those of other campaigns; NULL where the job is gone." "其中属于其他作业组的次数；作业已不在的为 NULL。"}}
{{column "opt_outs.answered_after" "Of these, those a person answered." "其中由人接听的次数。"}}
{{column "opt_outs.last_call_after" "Time of the last of these." "其中最后一次的时间。"}}
