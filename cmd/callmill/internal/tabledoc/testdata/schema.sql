CREATE TABLE "jobs" (
  "instance_id" VARCHAR NOT NULL,
  "job_id" VARCHAR NOT NULL,
  "job_group_id" VARCHAR,
  "job_reference_id" VARCHAR,
  "scenario_id" VARCHAR,
  "strategy_id" VARCHAR,
  "job_status" VARCHAR,
  "failure_reason" VARCHAR,
  "priority" INTEGER,
  "system_priority" INTEGER,
  "calling_numbers" VARCHAR[] NOT NULL,
  "job_outcome" VARCHAR NOT NULL,
  "is_final" BOOLEAN NOT NULL,
  "task_count" INTEGER NOT NULL,
  "dialed_count" INTEGER NOT NULL,
  "first_call_time" TIMESTAMP WITH TIME ZONE,
  "last_call_time" TIMESTAMP WITH TIME ZONE,
  "request_id" VARCHAR,
  "content_hash" VARCHAR NOT NULL,
  "first_seen" TIMESTAMP WITH TIME ZONE NOT NULL,
  "observed_at" TIMESTAMP WITH TIME ZONE NOT NULL,
  "job_date" DATE NOT NULL
);
COMMENT ON TABLE "jobs" IS 'One person to reach. Key: instance_id, job_id.';
COMMENT ON COLUMN "jobs"."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN "jobs"."job_id" IS 'Id of the job, as returned by the API; not always a UUID.';
COMMENT ON COLUMN "jobs"."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN "jobs"."job_reference_id" IS 'The business''s own id of the job.';
COMMENT ON COLUMN "jobs"."scenario_id" IS 'Scenario (business id) of the job.';
COMMENT ON COLUMN "jobs"."strategy_id" IS 'Calling strategy of the job.';
COMMENT ON COLUMN "jobs"."job_status" IS 'Job.Status, as returned by the API. Values: Scheduling to be called; Executing being called; Succeeded over, reached; Paused paused; Failed over, not reached; Cancelled cancelled by hand; Drafted draft.';
COMMENT ON COLUMN "jobs"."failure_reason" IS 'Job.FailureReason, as returned by the API. Values: Unknown unknown error; NoAnswer no answer; InvalidStrategy the strategy is configured wrongly; TimeUp the time for calls was over; NoStrategy no strategy, or not found; CallFailed the call failed; PerDayCallCountLimit the number''s limit of calls a day; ContactBlockList on the block list; EmptyNumber the number does not exist and is not called again; JobPerDayCallCountLimit the number''s limit of calls a day within the job; VerificationCancelled cancelled by the check before the call; ContactSuspended calls to the contact are stopped; InArrears in arrears; OutOfService out of service; NoneRepeatableJobMaxAttemptCountLimit all attempts of a job that is not repeated are made.';
COMMENT ON COLUMN "jobs"."priority" IS 'Priority of the job.';
COMMENT ON COLUMN "jobs"."system_priority" IS 'Priority given by the system.';
COMMENT ON COLUMN "jobs"."calling_numbers" IS 'Numbers the job may be called from.';
COMMENT ON COLUMN "jobs"."job_outcome" IS 'Outcome of the last answered attempt, else of the last dialled one, else of the last task; without tasks cancelled, failed or not_called after job_status. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list; not_called no task yet.';
COMMENT ON COLUMN "jobs"."is_final" IS 'Whether job_status is Succeeded, Failed or Cancelled.';
COMMENT ON COLUMN "jobs"."task_count" IS 'Number of call attempts, dialled or not.';
COMMENT ON COLUMN "jobs"."dialed_count" IS 'Number of attempts whose stage is connected or not_connected.';
COMMENT ON COLUMN "jobs"."first_call_time" IS 'Earliest call time of the job''s tasks (actual, else planned); its day is the job''s job_date.';
COMMENT ON COLUMN "jobs"."last_call_time" IS 'Latest call time of the job''s tasks.';
COMMENT ON COLUMN "jobs"."request_id" IS 'Id of the request that returned this version of the job.';
COMMENT ON COLUMN "jobs"."content_hash" IS 'Hash of what ListJobs returned of the job, independent of its formatting: the first 32 hexadecimal digits of a SHA-256.';
COMMENT ON COLUMN "jobs"."first_seen" IS 'When the job was first received, in any version.';
COMMENT ON COLUMN "jobs"."observed_at" IS 'When this version of the job was received.';
COMMENT ON COLUMN "jobs"."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE TABLE "tasks" (
  "instance_id" VARCHAR NOT NULL,
  "job_id" VARCHAR NOT NULL,
  "task_id" VARCHAR NOT NULL,
  "job_group_id" VARCHAR,
  "job_group_name" VARCHAR,
  "script_name" VARCHAR,
  "call_id" VARCHAR,
  "chatbot_id" VARCHAR,
  "task_scenario_id" VARCHAR,
  "task_job_id" VARCHAR,
  "task_index" INTEGER NOT NULL,
  "attempt" INTEGER,
  "is_last_task" BOOLEAN NOT NULL,
  "task_status" VARCHAR,
  "stage" VARCHAR,
  "outcome" VARCHAR NOT NULL,
  "connected" BOOLEAN,
  "answered" BOOLEAN,
  "not_understood" BOOLEAN,
  "failed_dialogue" BOOLEAN,
  "ended_by" VARCHAR,
  "planned_time" TIMESTAMP WITH TIME ZONE,
  "actual_time" TIMESTAMP WITH TIME ZONE,
  "call_date" DATE,
  "call_hour" INTEGER,
  "duration" BIGINT,
  "brief" VARCHAR,
  "calling_number" VARCHAR,
  "called_number" VARCHAR,
  "contact_key" VARCHAR,
  "contact_id" VARCHAR,
  "contact_name" VARCHAR,
  "contact_honorific" VARCHAR,
  "contact_phone_number" VARCHAR,
  "contact_reference_id" VARCHAR,
  "contact_role" VARCHAR,
  "contact_state" VARCHAR,
  "contact_job_id" VARCHAR,
  "call_ms" BIGINT,
  "ringing_s" INTEGER,
  "end_reason" INTEGER,
  "reached_end" BOOLEAN,
  "last_playback_completed" BOOLEAN,
  "hung_up_by_rejection" BOOLEAN,
  "dial_exceptions" VARCHAR[] NOT NULL,
  "turn_count" INTEGER NOT NULL,
  "robot_turns" INTEGER NOT NULL,
  "contact_turns" INTEGER NOT NULL,
  "robot_chars" INTEGER NOT NULL,
  "contact_chars" INTEGER NOT NULL,
  "first_turn_time" TIMESTAMP WITH TIME ZONE,
  "last_turn_time" TIMESTAMP WITH TIME ZONE,
  "flow_ended" BOOLEAN,
  "flow_ended_source" VARCHAR,
  "spoke" BOOLEAN NOT NULL,
  "facts_observed_at" TIMESTAMP WITH TIME ZONE,
  "job_date" DATE NOT NULL
);
COMMENT ON TABLE "tasks" IS 'One call attempt. Key: instance_id, job_id, task_id.';
COMMENT ON COLUMN "tasks"."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN "tasks"."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN "tasks"."task_id" IS 'Id of the attempt; <job_id>#<position as delivered> if the API returned none.';
COMMENT ON COLUMN "tasks"."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN "tasks"."job_group_name" IS 'Name of the campaign, from SearchTask.';
COMMENT ON COLUMN "tasks"."script_name" IS 'Name of the robot''s script, from SearchTask.';
COMMENT ON COLUMN "tasks"."call_id" IS 'Id of the call.';
COMMENT ON COLUMN "tasks"."chatbot_id" IS 'Robot that spoke.';
COMMENT ON COLUMN "tasks"."task_scenario_id" IS 'Tasks[].ScenarioId (deprecated by the vendor).';
COMMENT ON COLUMN "tasks"."task_job_id" IS 'Tasks[].JobId if it differs from job_id.';
COMMENT ON COLUMN "tasks"."task_index" IS 'Position among the job''s tasks from 0: by call time, those without one last, then by task_id.';
COMMENT ON COLUMN "tasks"."attempt" IS 'Position among the job''s dialled tasks from 1; NULL for a task that was not dialled.';
COMMENT ON COLUMN "tasks"."is_last_task" IS 'Whether this is the job''s last task.';
COMMENT ON COLUMN "tasks"."task_status" IS 'Task.Status, as returned by the API; the statuses table explains it.';
COMMENT ON COLUMN "tasks"."stage" IS 'How far the attempt came; NULL if the status does not imply it. Values: connected connected, to a person or a machine; not_connected dialled, not connected; not_dialed not dialled; in_progress being called.';
COMMENT ON COLUMN "tasks"."outcome" IS 'How the attempt ended; see the statuses table. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.';
COMMENT ON COLUMN "tasks"."connected" IS 'Whether the call was connected; NULL while in progress or unknown.';
COMMENT ON COLUMN "tasks"."answered" IS 'Whether a person answered: connected and not intercepted by a machine.';
COMMENT ON COLUMN "tasks"."not_understood" IS 'Whether the robot had no answer to what was said (拒识).';
COMMENT ON COLUMN "tasks"."failed_dialogue" IS 'Connected, and not understood, silent, without interaction, broken, or hung up unless flow_ended; NULL if hung up and flow_ended is NULL, and where connected is NULL.';
COMMENT ON COLUMN "tasks"."ended_by" IS 'Who or what ended the call. Values: robot the robot; contact the contact; transfer the transfer to an agent; system an error.';
COMMENT ON COLUMN "tasks"."planned_time" IS 'When the attempt was planned.';
COMMENT ON COLUMN "tasks"."actual_time" IS 'When the attempt was made.';
COMMENT ON COLUMN "tasks"."call_date" IS 'Day of the call (actual, else planned time) in the dataset''s time zone.';
COMMENT ON COLUMN "tasks"."call_hour" IS 'Hour of the call (0–23) in the dataset''s time zone.';
COMMENT ON COLUMN "tasks"."duration" IS 'Tasks[].Duration as returned; the API documents no unit.';
COMMENT ON COLUMN "tasks"."brief" IS 'Tasks[].Brief, a business result (deprecated by the vendor).';
COMMENT ON COLUMN "tasks"."calling_number" IS 'Number that called.';
COMMENT ON COLUMN "tasks"."called_number" IS 'Number that was called.';
COMMENT ON COLUMN "tasks"."contact_key" IS 'Keyed hash of called_number, else of contact_phone_number: identifies a person across campaigns without revealing the number.';
COMMENT ON COLUMN "tasks"."contact_id" IS 'Contact: id.';
COMMENT ON COLUMN "tasks"."contact_name" IS 'Contact: name.';
COMMENT ON COLUMN "tasks"."contact_honorific" IS 'Contact: form of address.';
COMMENT ON COLUMN "tasks"."contact_phone_number" IS 'Contact: phone number.';
COMMENT ON COLUMN "tasks"."contact_reference_id" IS 'Contact: id in the business''s own systems.';
COMMENT ON COLUMN "tasks"."contact_role" IS 'Contact: role.';
COMMENT ON COLUMN "tasks"."contact_state" IS 'Contact: state, as returned by the API. Values: Available can be called; WrongNumber the number is another person''s; DoesNotExist the number does not exist; Suspended calls to the contact are stopped.';
COMMENT ON COLUMN "tasks"."contact_job_id" IS 'Contact: its job id, which may differ from job_id.';
COMMENT ON COLUMN "tasks"."call_ms" IS 'Length of the call in ms, from SearchTask.';
COMMENT ON COLUMN "tasks"."ringing_s" IS 'Length of the ringing in s, from SearchTask.';
COMMENT ON COLUMN "tasks"."end_reason" IS 'TaskEndReason: how a connected call ended, from SearchTask. Values: 1 finished; 2 the robot hung up, not having understood; 3 the robot hung up after silence; 4 the contact hung up, not understood; 5 the contact hung up without reason; 6 transferred by intent; 7 transferred, not understood; 8 the contact did not interact; 9 broken off by an error; 10 a voice assistant answered; 11 an extension menu answered.';
COMMENT ON COLUMN "tasks"."reached_end" IS 'Whether the flow reached its end, from SearchTask.';
COMMENT ON COLUMN "tasks"."last_playback_completed" IS 'Whether the last robot line was played to its end, from SearchTask.';
COMMENT ON COLUMN "tasks"."hung_up_by_rejection" IS 'Whether the call was hung up after the robot had no answer to what was said, from SearchTask (拒识).';
COMMENT ON COLUMN "tasks"."dial_exceptions" IS 'DialExceptionCodes: why dialling failed, from SearchTask. Values: OutboundCallError.SipCodeError the network refused the call with a SIP code; OutboundCallError.SipTrunkError the trunk failed; 403 SIP code (RFC 3261): forbidden, such as out of service or in arrears; 404 SIP code: the number does not exist; 408 SIP code: no answer in time; 480 SIP code: unreachable for now, such as powered off; 486 SIP code: busy; 487 SIP code: the call was given up before an answer; 500 SIP code: error of a server; 503 SIP code: the service is unavailable; 600 SIP code: busy everywhere; 603 SIP code: declined.';
COMMENT ON COLUMN "tasks"."turn_count" IS 'Number of lines of the conversation.';
COMMENT ON COLUMN "tasks"."robot_turns" IS 'Number of lines of the robot.';
COMMENT ON COLUMN "tasks"."contact_turns" IS 'Number of lines of the contact.';
COMMENT ON COLUMN "tasks"."robot_chars" IS 'Code points the robot spoke.';
COMMENT ON COLUMN "tasks"."contact_chars" IS 'Code points the contact spoke.';
COMMENT ON COLUMN "tasks"."first_turn_time" IS 'Earliest stored time of a line.';
COMMENT ON COLUMN "tasks"."last_turn_time" IS 'Latest stored time of a line.';
COMMENT ON COLUMN "tasks"."flow_ended" IS 'Whether the flow of the call came to its end: reached_end where SearchTask tells; else, of a call with a line of the robot, whether one of its last two has a closing formula (再见).';
COMMENT ON COLUMN "tasks"."flow_ended_source" IS 'Where flow_ended is from; NULL where flow_ended is. Values: api SearchTask; inferred the robot''s last two lines.';
COMMENT ON COLUMN "tasks"."spoke" IS 'Whether the contact, a person or a machine that picked up, said something: has a line that is more than punctuation.';
COMMENT ON COLUMN "tasks"."facts_observed_at" IS 'When the row of SearchTask was received that brought the columns from it; NULL without them, and where a dataset of format 1 did not keep it.';
COMMENT ON COLUMN "tasks"."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE TABLE "turns" (
  "instance_id" VARCHAR NOT NULL,
  "job_id" VARCHAR NOT NULL,
  "task_id" VARCHAR NOT NULL,
  "turn_index" INTEGER NOT NULL,
  "job_group_id" VARCHAR,
  "turns_left" INTEGER NOT NULL,
  "speaker" VARCHAR NOT NULL,
  "script" VARCHAR NOT NULL,
  "tokens" VARCHAR[] NOT NULL,
  "pattern" VARCHAR,
  "chars" INTEGER NOT NULL,
  "stored_time" TIMESTAMP WITH TIME ZONE,
  "gap_ms" BIGINT,
  "timing" VARCHAR NOT NULL,
  "outcome" VARCHAR NOT NULL,
  "answered" BOOLEAN,
  "failed_dialogue" BOOLEAN,
  "call_date" DATE,
  "job_date" DATE NOT NULL
);
COMMENT ON TABLE "turns" IS 'One line that was spoken. Key: instance_id, job_id, task_id, turn_index.';
COMMENT ON COLUMN "turns"."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN "turns"."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN "turns"."task_id" IS 'The enclosing call attempt.';
COMMENT ON COLUMN "turns"."turn_index" IS 'Position in the conversation as delivered, from 0.';
COMMENT ON COLUMN "turns"."job_group_id" IS 'Campaign the job belongs to.';
COMMENT ON COLUMN "turns"."turns_left" IS 'Number of lines that follow.';
COMMENT ON COLUMN "turns"."speaker" IS 'Who spoke. Values: Robot the robot; Contact the contact, or the machine that picked up; Unknown the API named none.';
COMMENT ON COLUMN "turns"."script" IS 'What was said, byte for byte; may be empty.';
COMMENT ON COLUMN "turns"."tokens" IS 'The words of script; joined without separator they equal script.';
COMMENT ON COLUMN "turns"."pattern" IS 'Robot lines: the script with the values of the job''s extras as {=key}, then its call''s name and honorific, numbers, dates, times and amounts as slots such as {num}; other braces are full-width. NULL for other speakers.';
COMMENT ON COLUMN "turns"."chars" IS 'Length of script in code points.';
COMMENT ON COLUMN "turns"."stored_time" IS 'When the text was stored, not when it was spoken.';
COMMENT ON COLUMN "turns"."gap_ms" IS 'Milliseconds since the preceding line that has a stored time; timing tells whether it is reliable.';
COMMENT ON COLUMN "turns"."timing" IS 'Whether gap_ms is reliable. Values: first the first line with a stored time: no gap; ok stored after the line before: the gap is reliable; tie stored in the same instant as the line before: the gap is 0 and says nothing; backwards stored before the line before: the gap is negative and says nothing; missing no stored time: no gap.';
COMMENT ON COLUMN "turns"."outcome" IS 'Outcome of the call attempt. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.';
COMMENT ON COLUMN "turns"."answered" IS 'Whether a person answered the call.';
COMMENT ON COLUMN "turns"."failed_dialogue" IS 'Whether the call''s dialogue failed: see tasks.';
COMMENT ON COLUMN "turns"."call_date" IS 'Day of the call in the dataset''s time zone.';
COMMENT ON COLUMN "turns"."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE TABLE "contacts" (
  "instance_id" VARCHAR NOT NULL,
  "job_id" VARCHAR NOT NULL,
  "contact_index" INTEGER NOT NULL,
  "contact_key" VARCHAR,
  "contact_id" VARCHAR,
  "contact_name" VARCHAR,
  "contact_honorific" VARCHAR,
  "contact_phone_number" VARCHAR,
  "contact_reference_id" VARCHAR,
  "contact_role" VARCHAR,
  "contact_state" VARCHAR,
  "contact_job_id" VARCHAR,
  "job_date" DATE NOT NULL
);
COMMENT ON TABLE "contacts" IS 'A person listed with a job. Key: instance_id, job_id, contact_index.';
COMMENT ON COLUMN "contacts"."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN "contacts"."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN "contacts"."contact_index" IS 'Position in the job''s list of contacts, from 0.';
COMMENT ON COLUMN "contacts"."contact_key" IS 'Keyed hash of contact_phone_number: identifies a person across campaigns without revealing the number.';
COMMENT ON COLUMN "contacts"."contact_id" IS 'Contact: id.';
COMMENT ON COLUMN "contacts"."contact_name" IS 'Contact: name.';
COMMENT ON COLUMN "contacts"."contact_honorific" IS 'Contact: form of address.';
COMMENT ON COLUMN "contacts"."contact_phone_number" IS 'Contact: phone number.';
COMMENT ON COLUMN "contacts"."contact_reference_id" IS 'Contact: id in the business''s own systems.';
COMMENT ON COLUMN "contacts"."contact_role" IS 'Contact: role.';
COMMENT ON COLUMN "contacts"."contact_state" IS 'Contact: state, as returned by the API. Values: Available can be called; WrongNumber the number is another person''s; DoesNotExist the number does not exist; Suspended calls to the contact are stopped.';
COMMENT ON COLUMN "contacts"."contact_job_id" IS 'Contact: its job id, which may differ from job_id.';
COMMENT ON COLUMN "contacts"."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE TABLE "extras" (
  "instance_id" VARCHAR NOT NULL,
  "job_id" VARCHAR NOT NULL,
  "extra_index" INTEGER NOT NULL,
  "key" VARCHAR,
  "value" VARCHAR,
  "job_date" DATE NOT NULL
);
COMMENT ON TABLE "extras" IS 'A business parameter of a job. Key: instance_id, job_id, extra_index.';
COMMENT ON COLUMN "extras"."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN "extras"."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN "extras"."extra_index" IS 'Position in the job''s list of parameters, from 0.';
COMMENT ON COLUMN "extras"."key" IS 'Name of the parameter.';
COMMENT ON COLUMN "extras"."value" IS 'Value of the parameter.';
COMMENT ON COLUMN "extras"."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE TABLE "summaries" (
  "instance_id" VARCHAR NOT NULL,
  "job_id" VARCHAR NOT NULL,
  "task_id" VARCHAR,
  "turn_index" INTEGER,
  "summary_index" INTEGER NOT NULL,
  "category" VARCHAR,
  "summary_name" VARCHAR,
  "content" VARCHAR,
  "job_date" DATE NOT NULL
);
COMMENT ON TABLE "summaries" IS 'A business result of a job or of a turn. Key: instance_id, job_id, task_id, turn_index, summary_index.';
COMMENT ON COLUMN "summaries"."instance_id" IS 'Robot deployment the job belongs to.';
COMMENT ON COLUMN "summaries"."job_id" IS 'The enclosing job.';
COMMENT ON COLUMN "summaries"."task_id" IS 'The enclosing call attempt; NULL for a result of the job.';
COMMENT ON COLUMN "summaries"."turn_index" IS 'The enclosing line; NULL for a result of the job.';
COMMENT ON COLUMN "summaries"."summary_index" IS 'Position in its list of results, from 0.';
COMMENT ON COLUMN "summaries"."category" IS 'Category of the result.';
COMMENT ON COLUMN "summaries"."summary_name" IS 'Name of the result.';
COMMENT ON COLUMN "summaries"."content" IS 'The result: a tag or the value of a variable.';
COMMENT ON COLUMN "summaries"."job_date" IS 'Day of the job''s earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.';

