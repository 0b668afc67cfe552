-- calls has the tasks
SELECT (SELECT count(*) FROM calls) = (SELECT count(*) FROM tasks);

-- exchanges has the robot's lines
SELECT (SELECT count(*) FROM exchanges) = (SELECT count(*) FROM turns WHERE speaker = 'Robot');

-- the exchanges in which calls end are one per call with a robot's line
SELECT (SELECT count(*) FROM exchanges WHERE ended_here)
     = (SELECT count(DISTINCT (instance_id, job_id, task_id)) FROM turns WHERE speaker = 'Robot');

-- a reply is the line after
SELECT count(*) = 0 FROM exchanges e
JOIN turns t ON t.instance_id = e.instance_id AND t.job_id = e.job_id AND t.task_id = e.task_id AND t.turn_index = e.turn_index + 1
WHERE (CASE t.speaker WHEN 'Contact' THEN t.script END) IS DISTINCT FROM e.reply;

-- replies are the contact's lines before the robot's next, in order
SELECT count(*) = 0 FROM exchanges e
LEFT JOIN LATERAL (
    SELECT string_agg(script, '|' ORDER BY turn_index) AS replies FROM turns t
    WHERE t.speaker = 'Contact' AND t.instance_id = e.instance_id AND t.job_id = e.job_id AND t.task_id = e.task_id
        AND t.turn_index > e.turn_index AND t.turn_index <= e.turn_index + e.reply_turns
) r ON true
WHERE array_to_string(e.replies, '|') <> coalesce(r.replies, '') OR e.replies IS NULL;

-- hung up here is hung up before the end of the flow, once in a call
SELECT (SELECT count(*) FROM exchanges WHERE hung_up_here)
     = (SELECT count(*) FROM tasks WHERE outcome = 'hung_up' AND NOT flow_ended AND robot_turns > 0);

-- lines between robots' are counted
SELECT (SELECT coalesce(sum(reply_turns), 0) FROM exchanges) = (
    SELECT count(*) FROM turns t WHERE speaker <> 'Robot' AND EXISTS (FROM turns r WHERE r.speaker = 'Robot'
        AND r.instance_id = t.instance_id AND r.job_id = t.job_id AND r.task_id = t.task_id AND r.turn_index < t.turn_index));

-- words are the lines
SELECT count(*) = 0 FROM turns t LEFT JOIN (
    SELECT instance_id, job_id, task_id, turn_index, string_agg(word, '' ORDER BY word_index) AS joined FROM words GROUP BY ALL
) w USING (instance_id, job_id, task_id, turn_index) WHERE coalesce(joined, '') <> t.script;

-- a mark of punctuation has neither letter nor digit
SELECT count(*) = 0 FROM words WHERE punctuation = regexp_matches(word, '[\p{L}\p{N}\p{M}]');

-- transcripts have the lines in order
SELECT count(*) = 0 FROM transcripts JOIN (
    SELECT instance_id, job_id, task_id, string_agg(speaker || ': ' || script, chr(10) ORDER BY turn_index) AS lines FROM turns GROUP BY ALL
) USING (instance_id, job_id, task_id) WHERE transcript <> lines;

-- transcripts has the calls with lines
SELECT (SELECT count(*) FROM transcripts) = (SELECT count(*) FROM tasks WHERE turn_count > 0);

-- attempts has the dialled calls of final jobs, each after the earlier ones
SELECT (SELECT count(*) FROM attempts) = (SELECT count(*) FROM tasks JOIN jobs USING (instance_id, job_id) WHERE is_final AND attempt IS NOT NULL)
   AND (SELECT count(*) FROM attempts WHERE len(earlier_outcomes) <> attempt - 1) = 0;

