-- What a line must say to count as a wish not to be called. The macro may be
-- replaced; the views below follow it.
CREATE OR REPLACE MACRO asks_not_to_be_called(script) AS regexp_matches(script,
    '(不要|别|不用|不准|不许|甭|勿|停止|禁止)(再|老|总|一直|老是)?(给我|跟我|向我)?(再|老|总)?(打了|打电话|打来|打过来|打给我|来电|致电|骚扰|联系我)'
    || '|(别|不要)(再|老|总)(打|拨|骚扰)|(以后|今后).{0,4}(别|不要|不用)(再)?(打|拨)|拉(进|入)?黑|黑名单|免打扰|(取消|退订|停掉).{0,4}(来电|电话|短信)|投诉你');
{{macro "asks_not_to_be_called" "Whether a line asks not to be called again; replace the macro to use a pattern of your own."}}

-- Who asked is known by number where there is one, else by job.
CREATE OR REPLACE VIEW opt_outs AS
WITH
asked AS (
    SELECT
        coalesce(k.contact_key, k.instance_id || '/' || k.job_id) AS who,
        k.contact_key, k.instance_id, k.job_id, k.task_id, t.turn_index, k.job_group_id, t.script,
        coalesce(k.actual_time, k.planned_time) AS asked_at, k.call_date
    FROM turns t
    JOIN tasks k USING (job_date, instance_id, job_id, task_id)
    WHERE t.speaker = 'Contact' AND asks_not_to_be_called(t.script)
),
first AS (
    SELECT * FROM asked
    QUALIFY row_number() OVER (PARTITION BY who ORDER BY asked_at NULLS LAST, instance_id, job_id, task_id, turn_index) = 1
),
later AS (
    SELECT
        f.who,
        count(*) AS calls_after,
        count(*) FILTER (k.job_group_id IS DISTINCT FROM f.job_group_id) AS calls_after_other_campaigns,
        count(*) FILTER (k.answered) AS answered_after,
        max(coalesce(k.actual_time, k.planned_time)) AS last_call_after
    FROM first f
    JOIN tasks k
        ON coalesce(k.contact_key, k.instance_id || '/' || k.job_id) = f.who
        AND k.attempt IS NOT NULL
        AND coalesce(k.actual_time, k.planned_time) > f.asked_at
    GROUP BY f.who
)
SELECT
    f.* EXCLUDE (who),
    CASE WHEN f.asked_at IS NOT NULL THEN coalesce(l.calls_after, 0) END AS calls_after,
    CASE WHEN f.asked_at IS NOT NULL THEN coalesce(l.calls_after_other_campaigns, 0) END AS calls_after_other_campaigns,
    CASE WHEN f.asked_at IS NOT NULL THEN coalesce(l.answered_after, 0) END AS answered_after,
    l.last_call_after
FROM first f
LEFT JOIN later l USING (who);

{{view "opt_outs" "Who asked not to be called, with the line in which they first did, and the calls they had after that call."}}
{{comments "opt_outs" "tasks" "contact_key" "instance_id" "job_id" "task_id" "job_group_id" "call_date"}}
{{comments "opt_outs" "turns" "turn_index" "script"}}
{{column "opt_outs.asked_at" "Time of the call (actual, else planned) in which they asked."}}
{{column "opt_outs.calls_after" "Dialled calls to the number after that call, of any campaign; to the job where there is no number; NULL where the call has no time."}}
{{column "opt_outs.calls_after_other_campaigns" "Of these, those of other campaigns."}}
{{column "opt_outs.answered_after" "Of these, those a person answered."}}
{{column "opt_outs.last_call_after" "Time of the last of these."}}
