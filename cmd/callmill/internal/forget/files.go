package forget

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/decode/charset"
	"callmill/pipeline/rawlog"
)

// decode returns text of another encoding as UTF-8, nil where it is none.
func decode(text []byte) []byte {
	decoded, _, err := charset.Decode(text)
	if err != nil {
		return nil
	}
	return decoded
}

// rawRuns lists the runs whose responses are kept.
func rawRuns(d *dataset.Dataset) ([]string, error) {
	runs, err := rawlog.Runs(d.RawDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return runs, err
}

// raw takes their elements out of kept responses, and whole lines that cannot be read. The
// plan has read all of them, and the lock was held since, or the intent kept runs out: only
// runs in which it found something are read again.
func (e *eraser) raw(ctx context.Context, dry bool) error {
	runs, err := rawRuns(e.d)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if !dry && !slices.ContainsFunc(e.w.Receipt.Files, func(f string) bool { return strings.HasPrefix(f, "raw/"+run+"/") }) {
			continue
		}
		folder := filepath.Join(e.d.RawDir(), run)
		list, err := rawlog.Rewrite(ctx, e.d.FS(), folder, dry, e.line)
		if err != nil {
			return err
		}
		for _, one := range list {
			e.files = append(e.files, filepath.ToSlash(filepath.Join("raw", run, filepath.Base(one.Path))))
		}
	}
	if e.theirs > 0 {
		e.counts["raw_lines"] = e.theirs
	}
	return nil
}

// line returns what is left of a kept line, nil for nothing. Lines that cannot be read
// go, whoever they may be of, but count only where they hold something of theirs.
func (e *eraser) line(line []byte) []byte {
	if e.w.Before != "" {
		var at struct {
			ObservedAt string `json:"observed_at"`
		}
		_ = json.Unmarshal(line, &at) // then it says no instant
		observed, err := time.Parse(time.RFC3339, at.ObservedAt)
		if err != nil || e.reader.Day(observed.UnixMilli()) < e.w.Before {
			e.theirs++
			return nil
		}
	}
	in := e.tracer.In(line)
	// Most lines hold nothing of theirs; what is in Base64 cannot be seen.
	hidden := bytes.Contains(line, []byte(`"bytes":"`)) || bytes.Contains(line, []byte(`"raw":"`)) || bytes.Contains(line, []byte(`"Raw":"`))
	switch readable := json.Valid(line); {
	case !in && !hidden && readable:
		return line
	case !readable:
		if in {
			e.theirs++
		}
		return nil
	}
	rest, cut, ok := e.tracer.Cut(line)
	if !ok {
		rest = nil
	}
	if cut > 0 || !ok {
		e.theirs++
	}
	return rest
}

// runs takes their values out of the reports of runs.
func (e *eraser) runs(ctx context.Context, dry bool) error {
	for id, text := range e.d.Reports() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		left, n := e.tracer.Blot(text)
		if n == 0 {
			continue
		}
		e.files = append(e.files, "runs/"+id+".json")
		e.counts["quotes_in_reports"] += int64(n)
		if dry {
			continue
		}
		var report any = json.RawMessage(left)
		if !json.Valid(left) { // damaged: what it says is lost, but for the snapshot that it published
			report = map[string]any{"run": id, "error": "the report was damaged, and quoted somebody who was erased"}
		}
		if err := e.d.WriteRun(dataset.Run{ID: id}, report); err != nil {
			return err
		}
	}
	return nil
}
