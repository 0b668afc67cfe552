-- From this folder: duckdb -init views.sql
-- From elsewhere: SET VARIABLE callmill = '/path/to/data/latest'; then .read views.sql

CREATE OR REPLACE VIEW jobs AS SELECT * EXCLUDE (filename), right(parse_dirpath(filename), 10)::DATE AS job_date FROM read_parquet(coalesce(getvariable('callmill') || '/', '') || 'jobs/*/*.parquet', hive_partitioning = false, filename = true);
COMMENT ON VIEW jobs IS 'One person to reach.';
COMMENT ON COLUMN jobs."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN jobs."job_id" IS 'Id of the job, as returned by the API; not always a UUID.';
COMMENT ON COLUMN jobs."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN jobs."job_reference_id" IS 'The business''s own id of the job.';
COMMENT ON COLUMN jobs."scenario_id" IS 'Scenario (business id) of the job.';
COMMENT ON COLUMN jobs."strategy_id" IS 'Calling strategy of the job.';
COMMENT ON COLUMN jobs."job_status" IS 'Job.Status, as returned by the API. Values: Scheduling to be called; Executing being called; Succeeded over, reached; Paused paused; Failed over, not reached; Cancelled cancelled by hand; Drafted draft.';
COMMENT ON COLUMN jobs."failure_reason" IS 'Job.FailureReason, as returned by the API. Values: Unknown unknown error; NoAnswer no answer; InvalidStrategy the strategy is configured wrongly; TimeUp the time for calls was over; NoStrategy no strategy, or not found; CallFailed the call failed; PerDayCallCountLimit the number''s limit of calls a day; ContactBlockList on the block list; EmptyNumber the number does not exist and is not called again; JobPerDayCallCountLimit the number''s limit of calls a day within the job; VerificationCancelled cancelled by the check before the call; ContactSuspended calls to the contact are stopped; InArrears in arrears; OutOfService out of service; NoneRepeatableJobMaxAttemptCountLimit all attempts of a job that is not repeated are made.';
COMMENT ON COLUMN jobs."priority" IS 'Priority of the job.';
COMMENT ON COLUMN jobs."system_priority" IS 'Priority given by the system.';
COMMENT ON COLUMN jobs."calling_numbers" IS 'Numbers the job may be called from.';
COMMENT ON COLUMN jobs."job_outcome" IS 'Outcome of the last answered attempt, else of the last dialled one, else of the last task; without tasks cancelled, failed or not_called after job_status. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list; not_called no task yet.';
COMMENT ON COLUMN jobs."is_final" IS 'Whether job_status is Succeeded, Failed or Cancelled.';
COMMENT ON COLUMN jobs."task_count" IS 'Number of call attempts, dialled or not.';
COMMENT ON COLUMN jobs."dialed_count" IS 'Number of attempts whose stage is connected or not_connected.';
COMMENT ON COLUMN jobs."first_call_time" IS 'Earliest call time of the job''s tasks (actual, else planned); its day is the job''s job_date.';
COMMENT ON COLUMN jobs."last_call_time" IS 'Latest call time of the job''s tasks.';
COMMENT ON COLUMN jobs."request_id" IS 'Id of the request that returned this version of the job.';
COMMENT ON COLUMN jobs."content_hash" IS 'Hash of what ListJobs returned of the job, independent of its formatting: the first 32 hexadecimal digits of a SHA-256.';
COMMENT ON COLUMN jobs."first_seen" IS 'When the job was first received, in any version.';
COMMENT ON COLUMN jobs."observed_at" IS 'When this version of the job was received.';
COMMENT ON COLUMN jobs."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE OR REPLACE VIEW tasks AS SELECT * EXCLUDE (filename), right(parse_dirpath(filename), 10)::DATE AS job_date FROM read_parquet(coalesce(getvariable('callmill') || '/', '') || 'tasks/*/*.parquet', hive_partitioning = false, filename = true);
COMMENT ON VIEW tasks IS 'One call attempt.';
COMMENT ON COLUMN tasks."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN tasks."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN tasks."task_id" IS 'Id of the attempt; <job_id>#<position as delivered> if the API returned none.';
COMMENT ON COLUMN tasks."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN tasks."job_group_name" IS 'Name of the campaign, from SearchTask.';
COMMENT ON COLUMN tasks."script_name" IS 'Name of the robot''s script, from SearchTask.';
COMMENT ON COLUMN tasks."call_id" IS 'Id of the call.';
COMMENT ON COLUMN tasks."chatbot_id" IS 'Robot that spoke.';
COMMENT ON COLUMN tasks."task_scenario_id" IS 'Tasks[].ScenarioId (deprecated by the vendor).';
COMMENT ON COLUMN tasks."task_job_id" IS 'Tasks[].JobId if it differs from job_id.';
COMMENT ON COLUMN tasks."task_index" IS 'Position among the job''s tasks from 0: by call time, those without one last, then by task_id.';
COMMENT ON COLUMN tasks."attempt" IS 'Position among the job''s dialled tasks from 1; NULL for a task that was not dialled.';
COMMENT ON COLUMN tasks."is_last_task" IS 'Whether this is the job''s last task.';
COMMENT ON COLUMN tasks."task_status" IS 'Task.Status, as returned by the API; the statuses table explains it.';
COMMENT ON COLUMN tasks."stage" IS 'How far the attempt came; NULL if the status does not imply it. Values: connected connected, to a person or a machine; not_connected dialled, not connected; not_dialed not dialled; in_progress being called.';
COMMENT ON COLUMN tasks."outcome" IS 'How the attempt ended; see the statuses table. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.';
COMMENT ON COLUMN tasks."connected" IS 'Whether the call was connected; NULL while in progress or unknown.';
COMMENT ON COLUMN tasks."answered" IS 'Whether a person answered: connected and not intercepted by a machine.';
COMMENT ON COLUMN tasks."not_understood" IS 'Whether the robot had no answer to what was said (拒识).';
COMMENT ON COLUMN tasks."failed_dialogue" IS 'Connected, and not understood, silent, without interaction, broken, or hung up unless flow_ended; NULL if hung up and flow_ended is NULL, and where connected is NULL.';
COMMENT ON COLUMN tasks."ended_by" IS 'Who or what ended the call. Values: robot the robot; contact the contact; transfer the transfer to an agent; system an error.';
COMMENT ON COLUMN tasks."planned_time" IS 'When the attempt was planned.';
COMMENT ON COLUMN tasks."actual_time" IS 'When the attempt was made.';
COMMENT ON COLUMN tasks."call_date" IS 'Day of the call (actual, else planned time) in the dataset''s time zone.';
COMMENT ON COLUMN tasks."call_hour" IS 'Hour of the call (0–23) in the dataset''s time zone.';
COMMENT ON COLUMN tasks."duration" IS 'Tasks[].Duration as returned; the API documents no unit.';
COMMENT ON COLUMN tasks."brief" IS 'Tasks[].Brief, a business result (deprecated by the vendor).';
COMMENT ON COLUMN tasks."calling_number" IS 'Number that called.';
COMMENT ON COLUMN tasks."called_number" IS 'Number that was called.';
COMMENT ON COLUMN tasks."contact_key" IS 'Keyed hash of called_number, else of contact_phone_number: identifies a person across campaigns without revealing the number.';
COMMENT ON COLUMN tasks."contact_id" IS 'Contact: id.';
COMMENT ON COLUMN tasks."contact_name" IS 'Contact: name.';
COMMENT ON COLUMN tasks."contact_honorific" IS 'Contact: form of address.';
COMMENT ON COLUMN tasks."contact_phone_number" IS 'Contact: phone number.';
COMMENT ON COLUMN tasks."contact_reference_id" IS 'Contact: id in the business''s own systems.';
COMMENT ON COLUMN tasks."contact_role" IS 'Contact: role.';
COMMENT ON COLUMN tasks."contact_state" IS 'Contact: state, as returned by the API. Values: Available can be called; WrongNumber the number is another person''s; DoesNotExist the number does not exist; Suspended calls to the contact are stopped.';
COMMENT ON COLUMN tasks."contact_job_id" IS 'Contact: its job id, which may differ from job_id.';
COMMENT ON COLUMN tasks."call_ms" IS 'Length of the call in ms, from SearchTask.';
COMMENT ON COLUMN tasks."ringing_s" IS 'Length of the ringing in s, from SearchTask.';
COMMENT ON COLUMN tasks."end_reason" IS 'TaskEndReason: how a connected call ended, from SearchTask. Values: 1 finished; 2 the robot hung up, not having understood; 3 the robot hung up after silence; 4 the contact hung up, not understood; 5 the contact hung up without reason; 6 transferred by intent; 7 transferred, not understood; 8 the contact did not interact; 9 broken off by an error; 10 a voice assistant answered; 11 an extension menu answered.';
COMMENT ON COLUMN tasks."reached_end" IS 'Whether the flow reached its end, from SearchTask.';
COMMENT ON COLUMN tasks."last_playback_completed" IS 'Whether the last robot line was played to its end, from SearchTask.';
COMMENT ON COLUMN tasks."hung_up_by_rejection" IS 'Whether the call was hung up after the robot had no answer to what was said, from SearchTask (拒识).';
COMMENT ON COLUMN tasks."dial_exceptions" IS 'DialExceptionCodes: why dialling failed, from SearchTask. Values: OutboundCallError.SipCodeError the network refused the call with a SIP code; OutboundCallError.SipTrunkError the trunk failed; 403 SIP code (RFC 3261): forbidden, such as out of service or in arrears; 404 SIP code: the number does not exist; 408 SIP code: no answer in time; 480 SIP code: unreachable for now, such as powered off; 486 SIP code: busy; 487 SIP code: the call was given up before an answer; 500 SIP code: error of a server; 503 SIP code: the service is unavailable; 600 SIP code: busy everywhere; 603 SIP code: declined.';
COMMENT ON COLUMN tasks."turn_count" IS 'Number of lines of the conversation.';
COMMENT ON COLUMN tasks."robot_turns" IS 'Number of lines of the robot.';
COMMENT ON COLUMN tasks."contact_turns" IS 'Number of lines of the contact.';
COMMENT ON COLUMN tasks."robot_chars" IS 'Code points the robot spoke.';
COMMENT ON COLUMN tasks."contact_chars" IS 'Code points the contact spoke.';
COMMENT ON COLUMN tasks."first_turn_time" IS 'Earliest stored time of a line.';
COMMENT ON COLUMN tasks."last_turn_time" IS 'Latest stored time of a line.';
COMMENT ON COLUMN tasks."flow_ended" IS 'Whether the flow of the call came to its end: reached_end where SearchTask tells; else, of a call with a line of the robot, whether one of its last two has a closing formula (再见).';
COMMENT ON COLUMN tasks."flow_ended_source" IS 'Where flow_ended is from; NULL where flow_ended is. Values: api SearchTask; inferred the robot''s last two lines.';
COMMENT ON COLUMN tasks."spoke" IS 'Whether the contact, a person or a machine that picked up, said something: has a line that is more than punctuation.';
COMMENT ON COLUMN tasks."facts_observed_at" IS 'When the row of SearchTask was received that brought the columns from it; NULL without them, and where a dataset of format 1 did not keep it.';
COMMENT ON COLUMN tasks."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE OR REPLACE VIEW turns AS SELECT * EXCLUDE (filename), right(parse_dirpath(filename), 10)::DATE AS job_date FROM read_parquet(coalesce(getvariable('callmill') || '/', '') || 'turns/*/*.parquet', hive_partitioning = false, filename = true);
COMMENT ON VIEW turns IS 'One line that was spoken.';
COMMENT ON COLUMN turns."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN turns."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN turns."task_id" IS 'The enclosing call attempt.';
COMMENT ON COLUMN turns."turn_index" IS 'Position in the conversation as delivered, from 0.';
COMMENT ON COLUMN turns."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN turns."turns_left" IS 'Number of lines that follow.';
COMMENT ON COLUMN turns."speaker" IS 'Who spoke. Values: Robot the robot; Contact the contact, or the machine that picked up; Unknown the API named none.';
COMMENT ON COLUMN turns."script" IS 'What was said, byte for byte; may be empty.';
COMMENT ON COLUMN turns."tokens" IS 'The words of script; joined without separator they equal script.';
COMMENT ON COLUMN turns."pattern" IS 'Robot lines: the script with the values of the job''s extras as {=key}, then its call''s name and honorific, numbers, dates, times and amounts as slots such as {num}; other braces are full-width. NULL for other speakers.';
COMMENT ON COLUMN turns."chars" IS 'Length of script in code points.';
COMMENT ON COLUMN turns."stored_time" IS 'When the text was stored, not when it was spoken.';
COMMENT ON COLUMN turns."gap_ms" IS 'Milliseconds since the preceding line that has a stored time; timing tells whether it is reliable.';
COMMENT ON COLUMN turns."timing" IS 'Whether gap_ms is reliable. Values: first the first line with a stored time: no gap; ok stored after the line before: the gap is reliable; tie stored in the same instant as the line before: the gap is 0 and says nothing; backwards stored before the line before: the gap is negative and says nothing; missing no stored time: no gap.';
COMMENT ON COLUMN turns."outcome" IS 'Outcome of the call attempt. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.';
COMMENT ON COLUMN turns."answered" IS 'Whether a person answered the call.';
COMMENT ON COLUMN turns."failed_dialogue" IS 'Whether the call''s dialogue failed: see tasks.';
COMMENT ON COLUMN turns."call_date" IS 'Day of the call in the dataset''s time zone.';
COMMENT ON COLUMN turns."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE OR REPLACE VIEW contacts AS SELECT * EXCLUDE (filename), right(parse_dirpath(filename), 10)::DATE AS job_date FROM read_parquet(coalesce(getvariable('callmill') || '/', '') || 'contacts/*/*.parquet', hive_partitioning = false, filename = true);
COMMENT ON VIEW contacts IS 'A person listed with a job.';
COMMENT ON COLUMN contacts."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN contacts."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN contacts."contact_index" IS 'Position in the job''s list of contacts, from 0.';
COMMENT ON COLUMN contacts."contact_key" IS 'Keyed hash of contact_phone_number: identifies a person across campaigns without revealing the number.';
COMMENT ON COLUMN contacts."contact_id" IS 'Contact: id.';
COMMENT ON COLUMN contacts."contact_name" IS 'Contact: name.';
COMMENT ON COLUMN contacts."contact_honorific" IS 'Contact: form of address.';
COMMENT ON COLUMN contacts."contact_phone_number" IS 'Contact: phone number.';
COMMENT ON COLUMN contacts."contact_reference_id" IS 'Contact: id in the business''s own systems.';
COMMENT ON COLUMN contacts."contact_role" IS 'Contact: role.';
COMMENT ON COLUMN contacts."contact_state" IS 'Contact: state, as returned by the API. Values: Available can be called; WrongNumber the number is another person''s; DoesNotExist the number does not exist; Suspended calls to the contact are stopped.';
COMMENT ON COLUMN contacts."contact_job_id" IS 'Contact: its job id, which may differ from job_id.';
COMMENT ON COLUMN contacts."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE OR REPLACE VIEW extras AS SELECT * EXCLUDE (filename), right(parse_dirpath(filename), 10)::DATE AS job_date FROM read_parquet(coalesce(getvariable('callmill') || '/', '') || 'extras/*/*.parquet', hive_partitioning = false, filename = true);
COMMENT ON VIEW extras IS 'A business parameter of a job.';
COMMENT ON COLUMN extras."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN extras."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN extras."extra_index" IS 'Position in the job''s list of parameters, from 0.';
COMMENT ON COLUMN extras."key" IS 'Name of the parameter.';
COMMENT ON COLUMN extras."value" IS 'Value of the parameter.';
COMMENT ON COLUMN extras."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE OR REPLACE VIEW summaries AS SELECT * EXCLUDE (filename), right(parse_dirpath(filename), 10)::DATE AS job_date FROM read_parquet(coalesce(getvariable('callmill') || '/', '') || 'summaries/*/*.parquet', hive_partitioning = false, filename = true);
COMMENT ON VIEW summaries IS 'A business result of a job or of a turn.';
COMMENT ON COLUMN summaries."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN summaries."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN summaries."task_id" IS 'The enclosing call attempt; NULL for a result of the job.';
COMMENT ON COLUMN summaries."turn_index" IS 'The enclosing line; NULL for a result of the job.';
COMMENT ON COLUMN summaries."summary_index" IS 'Position in its list of results, from 0.';
COMMENT ON COLUMN summaries."category" IS 'Category of the result.';
COMMENT ON COLUMN summaries."summary_name" IS 'Name of the result.';
COMMENT ON COLUMN summaries."content" IS 'The result: a tag or the value of a variable.';
COMMENT ON COLUMN summaries."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE OR REPLACE VIEW job_groups AS SELECT * FROM read_parquet(coalesce(getvariable('callmill') || '/', '') || 'job_groups/*.parquet', hive_partitioning = false);
COMMENT ON VIEW job_groups IS 'A campaign.';
COMMENT ON COLUMN job_groups."instance_id" IS 'Robot deployment the campaign belongs to.';
COMMENT ON COLUMN job_groups."job_group_id" IS 'Id of the campaign.';
COMMENT ON COLUMN job_groups."job_group_name" IS 'Name of the campaign.';
COMMENT ON COLUMN job_groups."description" IS 'Description of the campaign.';
COMMENT ON COLUMN job_groups."script_id" IS 'The robot''s script.';
COMMENT ON COLUMN job_groups."script_name" IS 'Name of the robot''s script.';
COMMENT ON COLUMN job_groups."script_version" IS 'Published version of the robot''s script.';
COMMENT ON COLUMN job_groups."job_group_status" IS 'Status of the campaign, as returned by the API. Values: Draft draft; Initializing being prepared; Scheduling to be called; Executing being called; Paused paused; Completed over; Failed failed; Cancelled cancelled.';
COMMENT ON COLUMN job_groups."creation_time" IS 'When the campaign was created.';
COMMENT ON COLUMN job_groups."modify_time" IS 'When the campaign was last changed.';
COMMENT ON COLUMN job_groups."total_jobs" IS 'Number of jobs of the campaign, according to the API.';
COMMENT ON COLUMN job_groups."total_completed" IS 'Number of completed jobs, according to the API.';
COMMENT ON COLUMN job_groups."total_not_answered" IS 'Number of unanswered jobs, according to the API.';
COMMENT ON COLUMN job_groups."observed_at" IS 'When this version of the campaign was received.';

