-- What is open
SELECT time_zone, pii, segmenter FROM snapshot;

-- Calls: a reached job, its results and parameters, the time on the wall
SELECT task_id, dialed, outcome, local_time, call_weekday, campaign, job_outcome, results, extras
FROM calls WHERE job_id = 'reached' ORDER BY task_index;

-- Calls: shares of the talk, NULL where nobody spoke
SELECT task_id, robot_turn_share, robot_char_share FROM calls ORDER BY task_id;

-- Exchanges: replies, pauses, where calls end
SELECT task_id, turn_index, robot_line, pattern, reply, replies, reply_turns, reply_gap_ms, ended_here, hung_up_here, flow_ended
FROM exchanges ORDER BY task_id, turn_index;

-- Words: everything is there, marked
SELECT word_index, word, punctuation, stop_word FROM words WHERE task_id = 'reached-2' AND turn_index = 1 ORDER BY word_index;

-- Transcripts
SELECT task_id, transcript, turn_count FROM transcripts ORDER BY task_id;

-- Attempts of final jobs: what came before
SELECT job_id, attempt, outcome, earlier_outcomes, answered_before, hours_since_last, last_attempt, job_outcome
FROM attempts ORDER BY ALL;

-- Daily counts
SELECT call_date, instance_id, job_group_id, tasks, dialed, connected, answered, spoke, failure_known, failed_dialogues, hung_up, numbers, numbers_answered, turns
FROM daily ORDER BY ALL;

-- Who asked not to be called, and calls after that
SELECT job_id, task_id, turn_index, script, result, contact_key IS NOT NULL AS by_number, calls_after, calls_after_other_campaigns, answered_after, last_call_after::VARCHAR AS last_call_after
FROM opt_outs ORDER BY job_id;

-- How densely a number is called
SELECT calls, answered, days, max_calls_1d, max_calls_7d, max_calls_30d, campaigns, first_call_date, last_call_date
FROM contact_frequency ORDER BY ALL;

-- Lines that say something
SELECT job_id, turn_index, speaker, script FROM search('打了') ORDER BY ALL;

-- A call
SELECT turn_index, speaker, script, gap_ms, timing FROM transcript('reached-2');

-- Intervals: 0 of 0, 0 of 5, 3 of 10, 5 of 5; of counts that are none
SELECT wilson(k, n) AS interval FROM (VALUES (0, 0), (0, 5), (3, 10), (5, 5), (NULL, 5), (5, NULL), (5, 3), (-1, 3)) AS counts(k, n);

-- Wishes not to be called
SELECT line, asks_not_to_be_called(line) AS wish FROM (VALUES
    ('别再打了'), ('你们以后不要打了'), ('不要再给我打电话了'), ('把我拉黑'), ('取消来电提醒'), ('不要打我电话'), ('别打过来了'),
    ('不用再打了'), ('以后别联系我了'), ('不许再骚扰我'), ('上次就说了不要打怎么又打'), ('我不想再接你们的电话'), ('莫打了'), ('唔好再打'),
    ('烦不烦啊'), ('再打我投诉了'), ('你们还打我就报警了'), ('把我号码删了'), ('把我的信息从你们那里删掉'), ('删了我的号码'),
    ('天天打电话烦死了'), ('加入黑名单'), ('我要免打扰'), ('不要再给我打店话了'), ('那个别打打了'), ('别在打了')) AS lines(line);

-- Lines that are no wish not to be called
SELECT line, asks_not_to_be_called(line) AS wish FROM (VALUES
    ('打错了'), ('别人打的'), ('不要'), ('我在打电话'), ('请打我另一个电话'), (''), ('要不要打电话确认一下'), ('用不用我打过来'),
    ('需不需要再打电话'), ('先别打我在开会'), ('特别大，我打车去'), ('不要打折的'), ('不用打包'), ('别打错了'), ('会不会上征信黑名单'),
    ('我是不是被拉黑了'), ('停止入场，电话是多少'), ('我要投诉'), ('快递打电话给我'), ('再打一遍'), ('电话打不通')) AS lines(line);

-- Results that say so, and results that do not
SELECT name, content, notes_not_to_be_called(name, content) AS wish FROM (VALUES
    ('免打扰', '是'), ('免打扰', '否'), ('免打扰', NULL), ('免打扰', ''), ('免打扰', '不需要'), ('免打扰', 'true'), ('是否黑名单', '不在黑名单'),
    ('意向', '加入黑名单'), ('意向', '不再联系'), ('意向', '再联系'), ('意向', '拒绝'), ('电话通知', '不需要'), ('Do-Not-Call', '1'),
    (NULL, '客户要求免打扰'), (NULL, '未加黑名单'), (NULL, NULL), ('投诉', '已登记')) AS results(name, content);

-- A name given twice
SELECT map_of_texts(['甲', '乙', '甲'], ['1', '2', NULL], [5, 1, 2]) AS pairs;
