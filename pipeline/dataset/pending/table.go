package pending

import "callmill/schema"

// Table describes the file as that of a table, by another way than [Columns] do. It
// is no table of the snapshot's views.
func Table() *schema.Table {
	text := func(name string) schema.Column { return schema.Column{Name: name, Type: schema.TypeString} }
	optional := func(name, typ string) schema.Column { return schema.Column{Name: name, Type: typ, Nullable: true} }
	return &schema.Table{Name: "pending", Columns: []schema.Column{
		text("instance_id"), text("job_id"), optional("task_id", schema.TypeString),
		{Name: "since", Type: schema.TypeTimestamp}, text("reason"), optional("content_hash", schema.TypeString),
		optional("facts_observed_at", schema.TypeTimestamp), optional("job_group_name", schema.TypeString), optional("script_name", schema.TypeString),
		optional("call_ms", schema.TypeI64), optional("ringing_s", schema.TypeI32), optional("end_reason", schema.TypeI32),
		optional("reached_end", schema.TypeBool), optional("last_playback_completed", schema.TypeBool), optional("hung_up_by_rejection", schema.TypeBool),
		{Name: "dial_exceptions", Type: schema.TypeStrings},
	}}
}
