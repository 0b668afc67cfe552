// Package sweep takes out of the input that a dataset keeps as it came what the
// dataset itself keeps no longer.
package sweep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"callmill/pipeline"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/retain"
	"callmill/pipeline/dataset/verdict"
	"callmill/pipeline/decode/charset"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/redact"
	"callmill/pipeline/trace"
	"callmill/schema"
)

// every is how often what a run received is looked through, counted from its beginning.
const every = retain.Grace * 24 * time.Hour

// Raw looks through what runs received, of each run once a week, and takes out the jobs
// that lie before the edge; what was received before the grace began goes whole. run
// is the one that asks, whose own input is not looked through yet, and started when it
// does. It returns how many lines changed or went, and how many runs went whole.
func Raw(ctx context.Context, d *dataset.Dataset, limits *retain.Limits, decoder pipeline.Decoder, run string, started time.Time) (lines, gone int, err error) {
	if limits.Edge == 0 {
		return 0, 0, nil
	}
	runs, err := rawlog.Runs(d.RawDir())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, nil
	} else if err != nil {
		return 0, 0, err
	}
	previous := lastRun(d)
	for _, id := range runs {
		began, err := rawlog.Began(id)
		switch {
		case id == run || err != nil:
			continue
		case began.Before(limits.Begin.AddDate(0, 0, -retain.Grace)):
			if err := rawlog.Drop(d.FS(), d.RawDir(), id); err != nil {
				return lines, gone, err
			}
			gone++
			continue
		case !previous.IsZero() && started.Sub(began)/every == previous.Sub(began)/every:
			continue
		}
		e := editor{decoder: decoder, limits: limits}
		list, err := rawlog.Rewrite(ctx, d.FS(), filepath.Join(d.RawDir(), id), false, e.line)
		if err != nil {
			return lines, gone, fmt.Errorf("look through what run %s received: %w", id, err)
		}
		for _, file := range list {
			lines += file.Changed + file.Gone
		}
	}
	return lines, gone, nil
}

// lastRun returns when the last run began that published or found nothing new.
func lastRun(d *dataset.Dataset) time.Time {
	for _, text := range d.Reports() {
		var run struct {
			Started  time.Time
			ExitCode int `json:"exit_code"`
		}
		if json.Unmarshal(text, &run) == nil && (run.ExitCode == 0 || run.ExitCode == 3) {
			return run.Started
		}
	}
	return time.Time{}
}

// editor takes jobs out of lines.
type editor struct {
	decoder pipeline.Decoder
	limits  *retain.Limits
}

// line returns what is left of a kept line: itself where nothing in it is too old, nil
// where nothing may stay.
func (e *editor) line(line []byte) []byte {
	var old trace.Values
	for item := range e.decoder.Items(&schema.Raw{Origin: "raw", InstanceID: "raw", Body: line}) {
		switch {
		case item.Err != nil:
			return line // as it is until the run goes whole
		case item.Job != nil && e.goes(item.Job.InstanceID, item.Job.JobID, verdict.LastCall(item.Job)):
			old.Jobs = append(old.Jobs, strings.Clone(item.Job.JobID)) // valid until the next item
		case item.Facts != nil && e.goes(item.Facts.InstanceID, item.Facts.JobID, item.Facts.CallTime):
			old.Jobs = append(old.Jobs, strings.Clone(item.Facts.JobID))
		}
	}
	if len(old.Jobs) == 0 {
		return line
	}
	tracer := trace.New(old, trace.Options{Number: redact.Number, Decode: utf8})
	rest, _, ok := tracer.Cut(line)
	if !ok {
		return nil
	}
	return rest
}

// goes reports whether a call lies before the edge. A job that was not called goes with
// its run.
func (e *editor) goes(instanceID, jobID string, call int64) bool {
	return call != 0 && call < e.limits.Millis() && !e.limits.OnHold(schema.JobKey(nil, instanceID, jobID))
}

// utf8 returns text of another encoding as UTF-8, nil where it has none.
func utf8(text []byte) []byte {
	decoded, _, err := charset.Decode(text)
	if err != nil {
		return nil
	}
	return decoded
}
