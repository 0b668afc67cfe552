package person

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"callmill/cmd/callmill/internal/forget"
	"callmill/cmd/internal/output"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/persons"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/desk"
	"callmill/schema"
)

// formatVersion is that of the exported document.
const formatVersion = 1

// document is what is exported.
type document struct {
	Format   int              `json:"format"`
	Made     time.Time        `json:"made"`
	Dataset  string           `json:"snapshot"` // the published one
	PII      string           `json:"pii"`      // the mode that it is stored under
	Asked    asked            `json:"asked"`
	Jobs     []job            `json:"jobs"`
	Rejects  []row            `json:"rejects,omitempty"`
	Raw      []forget.RawFile `json:"raw,omitempty"`
	Reports  []string         `json:"reports,omitempty"`
	Reviews  []desk.Review    `json:"reviews,omitempty"`
	Accesses []desk.Access    `json:"accesses,omitempty"`
	OptOuts  []erased.OptOut  `json:"opt_outs,omitempty"`
}

type asked struct {
	Phones     []string `json:"phones,omitempty"`
	References []string `json:"reference_ids,omitempty"`
	Jobs       []string `json:"jobs,omitempty"`
}

// job is a job with its rows.
type job struct {
	Snapshot  string `json:"snapshot"` // the latest one that has it
	Job       row    `json:"job"`
	Tasks     []row  `json:"tasks,omitempty"`
	Turns     []row  `json:"turns,omitempty"`
	Contacts  []row  `json:"contacts,omitempty"`
	Extras    []row  `json:"extras,omitempty"`
	Summaries []row  `json:"summaries,omitempty"`
}

// row is a row of a table, by its columns in their order; NULL ones are left out.
type row []column

type column struct {
	name  string
	value any
}

// MarshalJSON implements [json.Marshaler].
func (r row) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, c := range r {
		name, err := json.Marshal(c.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(c.value)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

// leftOut are columns that say again what others do.
var leftOut = []string{"tokens"}

// rowOf returns a row of a table, a struct with the columns as its tags name them.
func rowOf(v reflect.Value) (r row) {
	for i := range v.NumField() {
		field, value := v.Type().Field(i), v.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		switch {
		case !field.IsExported() || name == "-":
			continue
		case field.Anonymous && name == "":
			r = append(r, rowOf(value)...)
			continue
		case name == "" || slices.Contains(leftOut, name):
			continue
		case value.Kind() == reflect.Pointer && value.IsNil(), strings.Contains(options, "optional") && value.IsZero():
			continue
		}
		if value.Kind() == reflect.Pointer {
			value = value.Elem()
		}
		r = append(r, column{name, spelled(value, options)})
	}
	return r
}

// spelled returns a value as JSON spells it: instants and days as text.
func spelled(v reflect.Value, options string) any {
	switch {
	case strings.Contains(options, "timestamp") && v.CanInt():
		return time.UnixMilli(v.Int()).UTC().Format("2006-01-02T15:04:05.000Z07:00")
	case strings.Contains(options, "date") && v.CanInt():
		return time.Unix(v.Int()*24*60*60, 0).UTC().Format(time.DateOnly)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return strings.ToValidUTF8(string(v.Bytes()), "\uFFFD")
	}
	return v.Interface()
}

func rowsOf[T any](list []T) (rows []row) {
	for i := range list {
		rows = append(rows, rowOf(reflect.ValueOf(&list[i]).Elem()))
	}
	return rows
}

// export writes the document into a new file; where that fails there is none.
func export(ctx context.Context, reader *forget.Reader, d *dataset.Dataset, o *options, now time.Time, found *persons.Found, t *forget.Traces) (err error) {
	doc := document{
		Format: formatVersion, Made: now.UTC().Truncate(time.Second), Dataset: d.Name(), PII: d.Manifest().Settings.PII,
		Asked: asked{o.Phones, o.References, o.Jobs}, Jobs: []job{}, Rejects: rowsOf(t.Rejects), Raw: t.Raw,
		Reports: t.Reports, Reviews: t.Reviews, Accesses: t.Accesses, OptOuts: t.OptOuts,
	}
	if doc.Jobs, err = jobs(ctx, reader, found); err != nil {
		return err
	}
	text, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return err
	}
	if err := output.WriteNew(o.export, append(text, '\n')); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// jobs reads the rows of the jobs, each from the latest snapshot that has it.
func jobs(ctx context.Context, reader *forget.Reader, found *persons.Found) ([]job, error) {
	list := []job{}
	had := map[erased.Job]bool{}
	touches := found.Touches()
	snapshots, err := reader.Snapshots()
	if err != nil {
		return nil, err
	}
	for _, at := range slices.Backward(snapshots) {
		for _, p := range shard.List(at) {
			touched, err := touches(p)
			if err != nil {
				return nil, err
			}
			if !touched {
				continue
			}
			if list, err = add(ctx, list, had, at.Name(), p, found); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// add adds the jobs of a shard that are not there yet.
func add(ctx context.Context, list []job, had map[erased.Job]bool, snapshot string, p *shard.Published, found *persons.Found) (_ []job, err error) {
	r, err := shard.Open([]*shard.Published{p}, p.Shard)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	for {
		rows, _, err := r.Next()
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || rows == nil {
			return list, err
		}
		id := erased.Job{InstanceID: rows.Job.InstanceID, JobID: rows.Job.JobID}
		if had[id] || !found.Holds(id) {
			continue
		}
		had[id] = true
		list = append(list, job{
			Snapshot: snapshot, Job: rowsOf([]schema.JobRow{rows.Job})[0], Tasks: rowsOf(rows.Tasks), Turns: rowsOf(rows.Turns),
			Contacts: rowsOf(rows.Contacts), Extras: rowsOf(rows.Extras), Summaries: rowsOf(rows.Summaries),
		})
	}
}
