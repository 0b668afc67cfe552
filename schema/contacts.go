package schema

// ContactRow is a row of contacts: a person listed with a job.
//
// Key: instance_id, job_id, contact_index.
type ContactRow struct {
	// Robot deployment the job belongs to.
	InstanceID string `parquet:"instance_id,dict" key:"1"`
	// The enclosing job.
	JobID string `parquet:"job_id" key:"2"`
	// Position in the job's list of contacts, from 0.
	ContactIndex int32 `parquet:"contact_index" key:"3"`
	// Keyed hash of contact_phone_number: joins one person over campaigns without showing the number.
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
}

// ExtraRow is a row of extras: a business parameter of a job.
//
// Key: instance_id, job_id, extra_index.
type ExtraRow struct {
	// Robot deployment the job belongs to.
	InstanceID string `parquet:"instance_id,dict" key:"1"`
	// The enclosing job.
	JobID string `parquet:"job_id" key:"2"`
	// Position in the job's list of parameters, from 0.
	ExtraIndex int32 `parquet:"extra_index" key:"3"`
	// Name of the parameter.
	Key string `parquet:"key,optional,dict"`
	// Value of the parameter.
	Value string `parquet:"value,optional"`
}

// SummaryRow is a row of summaries: a business result of a job or of a turn.
//
// Key: instance_id, job_id, task_id, turn_index, summary_index.
type SummaryRow struct {
	// Robot deployment the job belongs to.
	InstanceID string `parquet:"instance_id,dict" key:"1"`
	// The enclosing job.
	JobID string `parquet:"job_id" key:"2"`
	// The enclosing call attempt; NULL for a result of the job.
	TaskID string `parquet:"task_id,optional" key:"3"`
	// The enclosing line; NULL for a result of the job.
	TurnIndex *int32 `parquet:"turn_index,optional" key:"4"`
	// Position in its list of results, from 0.
	SummaryIndex int32 `parquet:"summary_index" key:"5"`
	// Category of the result.
	Category string `parquet:"category,optional,dict"`
	// Name of the result.
	SummaryName string `parquet:"summary_name,optional,dict"`
	// The result: a tag or the value of a variable.
	Content string `parquet:"content,optional"`
}
