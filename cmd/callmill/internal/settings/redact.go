package settings

import (
	"errors"
	"fmt"
	"sync"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/flatten"
	"callmill/pipeline/redact"
	"callmill/pipeline/redact/texts"
	"callmill/schema"
)

// Allowed returns a usage error where the policy of a dataset is stricter than the
// settings: no rollback loosens it.
func (l *Loaded) Allowed(d *dataset.Dataset) error {
	policy, err := d.Erased().Policy()
	if err == nil {
		err = policy.Check(l.Settings.PII)
	}
	if looser, ok := errors.AsType[*erased.LooserError](err); ok {
		return exit.WithHint(exit.AsUsage(err), fmt.Sprintf("`callmill rewrite DIR --pii %s` brings the dataset to its policy", looser.Policy))
	}
	return err
}

// HasKeys reports whether there are contact keys under the settings.
func (l *Loaded) HasKeys() bool { return l.Settings.PII != redact.Drop }

// UseKey returns the key that a run on d uses, see secret.ForRun, and notes in the
// settings which one it is. It is nil where there is none.
func (l *Loaded) UseKey(d *dataset.Dataset, file string) (key []byte, err error) {
	if l.HasKeys() {
		key, err = secret.ForRun(d, file)
	}
	if l.Settings.KeyID = ""; key != nil {
		l.Settings.KeyID = dataset.KeyID(key)
	}
	return key, err
}

// Redacts reports whether the settings take out personal data.
func (l *Loaded) Redacts() bool { return l.Settings.PII != redact.Keep }

// Redactor returns what redacts jobs under the settings, with the dataset's key, for
// one goroutine. erased reports whether a job is not to be published; nil: none is.
func (l *Loaded) Redactor(key []byte, erased func(*schema.Job) bool) *redact.Redactor {
	return newRedactor(redact.Options{Key: key, Mode: l.Settings.PII, Erased: erased})
}

// Redactor returns what redacts jobs as the flags say, with a key, for one goroutine.
func (f *Flags) Redactor(key []byte) *redact.Redactor {
	return newRedactor(redact.Options{Key: key, Mode: f.pii})
}

// Redacts reports whether the flags take out personal data.
func (f *Flags) Redacts() bool { return f.pii != redact.Keep }

func newRedactor(o redact.Options) *redact.Redactor {
	if o.Mode != redact.Keep {
		masker := texts.New()
		o.Texts, o.Kind, o.Company, o.Patterns = masker, masker.Kind, masker.Company, flatten.NewPatterns().Set
	}
	return redact.New(o)
}

// Unflatten returns what makes jobs of the rows that are published under own, as they
// are published under l: contact keys are made again where the numbers are there, and
// what other rules or a looser mode left is redacted. It is safe for concurrent use.
func (l *Loaded) Unflatten(own dataset.Settings, key []byte) func(*schema.Rows) *schema.Job {
	job := JobOf(own)
	if l.Redacts() && own.PII == l.Settings.PII && own.Redaction == l.Settings.Redaction {
		return job // all is as it would be
	}
	redactors := sync.Pool{New: func() any { return l.Redactor(key, nil) }}
	return func(rows *schema.Rows) *schema.Job {
		r := redactors.Get().(*redact.Redactor)
		defer redactors.Put(r)
		j := job(rows)
		r.Job(j)
		return j
	}
}

// JobOf returns what makes jobs of rows that are published under settings, as they are.
func JobOf(own dataset.Settings) func(*schema.Rows) *schema.Job {
	if own.PII == redact.Keep {
		return flatten.Job
	}
	return flatten.Redacted
}

// Hashes returns what makes hashes of ids with a key, as a dataset with --pii hash has
// them, for one goroutine.
func Hashes(key []byte) *redact.Redactor {
	return newRedactor(redact.Options{Key: key, Mode: redact.Hash})
}
