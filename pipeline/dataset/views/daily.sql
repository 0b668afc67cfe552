-- Counts, so that days and campaigns can be summed; rates are made of them.
-- numbers cannot be summed: a number called on two days counts in both.
CREATE OR REPLACE VIEW daily AS
SELECT
    t.call_date, t.instance_id, t.job_group_id,
    any_value(coalesce(t.job_group_name, g.job_group_name, t.job_group_id)) AS campaign,
    count(*) AS tasks,
    count(t.attempt) AS dialed,
    count(*) FILTER (t.connected) AS connected,
    count(*) FILTER (t.answered) AS answered,
    count(*) FILTER (t.answered AND t.spoke) AS spoke,
    count(*) FILTER (t.connected AND t.failed_dialogue IS NOT NULL) AS failure_known,
    count(*) FILTER (t.failed_dialogue) AS failed_dialogues,
    count(*) FILTER (t.outcome = 'hung_up') AS hung_up,
    count(*) FILTER (t.outcome = 'transferred') AS transferred,
    count(DISTINCT t.contact_key) FILTER (t.attempt IS NOT NULL) AS numbers,
    count(DISTINCT t.contact_key) FILTER (t.answered) AS numbers_answered,
    sum(t.turn_count)::BIGINT AS turns
FROM tasks t
LEFT JOIN job_groups g ON g.instance_id = t.instance_id AND g.job_group_id = t.job_group_id
GROUP BY t.call_date, t.instance_id, t.job_group_id;

{{view "daily" "A day of a campaign: counts of call attempts by the day of the call, not by job_date."}}
{{comments "daily" "tasks" "call_date" "instance_id" "job_group_id"}}
{{column "daily.campaign" "Name of the campaign, else its id."}}
{{column "daily.tasks" "Call attempts, dialled or not."}}
{{column "daily.dialed" "Attempts that reached the network: the denominator of rates per dialled call."}}
{{column "daily.connected" "Of these, connected, to a person or a machine."}}
{{column "daily.answered" "Of these, answered by a person: no machine was noticed."}}
{{column "daily.spoke" "Of the answered, those in which the contact said something."}}
{{column "daily.failure_known" "Of the connected, those of which it is known whether the dialogue failed: the denominator of failed_dialogues."}}
{{column "daily.failed_dialogues" "Of these, those whose dialogue failed."}}
{{column "daily.hung_up" "Of the connected, those the contact ended."}}
{{column "daily.transferred" "Of the connected, those handed to a person."}}
{{column "daily.numbers" "Distinct numbers dialled (contact_key): the denominator of rates per number."}}
{{column "daily.numbers_answered" "Of these, those with an answered call that day."}}
{{column "daily.turns" "Lines that were spoken."}}
