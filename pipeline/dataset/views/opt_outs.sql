-- What a wish not to be called sounds like, from general knowledge of such calls,
-- not from any script. Speech recognition swaps characters that sound alike and
-- doubles some: hence [电店…][话画…] and 打+. What only sounds like one is taken out
-- of the line before: the question 要不要打电话; 先别打, which is for now only; 特别.
-- The macros may be replaced; the view below follows them.
CREATE OR REPLACE MACRO wish_not_to_be_called() AS
    -- Not (again) (to me) call.
    '(不要+|布要|别+|憋|甭|莫要?|勿要?|唔好|不许|不准|不得|禁止|停止|拒绝|少|不(想|希望|要|愿意?)(再|让|叫|你们?)+)'
    || '(再|在|老是|总是|一直|老|总|天天|随便|乱|继续|反复|来|又|给+我+们?|跟我们?|向我们?|往我这里?)*'
    || '([打达搭大答]+([了啦来吧]|过来|[电店点殿典垫]+[话画花化划]|给[我咱俺]|我的?(手机|[电店点殿典垫][话画花化划]|号)|这个?(号|手机|[电店点殿典垫][话画花化划])|怎么|哪能|还|又|行不行|好不好)'
    || '|打+($|[，。！？,.!?\s])|拨(打|了|过来|$)|来电|致电|呼叫|骚扰|打扰(我|了|$)|烦(我|了)|联系(我|了|$)|推销)'
    || '|(不要+|别+)再给我(电话|打)'
    -- No need to call again.
    || '|(不用|不必|不需要|用不着|没必要)(你们)?(以后)?(再|在)(给我|跟我)?(打|拨|来电|致电|联系)|(不用|不必)打(过来|来)?了'
    || '|(以后|今后|往后|下次).{0,6}(别|不要|不用|莫|甭|不许|勿)(再|在|给我)*([打拨]|来电|联系)'
    -- Calling again has consequences.
    || '|(再|在|还|又|继续)(敢|这么|这样|给我|来)*[打达搭]+(来|过来|下去|[电店点殿典垫][话画花化划])?(了)?(的话)?.{0,4}(投诉|头诉|投宿|举报|报警|告你|起诉|工信部|不客气|拉黑)'
    -- Take my number off.
    || '|(把|将|帮|给).{0,8}(拉黑|屏蔽|黑名单)|拉黑([了我你吧它]|算了|$)|([加拉放列][入进到]|加)(你们)?的?黑名单'
    || '|(把|将)(我+们?|本人|这个?|俺)?的?(手机|联系|联络)?(号+码?|好吗|好码|方式|[电店点殿典垫]+[话画花化划]+|信息|资料|名字)(都|全|给我|也|赶紧|马上|从.{1,8})*(删|注销|去掉|移除|移出|取消|清[除掉]|划掉|拿掉|抹掉|剔除)'
    || '|(删|移除|清除|注销|去掉)(了|除|掉)*(我们?|本人|这个)的?(手机|联系)?(号|[电店点殿典垫][话画花化划]|信息|资料)'
    || '|免打扰|勿扰|(取消|退订|停掉|停止|关掉|终止)[^，。！？,.!?]{0,4}(来电|电话|外呼|拨打|推销|营销)'
    || '|(不|拒绝)(想|愿意?|要|会)?再?接(到|听|受)?(你们|这种|这类|任何|推销|营销|广告|骚扰)的?.{0,4}(电话|来电|推销|营销)'
    -- Annoyed by calls.
    || '|烦不+烦|有完没完|没完没了[的地]?(打|给我|骚扰)|(打|[电店点殿典垫][话画花化划]|骚扰|你们).{0,10}烦死|烦死.{0,8}(打|[电店点殿典垫][话画花化划]|骚扰)';
{{macro "wish_not_to_be_called" "The pattern of a wish not to be called." "“不要再打来”一类意思的正则表达式。"}}

CREATE OR REPLACE MACRO asks_not_to_be_called(script) AS
    regexp_matches(script, wish_not_to_be_called()) AND regexp_matches(
        regexp_replace(script,
            '(要|用|需|该|能|可)不(要|用|需|该|能|可)|先(别|不要|不用)'
            || '|[特区分级告性差识]别|别[人的家处]|(被|会不会|是不是|有没有|算不算).{0,6}(拉黑|黑名单)|征信.{0,4}黑名单',
            '、', 'g'),
        wish_not_to_be_called());
{{macro "asks_not_to_be_called" "Whether a line asks not to be called again; replace the macro to use a pattern of your own." "这句话是否要求不要再打来；可以重新定义这个宏，换成自己的写法。"}}

