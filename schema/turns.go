package schema

// TurnRow is a row of turns.
type TurnRow struct {
	InstanceID     string   `parquet:"instance_id,dict" key:"1" en:"Robot deployment the job belongs to." zh:"机器人实例。"`
	JobID          string   `parquet:"job_id,dict" key:"2" en:"The enclosing job." zh:"所属作业。"`
	TaskID         string   `parquet:"task_id,dict" key:"3" en:"The enclosing call attempt." zh:"所属任务。"`
	TurnIndex      int32    `parquet:"turn_index" key:"4" en:"Position in the conversation as delivered, from 0." zh:"在对话中的位置，按返回的顺序从 0 起。"`
	JobGroupID     string   `parquet:"job_group_id,optional,dict" en:"Campaign the job belongs to." zh:"所属作业组（活动）。"`
	TurnsLeft      int32    `parquet:"turns_left" en:"Number of lines that follow." zh:"其后的句数。"`
	Speaker        string   `parquet:"speaker,dict" en:"Robot, Contact, or Unknown if the API names no speaker." zh:"说话人：Robot（机器人）、Contact（客户）；接口未给出说话人时为 Unknown。"`
	Script         string   `parquet:"script,dict" stats:"none" en:"What was said, byte for byte; may be empty." zh:"所说的话，逐字节原样；可以为空。"`
	Tokens         []string `parquet:"tokens,list" parquet-element:",dict" split:"script" stats:"none" en:"The words of script; joined without separator they equal script." zh:"分词；不加分隔符拼接即等于 script。"`
	Pattern        string   `parquet:"pattern,optional,dict" stats:"none" en:"Robot lines: the script with the call's own name and honorific, digits, dates, times and amounts as slots; NULL for other speakers." zh:"机器人的话，其中本次呼叫的姓名、尊称、数字、日期、时间、金额换成槽位；其他说话人为 NULL。"`
	Chars          int32    `parquet:"chars" en:"Length of script in code points." zh:"script 的字数（码点）。"`
	StoredTime     int64    `parquet:"stored_time,optional,timestamp(millisecond),delta" en:"When the text was stored, not when it was spoken." zh:"这句话入库的时间，不是说出的时间。"`
	GapMS          *int64   `parquet:"gap_ms,optional" en:"Milliseconds since the preceding line that has a stored time; timing tells whether it is reliable." zh:"距上一个有入库时间的句子的毫秒数；是否可信见 timing。"`
	Timing         string   `parquet:"timing,dict" en:"first, ok, tie, backwards or missing." zh:"first（第一句）、ok（晚于上一句）、tie（与上一句同时）、backwards（早于上一句）、missing（无时间）。"`
	Outcome        string   `parquet:"outcome,dict" en:"Outcome of the call attempt." zh:"呼叫的结果，见 statuses。"`
	Answered       *bool    `parquet:"answered,optional" en:"Whether a person answered the call." zh:"是否由人接听：接通且未被机器拦截。"`
	FailedDialogue *bool    `parquet:"failed_dialogue,optional" en:"Whether the call's dialogue failed: see tasks." zh:"对话是否失败：已接通，而拒识、静默、无交互、异常中断，或流程结束前用户挂断。"`
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
