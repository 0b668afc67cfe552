package fields

// Refusal is the first thing in a job, or in what is around it, without which
// the job cannot be read as what it is.
type Refusal struct{ Code, Reason string }

// Refuse notes that the field name is what no list has.
func (r *Reader) Refuse(code, name, what string) {
	if r.Refused.Code == "" {
		r.Refused = Refusal{code, r.at.path() + name + " is " + what}
	}
}

// impossible notes that the value of the field being read cannot be one: what
// says how. The value is lost, and counted, but not what is around it: unless
// that means nothing without the value, see Required.
func (r *Reader) impossible(code, what string) {
	if r.required {
		r.Refuse(code, r.field, what)
	} else {
		r.countField(r.tally.document.Impossible)
	}
}

// Required reads a value without which nothing can be said of what it belongs
// to: an identity, a text that was spoken, whether there are jobs. An impossible
// one is refused.
func (r *Reader) Required(read func() bool) bool {
	r.required = true
	ok := read()
	r.required = false
	return ok
}

// id reads an identity.
func (r *Reader) id(dst *string) bool {
	r.required = true
	ok := r.Token(dst)
	r.required = false
	return ok
}

// script reads what was spoken. It is never NULL: an impossible one would read
// as silence.
func (r *Reader) script(dst *string) bool {
	r.required = true
	ok := r.Content(dst)
	r.required = false
	return ok
}
