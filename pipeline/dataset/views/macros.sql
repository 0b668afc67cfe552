-- SELECT * FROM search('投诉');
CREATE OR REPLACE MACRO search(text) AS TABLE
SELECT job_date, instance_id, job_id, task_id, turn_index, speaker, script, outcome, failed_dialogue, call_date
FROM turns
WHERE contains(script, text);
{{tablemacro "search" "The lines that contain the text, anywhere, also within words." "包含这段文字的句子；文字可以在任何位置，包括词的中间。"}}

-- FROM transcript('<task_id>');
CREATE OR REPLACE MACRO transcript(task) AS TABLE
SELECT instance_id, job_id, turn_index, speaker, script, gap_ms, timing
FROM turns
WHERE task_id = task
ORDER BY instance_id, job_id, turn_index;
{{tablemacro "transcript" "The lines of a call in order." "一通电话的各句，按先后。"}}

-- Wilson, Probable inference, the law of succession, and statistical inference,
-- Journal of the American Statistical Association 22 (1927), 209–212.
CREATE OR REPLACE MACRO wilson(k, n) AS CASE WHEN n > 0 AND k BETWEEN 0 AND n THEN {
    'rate': k / n,
    'low': greatest(0, ((k + 1.920729410347062) / n - 1.959963984540054 * sqrt((k / n * (1 - k / n) + 0.960364705173531 / n) / n)) / (1 + 3.841458820694124 / n)),
    'high': least(1, ((k + 1.920729410347062) / n + 1.959963984540054 * sqrt((k / n * (1 - k / n) + 0.960364705173531 / n) / n)) / (1 + 3.841458820694124 / n))
} END;
{{macro "wilson" "A rate of k in n with its 95 % score interval (Wilson 1927): rate, low, high; NULL where either is NULL, n is 0 or k is not from 0 to n." "n 次中 k 次的比率及其 95 % 得分区间（Wilson 1927）：rate、low、high；k 或 n 为 NULL、n 为 0、k 不在 0 到 n 之间时为 NULL。"}}
