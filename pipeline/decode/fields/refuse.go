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

// path is where in a job the value being read is, up to its own name.
func (at place) path() string {
	var b strings.Builder
	step := func(list string, i int) {
		if i >= 0 {
			fmt.Fprintf(&b, "%s[%d].", list, i)
		}
	}
	step("Contacts", at.contact)
	step("Extras", at.extra)
	step("Tasks", at.task)
	if at.person {
		b.WriteString("Contact.")
	}
	step("Conversation", at.turn)
	step("Summary", at.summary)
	return b.String()
}
