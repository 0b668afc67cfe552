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
    count(*) FILTER (t.failed_dialogue) AS failed_dialogues,
    count(*) FILTER (t.outcome = 'hung_up') AS hung_up,
    count(*) FILTER (t.outcome = 'transferred') AS transferred,
    count(DISTINCT t.contact_key) FILTER (t.attempt IS NOT NULL) AS numbers,
    count(DISTINCT t.contact_key) FILTER (t.answered) AS numbers_answered,
    sum(t.turn_count)::BIGINT AS turns
FROM tasks t
LEFT JOIN job_groups g ON g.instance_id = t.instance_id AND g.job_group_id = t.job_group_id
GROUP BY t.call_date, t.instance_id, t.job_group_id;

COMMENT ON VIEW daily IS 'A day of a campaign: counts of call attempts by the day of the call, not by job_date.';
{{comments "daily" "tasks" "call_date" "instance_id" "job_group_id"}}
COMMENT ON COLUMN daily.campaign IS 'Name of the campaign, else its id.';
COMMENT ON COLUMN daily.tasks IS 'Call attempts, dialled or not.';
COMMENT ON COLUMN daily.dialed IS 'Attempts that reached the network: the denominator of rates per dialled call.';
COMMENT ON COLUMN daily.connected IS 'Of these, connected, to a person or a machine.';
COMMENT ON COLUMN daily.answered IS 'Of these, answered by a person.';
COMMENT ON COLUMN daily.failed_dialogues IS 'Of the connected, those whose dialogue failed.';
COMMENT ON COLUMN daily.hung_up IS 'Of the connected, those the contact ended.';
COMMENT ON COLUMN daily.transferred IS 'Of the connected, those handed to a person.';
COMMENT ON COLUMN daily.numbers IS 'Distinct numbers dialled (contact_key): the denominator of rates per number.';
COMMENT ON COLUMN daily.numbers_answered IS 'Of these, those with an answered call that day.';
COMMENT ON COLUMN daily.turns IS 'Lines that were spoken.';