CREATE TABLE "job_groups" (
  "instance_id" VARCHAR NOT NULL,
  "job_group_id" VARCHAR NOT NULL,
  "job_group_name" VARCHAR,
  "description" VARCHAR,
  "script_id" VARCHAR,
  "script_name" VARCHAR,
  "script_version" VARCHAR,
  "job_group_status" VARCHAR,
  "creation_time" TIMESTAMP WITH TIME ZONE,
  "modify_time" TIMESTAMP WITH TIME ZONE,
  "total_jobs" BIGINT,
  "total_completed" BIGINT,
  "total_not_answered" BIGINT,
  "observed_at" TIMESTAMP WITH TIME ZONE NOT NULL
);
COMMENT ON TABLE "job_groups" IS 'A campaign. Key: instance_id, job_group_id.';
COMMENT ON COLUMN "job_groups"."instance_id" IS 'Robot deployment the campaign belongs to.';
COMMENT ON COLUMN "job_groups"."job_group_id" IS 'Id of the campaign.';
COMMENT ON COLUMN "job_groups"."job_group_name" IS 'Name of the campaign.';
COMMENT ON COLUMN "job_groups"."description" IS 'Description of the campaign.';
COMMENT ON COLUMN "job_groups"."script_id" IS 'The robot''s script.';
COMMENT ON COLUMN "job_groups"."script_name" IS 'Name of the robot''s script.';
COMMENT ON COLUMN "job_groups"."script_version" IS 'Published version of the robot''s script.';
COMMENT ON COLUMN "job_groups"."job_group_status" IS 'Status of the campaign, as returned by the API. Values: Draft draft; Initializing being prepared; Scheduling to be called; Executing being called; Paused paused; Completed over; Failed failed; Cancelled cancelled.';
COMMENT ON COLUMN "job_groups"."creation_time" IS 'When the campaign was created.';
COMMENT ON COLUMN "job_groups"."modify_time" IS 'When the campaign was last changed.';
COMMENT ON COLUMN "job_groups"."total_jobs" IS 'Number of jobs of the campaign, according to the API.';
COMMENT ON COLUMN "job_groups"."total_completed" IS 'Number of completed jobs, according to the API.';
COMMENT ON COLUMN "job_groups"."total_not_answered" IS 'Number of unanswered jobs, according to the API.';
COMMENT ON COLUMN "job_groups"."observed_at" IS 'When this version of the campaign was received.';

