package versions

import (
	"encoding/binary"

	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

// What SearchTask says of tasks is kept apart from the versions of jobs: it may
// change while a job's content does not, and it outlives versions that do not
// carry it. A known value is replaced only by one from a later version, and none
// is cleared.
//
// The facts of a run are collected in the order of jobs and instants, merged
// with those that are published, and put into the job before its rows are made.

// factsWriter collects facts.
type factsWriter struct {
	out    *spill.Writer
	record []byte
	// number counts the facts of a piece of input, which come in their order.
	sequence int64
	number   uint32
}

func (w *factsWriter) add(key schema.Key, observed, sequence int64, taskID string, facts *schema.Facts) error {
	if w.sequence != sequence {
		w.sequence, w.number = sequence, 0
	}
	w.number++
	b := append(w.record[:0], key[:]...)
	b = spill.AppendInt(b, observed)
	b = spill.AppendInt(b, sequence)
	b = binary.BigEndian.AppendUint32(b, w.number)
	w.record = facts.AppendTo(spill.AppendText(b, taskID))
	return w.out.Add(w.record)
}

// taskFacts are what a run brought of one task.
type taskFacts struct {
	taskID string
	// later are from when the published version was received, or since then:
	// they replace published values. earlier only fill in what is not known.
	later, earlier schema.Facts
}

// factsReader returns the facts of a run, job by job.
type factsReader struct {
	records *spill.Records
	head    []byte // the record ahead, nil at the end
	list    []taskFacts
	byID    map[string]int
}

func newFactsReader(facts *spill.Sorter) (*factsReader, error) {
	records, err := facts.Read(0, spill.Range{})
	if err != nil {
		return nil, err
	}
	r := &factsReader{records: records, byID: map[string]int{}}
	return r, r.advance()
}

func (r *factsReader) advance() (err error) {
	r.head, err = r.records.Next()
	return err
}

// key returns the job that the facts ahead are of; ok is false at the end.
func (r *factsReader) key() (key schema.Key, ok bool) {
	if r.head == nil {
		return key, false
	}
	return schema.Key(r.head[:len(key)]), true
}

// take merges the facts of the job ahead; old is what is published of it, nil
// for nothing. They are valid until the next call.
func (r *factsReader) take(old *publishedJob) ([]taskFacts, error) {
	job, _ := r.key()
	r.list = r.list[:0]
	clear(r.byID)
	for key, ok := r.key(); ok && key == job; key, ok = r.key() {
		observed := spill.Int(r.head[16:])
		taskID, rest := spill.CutText(r.head[36:])
		facts, _, _ := schema.CutFacts(rest)
		i, known := r.byID[taskID]
		if !known {
			i = len(r.list)
			r.byID[taskID] = i
			r.list = append(r.list, taskFacts{taskID: taskID})
		}
		if t := &r.list[i]; old == nil || observed >= old.observedAt {
			t.later = facts.Or(t.later)
		} else {
			t.earlier = t.earlier.Or(facts)
		}
		if err := r.advance(); err != nil {
			return nil, err
		}
	}
	return r.list, nil
}

// merge returns the facts of a task of which some were published.
func (t *taskFacts) merge(published schema.Facts) schema.Facts {
	return t.later.Or(published).Or(t.earlier)
}

// place decides where the facts of a job go: straight to the shard where they
// can be merged without those that are published, else they are wanted when the
// published ones are read.
func (s *Store) place(o *outcome, seen []taskFacts) error {
	switch old := o.published; {
	case len(seen) == 0 && !o.replaced:
		return nil
	case old == nil || !old.hasTasks && o.replaced:
		return s.decisions.setFacts(o.day, o.key, merged(nil, seen))
	case !old.hasTasks:
		s.verdict.unmatched += int64(len(seen))
		return nil
	case len(seen) == 0:
		has, err := s.published.hasFacts(old.shard)
		if err != nil || !has {
			return err
		}
	}
	return s.wanted.want(s.published.shards[o.published.shard].Day, o, seen)
}

// placeAlone is place for the facts of a job that the run did not see.
func (s *Store) placeAlone(key schema.Key, finder *finder, facts *factsReader) error {
	old, err := finder.find(key)
	if err != nil {
		return err
	}
	seen, err := facts.take(old)
	if err != nil {
		return err
	}
	if old == nil {
		s.verdict.unmatched += int64(len(seen))
		return nil
	}
	return s.place(&outcome{key: key, published: old, day: s.published.shards[old.shard].Day}, seen)
}

// want notes that the published facts of a job are needed, to be merged with
// those of the run. Its kind is that of the decision that will come of it.
func (d *decisions) want(day int32, o *outcome, seen []taskFacts) error {
	b := d.begin(day, o.key, kindFacts)
	b = spill.AppendBool(spill.AppendBool(b, o.replaced), o.unchanged)
	b = spill.AppendInt(b, int64(o.day))
	for i := range seen {
		b = spill.AppendText(b, seen[i].taskID)
		b = seen[i].later.AppendTo(b)
		b = seen[i].earlier.AppendTo(b)
	}
	return d.add(b)
}

// wantedFacts is what want wrote.
func wantedFacts(b []byte) (o outcome, seen []taskFacts) {
	o.replaced, o.unchanged, o.day = b[0] != 0, b[1] != 0, int32(spill.Int(b[2:]))
	for b = b[10:]; len(b) > 0; {
		var t taskFacts
		t.taskID, b = spill.CutText(b)
		t.later, b, _ = schema.CutFacts(b)
		t.earlier, b, _ = schema.CutFacts(b)
		seen = append(seen, t)
	}
	return o, seen
}

// mergedFacts are the facts of one task of a job that is written.
type mergedFacts struct {
	taskID string
	facts  schema.Facts
	ofRun  bool // the run brought some of them
}

// merged merges the published facts of a job's tasks with those of a run.
func merged(published []mergedFacts, seen []taskFacts) []mergedFacts {
	all := published
	at := map[string]int{}
	for i := range all {
		at[all[i].taskID] = i // of a task that is there twice, the later one
	}
	for i := range seen {
		t := &seen[i]
		if k, ok := at[t.taskID]; ok {
			all[k].facts, all[k].ofRun = t.merge(all[k].facts), true
			continue
		}
		all = append(all, mergedFacts{t.taskID, t.merge(schema.Facts{}), true})
	}
	return all
}

// setFacts decides on the facts of a job that is written.
func (d *decisions) setFacts(day int32, key schema.Key, list []mergedFacts) error {
	b := d.begin(day, key, kindFacts)
	empty := len(b)
	for i := range list {
		if !list[i].facts.IsZero() {
			b = spill.AppendBool(b, list[i].ofRun)
			b = list[i].facts.AppendTo(spill.AppendText(b, list[i].taskID))
		}
	}
	if len(b) == empty {
		return nil
	}
	return d.add(b)
}

// putFacts puts the facts of a decision into a job. It returns how many tasks
// the run brought facts of and the job does not have.
func putFacts(job *schema.Job, decision []byte) (unmatched int64) {
	facts := map[string]schema.Facts{}
	ofRun := map[string]bool{}
	for b := decision; len(b) > 0; {
		run := b[0] != 0
		taskID, rest := spill.CutText(b[1:])
		facts[taskID], b, _ = schema.CutFacts(rest)
		if run {
			ofRun[taskID] = true
		}
	}
	for i := range job.Tasks {
		t := &job.Tasks[i]
		if known, ok := facts[t.TaskID]; ok {
			t.Facts = known
			delete(ofRun, t.TaskID)
		}
	}
	return int64(len(ofRun))
}
