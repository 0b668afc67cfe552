package redact

import (
	"callmill/pipeline/redact/span"
	"callmill/schema"
)

// maskCall masks what was said in a call, and written about it. A pattern that is the
// script is what becomes of the script: the same words at the same place. One that
// differs loses what the script does, see maskPattern, and is searched by itself.
func (r *Redactor) maskCall(t *schema.Task) {
	r.call, r.plain = r.call[:0], r.plain[:0]
	for i := range t.Turns {
		turn := &t.Turns[i]
		r.call = append(r.call, span.Line{Speaker: turn.Speaker, Text: turn.Script})
		r.plain = append(r.plain, turn.Pattern == turn.Script)
	}
	r.options.Texts.Mask(r.call)
	for i := range t.Turns {
		turn := &t.Turns[i]
		r.maskWord(&turn.Speaker)
		script := turn.Script
		turn.Script = r.call[i].Text
		switch {
		case turn.Pattern == "":
		case r.plain[i]:
			turn.Pattern = turn.Script
		default:
			if turn.Script != script {
				turn.Pattern = maskPattern(turn.Pattern, script, turn.Script)
			}
			r.mask(&turn.Pattern)
		}
		r.maskSummaries(turn.Summaries)
	}
	r.mask(&t.Brief)
	if o := schema.OutcomeOf(t.Status); !o.Listed() {
		r.maskWord(&t.Status)
	}
}

func (r *Redactor) maskSummaries(list []schema.Summary) {
	for i := range list {
		r.maskWord(&list[i].Category)
		r.maskWord(&list[i].Name)
		r.mask(&list[i].Content)
	}
}

// mask masks a text that stands alone.
func (r *Redactor) mask(text *string) {
	if *text == "" {
		return
	}
	r.line[0] = span.Line{Text: *text}
	if r.options.Texts.Mask(r.line[:]) {
		*text = r.line[0].Text
	}
}

// maskWord masks a value that should be one of a few words, such as a status, and may be
// anything. What has nothing but letters of ASCII in it is such a word.
func (r *Redactor) maskWord(word *string) {
	for i := range len(*word) {
		if c := (*word)[i] | 0x20; c < 'a' || 'z' < c {
			r.mask(word)
			return
		}
	}
}

// maskWords masks what should be one of a few words outside the calls of a job.
func (r *Redactor) maskWords(j *schema.Job) {
	r.maskWord(&j.Status)
	r.maskWord(&j.FailureReason)
	for i := range j.Contacts {
		r.maskWord(&j.Contacts[i].Role)
		r.maskWord(&j.Contacts[i].State)
	}
	for i := range j.Tasks {
		r.maskWord(&j.Tasks[i].Contact.Role)
		r.maskWord(&j.Tasks[i].Contact.State)
	}
	for i := range j.Extras {
		if e := &j.Extras[i]; e.Value == "" {
			continue
		} else if _, ok := r.options.Kind(e.Key); !ok {
			r.maskExtra(e)
		}
	}
}

// maskExtra masks the value of an extra whose key names nothing personal.
func (r *Redactor) maskExtra(e *schema.Extra) {
	delivered := e.Value
	r.mask(&e.Value)
	if r.options.Company == nil || e.Value == delivered || !r.options.Company(e.Key) {
		return
	}
	if kind := span.Of(e.Value); kind == span.ID || kind == span.Number {
		e.Value = delivered
	}
}

// Fields masks the fields of a job that say who somebody is, and leaves its texts as they
// are: where the key of hashes is gone, labels take their place.
func (r *Redactor) Fields(j *schema.Job) { r.maskFields(j) }

// maskFields masks the fields that say who somebody is. Ids of jobs, calls and
// campaigns stay, and the robot's own numbers.
func (r *Redactor) maskFields(j *schema.Job) {
	done := j.Redacted
	r.field(&j.ReferenceID, span.ID, done)
	for i := range j.Contacts {
		r.contact(&j.Contacts[i], done)
	}
	for i := range j.Tasks {
		r.field(&j.Tasks[i].CalledNumber, span.Phone, done)
		r.contact(&j.Tasks[i].Contact, done)
	}
	for i := range j.Extras {
		e := &j.Extras[i]
		if kind, ok := r.options.Kind(e.Key); ok {
			r.field(&e.Value, kind, done)
		}
	}
}

func (r *Redactor) contact(c *schema.Contact, done bool) {
	r.field(&c.ContactID, span.ID, done)
	r.field(&c.Name, span.Name, done)
	r.field(&c.Honorific, span.Name, done)
	r.field(&c.PhoneNumber, span.Phone, done)
	r.field(&c.ReferenceID, span.ID, done)
}

// field masks a field of a kind. done: the job was redacted before, so that what looks
// like a hash is one, and is not hashed again.
func (r *Redactor) field(value *string, kind span.Kind, done bool) {
	switch {
	case *value == "":
	case r.options.Mode == Drop:
		*value = ""
	case r.options.Mode == Hash && r.mac != nil && done && isHash(*value), span.Of(*value) != "":
	case r.options.Mode == Hash:
		*value = r.hash(*value, kind)
	default:
		*value = span.Label(kind)
	}
}

// isHash reports whether a value looks like what hash makes.
func isHash(value string) bool {
	if len(value) != 2*keyBytes {
		return false
	}
	for i := range len(value) {
		if c := value[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// hash returns what stands for a value under [Hash]: for a number its contact key, for
// an id the HMAC of its kind and itself, so that one is never that of a number. What
// has no key, and what says more than which one it is, is masked.
func (r *Redactor) hash(value string, kind span.Kind) string {
	key := ""
	switch kind {
	case span.Phone:
		key = r.Key(value)
	case span.Name, span.Birthday, span.Address, span.Tail, span.Code:
	default:
		if r.mac != nil {
			r.mac.Reset()
			r.mac.Write([]byte(kind))
			r.mac.Write([]byte{0})
			r.mac.Write([]byte(value))
			key = r.spell()
		}
	}
	if key == "" {
		return span.Label(kind)
	}
	return key
}