CREATE TABLE "statuses" (
  "task_status" VARCHAR NOT NULL,
  "code" INTEGER,
  "stage" VARCHAR,
  "outcome" VARCHAR NOT NULL,
  "connected" BOOLEAN,
  "answered" BOOLEAN,
  "not_understood" BOOLEAN,
  "ended_by" VARCHAR,
  "label_zh" VARCHAR,
  "label_en" VARCHAR
);
COMMENT ON TABLE "statuses" IS 'The meaning of a task status: of each documented one, and of each other one that occurs. It is the same for every instance. Key: task_status.';
COMMENT ON COLUMN "statuses"."task_status" IS 'Task.Status, in the vendor''s spelling.';
COMMENT ON COLUMN "statuses"."code" IS 'The vendor''s number for the status; NULL for an unlisted status.';
COMMENT ON COLUMN "statuses"."stage" IS 'How far the attempt came; NULL if the status does not imply it. Values: connected connected, to a person or a machine; not_connected dialled, not connected; not_dialed not dialled; in_progress being called.';
COMMENT ON COLUMN "statuses"."outcome" IS 'How the attempt ended. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.';
COMMENT ON COLUMN "statuses"."connected" IS 'Whether the call was connected; NULL while in progress or unknown.';
COMMENT ON COLUMN "statuses"."answered" IS 'Whether a person answered.';
COMMENT ON COLUMN "statuses"."not_understood" IS 'Whether the robot had no answer to what was said (拒识).';
COMMENT ON COLUMN "statuses"."ended_by" IS 'Who or what ended the call. Values: robot the robot; contact the contact; transfer the transfer to an agent; system an error.';
COMMENT ON COLUMN "statuses"."label_zh" IS 'The status in Chinese.';
COMMENT ON COLUMN "statuses"."label_en" IS 'The status in English.';

