-- What is open
SELECT time_zone, pii, segmenter FROM snapshot;

-- Calls: a reached job, its results and parameters, the time on the wall
SELECT task_id, dialed, outcome, local_time, call_weekday, campaign, job_outcome, results, extras
FROM calls WHERE job_id = 'reached' ORDER BY task_index;

-- Calls: shares of the talk, NULL where nobody spoke
SELECT task_id, robot_turn_share, robot_char_share FROM calls ORDER BY task_id;

-- Exchanges: replies, pauses, where calls end
SELECT task_id, turn_index, robot_line, pattern, reply, reply_turns, reply_gap_ms, ended_here, hung_up_here
FROM exchanges ORDER BY task_id, turn_index;

-- Words: everything is there, marked
SELECT word_index, word, punctuation, stop_word FROM words WHERE task_id = 'reached-2' AND turn_index = 1 ORDER BY word_index;

-- Transcripts
SELECT task_id, transcript, turn_count FROM transcripts ORDER BY task_id;

-- Attempts of final jobs: what came before
SELECT job_id, attempt, outcome, earlier_outcomes, answered_before, hours_since_last, last_attempt, job_outcome
FROM attempts ORDER BY ALL;

-- Daily counts
SELECT call_date, instance_id, job_group_id, tasks, dialed, connected, answered, failed_dialogues, hung_up, numbers, numbers_answered, turns
FROM daily ORDER BY ALL;

-- Who asked not to be called, and calls after that
SELECT job_id, turn_index, script, contact_key IS NOT NULL AS by_number, calls_after, calls_after_other_campaigns, answered_after, last_call_after::VARCHAR AS last_call_after
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

-- Wishes not to be called, and lines that are none
SELECT line, asks_not_to_be_called(line) AS wish FROM (VALUES
    ('别再打了'), ('你们以后不要打了'), ('不要再给我打电话了'), ('把我拉黑'), ('取消来电提醒'),
    ('打错了'), ('别人打的'), ('不要'), ('我在打电话'), ('请打我另一个电话'), ('')) AS lines(line);

-- A name given twice
SELECT map_of_texts(['甲', '乙', '甲'], ['1', '2', NULL], [5, 1, 2]) AS pairs;
