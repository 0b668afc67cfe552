package schema

// JobRow is a row of jobs.
type JobRow struct {
	InstanceID     string   `parquet:"instance_id,dict" key:"1" en:"Robot deployment the job belongs to." zh:"机器人实例。"`
	JobID          string   `parquet:"job_id" key:"2" en:"Id of the job, as returned by the API; not always a UUID." zh:"作业 id，按接口原样，不一定是 UUID。"`
	JobGroupID     string   `parquet:"job_group_id,optional,dict" en:"Campaign the job belongs to." zh:"所属作业组（活动）。"`
	JobReferenceID string   `parquet:"job_reference_id,optional" en:"The business's own id of the job." zh:"业务方自己的作业 id。"`
	ScenarioID     string   `parquet:"scenario_id,optional,dict" en:"Scenario (business id) of the job." zh:"作业的场景（业务 id）。"`
	StrategyID     string   `parquet:"strategy_id,optional,dict" en:"Calling strategy of the job." zh:"作业的外呼策略。"`
	JobStatus      string   `parquet:"job_status,optional,dict" en:"Job.Status, as returned by the API." zh:"作业状态，按接口原样。"`
	FailureReason  string   `parquet:"failure_reason,optional,dict" en:"Job.FailureReason, as returned by the API." zh:"作业失败原因，按接口原样。"`
	Priority       *int32   `parquet:"priority,optional" en:"Priority of the job." zh:"优先级。"`
	SystemPriority *int32   `parquet:"system_priority,optional" en:"Priority given by the system." zh:"系统优先级。"`
	CallingNumbers []string `parquet:"calling_numbers,list" parquet-element:",dict" en:"Numbers the job may be called from." zh:"作业可用的主叫号码。"`
	JobOutcome     string   `parquet:"job_outcome,dict" en:"Outcome of the last answered attempt, else of the last dialled one, else of the last task; without tasks cancelled, failed or not_called after job_status." zh:"作业的结果：最后一次有人接听的呼叫的结果；没有则取最后一次拨出的；再没有则取最后一个任务的。"`
	IsFinal        bool     `parquet:"is_final" en:"Whether job_status is Succeeded, Failed or Cancelled." zh:"作业是否已经结束（Succeeded、Failed、Cancelled）。"`
	TaskCount      int32    `parquet:"task_count" en:"Number of call attempts, dialled or not." zh:"任务数。"`
	DialedCount    int32    `parquet:"dialed_count" en:"Number of attempts whose stage is connected or not_connected." zh:"其中实际拨出的次数。"`
	FirstCallTime  int64    `parquet:"first_call_time,optional,timestamp(millisecond),plain" en:"Earliest call time of the job's tasks (actual, else planned); its day is the job's job_date." zh:"最早的呼叫时间（实际时间，否则计划时间）；其日期即 job_date。"`
	LastCallTime   int64    `parquet:"last_call_time,optional,timestamp(millisecond),plain" en:"Latest call time of the job's tasks." zh:"最晚的呼叫时间。"`
	RequestID      string   `parquet:"request_id,optional,dict" en:"Id of the request that returned this version of the job." zh:"返回此版本的请求 id。"`
	ContentHash    string   `parquet:"content_hash" en:"Hash of what ListJobs returned of the job, independent of its formatting: the first 32 hexadecimal digits of a SHA-256." zh:"作业内容的哈希，与响应的写法无关：SHA-256 的前 32 位十六进制数。"`
	FirstSeen      int64    `parquet:"first_seen,timestamp(millisecond),plain" en:"When the job was first received, in any version." zh:"首次收到的时刻。"`
	ObservedAt     int64    `parquet:"observed_at,timestamp(millisecond),plain" en:"When this version of the job was received." zh:"收到此版本的时刻。"`
}

// ContactRow is a row of contacts.
type ContactRow struct {
	InstanceID         string `parquet:"instance_id,dict" key:"1" en:"Robot deployment the job belongs to." zh:"机器人实例。"`
	JobID              string `parquet:"job_id" key:"2" en:"The enclosing job." zh:"所属作业。"`
	ContactIndex       int32  `parquet:"contact_index" key:"3" en:"Position in the job's list of contacts, from 0." zh:"在作业的联系人中的位置，从 0 起。"`
	ContactKey         string `parquet:"contact_key,optional" en:"Keyed hash of contact_phone_number: identifies a person across campaigns without revealing the number." zh:"联系人号码的带密钥哈希：不暴露号码而能跨活动关联同一个人。"`
	ContactID          string `parquet:"contact_id,optional" en:"Contact: id." zh:"联系人 id。"`
	ContactName        string `parquet:"contact_name,optional,dict" en:"Contact: name." zh:"联系人名字。"`
	ContactHonorific   string `parquet:"contact_honorific,optional,dict" en:"Contact: form of address." zh:"联系人尊称。"`
	ContactPhoneNumber string `parquet:"contact_phone_number,optional" en:"Contact: phone number." zh:"联系人电话号码。"`
	ContactReferenceID string `parquet:"contact_reference_id,optional" en:"Contact: id in the business's own systems." zh:"联系人在业务方系统中的 id。"`
	ContactRole        string `parquet:"contact_role,optional,dict" en:"Contact: role." zh:"联系人角色。"`
	ContactState       string `parquet:"contact_state,optional,dict" en:"Contact: state, as returned by the API." zh:"联系人状态，按接口原样。"`
	ContactJobID       string `parquet:"contact_job_id,optional" en:"Contact: its job id, which may differ from job_id." zh:"联系人所带的作业 id，可能与 job_id 不同。"`
}

