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

{{view "daily" "A day of a campaign: counts of call attempts by the day of the call, not by job_date." "一个作业组（活动）的一天：任务的各种计数，按呼叫的日期，而不是 job_date。"}}
{{comments "daily" "tasks" "call_date" "instance_id" "job_group_id"}}
{{column "daily.campaign" "Name of the campaign, else its id." "作业组（活动）名称；没有则为其 id。"}}
{{column "daily.tasks" "Call attempts, dialled or not." "任务数，拨出与否都算。"}}
{{column "daily.dialed" "Attempts that reached the network: the denominator of rates per dialled call." "其中实际拨出的次数：“每次拨出”比率的分母。"}}
{{column "daily.connected" "Of these, connected, to a person or a machine." "其中接通的次数，不论接听的是人还是机器。"}}
{{column "daily.answered" "Of these, answered by a person: no machine was noticed." "其中由人接听的次数：没有发现接听的是机器。"}}
{{column "daily.spoke" "Of the answered, those in which the contact said something." "由人接听的呼叫中，客户说过话的次数。"}}
{{column "daily.failure_known" "Of the connected, those of which it is known whether the dialogue failed: the denominator of failed_dialogues." "接通的呼叫中，能判断对话是否失败的次数：failed_dialogues 的分母。"}}
{{column "daily.failed_dialogues" "Of these, those whose dialogue failed." "其中对话失败的次数。"}}
{{column "daily.hung_up" "Of the connected, those the contact ended." "接通的呼叫中，客户挂断的次数。"}}
{{column "daily.transferred" "Of the connected, those handed to a person." "接通的呼叫中，转人工的次数。"}}
{{column "daily.numbers" "Distinct numbers dialled (contact_key): the denominator of rates per number." "拨打过的不同号码数（contact_key）：“每个号码”比率的分母。"}}
{{column "daily.numbers_answered" "Of these, those with an answered call that day." "其中当天由人接听过的号码数。"}}
{{column "daily.turns" "Lines that were spoken." "对话句数。"}}