CREATE OR REPLACE VIEW statuses AS SELECT * FROM read_parquet(coalesce(getvariable('callmill') || '/', '') || 'statuses/*.parquet', hive_partitioning = false);
COMMENT ON VIEW statuses IS 'The meaning of a task status: of each documented one, and of each other one that occurs. It is the same for every instance.';
COMMENT ON COLUMN statuses."task_status" IS 'Task.Status, in the vendor''s spelling.';
COMMENT ON COLUMN statuses."code" IS 'The vendor''s number for the status; NULL for an unlisted status.';
COMMENT ON COLUMN statuses."stage" IS 'How far the attempt came; NULL if the status does not imply it. Values: connected connected, to a person or a machine; not_connected dialled, not connected; not_dialed not dialled; in_progress being called.';
COMMENT ON COLUMN statuses."outcome" IS 'How the attempt ended. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.';
COMMENT ON COLUMN statuses."connected" IS 'Whether the call was connected; NULL while in progress or unknown.';
COMMENT ON COLUMN statuses."answered" IS 'Whether a person answered.';
COMMENT ON COLUMN statuses."not_understood" IS 'Whether the robot had no answer to what was said (拒识).';
COMMENT ON COLUMN statuses."ended_by" IS 'Who or what ended the call. Values: robot the robot; contact the contact; transfer the transfer to an agent; system an error.';
COMMENT ON COLUMN statuses."label_zh" IS 'The status in Chinese.';
COMMENT ON COLUMN statuses."label_en" IS 'The status in English.';

