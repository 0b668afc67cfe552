package schema

// JobGroupRow is a row of job_groups.
type JobGroupRow struct {
	InstanceID       string `parquet:"instance_id,dict" key:"1" en:"Robot deployment the campaign belongs to." zh:"机器人实例。"`
	JobGroupID       string `parquet:"job_group_id" key:"2" en:"Id of the campaign." zh:"作业组 id。"`
	JobGroupName     string `parquet:"job_group_name,optional" en:"Name of the campaign." zh:"作业组（活动）名称；在 tasks 中来自 SearchTask。"`
	Description      string `parquet:"description,optional" en:"Description of the campaign." zh:"作业组的说明。"`
	ScriptID         string `parquet:"script_id,optional,dict" en:"The robot's script." zh:"话术 id。"`
	ScriptName       string `parquet:"script_name,optional,dict" en:"Name of the robot's script." zh:"话术名称；在 tasks 中来自 SearchTask。"`
	ScriptVersion    string `parquet:"script_version,optional,dict" en:"Published version of the robot's script." zh:"话术版本。"`
	JobGroupStatus   string `parquet:"job_group_status,optional,dict" en:"Status of the campaign, as returned by the API." zh:"作业组状态。"`
	CreationTime     int64  `parquet:"creation_time,optional,timestamp(millisecond),plain" en:"When the campaign was created." zh:"创建时间。"`
	ModifyTime       int64  `parquet:"modify_time,optional,timestamp(millisecond),plain" en:"When the campaign was last changed." zh:"修改时间。"`
	TotalJobs        *int64 `parquet:"total_jobs,optional" en:"Number of jobs of the campaign, according to the API." zh:"接口返回的作业数。"`
	TotalCompleted   *int64 `parquet:"total_completed,optional" en:"Number of completed jobs, according to the API." zh:"接口返回的完成数。"`
	TotalNotAnswered *int64 `parquet:"total_not_answered,optional" en:"Number of unanswered jobs, according to the API." zh:"接口返回的无人接听数。"`
	ObservedAt       int64  `parquet:"observed_at,timestamp(millisecond),plain" en:"When this version of the campaign was received." zh:"收到此版本的时刻。"`
}

// StatusRow is a row of statuses.
type StatusRow struct {
	TaskStatus    string `parquet:"task_status" key:"1" en:"Task.Status, in the vendor's spelling." zh:"任务状态，按接口原样；含义见 statuses。"`
	Code          *int32 `parquet:"code,optional" en:"The vendor's number for the status; NULL for an unlisted status." zh:"厂商给状态的编号；未列出的状态为 NULL。"`
	Stage         string `parquet:"stage,optional,dict" en:"How far the attempt came; NULL if the status does not imply it." zh:"呼叫进行到哪一步；由状态无法判断时为 NULL。"`
	Outcome       string `parquet:"outcome,dict" en:"How the attempt ended." zh:"呼叫的结果，见 statuses。"`
	Connected     *bool  `parquet:"connected,optional" en:"Whether the call was connected; NULL while in progress or unknown." zh:"是否接通；呼叫中或未知为 NULL。"`
	Answered      *bool  `parquet:"answered,optional" en:"Whether a person answered." zh:"是否由人接听：接通且未被机器拦截。"`
	NotUnderstood *bool  `parquet:"not_understood,optional" en:"Whether the robot had no answer to what was said (拒识)." zh:"是否拒识：机器人无法回答。"`
	EndedBy       string `parquet:"ended_by,optional,dict" en:"Who or what ended the call." zh:"谁结束了通话。"`
	LabelZH       string `parquet:"label_zh,optional" en:"The status in Chinese." zh:"中文说明。"`
	LabelEN       string `parquet:"label_en,optional" en:"The status in English." zh:"英文说明。"`
}

// Row returns the row of the statuses table.
func (o Outcome) Row() StatusRow {
	row := StatusRow{
		TaskStatus: o.Status, Stage: o.Stage, Outcome: o.Outcome,
		Connected: o.Connected(), Answered: o.Answered(), NotUnderstood: o.WasNotUnderstood(),
		EndedBy: o.EndedBy, LabelZH: o.LabelZH, LabelEN: o.LabelEN,
	}
	if o.Listed() {
		row.Code = &o.Code
	}
	return row
}

// MaxRejectRaw is how many bytes of a reject's input its row keeps.
const MaxRejectRaw = 1 << 20

// RejectRow is a row of rejects.
type RejectRow struct {
	InstanceID string `parquet:"instance_id,dict" key:"1" en:"Robot deployment that was asked." zh:"机器人实例。"`
	RejectID   string `parquet:"reject_id" key:"2" en:"Hash of code, job_id and raw_sha256." zh:"拒收记录 id：code、job_id、raw_sha256 的哈希。"`
	JobID      string `parquet:"job_id,optional" en:"Job the input is about, if its id could be read." zh:"输入所涉及的作业（能读出时）。"`
	Origin     string `parquet:"origin,optional" en:"Source of the input: a path relative to the argument, or the request." zh:"输入的来源：相对于参数的路径，或请求。"`
	Position   int64  `parquet:"position" en:"Index of the job in its origin, from 0." zh:"作业在来源中的位置。"`
	Code       string `parquet:"code,dict" en:"Kind of the problem." zh:"问题的种类。"`
	Reason     string `parquet:"reason" en:"Description of the problem: what was found where." zh:"问题的说明。"`
	Raw        []byte `parquet:"raw,optional" stats:"none" en:"The input, its first MiB; NULL where personal data is taken out." zh:"输入本身，至多 1 MiB；去除个人数据时为 NULL。"`
	RawBytes   int64  `parquet:"raw_bytes" en:"Length of the input in bytes." zh:"输入的字节数。"`
	RawSHA256  string `parquet:"raw_sha256" en:"SHA-256 of the whole input, hexadecimal." zh:"输入的 SHA-256。"`
	FirstRun   string `parquet:"first_run,dict" en:"Run that encountered it first." zh:"首次遇到它的运行。"`
	FirstSeen  int64  `parquet:"first_seen,timestamp(millisecond)" en:"When it was first received." zh:"首次收到的时刻。"`
}
