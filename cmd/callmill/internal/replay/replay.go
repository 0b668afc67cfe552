// Package replay reads the published rejects as input, each in the form in which
// it was refused, so that another decoder can try again.
package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/redact"
	"callmill/pipeline/source"
	"callmill/schema"
)

// Rejects are the published rejects as input.
type Rejects struct{ Dataset *dataset.Dataset }

// Possible returns a usage error where personal data is taken out of the dataset, and
// there are rejects: their input is not kept.
func Possible(d *dataset.Dataset) error {
	m := d.Manifest()
	if m == nil || m.Settings.PII == redact.Keep || m.Table(schema.TableRejects).Rows == 0 {
		return nil
	}
	return exit.WithHint(exit.Usagef("the input of rejects is not kept under --pii %s, and cannot be decoded again", m.Settings.PII),
		"`callmill pull` asks the API again for those whose job id is known; files can be converted again")
}

// Raws yields the input of the rejects of which all was kept.
func (r *Rejects) Raws(ctx context.Context, yield func(*schema.Raw) error) error {
	var sequence int64
	for row, err := range tables.Rejects(r.Dataset) {
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if row.RawBytes != int64(len(row.Raw)) || staysRefused(row.Code) || source.IsArchive(row.Raw) {
			continue // a damaged archive stays damaged
		}
		if err := yield(r.again(row, sequence)); err != nil {
			return err
		}
		sequence++
	}
	return nil
}

// staysRefused reports whether no decoder can accept what was refused with a code:
// there is no job in it, or one that nobody asked for.
func staysRefused(code string) bool {
	return code == schema.RejectUnfetched || code == schema.RejectNotAsked
}

// again returns the input of a reject, to be read as what it was.
func (r *Rejects) again(row *schema.RejectRow, sequence int64) *schema.Raw {
	undated := r.Dataset.Undated(row.FirstSeen)
	return &schema.Raw{
		Origin: row.Origin, Position: row.Position, Sequence: sequence, Body: inContext(row),
		InstanceID: row.InstanceID, ObservedAt: row.FirstSeen, Undated: undated,
		Replay: &schema.Replay{RejectID: row.RejectID, Reject: schema.Reject{
			InstanceID: row.InstanceID, JobID: row.JobID, Origin: row.Origin, Position: row.Position,
			Code: row.Code, Reason: row.Reason, Raw: row.Raw, ObservedAt: row.FirstSeen, Undated: undated,
		}},
	}
}

// inContext returns the input of a reject as a document. Behind a damaged element
// nothing is closed: a closing bracket could complete one that was cut short.
func inContext(row *schema.RejectRow) []byte {
	if !isElement(row) {
		return row.Raw
	}
	body := slices.Concat([]byte(`{"Jobs":[`), row.Raw)
	if json.Valid(row.Raw) {
		body = append(body, "]}"...)
	}
	return body
}

// isElement reports whether the input of a reject was an element of the Jobs of
// a response and not a document: it is read again as what it was. Only elements
// have the id of a job; of those without one, only what begins no document can
// be told from a document that was refused for the same reason.
func isElement(row *schema.RejectRow) bool {
	text := bytes.TrimLeft(row.Raw, " \t\r\n")
	if len(text) == 0 || text[0] == '<' {
		return false
	}
	switch row.Code {
	case schema.RejectSyntax, schema.RejectTruncated, schema.RejectTooDeep, schema.RejectAPIError, schema.RejectEncoding, schema.RejectEmpty:
		return row.JobID != ""
	}
	return row.JobID != "" || text[0] != '{'
}
