package schema

// JobRow is a row of jobs.
type JobRow struct {
	InstanceID     string   `parquet:"instance_id,dict" key:"1" en:"Robot deployment the job belongs to." zh:"机器人实例。"`
	JobID          string   `parquet:"job_id" key:"2" en:"Id of the job, as returned by the API; not always a UUID." zh:"作业 id，按接口原样，不一定是 UUID。"`
	JobGroupID     string   `parquet:"job_group_id,optional,dict" en:"Campaign the job belongs to." zh:"所属作业组（活动）。"`
	JobReferenceID string   `parquet:"job_reference_id,optional" en:"The business's own id of the job." zh:"业务方自己的作业 id。"`
	ScenarioID     string   `parquet:"scenario_id,optional,dict" en:"Scenario (business id) of the job." zh:"作业的场景（业务 id）。"`
	StrategyID     string   `parquet:"strategy_id,optional,dict" en:"Calling strategy of the job." zh:"作业的外呼策略。"`
	JobStatus      string   `parquet:"job_status,optional,dict" en:"Job.Status: Scheduling, Executing, Succeeded, Paused, Failed, Cancelled, Drafted, or another value of the API." zh:"作业状态：Scheduling、Executing、Succeeded、Paused、Failed、Cancelled、Drafted，或接口返回的其他值。"`
	FailureReason  string   `parquet:"failure_reason,optional,dict" en:"Job.FailureReason." zh:"作业失败原因，如 NoAnswer。"`
	Priority       *int32   `parquet:"priority,optional" en:"Priority of the job." zh:"优先级。"`
	SystemPriority *int32   `parquet:"system_priority,optional" en:"Priority given by the system." zh:"系统优先级。"`
	CallingNumbers []string `parquet:"calling_numbers,list" parquet-element:",dict" en:"Numbers the job may be called from." zh:"作业可用的主叫号码。"`
	JobOutcome     string   `parquet:"job_outcome,dict" en:"Outcome of the last answered attempt, else of the last dialled one, else of the last task; without tasks cancelled, failed or not_called after job_status." zh:"作业的结果：最后一次有人接听的呼叫的结果；没有则取最后一次拨出的；再没有则取最后一个任务的。"`
	IsFinal        bool     `parquet:"is_final" en:"Whether job_status is Succeeded, Failed or Cancelled." zh:"作业是否已经结束（Succeeded、Failed、Cancelled）。"`
	TaskCount      int32    `parquet:"task_count" en:"Number of call attempts, dialled or not." zh:"任务数。"`
	DialedCount    int32    `parquet:"dialed_count" en:"Number of attempts whose stage is connected or not_connected." zh:"其中实际拨出的次数。"`
	FirstCallTime  int64    `parquet:"first_call_time,optional,timestamp(millisecond),delta" en:"Earliest call time of the job's tasks (actual, else planned); its day is the job's job_date." zh:"最早的呼叫时间（实际时间，否则计划时间）；其日期即 job_date。"`
	LastCallTime   int64    `parquet:"last_call_time,optional,timestamp(millisecond),delta" en:"Latest call time of the job's tasks." zh:"最晚的呼叫时间。"`
	RequestID      string   `parquet:"request_id,optional,dict" en:"Id of the request that returned this version of the job." zh:"返回此版本的请求 id。"`
	ContentHash    string   `parquet:"content_hash" en:"Hash of what ListJobs returned of the job, independent of its formatting: the first 32 hexadecimal digits of a SHA-256." zh:"作业内容的哈希，与响应的写法无关：SHA-256 的前 32 位十六进制数。"`
	FirstSeen      int64    `parquet:"first_seen,timestamp(millisecond),delta" en:"When the job was first received, in any version." zh:"首次收到的时刻。"`
	ObservedAt     int64    `parquet:"observed_at,timestamp(millisecond),delta" en:"When this version of the job was received." zh:"收到此版本的时刻。"`
}