CREATE OR REPLACE VIEW rejects AS SELECT * FROM read_parquet(coalesce(getvariable('callmill') || '/', '') || 'rejects/*.parquet', hive_partitioning = false);
COMMENT ON VIEW rejects IS 'Input that could not be turned into rows, and why.';
COMMENT ON COLUMN rejects."instance_id" IS 'Robot deployment that was asked.';
COMMENT ON COLUMN rejects."reject_id" IS 'Hash of code, job_id and raw_sha256.';
COMMENT ON COLUMN rejects."job_id" IS 'Job the input is about, if its id could be read.';
COMMENT ON COLUMN rejects."origin" IS 'Source of the input: a path relative to the argument, or the request.';
COMMENT ON COLUMN rejects."position" IS 'Index of the job in its origin, from 0.';
COMMENT ON COLUMN rejects."code" IS 'Kind of the problem.';
COMMENT ON COLUMN rejects."reason" IS 'Description of the problem: what was found where.';
COMMENT ON COLUMN rejects."raw" IS 'The input, its first MiB.';
COMMENT ON COLUMN rejects."raw_bytes" IS 'Length of the input in bytes.';
COMMENT ON COLUMN rejects."raw_sha256" IS 'SHA-256 of the whole input, hexadecimal.';
COMMENT ON COLUMN rejects."first_run" IS 'Run that encountered it first.';
COMMENT ON COLUMN rejects."first_seen" IS 'When it was first received.';

