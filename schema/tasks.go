package schema

// TaskRow is a row of tasks.
type TaskRow struct {
	InstanceID            string   `parquet:"instance_id,dict" key:"1" en:"Robot deployment the job belongs to." zh:"机器人实例。"`
	JobID                 string   `parquet:"job_id" key:"2" en:"The enclosing job." zh:"所属作业。"`
	TaskID                string   `parquet:"task_id" key:"3" en:"Id of the attempt; <job_id>#<position as delivered> if the API returned none." zh:"任务 id；接口未返回时为 <job_id>#<返回时的位置>。"`
	JobGroupID            string   `parquet:"job_group_id,optional,dict" en:"Campaign the job belongs to." zh:"所属作业组（活动）。"`
	JobGroupName          string   `parquet:"job_group_name,optional,dict" en:"Name of the campaign, from SearchTask." zh:"作业组（活动）名称；在 tasks 中来自 SearchTask。"`
	ScriptName            string   `parquet:"script_name,optional,dict" en:"Name of the robot's script, from SearchTask." zh:"话术名称；在 tasks 中来自 SearchTask。"`
	CallID                string   `parquet:"call_id,optional" en:"Id of the call." zh:"呼叫 id。"`
	ChatbotID             string   `parquet:"chatbot_id,optional,dict" en:"Robot that spoke." zh:"对话机器人。"`
	TaskScenarioID        string   `parquet:"task_scenario_id,optional,dict" en:"Tasks[].ScenarioId (deprecated by the vendor)." zh:"Tasks[].ScenarioId（厂商已弃用）。"`
	TaskJobID             string   `parquet:"task_job_id,optional" en:"Tasks[].JobId if it differs from job_id." zh:"与 job_id 不同时的 Tasks[].JobId。"`
	TaskIndex             int32    `parquet:"task_index" en:"Position among the job's tasks from 0: by call time, those without one last, then by task_id." zh:"在作业的任务中的位置，从 0 起：按呼叫时间，无时间的在后，再按 task_id。"`
	Attempt               *int32   `parquet:"attempt,optional" en:"Position among the job's dialled tasks from 1; NULL for a task that was not dialled." zh:"第几次拨出，从 1 起；未拨出为 NULL。"`
	IsLastTask            bool     `parquet:"is_last_task" en:"Whether this is the job's last task." zh:"是否作业的最后一个任务。"`
	TaskStatus            string   `parquet:"task_status,optional,dict" en:"Task.Status, as returned by the API; the statuses table explains it." zh:"任务状态，按接口原样；含义见 statuses。"`
	Stage                 string   `parquet:"stage,optional,dict" en:"How far the attempt came; NULL if the status does not imply it." zh:"呼叫进行到哪一步；由状态无法判断时为 NULL。"`
	Outcome               string   `parquet:"outcome,dict" en:"How the attempt ended; see the statuses table." zh:"呼叫的结果，见 statuses。"`
	Connected             *bool    `parquet:"connected,optional" en:"Whether the call was connected; NULL while in progress or unknown." zh:"是否接通；呼叫中或未知为 NULL。"`
	Answered              *bool    `parquet:"answered,optional" en:"Whether a person answered: connected and not intercepted by a machine." zh:"是否由人接听：接通且未被机器拦截。"`
	NotUnderstood         *bool    `parquet:"not_understood,optional" en:"Whether the robot had no answer to what was said (拒识)." zh:"是否拒识：机器人无法回答。"`
	FailedDialogue        *bool    `parquet:"failed_dialogue,optional" en:"Connected, and not understood, silent, without interaction, broken, or hung up unless flow_ended; NULL if hung up and flow_ended is NULL, and where connected is NULL." zh:"对话是否失败：已接通，而拒识、静默、无交互、异常中断，或流程结束前（见 flow_ended）用户挂断；用户挂断而 flow_ended 为 NULL、或 connected 为 NULL 时为 NULL。"`
	EndedBy               string   `parquet:"ended_by,optional,dict" en:"Who or what ended the call." zh:"谁结束了通话。"`
	PlannedTime           int64    `parquet:"planned_time,optional,timestamp(millisecond),plain" en:"When the attempt was planned." zh:"计划呼叫时间。"`
	ActualTime            int64    `parquet:"actual_time,optional,timestamp(millisecond),plain" en:"When the attempt was made." zh:"实际呼叫时间。"`
	CallDate              *int32   `parquet:"call_date,optional,date" en:"Day of the call (actual, else planned time) in the dataset's time zone." zh:"呼叫日期（实际时间，否则计划时间），数据集的时区。"`
	CallHour              *int32   `parquet:"call_hour,optional" en:"Hour of the call (0–23) in the dataset's time zone." zh:"呼叫的钟点（0–23），数据集的时区。"`
	Duration              *int64   `parquet:"duration,optional" en:"Tasks[].Duration as returned; the API documents no unit." zh:"接口返回的 Tasks[].Duration；接口文档没有写单位。"`
	Brief                 string   `parquet:"brief,optional,dict" en:"Tasks[].Brief, a business result (deprecated by the vendor)." zh:"Tasks[].Brief，业务结果（厂商已弃用）。"`
	CallingNumber         string   `parquet:"calling_number,optional,dict" en:"Number that called." zh:"主叫号码。"`
	CalledNumber          string   `parquet:"called_number,optional" en:"Number that was called." zh:"被叫号码。"`
	ContactKey            string   `parquet:"contact_key,optional" en:"Keyed hash of called_number, else of contact_phone_number: identifies a person across campaigns without revealing the number." zh:"被叫号码（否则联系人号码）的带密钥哈希：不暴露号码而能跨活动关联同一个人。"`
	ContactID             string   `parquet:"contact_id,optional" en:"Contact: id." zh:"联系人 id。"`
	ContactName           string   `parquet:"contact_name,optional,dict" en:"Contact: name." zh:"联系人名字。"`
	ContactHonorific      string   `parquet:"contact_honorific,optional,dict" en:"Contact: form of address." zh:"联系人尊称。"`
	ContactPhoneNumber    string   `parquet:"contact_phone_number,optional" en:"Contact: phone number." zh:"联系人电话号码。"`
	ContactReferenceID    string   `parquet:"contact_reference_id,optional" en:"Contact: id in the business's own systems." zh:"联系人在业务方系统中的 id。"`
	ContactRole           string   `parquet:"contact_role,optional,dict" en:"Contact: role." zh:"联系人角色。"`
	ContactState          string   `parquet:"contact_state,optional,dict" en:"Contact: state, as returned by the API." zh:"联系人状态，按接口原样。"`
	ContactJobID          string   `parquet:"contact_job_id,optional" en:"Contact: its job id, which may differ from job_id." zh:"联系人所带的作业 id，可能与 job_id 不同。"`
	CallMS                *int64   `parquet:"call_ms,optional" en:"Length of the call in ms, from SearchTask." zh:"通话时长（毫秒），来自 SearchTask。"`
	RingingS              *int32   `parquet:"ringing_s,optional" en:"Length of the ringing in s, from SearchTask." zh:"振铃时长（秒），来自 SearchTask。"`
	EndReason             *int32   `parquet:"end_reason,optional" en:"TaskEndReason: how a connected call ended, from SearchTask." zh:"TaskEndReason：已接通的呼叫如何结束，来自 SearchTask。"`
	ReachedEnd            *bool    `parquet:"reached_end,optional" en:"Whether the flow reached its end, from SearchTask." zh:"流程是否走到终点，来自 SearchTask。"`
	LastPlaybackCompleted *bool    `parquet:"last_playback_completed,optional" en:"Whether the last robot line was played to its end, from SearchTask." zh:"机器人最后一句是否播完，来自 SearchTask。"`
	HungUpByRejection     *bool    `parquet:"hung_up_by_rejection,optional" en:"Whether the call was hung up after the robot had no answer to what was said, from SearchTask (拒识)." zh:"是否拒识挂断，来自 SearchTask。"`
	DialExceptions        []string `parquet:"dial_exceptions,list" parquet-element:",dict" en:"DialExceptionCodes: why dialling failed, from SearchTask." zh:"DialExceptionCodes：拨打异常的原因，来自 SearchTask。"`
	TurnCount             int32    `parquet:"turn_count" en:"Number of lines of the conversation." zh:"对话句数。"`
	RobotTurns            int32    `parquet:"robot_turns" en:"Number of lines of the robot." zh:"机器人的句数。"`
	ContactTurns          int32    `parquet:"contact_turns" en:"Number of lines of the contact." zh:"客户的句数。"`
	RobotChars            int32    `parquet:"robot_chars" en:"Code points the robot spoke." zh:"机器人说的字数（码点）。"`
	ContactChars          int32    `parquet:"contact_chars" en:"Code points the contact spoke." zh:"客户说的字数（码点）。"`
	FirstTurnTime         int64    `parquet:"first_turn_time,optional,timestamp(millisecond),plain" en:"Earliest stored time of a line." zh:"最早一句的入库时间。"`
	LastTurnTime          int64    `parquet:"last_turn_time,optional,timestamp(millisecond),plain" en:"Latest stored time of a line." zh:"最晚一句的入库时间。"`
	FlowEnded             *bool    `parquet:"flow_ended,optional" since:"2" en:"Whether the flow of the call came to its end: reached_end where SearchTask tells; else, of a call with a line of the robot, whether one of its last two has a closing formula (再见)." zh:"流程是否走完：SearchTask 有记录时取 reached_end；否则，机器人说过话的，看其最后两句中有没有结束语（如“再见”“祝您生活愉快”）；两者皆无为 NULL。"`
	FlowEndedSource       string   `parquet:"flow_ended_source,optional,dict" since:"2" en:"Where flow_ended is from; NULL where flow_ended is." zh:"flow_ended 的来源；flow_ended 为 NULL 时为 NULL。"`
	Spoke                 bool     `parquet:"spoke" since:"2" en:"Whether the contact, a person or a machine that picked up, said something: has a line that is more than punctuation." zh:"客户（或接听的机器）是否说过话：至少有一句不只是标点。"`
	FactsObservedAt       int64    `parquet:"facts_observed_at,optional,timestamp(millisecond),plain" since:"2" en:"When the row of SearchTask was received that brought the columns from it; NULL without them, and where a dataset of format 1 did not keep it." zh:"带来 SearchTask 各列的那一行的接收时间；没有这些列、或格式 1 的数据集未保存时为 NULL。"`
}
