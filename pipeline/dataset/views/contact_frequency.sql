-- How often a number is called, over all campaigns and instances. Windows are
-- of 7 and 30 days that end on a day of a call.
CREATE OR REPLACE VIEW contact_frequency AS
SELECT
    contact_key,
    sum(calls)::BIGINT AS calls,
    sum(answered)::BIGINT AS answered,
    count(*) AS days,
    max(calls) AS max_calls_1d,
    max(calls_7d)::BIGINT AS max_calls_7d,
    max(calls_30d)::BIGINT AS max_calls_30d,
    len(list_distinct(flatten(list(campaigns)))) AS campaigns,
    min(call_date) AS first_call_date,
    max(call_date) AS last_call_date
FROM (
    SELECT
        *,
        sum(calls) OVER (PARTITION BY contact_key ORDER BY call_date RANGE BETWEEN INTERVAL 6 DAYS PRECEDING AND CURRENT ROW) AS calls_7d,
        sum(calls) OVER (PARTITION BY contact_key ORDER BY call_date RANGE BETWEEN INTERVAL 29 DAYS PRECEDING AND CURRENT ROW) AS calls_30d
    FROM (
        SELECT
            contact_key, call_date, count(*) AS calls, count(*) FILTER (answered) AS answered,
            list(DISTINCT (instance_id, job_group_id)) AS campaigns
        FROM tasks
        WHERE attempt IS NOT NULL AND contact_key IS NOT NULL AND call_date IS NOT NULL
        GROUP BY contact_key, call_date
    )
)
GROUP BY contact_key;

{{view "contact_frequency" "A number that was dialled: how often, and how densely at most. Calls without number or time are left out." "一个拨打过的号码：拨打了多少次，最密集时有多密。没有号码或时间的呼叫不计。"}}
{{comments "contact_frequency" "tasks" "contact_key"}}
{{column "contact_frequency.calls" "Dialled calls." "拨出次数。"}}
{{column "contact_frequency.answered" "Of these, answered by a person." "其中由人接听的次数。"}}
{{column "contact_frequency.days" "Days with a dialled call." "有拨出的天数。"}}
{{column "contact_frequency.max_calls_1d" "Most dialled calls on one day." "一天之内最多的拨出次数。"}}
{{column "contact_frequency.max_calls_7d" "Most dialled calls in 7 days in a row." "连续 7 天之内最多的拨出次数。"}}
{{column "contact_frequency.max_calls_30d" "Most dialled calls in 30 days in a row." "连续 30 天之内最多的拨出次数。"}}
{{column "contact_frequency.campaigns" "Distinct campaigns that called; calls without campaign count as one per instance." "拨打过该号码的作业组（活动）数；没有作业组的呼叫，每个实例算一个。"}}
{{column "contact_frequency.first_call_date" "Day of the first dialled call." "第一次拨出的日期。"}}
{{column "contact_frequency.last_call_date" "Day of the last dialled call." "最后一次拨出的日期。"}}