// ExtraRow is a row of extras.
type ExtraRow struct {
	InstanceID string `parquet:"instance_id,dict" key:"1" en:"Robot deployment the job belongs to." zh:"机器人实例。"`
	JobID      string `parquet:"job_id" key:"2" en:"The enclosing job." zh:"所属作业。"`
	ExtraIndex int32  `parquet:"extra_index" key:"3" en:"Position in the job's list of parameters, from 0." zh:"在作业的参数中的位置，从 0 起。"`
	Key        string `parquet:"key,optional,dict" en:"Name of the parameter." zh:"参数名。"`
	Value      string `parquet:"value,optional" en:"Value of the parameter." zh:"参数值。"`
}

// SummaryRow is a row of summaries.
type SummaryRow struct {
	InstanceID   string `parquet:"instance_id,dict" key:"1" en:"Robot deployment the job belongs to." zh:"机器人实例。"`
	JobID        string `parquet:"job_id" key:"2" en:"The enclosing job." zh:"所属作业。"`
	TaskID       string `parquet:"task_id,optional" key:"3" en:"The enclosing call attempt; NULL for a result of the job." zh:"所属任务；作业的结果为 NULL。"`
	TurnIndex    *int32 `parquet:"turn_index,optional" key:"4" en:"The enclosing line; NULL for a result of the job." zh:"所属的句；作业的结果为 NULL。"`
	SummaryIndex int32  `parquet:"summary_index" key:"5" en:"Position in its list of results, from 0." zh:"在所属结果列表中的位置，从 0 起。"`
	Category     string `parquet:"category,optional,dict" en:"Category of the result." zh:"结果的类别。"`
	SummaryName  string `parquet:"summary_name,optional,dict" en:"Name of the result." zh:"结果的名字。"`
	Content      string `parquet:"content,optional" en:"The result: a tag or the value of a variable." zh:"结果：标签或变量的值。"`
}

// TurnRow is a row of turns.
type TurnRow struct {
	InstanceID     string   `parquet:"instance_id,dict" key:"1" en:"Robot deployment the job belongs to." zh:"机器人实例。"`
	JobID          string   `parquet:"job_id,dict" key:"2" en:"The enclosing job." zh:"所属作业。"`
	TaskID         string   `parquet:"task_id,dict" key:"3" en:"The enclosing call attempt." zh:"所属任务。"`
	TurnIndex      int32    `parquet:"turn_index" key:"4" en:"Position in the conversation as delivered, from 0." zh:"在对话中的位置，按返回的顺序从 0 起。"`
	JobGroupID     string   `parquet:"job_group_id,optional,dict" en:"Campaign the job belongs to." zh:"所属作业组（活动）。"`
	TurnsLeft      int32    `parquet:"turns_left" en:"Number of lines that follow." zh:"其后的句数。"`
	Speaker        string   `parquet:"speaker,dict" en:"Who spoke." zh:"说话人。"`
	Script         string   `parquet:"script,dict" stats:"none" en:"What was said, byte for byte; may be empty." zh:"所说的话，逐字节原样；可以为空。"`
	Tokens         []string `parquet:"tokens,list" parquet-element:",dict" split:"script" stats:"none" en:"The words of script; joined without separator they equal script." zh:"分词；不加分隔符拼接即等于 script。"`
	Pattern        string   `parquet:"pattern,optional,dict" stats:"none" en:"Robot lines: the script with the values of the job's extras as {=key}, then its call's name and honorific, numbers, dates, times and amounts as slots such as {num}; other braces are full-width. NULL for other speakers." zh:"机器人的话，其中本作业 extras 的值换成 {=key}，再把本次呼叫的姓名、尊称、数字、日期、时间、金额换成 {num} 等槽位；其他花括号写成 ｛ ｝；其他说话人为 NULL。"`
	Chars          int32    `parquet:"chars" en:"Length of script in code points." zh:"script 的字数（码点）。"`
	StoredTime     int64    `parquet:"stored_time,optional,timestamp(millisecond),plain" en:"When the text was stored, not when it was spoken." zh:"这句话入库的时间，不是说出的时间。"`
	GapMS          *int64   `parquet:"gap_ms,optional" en:"Milliseconds since the preceding line that has a stored time; timing tells whether it is reliable." zh:"距上一个有入库时间的句子的毫秒数；是否可信见 timing。"`
	Timing         string   `parquet:"timing,dict" en:"Whether gap_ms is reliable." zh:"gap_ms 是否可信。"`
	Outcome        string   `parquet:"outcome,dict" en:"Outcome of the call attempt." zh:"呼叫的结果，见 statuses。"`
	Answered       *bool    `parquet:"answered,optional" en:"Whether a person answered the call." zh:"是否由人接听：接通且未被机器拦截。"`
	FailedDialogue *bool    `parquet:"failed_dialogue,optional" en:"Whether the call's dialogue failed: see tasks." zh:"对话是否失败：已接通，而拒识、静默、无交互、异常中断，或流程结束前用户挂断；无法判断为 NULL。"`
	CallDate       *int32   `parquet:"call_date,optional,date" en:"Day of the call in the dataset's time zone." zh:"呼叫日期（实际时间，否则计划时间），数据集的时区。"`
}

// Values of TurnRow.Timing.
const (
	TimingFirst     = "first"     // the first line with a stored time
	TimingOK        = "ok"        // later than the line before
	TimingTie       = "tie"       // the same instant as the line before
	TimingBackwards = "backwards" // earlier than the line before
	TimingMissing   = "missing"   // no stored time
)

// Values of TaskRow.FlowEndedSource.
const (
	FlowEndedAPI      = "api"      // SearchTask's HasReachedEndOfFlow
	FlowEndedInferred = "inferred" // the robot's last lines
)
