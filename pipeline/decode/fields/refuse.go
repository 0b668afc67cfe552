package fields

import (
	"fmt"
	"strings"
)

// Refusal is the first value of a job, or of what is around it, whose shape is on
// no list.
type Refusal struct{ Code, Reason string }

// Refuse notes that the field name is what no list has.
func (r *Reader) Refuse(code, name, what string) {
	if r.Refused.Code == "" {
		r.Refused = Refusal{code, r.at.path() + name + " is " + what}
	}
}

// place is where the value being read is: by kind of list, the number of the
// element, counted from 1.
type place struct {
	element [kinds]int
	person  bool // in the Contact of a task
}

// path is the place up to the name of the value.
func (at *place) path() string {
	var b strings.Builder
	for _, k := range [...]ListKind{contacts, extras, tasks, conversation, summaries} {
		if k == conversation && at.person {
			b.WriteString("Contact.")
		}
		if i := at.element[k]; i > 0 {
			fmt.Fprintf(&b, "%s[%d].", k.field(), i-1)
		}
	}
	return b.String()
}
