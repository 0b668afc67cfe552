package schema

// TaskRow is a row of tasks: one call attempt.
//
// Key: instance_id, job_id, task_id.
type TaskRow struct {
	// Robot deployment the job belongs to.
	InstanceID string `parquet:"instance_id,dict" key:"1"`
	// The enclosing job.
	JobID string `parquet:"job_id" key:"2"`
	// Id of the attempt; <job_id>#<position as delivered> where the API gave none.
	TaskID string `parquet:"task_id" key:"3"`
	// Campaign the job belongs to.
	JobGroupID string `parquet:"job_group_id,optional,dict"`
	// Name of the campaign, from SearchTask.
	JobGroupName string `parquet:"job_group_name,optional,dict"`
	// Name of the robot's script, from SearchTask.
	ScriptName string `parquet:"script_name,optional,dict"`
	// Id of the call.
	CallID string `parquet:"call_id,optional"`
	// Robot that spoke.
	ChatbotID string `parquet:"chatbot_id,optional,dict"`
	// Tasks[].ScenarioId (deprecated by the vendor).
	TaskScenarioID string `parquet:"task_scenario_id,optional,dict"`
	// Tasks[].JobId where it differs from job_id.
	TaskJobID string `parquet:"task_job_id,optional"`
	// Position among the job's tasks from 0: by call time, those without one last, then by task_id.
	TaskIndex int32 `parquet:"task_index"`
	// Position among the job's dialled tasks from 1; NULL for a task that was not dialled.
	Attempt *int32 `parquet:"attempt,optional"`
	// Whether this is the job's last task.
	IsLastTask bool `parquet:"is_last_task"`
	// Task.Status, as the API said; the statuses table explains it.
	TaskStatus string `parquet:"task_status,optional,dict"`
	// connected, not_connected, not_dialed or in_progress; NULL where the status does not tell.
	Stage string `parquet:"stage,optional,dict"`
	// What became of the attempt: see the statuses table.
	Outcome string `parquet:"outcome,dict"`
	// Whether the call was connected; NULL while in progress or unknown.
	Connected *bool `parquet:"connected,optional"`
	// Whether a person answered: connected and not intercepted by a machine.
	Answered *bool `parquet:"answered,optional"`
	// Whether the robot had no answer to what was said (拒识).
	NotUnderstood *bool `parquet:"not_understood,optional"`
	// Connected, and not understood, silent, without interaction, broken, or hung up before the end of the flow.
	FailedDialogue *bool `parquet:"failed_dialogue,optional"`
	// Who ended the call: robot, contact, transfer, system.
	EndedBy string `parquet:"ended_by,optional,dict"`
	// When the attempt was planned.
	PlannedTime int64 `parquet:"planned_time,optional,timestamp(millisecond),delta"`
	// When the attempt was made.
	ActualTime int64 `parquet:"actual_time,optional,timestamp(millisecond),delta"`
	// Day of the call (actual, else planned time) in the dataset's time zone.
	CallDate *int32 `parquet:"call_date,optional,date"`
	// Hour of the call (0–23) in the dataset's time zone.
	CallHour *int32 `parquet:"call_hour,optional"`
	// Tasks[].Duration as returned; the API documents no unit.
	Duration *int64 `parquet:"duration,optional"`
	// Tasks[].Brief, a business result (deprecated by the vendor).
	Brief string `parquet:"brief,optional,dict"`
	// Number that called.
	CallingNumber string `parquet:"calling_number,optional,dict"`
	// Number that was called.
	CalledNumber string `parquet:"called_number,optional"`
	// Keyed hash of called_number, else of contact_phone_number: joins one person over campaigns without showing the number.
	ContactKey string `parquet:"contact_key,optional"`
	// Contact: id.
	ContactID string `parquet:"contact_id,optional"`
	// Contact: name.
	ContactName string `parquet:"contact_name,optional,dict"`
	// Contact: form of address.
	ContactHonorific string `parquet:"contact_honorific,optional,dict"`
	// Contact: phone number.
	ContactPhoneNumber string `parquet:"contact_phone_number,optional"`
	// Contact: id in the business's own systems.
	ContactReferenceID string `parquet:"contact_reference_id,optional"`
	// Contact: role.
	ContactRole string `parquet:"contact_role,optional,dict"`
	// Contact: Available, WrongNumber, DoesNotExist, Suspended.
	ContactState string `parquet:"contact_state,optional,dict"`
	// Contact: its job id, which may differ from job_id.
	ContactJobID string `parquet:"contact_job_id,optional"`
	// Length of the call in ms, from SearchTask.
	CallMS *int64 `parquet:"call_ms,optional"`
	// Length of the ringing in s, from SearchTask.
	RingingS *int32 `parquet:"ringing_s,optional"`
	// TaskEndReason 1–11, from SearchTask.
	EndReason *int32 `parquet:"end_reason,optional"`
	// Whether the flow reached its end, from SearchTask.
	ReachedEnd *bool `parquet:"reached_end,optional"`
	// Whether the last robot line was played to its end, from SearchTask.
	LastPlaybackCompleted *bool `parquet:"last_playback_completed,optional"`
	// Whether the contact hung up by rejecting the call, from SearchTask.
	HungUpByRejection *bool `parquet:"hung_up_by_rejection,optional"`
	// DialExceptionCodes, from SearchTask.
	DialExceptions []string `parquet:"dial_exceptions,list" parquet-element:",dict"`
	// Number of lines of the conversation.
	TurnCount int32 `parquet:"turn_count"`
	// Number of lines of the robot.
	RobotTurns int32 `parquet:"robot_turns"`
	// Number of lines of the contact.
	ContactTurns int32 `parquet:"contact_turns"`
	// Code points the robot spoke.
	RobotChars int32 `parquet:"robot_chars"`
	// Code points the contact spoke.
	ContactChars int32 `parquet:"contact_chars"`
	// Earliest stored time of a line.
	FirstTurnTime int64 `parquet:"first_turn_time,optional,timestamp(millisecond),delta"`
	// Latest stored time of a line.
	LastTurnTime int64 `parquet:"last_turn_time,optional,timestamp(millisecond),delta"`
}