CREATE TABLE "rejects" (
  "instance_id" VARCHAR NOT NULL,
  "reject_id" VARCHAR NOT NULL,
  "job_id" VARCHAR,
  "origin" VARCHAR,
  "position" BIGINT NOT NULL,
  "code" VARCHAR NOT NULL,
  "reason" VARCHAR NOT NULL,
  "raw" BLOB,
  "raw_bytes" BIGINT NOT NULL,
  "raw_sha256" VARCHAR NOT NULL,
  "first_run" VARCHAR NOT NULL,
  "first_seen" TIMESTAMP WITH TIME ZONE NOT NULL
);
COMMENT ON TABLE "rejects" IS 'Input that could not be turned into rows, and why. Key: instance_id, reject_id.';
COMMENT ON COLUMN "rejects"."instance_id" IS 'Robot deployment that was asked.';
COMMENT ON COLUMN "rejects"."reject_id" IS 'Hash of code, job_id and raw_sha256.';
COMMENT ON COLUMN "rejects"."job_id" IS 'Job the input is about, if its id could be read.';
COMMENT ON COLUMN "rejects"."origin" IS 'Source of the input: a path relative to the argument, or the request.';
COMMENT ON COLUMN "rejects"."position" IS 'Index of the job in its origin, from 0.';
COMMENT ON COLUMN "rejects"."code" IS 'Kind of the problem.';
COMMENT ON COLUMN "rejects"."reason" IS 'Description of the problem: what was found where.';
COMMENT ON COLUMN "rejects"."raw" IS 'The input, its first MiB; NULL where personal data is taken out.';
COMMENT ON COLUMN "rejects"."raw_bytes" IS 'Length of the input in bytes.';
COMMENT ON COLUMN "rejects"."raw_sha256" IS 'SHA-256 of the whole input, hexadecimal.';
COMMENT ON COLUMN "rejects"."first_run" IS 'Run that encountered it first.';
COMMENT ON COLUMN "rejects"."first_seen" IS 'When it was first received.';