-- Results are named by whoever wrote the script: 免打扰=是, 意向=加入黑名单.
CREATE OR REPLACE MACRO notes_not_to_be_called(name, content) AS coalesce(
    regexp_matches(content, '免打扰|勿扰|不再(来电|致电|联系|拨打|外呼|打扰|呼叫)|停止(来电|致电|拨打|外呼|呼叫)|拒绝(来电|再次?来电|外呼|再次?致电)|拉黑|黑名单|止呼|禁呼|停呼|退订')
        AND NOT regexp_matches(content, '(非|不在|不是|不加|未加|没有|无|未|取消|解除|移出|不需要|不要).{0,3}(免打扰|勿扰|停止|拒绝|拉黑|黑名单|止呼|禁呼|停呼|退订)')
    OR regexp_matches(lower(name), '免打扰|勿扰|不再(来电|致电|联系|拨打|外呼|打扰|呼叫)|停止(来电|致电|拨打|外呼|呼叫)|拒绝(来电|再次?来电|外呼|再次?致电)|拉黑|黑名单|止呼|禁呼|停呼|退订|opt.?out|do.?not.?call|unsubscribe|^dnc$|^dnd$')
        AND NOT regexp_matches(lower(trim(content)), '^(|否.*|不.*|无.*|没.*|未.*|非.*|取消|解除|false|no|n|0|null|none|unknown)$'),
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
first AS (
    SELECT
        k.who, k.contact_key, instance_id, job_id, task_id, a.turn_index, k.job_group_id, a.script,
        -- The result where the words are, too.
        first_value(a.result IGNORE NULLS) OVER (
            PARTITION BY k.who, instance_id, job_id ORDER BY a.turn_index NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS result,
        k.call_time AS asked_at, k.call_date
    FROM asked a
    JOIN calls_made k USING (job_date, instance_id, job_id, task_id)
    QUALIFY row_number() OVER (PARTITION BY k.who ORDER BY k.call_time NULLS LAST, instance_id, job_id, task_id, a.script IS NULL, a.turn_index) = 1
),
later AS (
    SELECT
        f.who,
        count(*) AS calls_after,
        count(*) FILTER (k.job_group_id IS DISTINCT FROM f.job_group_id) AS calls_after_other_campaigns,
        count(*) FILTER (k.answered) AS answered_after,
        max(k.call_time) AS last_call_after
    FROM first f
    JOIN calls_made k
        ON k.who = f.who
        AND k.attempt IS NOT NULL
        AND k.call_time > f.asked_at
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

{{view "opt_outs" "Who asked not to be called, by their words or by a business result, with the call in which they first did, and the calls they had after that. A lower bound: a wish in other words, or misheard, is not among them." "要求不要再打来的人（由其原话或业务结果得知），附第一次提出要求的那次呼叫，以及此后的呼叫。这是下限：换了说法、或语音识别出错的，不在其中。"}}
{{comments "opt_outs" "tasks" "contact_key" "instance_id" "job_id" "task_id" "job_group_id" "call_date"}}
{{comments "opt_outs" "turns" "turn_index" "script"}}
{{column "opt_outs.result" "The business result that says so, as name=content; NULL where only the words do. script is NULL where only the result does." "表明这一要求的业务结果，写作 名字=内容；只由原话得知的为 NULL。只由业务结果得知的，script 为 NULL。"}}
{{column "opt_outs.asked_at" "Time of the call (actual, else planned) in which they asked; for a result of the job, of its last answered call." "提出要求的那次呼叫的时间（实际时间，否则计划时间）；业务结果属于作业的，取其最后一次由人接听的呼叫。"}}
{{column "opt_outs.calls_after" "Dialled calls to the number after that call, of any campaign; to the job where there is no number; NULL where the call has no time." "那次呼叫之后，又向该号码拨出的次数，不分作业组；没有号码的按作业算；那次呼叫没有时间的为 NULL。"}}
{{column "opt_outs.calls_after_other_campaigns" "Of these, those of other campaigns." "其中属于其他作业组的次数。"}}
{{column "opt_outs.answered_after" "Of these, those a person answered." "其中由人接听的次数。"}}
{{column "opt_outs.last_call_after" "Time of the last of these." "其中最后一次的时间。"}}
