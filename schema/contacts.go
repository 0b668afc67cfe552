package schema

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
	ContactState       string `parquet:"contact_state,optional,dict" en:"Contact: Available, WrongNumber, DoesNotExist, Suspended." zh:"联系人状态：Available、WrongNumber、DoesNotExist、Suspended。"`
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
