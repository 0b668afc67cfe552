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

{{view "contact_frequency" "A number that was dialled: how often, and how densely at most. Calls without number or time are left out."}}
{{comments "contact_frequency" "tasks" "contact_key"}}
{{column "contact_frequency.calls" "Dialled calls."}}
{{column "contact_frequency.answered" "Of these, answered by a person."}}
{{column "contact_frequency.days" "Days with a dialled call."}}
{{column "contact_frequency.max_calls_1d" "Most dialled calls on one day."}}
{{column "contact_frequency.max_calls_7d" "Most dialled calls in 7 days in a row."}}
{{column "contact_frequency.max_calls_30d" "Most dialled calls in 30 days in a row."}}
{{column "contact_frequency.campaigns" "Distinct campaigns that called; calls without campaign count as one per instance."}}
{{column "contact_frequency.first_call_date" "Day of the first dialled call."}}
{{column "contact_frequency.last_call_date" "Day of the last dialled call."}}