-- daily sums to the tasks
SELECT (SELECT (coalesce(sum(tasks), 0), coalesce(sum(dialed), 0), coalesce(sum(connected), 0), coalesce(sum(answered), 0), coalesce(sum(failed_dialogues), 0)) FROM daily)
     = (SELECT (count(*), count(attempt), count(*) FILTER (connected), count(*) FILTER (answered), count(*) FILTER (failed_dialogue)) FROM tasks);

-- in daily, failures are among the calls that are known to have failed or not
SELECT (SELECT (coalesce(sum(failure_known), 0), coalesce(sum(spoke), 0)) FROM daily)
     = (SELECT (count(failed_dialogue) FILTER (connected), count(*) FILTER (answered AND spoke)) FROM tasks)
   AND (SELECT count(*) FROM daily WHERE failed_dialogues > failure_known OR spoke > answered) = 0;

-- contact_frequency has the dialled calls with number and time, and windows that grow
SELECT (SELECT coalesce(sum(calls), 0) FROM contact_frequency)
     = (SELECT count(*) FROM tasks WHERE attempt IS NOT NULL AND contact_key IS NOT NULL AND call_date IS NOT NULL)
   AND (SELECT count(*) FROM contact_frequency WHERE NOT (max_calls_1d <= max_calls_7d AND max_calls_7d <= max_calls_30d AND max_calls_30d <= calls)) = 0;

-- windows are those a join finds
SELECT count(*) = 0 FROM (
    SELECT contact_key, max(n) AS n FROM (
        SELECT a.contact_key, a.call_date, count(*) AS n
        FROM (SELECT DISTINCT contact_key, call_date FROM tasks WHERE attempt IS NOT NULL) a
        JOIN tasks b ON b.contact_key = a.contact_key AND b.attempt IS NOT NULL AND b.call_date BETWEEN a.call_date - 6 AND a.call_date
        GROUP BY ALL) GROUP BY ALL
) JOIN contact_frequency USING (contact_key) WHERE n <> max_calls_7d;

-- calls after a wish are those a join finds
SELECT count(*) = 0 FROM (
    SELECT o.contact_key, count(t.task_id) AS n FROM opt_outs o
    LEFT JOIN tasks t ON t.contact_key = o.contact_key AND t.attempt IS NOT NULL AND coalesce(t.actual_time, t.planned_time) > o.asked_at
    WHERE o.contact_key IS NOT NULL AND o.asked_at IS NOT NULL GROUP BY ALL
) JOIN opt_outs USING (contact_key) WHERE n <> calls_after;

-- opt_outs has each number once, with the words or the result that say so
SELECT (SELECT count(*) FROM opt_outs) = (SELECT count(DISTINCT coalesce(contact_key, instance_id || '/' || job_id)) FROM opt_outs)
   AND (SELECT count(*) FROM opt_outs WHERE script IS NULL AND result IS NULL OR (turn_index IS NULL AND script IS NOT NULL)) = 0;

-- opt_outs has the number of every line that asks, and of every result
SELECT count(*) = 0 FROM (
    SELECT contact_key, instance_id, job_id FROM turns JOIN tasks USING (instance_id, job_id, task_id) WHERE speaker = 'Contact' AND asks_not_to_be_called(script)
    UNION ALL
    SELECT contact_key, instance_id, job_id FROM summaries s JOIN tasks k USING (instance_id, job_id)
    WHERE notes_not_to_be_called(summary_name, content) AND is_last_task
) a WHERE NOT EXISTS (FROM opt_outs o WHERE o.contact_key = a.contact_key
    OR o.contact_key IS NULL AND a.contact_key IS NULL AND o.instance_id = a.instance_id AND o.job_id = a.job_id);

-- every view, column and macro has a comment
SELECT (SELECT count(*) FROM duckdb_views() WHERE NOT internal AND comment IS NULL) = 0
   AND (SELECT count(*) FROM duckdb_columns() WHERE NOT internal AND comment IS NULL) = 0
   AND (SELECT count(*) FROM duckdb_functions() WHERE NOT internal AND comment IS NULL) = 0;