-- What views.sql was published with, from the manifest beside it.
CREATE OR REPLACE VIEW snapshot AS
SELECT
    content ->> '$.run' AS run,
    (content ->> '$.published')::TIMESTAMPTZ AS published,
    content ->> '$.program' AS program,
    content ->> '$.settings.time_zone' AS time_zone,
    content ->> '$.settings.segmenter' AS segmenter,
    content ->> '$.settings.pii' AS pii,
    content ->> '$.settings.words' AS words
FROM read_text(coalesce(getvariable('callmill') || '/', '') || 'manifest.json');

COMMENT ON VIEW snapshot IS 'What is open: one row with the run that published it and the settings of the dataset.';
COMMENT ON COLUMN snapshot."run" IS 'The run that published the snapshot.';
COMMENT ON COLUMN snapshot."published" IS 'When it was published.';
COMMENT ON COLUMN snapshot."program" IS 'The version of callmill that published it.';
COMMENT ON COLUMN snapshot."time_zone" IS 'Time zone of job_date, call_date, call_hour and of the columns named local.';
COMMENT ON COLUMN snapshot."segmenter" IS 'How words were cut.';
COMMENT ON COLUMN snapshot."pii" IS 'What became of personal data: keep, mask, hash, drop.';
COMMENT ON COLUMN snapshot."words" IS 'Version of the dictionaries behind tokens.';

-- Names with their texts as a map. A name that is given twice, which a map cannot
-- hold, has its texts in the order of the indexes, a line each.
CREATE OR REPLACE MACRO map_of_texts(names, texts, indexes) AS
    CASE WHEN list_unique(names) = len(names) THEN map(names, texts) ELSE map(
        list_sort(list_distinct(names)),
        [array_to_string([p.text FOR p IN list_sort([
            {'i': indexes[n], 'name': names[n], 'text': texts[n]} FOR n IN range(1, len(names) + 1)
        ]) IF p.name = name], chr(10)) FOR name IN list_sort(list_distinct(names))]
    ) END;
COMMENT ON MACRO map_of_texts IS 'Lists of names and texts as a map; what has one name is joined, a line each.';

-- A call attempt with all that is known around it. To read some days only,
-- filter by job_date: it reaches the files of every table joined here.
CREATE OR REPLACE VIEW calls AS
SELECT
    t.*,
    j.job_reference_id, j.scenario_id, j.strategy_id, j.job_status, j.failure_reason,
    j.job_outcome, j.is_final, j.task_count, j.dialed_count, j.observed_at,
    coalesce(t.job_group_name, g.job_group_name, t.job_group_id) AS campaign,
    coalesce(t.script_name, g.script_name) AS campaign_script_name,
    g.script_version,
    t.attempt IS NOT NULL AS dialed,
    timezone((SELECT time_zone FROM snapshot), coalesce(t.actual_time, t.planned_time)) AS local_time,
    isodow(t.call_date)::INTEGER AS call_weekday,
    t.robot_turns / nullif(t.turn_count, 0) AS robot_turn_share,
    t.robot_chars / nullif(t.robot_chars + t.contact_chars, 0) AS robot_char_share,
    coalesce(r.results, MAP {}) AS results,
    coalesce(e.extras, MAP {}) AS extras
FROM tasks t
JOIN jobs j USING (job_date, instance_id, job_id)
LEFT JOIN job_groups g ON g.instance_id = t.instance_id AND g.job_group_id = t.job_group_id
LEFT JOIN (
    SELECT job_date, instance_id, job_id, map_of_texts(list(summary_name), list(content), list(summary_index)) AS results
    FROM summaries
    WHERE task_id IS NULL AND summary_name IS NOT NULL
    GROUP BY job_date, instance_id, job_id
) r USING (job_date, instance_id, job_id)
LEFT JOIN (
    SELECT job_date, instance_id, job_id, map_of_texts(list(key), list(value), list(extra_index)) AS extras
    FROM extras
    WHERE key IS NOT NULL
    GROUP BY job_date, instance_id, job_id
) e USING (job_date, instance_id, job_id);

