package optout

import "callmill/schema"

// Table describes the file as that of a table, by another way than [Row] does. It is no
// table of the snapshot's views: the view opt_outs reads it.
func Table() *schema.Table {
	optional := func(name, typ string) schema.Column { return schema.Column{Name: name, Type: typ, Nullable: true} }
	return &schema.Table{Name: "opt_outs", Columns: []schema.Column{
		optional("number_digest", schema.TypeString), optional("contact_key", schema.TypeString), optional("call_date", schema.TypeDate),
		{Name: "source", Type: schema.TypeString}, {Name: "value", Type: schema.TypeString},
	}}
}