-- callmill views DIR prints the views over the files of a snapshot:
--
-- snapshot (view): What is open: one row with the run that published it and the settings of the dataset.
--   run: The run that published the snapshot.
--   published: When it was published.
--   program: The version of callmill that published it.
--   time_zone: Time zone of job_date, call_date, call_hour and of the columns named local.
--   segmenter: How words were cut.
--   pii: What became of personal data: keep, mask, hash, drop.
--   words: Version of the dictionaries behind tokens.
--
-- map_of_texts (macro): Lists of names and texts as a map; what has one name is joined, a line each.
--
-- calls (view): A row of tasks with its job, campaign, business results and parameters: one call attempt, dialled or not.
--   instance_id: Robot deployment the job belongs to.
--   job_id: The enclosing job.
--   task_id: Id of the attempt; <job_id>#<position as delivered> if the API returned none.
--   job_group_id: Campaign the job belongs to.
--   job_group_name: Name of the campaign, from SearchTask.
--   script_name: Name of the robot's script, from SearchTask.
--   call_id: Id of the call.
--   chatbot_id: Robot that spoke.
--   task_scenario_id: Tasks[].ScenarioId (deprecated by the vendor).
--   task_job_id: Tasks[].JobId if it differs from job_id.
--   task_index: Position among the job's tasks from 0: by call time, those without one last, then by task_id.
--   attempt: Position among the job's dialled tasks from 1; NULL for a task that was not dialled.
--   is_last_task: Whether this is the job's last task.
--   task_status: Task.Status, as returned by the API; the statuses table explains it.
--   stage: How far the attempt came; NULL if the status does not imply it. Values: connected connected, to a person or a machine; not_connected dialled, not connected; not_dialed not dialled; in_progress being called.
--   outcome: How the attempt ended; see the statuses table. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.
--   connected: Whether the call was connected; NULL while in progress or unknown.
--   answered: Whether a person answered: connected and not intercepted by a machine.
--   not_understood: Whether the robot had no answer to what was said (拒识).
--   failed_dialogue: Connected, and not understood, silent, without interaction, broken, or hung up unless flow_ended; NULL if hung up and flow_ended is NULL, and where connected is NULL.
--   ended_by: Who or what ended the call. Values: robot the robot; contact the contact; transfer the transfer to an agent; system an error.
--   planned_time: When the attempt was planned.
--   actual_time: When the attempt was made.
--   call_date: Day of the call (actual, else planned time) in the dataset's time zone.
--   call_hour: Hour of the call (0–23) in the dataset's time zone.
--   duration: Tasks[].Duration as returned; the API documents no unit.
--   brief: Tasks[].Brief, a business result (deprecated by the vendor).
--   calling_number: Number that called.
--   called_number: Number that was called.
--   contact_key: Keyed hash of called_number, else of contact_phone_number: identifies a person across campaigns without revealing the number.
--   contact_id: Contact: id.
--   contact_name: Contact: name.
--   contact_honorific: Contact: form of address.
--   contact_phone_number: Contact: phone number.
--   contact_reference_id: Contact: id in the business's own systems.
--   contact_role: Contact: role.
--   contact_state: Contact: state, as returned by the API. Values: Available can be called; WrongNumber the number is another person's; DoesNotExist the number does not exist; Suspended calls to the contact are stopped.
--   contact_job_id: Contact: its job id, which may differ from job_id.
--   call_ms: Length of the call in ms, from SearchTask.
--   ringing_s: Length of the ringing in s, from SearchTask.
--   end_reason: TaskEndReason: how a connected call ended, from SearchTask. Values: 1 finished; 2 the robot hung up, not having understood; 3 the robot hung up after silence; 4 the contact hung up, not understood; 5 the contact hung up without reason; 6 transferred by intent; 7 transferred, not understood; 8 the contact did not interact; 9 broken off by an error; 10 a voice assistant answered; 11 an extension menu answered.
--   reached_end: Whether the flow reached its end, from SearchTask.
--   last_playback_completed: Whether the last robot line was played to its end, from SearchTask.
--   hung_up_by_rejection: Whether the call was hung up after the robot had no answer to what was said, from SearchTask (拒识).
--   dial_exceptions: DialExceptionCodes: why dialling failed, from SearchTask. Values: OutboundCallError.SipCodeError the network refused the call with a SIP code; OutboundCallError.SipTrunkError the trunk failed; 403 SIP code (RFC 3261): forbidden, such as out of service or in arrears; 404 SIP code: the number does not exist; 408 SIP code: no answer in time; 480 SIP code: unreachable for now, such as powered off; 486 SIP code: busy; 487 SIP code: the call was given up before an answer; 500 SIP code: error of a server; 503 SIP code: the service is unavailable; 600 SIP code: busy everywhere; 603 SIP code: declined.
--   turn_count: Number of lines of the conversation.
--   robot_turns: Number of lines of the robot.
--   contact_turns: Number of lines of the contact.
--   robot_chars: Code points the robot spoke.
--   contact_chars: Code points the contact spoke.
--   first_turn_time: Earliest stored time of a line.
--   last_turn_time: Latest stored time of a line.
--   flow_ended: Whether the flow of the call came to its end: reached_end where SearchTask tells; else, of a call with a line of the robot, whether one of its last two has a closing formula (再见).
--   flow_ended_source: Where flow_ended is from; NULL where flow_ended is. Values: api SearchTask; inferred the robot's last two lines.
--   spoke: Whether the contact, a person or a machine that picked up, said something: has a line that is more than punctuation.
--   facts_observed_at: When the row of SearchTask was received that brought the columns from it; NULL without them, and where a dataset of format 1 did not keep it.
--   job_date: Day of the job's earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.
--   job_reference_id: The business's own id of the job.
--   scenario_id: Scenario (business id) of the job.
--   strategy_id: Calling strategy of the job.
--   job_status: Job.Status, as returned by the API. Values: Scheduling to be called; Executing being called; Succeeded over, reached; Paused paused; Failed over, not reached; Cancelled cancelled by hand; Drafted draft.
--   failure_reason: Job.FailureReason, as returned by the API. Values: Unknown unknown error; NoAnswer no answer; InvalidStrategy the strategy is configured wrongly; TimeUp the time for calls was over; NoStrategy no strategy, or not found; CallFailed the call failed; PerDayCallCountLimit the number's limit of calls a day; ContactBlockList on the block list; EmptyNumber the number does not exist and is not called again; JobPerDayCallCountLimit the number's limit of calls a day within the job; VerificationCancelled cancelled by the check before the call; ContactSuspended calls to the contact are stopped; InArrears in arrears; OutOfService out of service; NoneRepeatableJobMaxAttemptCountLimit all attempts of a job that is not repeated are made.
--   job_outcome: Outcome of the last answered attempt, else of the last dialled one, else of the last task; without tasks cancelled, failed or not_called after job_status. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list; not_called no task yet.
--   is_final: Whether job_status is Succeeded, Failed or Cancelled.
--   task_count: Number of call attempts, dialled or not.
--   dialed_count: Number of attempts whose stage is connected or not_connected.
--   observed_at: When this version of the job was received.
--   script_version: Published version of the robot's script.
--   campaign: Name of the campaign, else its id.
--   campaign_script_name: Name of the robot's script: that of the call, else that of the campaign.
--   dialed: Whether the attempt reached the network: the denominator of rates per dialled call.
--   local_time: When the attempt was made, else planned, in the dataset's time zone, without zone.
--   call_weekday: Weekday of call_date: 1 Monday to 7 Sunday.
--   robot_turn_share: Share of the lines that are the robot's; NULL without lines.
--   robot_char_share: Share of the characters that are the robot's; NULL without any.
--   results: Business results of the job by name, as in results['score']; a name given twice has both, a line each.
--   extras: Business parameters of the job by name, as in extras['amount']; a name given twice has both, a line each.
--
-- exchanges (view): A line of the robot and what the contact said next. Lines before the robot's first are in turns only.
--   instance_id: Robot deployment the job belongs to.
--   job_id: The enclosing job.
--   task_id: The enclosing call attempt.
--   turn_index: Position in the conversation as delivered, from 0.
--   job_group_id: Campaign the job belongs to.
--   pattern: Robot lines: the script with the values of the job's extras as {=key}, then its call's name and honorific, numbers, dates, times and amounts as slots such as {num}; other braces are full-width. NULL for other speakers.
--   outcome: Outcome of the call attempt. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.
--   answered: Whether a person answered the call.
--   failed_dialogue: Whether the call's dialogue failed: see tasks.
--   call_date: Day of the call in the dataset's time zone.
--   job_date: Day of the job's earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.
--   flow_ended: Whether the flow of the call came to its end: reached_end where SearchTask tells; else, of a call with a line of the robot, whether one of its last two has a closing formula (再见).
--   robot_line: What the robot said.
--   reply: The contact's next line; NULL where the robot spoke again first or nobody spoke any more.
--   replies: All lines of the contact before the robot spoke again or the call ended, in order; empty where there are none.
--   reply_turns: Number of lines before the robot spoke again or the call ended; reply is the first of them.
--   reply_gap_ms: Milliseconds from storing the line to storing the reply, the robot's speaking time included; NULL where the times are worth nothing.
--   ended_here: Whether the robot spoke no more: the call ended during the line or the reply.
--   hung_up_here: ended_here, and it was the contact who hung up before the flow came to its end: not during the goodbye.
--
-- is_stop_word (macro): Whether a word carries grammar rather than content; replace the macro to use a list of your own.
--
-- is_punctuation (macro): Whether a word has neither letters nor digits.
--
-- words (view): A word of a line that was spoken; together they are the line, byte for byte.
--   instance_id: Robot deployment the job belongs to.
--   job_id: The enclosing job.
--   task_id: The enclosing call attempt.
--   turn_index: Position in the conversation as delivered, from 0.
--   job_group_id: Campaign the job belongs to.
--   turns_left: Number of lines that follow.
--   speaker: Who spoke. Values: Robot the robot; Contact the contact, or the machine that picked up; Unknown the API named none.
--   outcome: Outcome of the call attempt. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.
--   answered: Whether a person answered the call.
--   failed_dialogue: Whether the call's dialogue failed: see tasks.
--   call_date: Day of the call in the dataset's time zone.
--   job_date: Day of the job's earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.
--   word: The word.
--   word_index: Position in the line, from 0.
--   punctuation: Whether it has neither letters nor digits.
--   stop_word: Whether it carries grammar rather than content (macro is_stop_word). 嗯, 喂, 不 and 没 do not: they are answers.
--
-- transcripts (view): A call with at least one line, as one text.
--   instance_id: Robot deployment the job belongs to.
--   job_id: The enclosing job.
--   task_id: The enclosing call attempt.
--   job_group_id: Campaign the job belongs to.
--   outcome: Outcome of the call attempt. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.
--   answered: Whether a person answered the call.
--   failed_dialogue: Whether the call's dialogue failed: see tasks.
--   call_date: Day of the call in the dataset's time zone.
--   job_date: Day of the job's earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.
--   turn_count: Number of lines of the conversation.
--   transcript: The lines in order, each as Speaker: script.
--
-- attempts (view): A dialled call attempt of a final job, given what became of the earlier ones.
--   instance_id: Robot deployment the job belongs to.
--   job_id: The enclosing job.
--   task_id: Id of the attempt; <job_id>#<position as delivered> if the API returned none.
--   job_group_id: Campaign the job belongs to.
--   attempt: Position among the job's dialled tasks from 1; NULL for a task that was not dialled.
--   outcome: How the attempt ended; see the statuses table. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list.
--   connected: Whether the call was connected; NULL while in progress or unknown.
--   answered: Whether a person answered: connected and not intercepted by a machine.
--   failed_dialogue: Connected, and not understood, silent, without interaction, broken, or hung up unless flow_ended; NULL if hung up and flow_ended is NULL, and where connected is NULL.
--   call_date: Day of the call (actual, else planned time) in the dataset's time zone.
--   call_hour: Hour of the call (0–23) in the dataset's time zone.
--   calling_number: Number that called.
--   contact_key: Keyed hash of called_number, else of contact_phone_number: identifies a person across campaigns without revealing the number.
--   job_date: Day of the job's earliest call, 2100-01-01 before it has one. In the path only, for pruning; the day of a call is call_date.
--   job_outcome: Outcome of the last answered attempt, else of the last dialled one, else of the last task; without tasks cancelled, failed or not_called after job_status. Values: completed connected, the flow finished; hung_up connected, the contact hung up; not_understood connected, the robot hung up, not having understood; silent connected, the robot hung up after silence; no_interaction connected, the contact did not interact; transferred connected, transferred to an agent; broken connected, broken off by an error; intercepted connected, a machine answered; ended_unknown connected, old data without the way it ended; no_answer not connected, no answer; busy not connected, busy; unreachable not connected, unreachable or powered off; suspended out of service or in arrears; invalid_number the number does not exist; blocked not dialled: daily limit, block list or high risk; bad_calling_number not dialled: the calling number is not registered or does not exist; cancelled not dialled: stopped, or cancelled by verification; failed failed; in_progress being called; unknown the status is on no list; not_called no task yet.
--   dialed_count: Number of attempts whose stage is connected or not_connected.
--   earlier_outcomes: Outcomes of the job's earlier dialled attempts, in order; empty for the first.
--   answered_before: Whether a person answered an earlier attempt.
--   hours_since_last: Hours since the dialled attempt before; NULL for the first and where a time is missing.
--   last_attempt: Whether no later attempt was dialled.
--
-- daily (view): A day of a campaign: counts of call attempts by the day of the call, not by job_date.
--   instance_id: Robot deployment the job belongs to.
--   job_group_id: Campaign the job belongs to.
--   call_date: Day of the call (actual, else planned time) in the dataset's time zone.
--   campaign: Name of the campaign, else its id.
--   tasks: Call attempts, dialled or not.
--   dialed: Attempts that reached the network: the denominator of rates per dialled call.
--   connected: Of these, connected, to a person or a machine.
--   answered: Of these, answered by a person: no machine was noticed.
--   spoke: Of the answered, those in which the contact said something.
--   failure_known: Of the connected, those of which it is known whether the dialogue failed: the denominator of failed_dialogues.
--   failed_dialogues: Of these, those whose dialogue failed.
--   hung_up: Of the connected, those the contact ended.
--   transferred: Of the connected, those handed to a person.
--   numbers: Distinct numbers dialled (contact_key): the denominator of rates per number.
--   numbers_answered: Of these, those with an answered call that day.
--   turns: Lines that were spoken.
--
-- wish_not_to_be_called (macro): The pattern of a wish not to be called.
--
-- asks_not_to_be_called (macro): Whether a line asks not to be called again; replace the macro to use a pattern of your own.
--
-- notes_not_to_be_called (macro): Whether a business result says that the contact asked not to be called; replace the macro where your scripts name it otherwise.
--
-- opt_outs (view): Who asked not to be called, by their words or by a business result, with the call in which they first did, and the calls they had after that. A lower bound: a wish in other words, or misheard, is not among them.
--   instance_id: Robot deployment the job belongs to.
--   job_id: The enclosing job.
--   task_id: Id of the attempt; <job_id>#<position as delivered> if the API returned none.
--   job_group_id: Campaign the job belongs to.
--   call_date: Day of the call (actual, else planned time) in the dataset's time zone.
--   contact_key: Keyed hash of called_number, else of contact_phone_number: identifies a person across campaigns without revealing the number.
--   turn_index: Position in the conversation as delivered, from 0.
--   script: What was said, byte for byte; may be empty.
--   result: The business result that says so, as name=content; NULL where only the words do. script is NULL where only the result does.
--   asked_at: Time of the call (actual, else planned) in which they asked; for a result of the job, of its last answered call; NULL where the job is gone.
--   source: rule: their words say it, by a rule for such words; result: a business result does.
--   job_gone: Whether the job was kept no longer, or erased: then only the number, the day and the words of the result are known.
--   calls_after: Dialled calls to the number after that call, of any campaign; to the job where there is no number; where the job is gone, from the next day; NULL where the call has no time.
--   calls_after_other_campaigns: Of these, those of other campaigns; NULL where the job is gone.
--   answered_after: Of these, those a person answered.
--   last_call_after: Time of the last of these.
--
-- contact_frequency (view): A number that was dialled: how often, and how densely at most. Calls without number or time are left out.
--   contact_key: Keyed hash of called_number, else of contact_phone_number: identifies a person across campaigns without revealing the number.
--   calls: Dialled calls.
--   answered: Of these, answered by a person.
--   days: Days with a dialled call.
--   max_calls_1d: Most dialled calls on one day.
--   max_calls_7d: Most dialled calls in 7 days in a row.
--   max_calls_30d: Most dialled calls in 30 days in a row.
--   campaigns: Distinct campaigns that called; calls without campaign count as one per instance.
--   first_call_date: Day of the first dialled call.
--   last_call_date: Day of the last dialled call.
--
-- search (table macro): The lines that contain the text, anywhere, also within words.
--
-- transcript (table macro): The lines of a call in order.
--
-- wilson (macro): A rate of k in n with its 95 % score interval (Wilson 1927): rate, low, high; NULL where either is NULL, n is 0 or k is not from 0 to n.
--
-- reviews (view): What one person said of one thing: a verdict, a score, a note on a hit of a rule, a call or all calls of a filter; what became of a finding. All are kept, counts says which are the last of their person and thing.
--   review_index: Order in which the reviews were written, from 1. It is the order that counts: clocks jump.
--   reviewed_at: When it was written, by the clock of the desk.
--   reviewer: Who wrote it.
--   about: What it is about: hit, call, filter or finding.
--   instance_id: Robot deployment the job belongs to.
--   job_id: The enclosing job.
--   task_id: The enclosing call attempt.
--   turn_index: Position in the conversation as delivered, from 0.
--   rule_name: The rule whose hit it is.
--   rule_version: Version of the rule: a hash of its text.
--   filter_text: What was selected, as the desk writes it; about filter, what it is about.
--   snapshot_name: The snapshot that was looked at.
--   finding: The finding, by its id.
--   state: What became of the finding: open, handed_over or dismissed.
--   handed_to: To whom it was handed over.
--   verdict: right, wrong, or transcription_wrong: what was heard is wrong, so nothing else can be told; NULL of none, or where it was withdrawn.
--   score: Score, from 0 to 100.
--   note: A person's own words.
--   counts: Whether it is the last of this person on this thing, the one that counts.
--
-- accesses (view): Who opened, searched or exported what at the desk, and when.
--   accessed_at: When, by the clock of the desk.
--   accessed_by: Who it was.
--   did: opened, searched or exported.
--   what: The page, or the kind of list.
--   instance_id: Robot deployment the job belongs to.
--   job_id: The enclosing job.
--   task_id: Id of the attempt; <job_id>#<position as delivered> if the API returned none.
--   filter_text: What was selected; search words are redacted.
--   contact_key: The contact key of a number that was searched for.
--   snapshot_name: The snapshot that was looked at.
--   exported_rows: Rows that were exported.