COMMENT ON VIEW calls IS 'A row of tasks with its job, campaign, business results and parameters: one call attempt, dialled or not.';
COMMENT ON COLUMN calls."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN calls."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN calls."task_id" IS 'Id of the attempt; <job_id>#<position as delivered> if the API returned none.';
COMMENT ON COLUMN calls."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN calls."job_group_name" IS 'Name of the campaign, from SearchTask.';
COMMENT ON COLUMN calls."script_name" IS 'Name of the robot''s script, from SearchTask.';
COMMENT ON COLUMN calls."call_id" IS 'Id of the call.';
COMMENT ON COLUMN calls."chatbot_id" IS 'Robot that spoke.';
COMMENT ON COLUMN calls."task_scenario_id" IS 'Tasks[].ScenarioId (deprecated by the vendor).';
COMMENT ON COLUMN calls."task_job_id" IS 'Tasks[].JobId if it differs from job_id.';
COMMENT ON COLUMN calls."task_index" IS 'Position among the job''s tasks from 0: by call time, those without one last, then by task_id.';
COMMENT ON COLUMN calls."attempt" IS 'Position among the job''s dialled tasks from 1; NULL for a task that was not dialled.';
COMMENT ON COLUMN calls."is_last_task" IS 'Whether this is the job''s last task.';
COMMENT ON COLUMN calls."task_status" IS 'Task.Status, as returned by the API; the statuses table explains it.';
COMMENT ON COLUMN calls."stage" IS 'How far the attempt came; NULL if the status does not imply it. Values: connected connected, to a person or a machine; not_connected dialled, not connected; not_dialed not dialled; in_progress being called.';
COMMENT ON COLUMN calls."outcome" IS 'How the attempt ended; see the statuses table. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.';
COMMENT ON COLUMN calls."connected" IS 'Whether the call was connected; NULL while in progress or unknown.';
COMMENT ON COLUMN calls."answered" IS 'Whether a person answered: connected and not intercepted by a machine.';
COMMENT ON COLUMN calls."not_understood" IS 'Whether the robot had no answer to what was said (拒识).';
COMMENT ON COLUMN calls."failed_dialogue" IS 'Connected, and not understood, silent, without interaction, broken, or hung up unless flow_ended; NULL if hung up and flow_ended is NULL, and where connected is NULL.';
COMMENT ON COLUMN calls."ended_by" IS 'Who or what ended the call. Values: robot the robot; contact the contact; transfer the transfer to an agent; system an error.';
COMMENT ON COLUMN calls."planned_time" IS 'When the attempt was planned.';
COMMENT ON COLUMN calls."actual_time" IS 'When the attempt was made.';
COMMENT ON COLUMN calls."call_date" IS 'Day of the call (actual, else planned time) in the dataset''s time zone.';
COMMENT ON COLUMN calls."call_hour" IS 'Hour of the call (0–23) in the dataset''s time zone.';
COMMENT ON COLUMN calls."duration" IS 'Tasks[].Duration as returned; the API documents no unit.';
COMMENT ON COLUMN calls."brief" IS 'Tasks[].Brief, a business result (deprecated by the vendor).';
COMMENT ON COLUMN calls."calling_number" IS 'Number that called.';
COMMENT ON COLUMN calls."called_number" IS 'Number that was called.';
COMMENT ON COLUMN calls."contact_key" IS 'Keyed hash of called_number, else of contact_phone_number: identifies a person across campaigns without revealing the number.';
COMMENT ON COLUMN calls."contact_id" IS 'Contact: id.';
COMMENT ON COLUMN calls."contact_name" IS 'Contact: name.';
COMMENT ON COLUMN calls."contact_honorific" IS 'Contact: form of address.';
COMMENT ON COLUMN calls."contact_phone_number" IS 'Contact: phone number.';
COMMENT ON COLUMN calls."contact_reference_id" IS 'Contact: id in the business''s own systems.';
COMMENT ON COLUMN calls."contact_role" IS 'Contact: role.';
COMMENT ON COLUMN calls."contact_state" IS 'Contact: state, as returned by the API. Values: Available can be called; WrongNumber the number is another person''s; DoesNotExist the number does not exist; Suspended calls to the contact are stopped.';
COMMENT ON COLUMN calls."contact_job_id" IS 'Contact: its job id, which may differ from job_id.';
COMMENT ON COLUMN calls."call_ms" IS 'Length of the call in ms, from SearchTask.';
COMMENT ON COLUMN calls."ringing_s" IS 'Length of the ringing in s, from SearchTask.';
COMMENT ON COLUMN calls."end_reason" IS 'TaskEndReason: how a connected call ended, from SearchTask. Values: 1 finished; 2 the robot hung up, not having understood; 3 the robot hung up after silence; 4 the contact hung up, not understood; 5 the contact hung up without reason; 6 transferred by intent; 7 transferred, not understood; 8 the contact did not interact; 9 broken off by an error; 10 a voice assistant answered; 11 an extension menu answered.';
COMMENT ON COLUMN calls."reached_end" IS 'Whether the flow reached its end, from SearchTask.';
COMMENT ON COLUMN calls."last_playback_completed" IS 'Whether the last robot line was played to its end, from SearchTask.';
COMMENT ON COLUMN calls."hung_up_by_rejection" IS 'Whether the call was hung up after the robot had no answer to what was said, from SearchTask (拒识).';
COMMENT ON COLUMN calls."dial_exceptions" IS 'DialExceptionCodes: why dialling failed, from SearchTask. Values: OutboundCallError.SipCodeError the network refused the call with a SIP code; OutboundCallError.SipTrunkError the trunk failed; 403 SIP code (RFC 3261): forbidden, such as out of service or in arrears; 404 SIP code: the number does not exist; 408 SIP code: no answer in time; 480 SIP code: unreachable for now, such as powered off; 486 SIP code: busy; 487 SIP code: the call was given up before an answer; 500 SIP code: error of a server; 503 SIP code: the service is unavailable; 600 SIP code: busy everywhere; 603 SIP code: declined.';
COMMENT ON COLUMN calls."turn_count" IS 'Number of lines of the conversation.';
COMMENT ON COLUMN calls."robot_turns" IS 'Number of lines of the robot.';
COMMENT ON COLUMN calls."contact_turns" IS 'Number of lines of the contact.';
COMMENT ON COLUMN calls."robot_chars" IS 'Code points the robot spoke.';
COMMENT ON COLUMN calls."contact_chars" IS 'Code points the contact spoke.';
COMMENT ON COLUMN calls."first_turn_time" IS 'Earliest stored time of a line.';
COMMENT ON COLUMN calls."last_turn_time" IS 'Latest stored time of a line.';
COMMENT ON COLUMN calls."flow_ended" IS 'Whether the flow of the call came to its end: reached_end where SearchTask tells; else, of a call with a line of the robot, whether one of its last two has a closing formula (再见).';
COMMENT ON COLUMN calls."flow_ended_source" IS 'Where flow_ended is from; NULL where flow_ended is. Values: api SearchTask; inferred the robot''s last two lines.';
COMMENT ON COLUMN calls."spoke" IS 'Whether the contact, a person or a machine that picked up, said something: has a line that is more than punctuation.';
COMMENT ON COLUMN calls."facts_observed_at" IS 'When the row of SearchTask was received that brought the columns from it; NULL without them, and where a dataset of format 1 did not keep it.';
COMMENT ON COLUMN calls."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';
COMMENT ON COLUMN calls."job_reference_id" IS 'The business''s own id of the job.';
COMMENT ON COLUMN calls."scenario_id" IS 'Scenario (business id) of the job.';
COMMENT ON COLUMN calls."strategy_id" IS 'Calling strategy of the job.';
COMMENT ON COLUMN calls."job_status" IS 'Job.Status, as returned by the API. Values: Scheduling to be called; Executing being called; Succeeded over, reached; Paused paused; Failed over, not reached; Cancelled cancelled by hand; Drafted draft.';
COMMENT ON COLUMN calls."failure_reason" IS 'Job.FailureReason, as returned by the API. Values: Unknown unknown error; NoAnswer no answer; InvalidStrategy the strategy is configured wrongly; TimeUp the time for calls was over; NoStrategy no strategy, or not found; CallFailed the call failed; PerDayCallCountLimit the number''s limit of calls a day; ContactBlockList on the block list; EmptyNumber the number does not exist and is not called again; JobPerDayCallCountLimit the number''s limit of calls a day within the job; VerificationCancelled cancelled by the check before the call; ContactSuspended calls to the contact are stopped; InArrears in arrears; OutOfService out of service; NoneRepeatableJobMaxAttemptCountLimit all attempts of a job that is not repeated are made.';
COMMENT ON COLUMN calls."job_outcome" IS 'Outcome of the last answered attempt, else of the last dialled one, else of the last task; without tasks cancelled, failed or not_called after job_status. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list; not_called no task yet.';
COMMENT ON COLUMN calls."is_final" IS 'Whether job_status is Succeeded, Failed or Cancelled.';
COMMENT ON COLUMN calls."task_count" IS 'Number of call attempts, dialled or not.';
COMMENT ON COLUMN calls."dialed_count" IS 'Number of attempts whose stage is connected or not_connected.';
COMMENT ON COLUMN calls."observed_at" IS 'When this version of the job was received.';
COMMENT ON COLUMN calls."script_version" IS 'Published version of the robot''s script.';
COMMENT ON COLUMN calls."campaign" IS 'Name of the campaign, else its id.';
COMMENT ON COLUMN calls."campaign_script_name" IS 'Name of the robot''s script: that of the call, else that of the campaign.';
COMMENT ON COLUMN calls."dialed" IS 'Whether the attempt reached the network: the denominator of rates per dialled call.';
COMMENT ON COLUMN calls."local_time" IS 'When the attempt was made, else planned, in the dataset''s time zone, without zone.';
COMMENT ON COLUMN calls."call_weekday" IS 'Weekday of call_date: 1 Monday to 7 Sunday.';
COMMENT ON COLUMN calls."robot_turn_share" IS 'Share of the lines that are the robot''s; NULL without lines.';
COMMENT ON COLUMN calls."robot_char_share" IS 'Share of the characters that are the robot''s; NULL without any.';
COMMENT ON COLUMN calls."results" IS 'Business results of the job by name, as in results[''score'']; a name given twice has both, a line each.';
COMMENT ON COLUMN calls."extras" IS 'Business parameters of the job by name, as in extras[''amount'']; a name given twice has both, a line each.';

