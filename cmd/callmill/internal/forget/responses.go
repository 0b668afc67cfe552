package forget

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/redact"
	"callmill/pipeline/trace"
)

// someone says whether what a kept response says of a job is somebody's of whom only
// digests are known. day is that of the last call, of one that was not called that of the
// response.
type someone func(instance string, o *trace.Object, day string) (bool, error)

// responses takes somebody out of kept responses.
type responses struct {
	is     someone
	zone   *time.Location
	tracer *trace.Tracer

	at struct { // of the line that is looked at
		ObservedAt string `json:"observed_at"`
		InstanceID string `json:"instance_id"`
	}
	lines int64 // that held something
	err   error
}

func newResponses(zone *time.Location, values trace.Values, is someone) *responses {
	r := &responses{is: is, zone: zone}
	r.tracer = trace.New(values, trace.Options{Number: redact.Number, Decode: decode, Match: r.match})
	return r
}

func (r *responses) match(o *trace.Object) bool {
	at := o.Last
	if at == 0 {
		observed, _ := time.Parse(time.RFC3339, r.at.ObservedAt) // what has no time is old
		at = observed.UnixMilli()
	}
	for i, n := range o.Numbers {
		o.Numbers[i] = redact.Number(n)
	}
	is, err := r.is(r.at.InstanceID, o, time.UnixMilli(at).In(r.zone).Format(time.DateOnly))
	r.err = errors.Join(r.err, err)
	return is
}

// line returns what is left of a kept line, nil for nothing. One that is no JSON, or of
// which the parts cannot be told apart, goes where it holds a value.
func (r *responses) line(line []byte) []byte {
	r.at.ObservedAt, r.at.InstanceID = "", ""
	_ = json.Unmarshal(line, &r.at) // one that says neither is cut by its values
	rest, cut, ok := r.tracer.Cut(line)
	switch {
	case ok && cut == 0:
		return line
	case ok:
		r.lines++
		return rest
	case json.Valid(line) || r.tracer.In(line):
		r.lines++
		return nil
	}
	return line
}

// rewrite goes through what runs received; with dry it only counts.
func (r *responses) rewrite(ctx context.Context, d *dataset.Dataset, dry bool, of func(run string) bool) error {
	runs, err := rawRuns(d)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if !of(run) {
			continue
		}
		_, err := rawlog.Rewrite(ctx, d.FS(), filepath.Join(d.RawDir(), run), dry, r.line)
		if err = errors.Join(err, r.err); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
