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
COMMENT ON COLUMN "jobs"."job_status" IS 'Job.Status: Scheduling, Executing, Succeeded, Paused, Failed, Cancelled, Drafted, or another value of the API.';
COMMENT ON COLUMN "jobs"."failure_reason" IS 'Job.FailureReason.';
COMMENT ON COLUMN "jobs"."priority" IS 'Priority of the job.';
COMMENT ON COLUMN "jobs"."system_priority" IS 'Priority given by the system.';
COMMENT ON COLUMN "jobs"."calling_numbers" IS 'Numbers the job may be called from.';
COMMENT ON COLUMN "jobs"."job_outcome" IS 'Outcome of the last answered attempt, else of the last dialled one, else of the last task; without tasks cancelled, failed or not_called after job_status.';
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
COMMENT ON COLUMN "tasks"."stage" IS 'connected, not_connected, not_dialed or in_progress; NULL if the status does not imply one.';
COMMENT ON COLUMN "tasks"."outcome" IS 'How the attempt ended; see the statuses table.';
COMMENT ON COLUMN "tasks"."connected" IS 'Whether the call was connected; NULL while in progress or unknown.';
COMMENT ON COLUMN "tasks"."answered" IS 'Whether a person answered: connected and not intercepted by a machine.';
COMMENT ON COLUMN "tasks"."not_understood" IS 'Whether the robot had no answer to what was said (拒识).';
COMMENT ON COLUMN "tasks"."failed_dialogue" IS 'Connected, and not understood, silent, without interaction, broken, or hung up unless flow_ended; NULL if hung up and flow_ended is NULL, and where connected is NULL.';
COMMENT ON COLUMN "tasks"."ended_by" IS 'Who ended the call: robot, contact, transfer, system.';
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
COMMENT ON COLUMN "tasks"."contact_state" IS 'Contact: Available, WrongNumber, DoesNotExist, Suspended.';
COMMENT ON COLUMN "tasks"."contact_job_id" IS 'Contact: its job id, which may differ from job_id.';
COMMENT ON COLUMN "tasks"."call_ms" IS 'Length of the call in ms, from SearchTask.';
COMMENT ON COLUMN "tasks"."ringing_s" IS 'Length of the ringing in s, from SearchTask.';
COMMENT ON COLUMN "tasks"."end_reason" IS 'TaskEndReason 1–11, from SearchTask.';
COMMENT ON COLUMN "tasks"."reached_end" IS 'Whether the flow reached its end, from SearchTask.';
COMMENT ON COLUMN "tasks"."last_playback_completed" IS 'Whether the last robot line was played to its end, from SearchTask.';
COMMENT ON COLUMN "tasks"."hung_up_by_rejection" IS 'Whether the call was hung up after the robot had no answer to what was said, from SearchTask (拒识).';
COMMENT ON COLUMN "tasks"."dial_exceptions" IS 'DialExceptionCodes, from SearchTask.';
COMMENT ON COLUMN "tasks"."turn_count" IS 'Number of lines of the conversation.';
COMMENT ON COLUMN "tasks"."robot_turns" IS 'Number of lines of the robot.';
COMMENT ON COLUMN "tasks"."contact_turns" IS 'Number of lines of the contact.';
COMMENT ON COLUMN "tasks"."robot_chars" IS 'Code points the robot spoke.';
COMMENT ON COLUMN "tasks"."contact_chars" IS 'Code points the contact spoke.';
COMMENT ON COLUMN "tasks"."first_turn_time" IS 'Earliest stored time of a line.';
COMMENT ON COLUMN "tasks"."last_turn_time" IS 'Latest stored time of a line.';
COMMENT ON COLUMN "tasks"."flow_ended" IS 'Whether the flow of the call came to its end: reached_end where SearchTask tells; else, of a call with a line of the robot, whether one of its last two has a closing formula (再见).';
COMMENT ON COLUMN "tasks"."flow_ended_source" IS 'Where flow_ended is from: api (SearchTask) or inferred (the robot''s last two lines); NULL where flow_ended is.';
COMMENT ON COLUMN "tasks"."spoke" IS 'Whether the contact, a person or a machine that picked up, said something: has a line that is more than punctuation.';
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
COMMENT ON COLUMN "turns"."speaker" IS 'Robot, Contact, or Unknown if the API names no speaker.';
COMMENT ON COLUMN "turns"."script" IS 'What was said, byte for byte; may be empty.';
COMMENT ON COLUMN "turns"."tokens" IS 'The words of script; joined without separator they equal script.';
COMMENT ON COLUMN "turns"."pattern" IS 'Robot lines: the script with the values of the job''s extras as {=key}, then its call''s name and honorific, numbers, dates, times and amounts as slots such as {num}; other braces are full-width. NULL for other speakers.';
COMMENT ON COLUMN "turns"."chars" IS 'Length of script in code points.';
COMMENT ON COLUMN "turns"."stored_time" IS 'When the text was stored, not when it was spoken.';
COMMENT ON COLUMN "turns"."gap_ms" IS 'Milliseconds since the preceding line that has a stored time; timing tells whether it is reliable.';
COMMENT ON COLUMN "turns"."timing" IS 'first, ok, tie, backwards or missing.';
COMMENT ON COLUMN "turns"."outcome" IS 'Outcome of the call attempt.';
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
COMMENT ON COLUMN "contacts"."contact_state" IS 'Contact: Available, WrongNumber, DoesNotExist, Suspended.';
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
COMMENT ON COLUMN "job_groups"."job_group_status" IS 'Status of the campaign, as returned by the API.';
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
COMMENT ON COLUMN "statuses"."stage" IS 'connected, not_connected, not_dialed, in_progress; NULL if the status does not imply one.';
COMMENT ON COLUMN "statuses"."outcome" IS 'How the attempt ended.';
COMMENT ON COLUMN "statuses"."connected" IS 'Whether the call was connected; NULL while in progress or unknown.';
COMMENT ON COLUMN "statuses"."answered" IS 'Whether a person answered.';
COMMENT ON COLUMN "statuses"."not_understood" IS 'Whether the robot had no answer to what was said (拒识).';
COMMENT ON COLUMN "statuses"."ended_by" IS 'Who ended the call: robot, contact, transfer, system.';
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
  "raw" BLOB NOT NULL,
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
COMMENT ON COLUMN "rejects"."raw" IS 'The input, its first MiB.';
COMMENT ON COLUMN "rejects"."raw_bytes" IS 'Length of the input in bytes.';
COMMENT ON COLUMN "rejects"."raw_sha256" IS 'SHA-256 of the whole input, hexadecimal.';
COMMENT ON COLUMN "rejects"."first_run" IS 'Run that encountered it first.';
COMMENT ON COLUMN "rejects"."first_seen" IS 'When it was first received.';