-- Each line of the robot with what the contact said to it. All of it is windows over
-- a call, which cost nothing where their columns are not asked for: a join of turns
-- with themselves would cost more.
CREATE OR REPLACE VIEW exchanges AS
SELECT
    e.job_date, e.instance_id, e.job_id, e.task_id, e.turn_index, e.job_group_id,
    e.script AS robot_line, e.pattern,
    CASE WHEN e.next_speaker = 'Contact' THEN e.next_script END AS reply,
    coalesce(e.replies, []) AS replies,
    (coalesce(e.next_index, e.turn_index + e.turns_left + 1) - e.turn_index - 1)::INTEGER AS reply_turns,
    CASE WHEN e.next_speaker = 'Contact' AND e.next_timing = 'ok' THEN e.next_gap_ms END AS reply_gap_ms,
    e.next_index IS NULL AS ended_here,
    e.next_index IS NULL AND e.outcome = 'hung_up' AND NOT coalesce(k.flow_ended, false) AS hung_up_here,
    e.outcome, e.answered, e.failed_dialogue, k.flow_ended, e.call_date
FROM (
    SELECT
        *,
        list(script) FILTER (speaker = 'Contact') OVER (
            PARTITION BY job_date, instance_id, job_id, task_id, exchange ORDER BY turn_index
            ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS replies
    FROM (
        SELECT
            *,
            count(*) FILTER (speaker = 'Robot') OVER call AS exchange,
            lead(CASE WHEN speaker = 'Robot' THEN turn_index END IGNORE NULLS) OVER call AS next_index,
            lead(speaker) OVER call AS next_speaker,
            lead(script) OVER call AS next_script,
            lead(timing) OVER call AS next_timing,
            lead(gap_ms) OVER call AS next_gap_ms
        FROM turns
        WINDOW call AS (PARTITION BY job_date, instance_id, job_id, task_id ORDER BY turn_index)
    )
) e
JOIN tasks k USING (job_date, instance_id, job_id, task_id)
WHERE e.speaker = 'Robot';

COMMENT ON VIEW exchanges IS 'A line of the robot and what the contact said next. Lines before the robot''s first are in turns only.';
COMMENT ON COLUMN exchanges."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN exchanges."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN exchanges."task_id" IS 'The enclosing call attempt.';
COMMENT ON COLUMN exchanges."turn_index" IS 'Position in the conversation as delivered, from 0.';
COMMENT ON COLUMN exchanges."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN exchanges."pattern" IS 'Robot lines: the script with the values of the job''s extras as {=key}, then its call''s name and honorific, numbers, dates, times and amounts as slots such as {num}; other braces are full-width. NULL for other speakers.';
COMMENT ON COLUMN exchanges."outcome" IS 'Outcome of the call attempt. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.';
COMMENT ON COLUMN exchanges."answered" IS 'Whether a person answered the call.';
COMMENT ON COLUMN exchanges."failed_dialogue" IS 'Whether the call''s dialogue failed: see tasks.';
COMMENT ON COLUMN exchanges."call_date" IS 'Day of the call in the dataset''s time zone.';
COMMENT ON COLUMN exchanges."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';
COMMENT ON COLUMN exchanges."flow_ended" IS 'Whether the flow of the call came to its end: reached_end where SearchTask tells; else, of a call with a line of the robot, whether one of its last two has a closing formula (再见).';
COMMENT ON COLUMN exchanges."robot_line" IS 'What the robot said.';
COMMENT ON COLUMN exchanges."reply" IS 'The contact''s next line; NULL where the robot spoke again first or nobody spoke any more.';
COMMENT ON COLUMN exchanges."replies" IS 'All lines of the contact before the robot spoke again or the call ended, in order; empty where there are none.';
COMMENT ON COLUMN exchanges."reply_turns" IS 'Number of lines before the robot spoke again or the call ended; reply is the first of them.';
COMMENT ON COLUMN exchanges."reply_gap_ms" IS 'Milliseconds from storing the line to storing the reply, the robot''s speaking time included; NULL where the times are worth nothing.';
COMMENT ON COLUMN exchanges."ended_here" IS 'Whether the robot spoke no more: the call ended during the line or the reply.';
COMMENT ON COLUMN exchanges."hung_up_here" IS 'ended_here, and it was the contact who hung up before the flow came to its end: not during the goodbye.';

-- The words of every line. Nothing is dropped: punctuation and stop words are
-- marked, for a short 嗯 or 喂 is an answer.
CREATE OR REPLACE MACRO is_stop_word(word) AS word IN (
    '的', '了', '是', '在', '我', '你', '您', '他', '她', '它', '我们', '你们', '他们', '咱们', '这', '那', '这个', '那个',
    '这些', '那些', '这边', '那边', '一', '一个', '一下', '个', '和', '与', '跟', '或', '或者', '及', '以及', '就', '就是',
    '都', '也', '还', '还是', '又', '再', '很', '太', '更', '最', '把', '被', '让', '给', '向', '从', '到', '对', '对于',
    '为', '为了', '以', '于', '之', '其', '而', '而且', '但', '但是', '不过', '如果', '因为', '所以', '然后', '那么',
    '着', '过', '地', '得', '吗', '呢', '吧', '啊', '呀', '哦', '嘛', '啦', '么', '会', '能', '可以', '要', '有', '去',
    '来', '说', '上', '下', '里', '中', '后', '前', '时', '时候', '什么', '怎么', '自己', '并', '等', '由', '至', '将', '请'
);
COMMENT ON MACRO is_stop_word IS 'Whether a word carries grammar rather than content; replace the macro to use a list of your own.';

-- Han characters lie between 一 and the first beyond 鿿, so that for most words
-- a comparison settles it.
CREATE OR REPLACE MACRO is_punctuation(word) AS
    CASE WHEN word >= '一' AND word < 'ꀀ' THEN false ELSE regexp_full_match(word, '[\p{P}\p{S}\p{Z}\p{C}\s]*') END;
COMMENT ON MACRO is_punctuation IS 'Whether a word has neither letters nor digits.';

CREATE OR REPLACE VIEW words AS
SELECT
    * EXCLUDE (tokens),
    is_punctuation(word) AS punctuation,
    is_stop_word(word) AS stop_word
FROM (
    SELECT
        job_date, instance_id, job_id, task_id, turn_index, job_group_id, speaker, turns_left, outcome, answered,
        failed_dialogue, call_date, tokens,
        unnest(tokens) AS word,
        (generate_subscripts(tokens, 1) - 1)::INTEGER AS word_index
    FROM turns
);

COMMENT ON VIEW words IS 'A word of a line that was spoken; together they are the line, byte for byte.';
COMMENT ON COLUMN words."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN words."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN words."task_id" IS 'The enclosing call attempt.';
COMMENT ON COLUMN words."turn_index" IS 'Position in the conversation as delivered, from 0.';
COMMENT ON COLUMN words."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN words."turns_left" IS 'Number of lines that follow.';
COMMENT ON COLUMN words."speaker" IS 'Who spoke. Values: Robot the robot; Contact the contact, or the machine that picked up; Unknown the API named none.';
COMMENT ON COLUMN words."outcome" IS 'Outcome of the call attempt. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.';
COMMENT ON COLUMN words."answered" IS 'Whether a person answered the call.';
COMMENT ON COLUMN words."failed_dialogue" IS 'Whether the call''s dialogue failed: see tasks.';
COMMENT ON COLUMN words."call_date" IS 'Day of the call in the dataset''s time zone.';
COMMENT ON COLUMN words."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';
COMMENT ON COLUMN words."word" IS 'The word.';
COMMENT ON COLUMN words."word_index" IS 'Position in the line, from 0.';
COMMENT ON COLUMN words."punctuation" IS 'Whether it has neither letters nor digits.';
COMMENT ON COLUMN words."stop_word" IS 'Whether it carries grammar rather than content (macro is_stop_word). 嗯, 喂, 不 and 没 do not: they are answers.';

-- A conversation as one text. Lines are put in order by list_grade_up: an
-- ordered aggregate would take a multiple of the memory.
CREATE OR REPLACE VIEW transcripts AS
SELECT
    job_date, instance_id, job_id, task_id,
    any_value(job_group_id) AS job_group_id,
    array_to_string(list_select(list(speaker || ': ' || script), list_grade_up(list(turn_index))), chr(10)) AS transcript,
    count(*)::INTEGER AS turn_count,
    any_value(outcome) AS outcome,
    any_value(answered) AS answered,
    any_value(failed_dialogue) AS failed_dialogue,
    any_value(call_date) AS call_date
FROM turns
GROUP BY job_date, instance_id, job_id, task_id;

COMMENT ON VIEW transcripts IS 'A call with at least one line, as one text.';
COMMENT ON COLUMN transcripts."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN transcripts."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN transcripts."task_id" IS 'The enclosing call attempt.';
COMMENT ON COLUMN transcripts."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN transcripts."outcome" IS 'Outcome of the call attempt. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.';
COMMENT ON COLUMN transcripts."answered" IS 'Whether a person answered the call.';
COMMENT ON COLUMN transcripts."failed_dialogue" IS 'Whether the call''s dialogue failed: see tasks.';
COMMENT ON COLUMN transcripts."call_date" IS 'Day of the call in the dataset''s time zone.';
COMMENT ON COLUMN transcripts."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';
COMMENT ON COLUMN transcripts."turn_count" IS 'Number of lines of the conversation.';
COMMENT ON COLUMN transcripts."transcript" IS 'The lines in order, each as Speaker: script.';

-- The retry ladders of jobs that are over: jobs still being called would make
-- late attempts look rarer than they are.
CREATE OR REPLACE VIEW attempts AS
SELECT
    t.job_date, t.instance_id, t.job_id, t.task_id, t.job_group_id, t.attempt, j.dialed_count,
    t.outcome, t.connected, t.answered, t.failed_dialogue, t.call_date, t.call_hour, t.calling_number, t.contact_key,
    coalesce(list(t.outcome) OVER earlier, []) AS earlier_outcomes,
    coalesce(bool_or(t.answered) OVER earlier, false) AS answered_before,
    (epoch_ms(coalesce(t.actual_time, t.planned_time)) - epoch_ms(lag(coalesce(t.actual_time, t.planned_time)) OVER ladder)) / 3600000 AS hours_since_last,
    t.attempt = j.dialed_count AS last_attempt,
    j.job_outcome
FROM tasks t
JOIN jobs j USING (job_date, instance_id, job_id)
WHERE j.is_final AND t.attempt IS NOT NULL
WINDOW
    ladder AS (PARTITION BY t.job_date, t.instance_id, t.job_id ORDER BY t.attempt),
    earlier AS (PARTITION BY t.job_date, t.instance_id, t.job_id ORDER BY t.attempt ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING);

COMMENT ON VIEW attempts IS 'A dialled call attempt of a final job, given what became of the earlier ones.';
COMMENT ON COLUMN attempts."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN attempts."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN attempts."task_id" IS 'Id of the attempt; <job_id>#<position as delivered> if the API returned none.';
COMMENT ON COLUMN attempts."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN attempts."attempt" IS 'Position among the job''s dialled tasks from 1; NULL for a task that was not dialled.';
COMMENT ON COLUMN attempts."outcome" IS 'How the attempt ended; see the statuses table. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.';
COMMENT ON COLUMN attempts."connected" IS 'Whether the call was connected; NULL while in progress or unknown.';
COMMENT ON COLUMN attempts."answered" IS 'Whether a person answered: connected and not intercepted by a machine.';
COMMENT ON COLUMN attempts."failed_dialogue" IS 'Connected, and not understood, silent, without interaction, broken, or hung up unless flow_ended; NULL if hung up and flow_ended is NULL, and where connected is NULL.';
COMMENT ON COLUMN attempts."call_date" IS 'Day of the call (actual, else planned time) in the dataset''s time zone.';
COMMENT ON COLUMN attempts."call_hour" IS 'Hour of the call (0–23) in the dataset''s time zone.';
COMMENT ON COLUMN attempts."calling_number" IS 'Number that called.';
COMMENT ON COLUMN attempts."contact_key" IS 'Keyed hash of called_number, else of contact_phone_number: identifies a person across campaigns without revealing the number.';
COMMENT ON COLUMN attempts."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';
COMMENT ON COLUMN attempts."job_outcome" IS 'Outcome of the last answered attempt, else of the last dialled one, else of the last task; without tasks cancelled, failed or not_called after job_status. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list; not_called no task yet.';
COMMENT ON COLUMN attempts."dialed_count" IS 'Number of attempts whose stage is connected or not_connected.';
COMMENT ON COLUMN attempts."earlier_outcomes" IS 'Outcomes of the job''s earlier dialled attempts, in order; empty for the first.';
COMMENT ON COLUMN attempts."answered_before" IS 'Whether a person answered an earlier attempt.';
COMMENT ON COLUMN attempts."hours_since_last" IS 'Hours since the dialled attempt before; NULL for the first and where a time is missing.';
COMMENT ON COLUMN attempts."last_attempt" IS 'Whether no later attempt was dialled.';

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

COMMENT ON VIEW daily IS 'A day of a campaign: counts of call attempts by the day of the call, not by job_date.';
COMMENT ON COLUMN daily."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN daily."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN daily."call_date" IS 'Day of the call (actual, else planned time) in the dataset''s time zone.';
COMMENT ON COLUMN daily."campaign" IS 'Name of the campaign, else its id.';
COMMENT ON COLUMN daily."tasks" IS 'Call attempts, dialled or not.';
COMMENT ON COLUMN daily."dialed" IS 'Attempts that reached the network: the denominator of rates per dialled call.';
COMMENT ON COLUMN daily."connected" IS 'Of these, connected, to a person or a machine.';
COMMENT ON COLUMN daily."answered" IS 'Of these, answered by a person: no machine was noticed.';
COMMENT ON COLUMN daily."spoke" IS 'Of the answered, those in which the contact said something.';
COMMENT ON COLUMN daily."failure_known" IS 'Of the connected, those of which it is known whether the dialogue failed: the denominator of failed_dialogues.';
COMMENT ON COLUMN daily."failed_dialogues" IS 'Of these, those whose dialogue failed.';
COMMENT ON COLUMN daily."hung_up" IS 'Of the connected, those the contact ended.';
COMMENT ON COLUMN daily."transferred" IS 'Of the connected, those handed to a person.';
COMMENT ON COLUMN daily."numbers" IS 'Distinct numbers dialled (contact_key): the denominator of rates per number.';
COMMENT ON COLUMN daily."numbers_answered" IS 'Of these, those with an answered call that day.';
COMMENT ON COLUMN daily."turns" IS 'Lines that were spoken.';

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
COMMENT ON MACRO wish_not_to_be_called IS 'The pattern of a wish not to be called.';

CREATE OR REPLACE MACRO asks_not_to_be_called(script) AS
    regexp_matches(script, wish_not_to_be_called()) AND regexp_matches(
        regexp_replace(script,
            '(要|用|需|该|能|可)不(要|用|需|该|能|可)|先(别|不要|不用)'
            || '|[特区分级告性差识]别|别[人的家处]|(被|会不会|是不是|有没有|算不算).{0,6}(拉黑|黑名单)|征信.{0,4}黑名单',
            '、', 'g'),
        wish_not_to_be_called());
COMMENT ON MACRO asks_not_to_be_called IS 'Whether a line asks not to be called again; replace the macro to use a pattern of your own.';

-- Results are named by whoever wrote the script: 免打扰=是, 意向=加入黑名单.
CREATE OR REPLACE MACRO notes_not_to_be_called(name, content) AS coalesce(
    regexp_matches(content, '免打扰|勿扰|不再(来电|致电|联系|拨打|外呼|打扰|呼叫)|停止(来电|致电|拨打|外呼|呼叫)|拒绝(来电|再次?来电|外呼|再次?致电)|拉黑|黑名单|止呼|禁呼|停呼|退订')
        AND NOT regexp_matches(content, '(非|不在|不是|不加|未加|没有|无|未|取消|解除|移出|不需要|不要).{0,3}(免打扰|勿扰|停止|拒绝|拉黑|黑名单|止呼|禁呼|停呼|退订)')
    OR regexp_matches(lower(name), '免打扰|勿扰|不再(来电|致电|联系|拨打|外呼|打扰|呼叫)|停止(来电|致电|拨打|外呼|呼叫)|拒绝(来电|再次?来电|外呼|再次?致电)|拉黑|黑名单|止呼|禁呼|停呼|退订|opt.?out|do.?not.?call|unsubscribe|^dnc$|^dnd$')
        AND NOT regexp_matches(lower(trim(content)), '^(|否.*|不.*|无.*|没.*|未.*|非.*|取消|解除|false|no|n|0|null|none|unknown)$'),
    false);
COMMENT ON MACRO notes_not_to_be_called IS 'Whether a business result says that the contact asked not to be called; replace the macro where your scripts name it otherwise.';

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

COMMENT ON VIEW opt_outs IS 'Who asked not to be called, by their words or by a business result, with the call in which they first did, and the calls they had after that. A lower bound: a wish in other words, or misheard, is not among them.';
COMMENT ON COLUMN opt_outs."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN opt_outs."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN opt_outs."task_id" IS 'Id of the attempt; <job_id>#<position as delivered> if the API returned none.';
COMMENT ON COLUMN opt_outs."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN opt_outs."call_date" IS 'Day of the call (actual, else planned time) in the dataset''s time zone.';
COMMENT ON COLUMN opt_outs."contact_key" IS 'Keyed hash of called_number, else of contact_phone_number: identifies a person across campaigns without revealing the number.';
COMMENT ON COLUMN opt_outs."turn_index" IS 'Position in the conversation as delivered, from 0.';
COMMENT ON COLUMN opt_outs."script" IS 'What was said, byte for byte; may be empty.';
COMMENT ON COLUMN opt_outs."result" IS 'The business result that says so, as name=content; NULL where only the words do. script is NULL where only the result does.';
COMMENT ON COLUMN opt_outs."asked_at" IS 'Time of the call (actual, else planned) in which they asked; for a result of the job, of its last answered call.';
COMMENT ON COLUMN opt_outs."calls_after" IS 'Dialled calls to the number after that call, of any campaign; to the job where there is no number; NULL where the call has no time.';
COMMENT ON COLUMN opt_outs."calls_after_other_campaigns" IS 'Of these, those of other campaigns.';
COMMENT ON COLUMN opt_outs."answered_after" IS 'Of these, those a person answered.';
COMMENT ON COLUMN opt_outs."last_call_after" IS 'Time of the last of these.';

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

COMMENT ON VIEW contact_frequency IS 'A number that was dialled: how often, and how densely at most. Calls without number or time are left out.';
COMMENT ON COLUMN contact_frequency."contact_key" IS 'Keyed hash of called_number, else of contact_phone_number: identifies a person across campaigns without revealing the number.';
COMMENT ON COLUMN contact_frequency."calls" IS 'Dialled calls.';
COMMENT ON COLUMN contact_frequency."answered" IS 'Of these, answered by a person.';
COMMENT ON COLUMN contact_frequency."days" IS 'Days with a dialled call.';
COMMENT ON COLUMN contact_frequency."max_calls_1d" IS 'Most dialled calls on one day.';
COMMENT ON COLUMN contact_frequency."max_calls_7d" IS 'Most dialled calls in 7 days in a row.';
COMMENT ON COLUMN contact_frequency."max_calls_30d" IS 'Most dialled calls in 30 days in a row.';
COMMENT ON COLUMN contact_frequency."campaigns" IS 'Distinct campaigns that called; calls without campaign count as one per instance.';
COMMENT ON COLUMN contact_frequency."first_call_date" IS 'Day of the first dialled call.';
COMMENT ON COLUMN contact_frequency."last_call_date" IS 'Day of the last dialled call.';

-- SELECT * FROM search('投诉');
CREATE OR REPLACE MACRO search(text) AS TABLE
SELECT job_date, instance_id, job_id, task_id, turn_index, speaker, script, outcome, failed_dialogue, call_date
FROM turns
WHERE contains(script, text);
COMMENT ON MACRO TABLE search IS 'The lines that contain the text, anywhere, also within words.';

-- FROM transcript('<task_id>');
CREATE OR REPLACE MACRO transcript(task) AS TABLE
SELECT instance_id, job_id, turn_index, speaker, script, gap_ms, timing
FROM turns
WHERE task_id = task
ORDER BY instance_id, job_id, turn_index;
COMMENT ON MACRO TABLE transcript IS 'The lines of a call in order.';

-- Wilson, Probable inference, the law of succession, and statistical inference,
-- Journal of the American Statistical Association 22 (1927), 209–212.
CREATE OR REPLACE MACRO wilson(k, n) AS CASE WHEN n > 0 AND k BETWEEN 0 AND n THEN {
    'rate': k / n,
    'low': greatest(0, ((k + 1.920729410347062) / n - 1.959963984540054 * sqrt((k / n * (1 - k / n) + 0.960364705173531 / n) / n)) / (1 + 3.841458820694124 / n)),
    'high': least(1, ((k + 1.920729410347062) / n + 1.959963984540054 * sqrt((k / n * (1 - k / n) + 0.960364705173531 / n) / n)) / (1 + 3.841458820694124 / n))
} END;
COMMENT ON MACRO wilson IS 'A rate of k in n with its 95 % score interval (Wilson 1927): rate, low, high; NULL where either is NULL, n is 0 or k is not from 0 to n.';
