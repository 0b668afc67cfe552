package forget

import (
	"bytes"
	"cmp"
	"context"
	"path/filepath"
	"slices"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/persons"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/desk"
	"callmill/pipeline/rawlog"
	"callmill/schema"
)

// Traces are what there is of people besides their jobs.
type Traces struct {
	Rejects  []schema.RejectRow
	Raw      []RawFile
	Reports  []string // of runs that quote a value of theirs, by the run
	Reviews  []desk.Review
	Accesses []desk.Access
	OptOuts  []erased.OptOut
}

// RawFile is a file of kept responses.
type RawFile struct {
	Path  string `json:"path"` // inside the dataset
	Lines int64  `json:"lines"`
}

// Look finds what there is of people besides the jobs that were found: in the rejects of
// the published snapshot, kept responses, reports of runs, the desk in a folder, ""
// for that of the dataset, and the opt-outs that outlived their jobs.
func (r *Reader) Look(ctx context.Context, who persons.Who, references []string, found *persons.Found, folder string) (*Traces, error) {
	w := &work{Numbers: who.Numbers, Keys: keysOf(who, found), References: references, Named: who.Jobs}
	for _, j := range found.Jobs {
		w.Jobs = append(w.Jobs, j.Job)
	}
	e, t := newEraser(r.d, w, r), &Traces{}
	for row, err := range tables.Rejects(r.d) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		if e.isReject(row) {
			reject := *row
			reject.Raw = bytes.Clone(row.Raw)
			t.Rejects = append(t.Rejects, reject)
		}
	}
	if err := t.lookInRaw(ctx, e); err != nil {
		return nil, err
	}
	for id, text := range r.d.Reports() {
		if _, n := e.tracer.Blot(text); n > 0 {
			t.Reports = append(t.Reports, id)
		}
	}
	if err := t.lookAtDesk(e, cmp.Or(folder, r.d.Path("desk"))); err != nil {
		return nil, err
	}
	return t, t.lookAtOptOuts(r.d, who.Numbers, w.Keys)
}

func (t *Traces) lookInRaw(ctx context.Context, e *eraser) error {
	runs, err := rawRuns(e.d)
	if err != nil {
		return err
	}
	for _, run := range runs {
		lines := map[string]int64{}
		err := rawlog.Texts(ctx, filepath.Join(e.d.RawDir(), run), func(path string, text []byte) error {
			before := e.theirs
			for line := range bytes.Lines(text) {
				e.line(bytes.TrimSuffix(line, []byte{'\n'}))
			}
			if e.theirs > before {
				lines[filepath.Base(path)] += e.theirs - before
			}
			return nil
		}, func(string, int, int, bool) {})
		if err != nil {
			return err
		}
		for name, n := range lines {
			t.Raw = append(t.Raw, RawFile{"raw/" + run + "/" + name, n})
		}
	}
	slices.SortFunc(t.Raw, func(a, b RawFile) int { return cmp.Compare(a.Path, b.Path) })
	return nil
}

func (t *Traces) lookAtDesk(e *eraser, folder string) error {
	someone, d := e.someone(), desk.In(folder)
	for r, err := range d.Reviews() {
		if err != nil {
			return err
		}
		if someone.Review(r) {
			t.Reviews = append(t.Reviews, *r)
		}
	}
	for a, err := range d.Accesses() {
		if err != nil {
			return err
		}
		if someone.Access(a) {
			t.Accesses = append(t.Accesses, *a)
		}
	}
	return nil
}

func (t *Traces) lookAtOptOuts(d *dataset.Dataset, numbers, keys []string) error {
	store := d.Erased()
	list, err := store.OptOuts()
	if err != nil || len(list) == 0 {
		return err
	}
	digests := map[string]bool{}
	for _, n := range numbers {
		digest, err := store.NumberDigest(n)
		if err != nil {
			return err
		}
		digests[digest] = true
	}
	for _, o := range list {
		if digests[o.Number] || o.ContactKey != "" && slices.Contains(keys, o.ContactKey) {
			t.OptOuts = append(t.OptOuts, o)
		}
	}
	return nil
}
