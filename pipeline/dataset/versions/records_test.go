package versions

import (
	"bytes"
	"cmp"
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/dataset/reconcile"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/dataset/spill"
	"callmill/schema"
)

func drawSighting(t *rapid.T) sighting {
	s := sighting{
		key: drawKey(t), observed: rapid.Int64().Draw(t, "observed"), sequence: rapid.Int64().Draw(t, "sequence"),
		position: rapid.Int64().Draw(t, "position"), undated: rapid.Bool().Draw(t, "undated"), final: rapid.Bool().Draw(t, "final"),
		day: rapid.Int32().Draw(t, "day"), entry: rapid.SampledFrom([]uint64{0, 1, 1 << 60}).Draw(t, "entry"), request: rapid.String().Draw(t, "request"),
		content: schema.ContentHash(drawBytes(t, "content", schema.HashSize)), asked: rapid.Bool().Draw(t, "asked"), lastCall: rapid.Int64().Draw(t, "last"),
	}
	if s.asked || s.entry != 0 {
		s.instanceID, s.jobID = rapid.String().Draw(t, "instance"), rapid.String().Draw(t, "job")
	}
	s.tasks = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) task {
		task := task{connected: rapid.Bool().Draw(t, "connected"), turns: rapid.Uint64().Draw(t, "turns")}
		if s.asked {
			task.id, task.called = rapid.String().Draw(t, "id"), rapid.Int64().Draw(t, "called")
			task.hash = hashOf(task.id)
		} else {
			task.hash = rapid.Uint64().Draw(t, "hash")
		}
		return task
	}), 0, 3).Draw(t, "tasks")
	if s.hasTasks = len(s.tasks) > 0; !s.hasTasks {
		s.tasks = nil
	}
	return s
}

func encoded(code func(*spill.Codec)) []byte {
	c := spill.Encoder(nil)
	code(&c)
	return c.Bytes()
}

// TestSightingRecords: a sighting is read back as it was written, and records
// sort by job, instant, and delivery.
func TestSightingRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawSighting(t), drawSighting(t)
		for _, same := range []func(){func() { b.key = a.key }, func() { b.observed = a.observed }, func() { b.sequence = a.sequence }} {
			if rapid.Bool().Draw(t, "same") {
				same()
			}
		}
		var got sighting
		c := spill.Decoder(encoded(a.code))
		if got.code(&c); c.Err() != nil || !reflect.DeepEqual(got, a) {
			t.Errorf("read %+v, want %+v", got, a)
		}
		want := cmp.Or(bytes.Compare(a.key[:], b.key[:]), cmp.Compare(a.observed, b.observed), cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.position, b.position))
		if got := bytes.Compare(encoded(a.code), encoded(b.code)); want != 0 && got != want {
			t.Errorf("%+v and %+v compare as %d, want %d", a, b, got, want)
		}
	})
}

// TestFactRecords: facts are read back as they were written, and records sort by
// job, kind, instant, and delivery, before the sightings of the job.
func TestFactRecords(t *testing.T) {
	drawFact := func(t *rapid.T) fact {
		return fact{
			key: drawKey(t), observed: rapid.Int64().Draw(t, "observed"), sequence: rapid.Int64().Draw(t, "sequence"),
			number: rapid.Int64().Draw(t, "number"), taskID: rapid.String().Draw(t, "task"), jobID: rapid.String().Draw(t, "job"), call: rapid.Int64().Draw(t, "call"),
			facts: schema.Facts{ScriptName: rapid.String().Draw(t, "script"), CallMS: new(rapid.Int64().Draw(t, "call"))},
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawFact(t), drawFact(t)
		for _, same := range []func(){func() { b.key = a.key }, func() { b.observed = a.observed }, func() { b.sequence = a.sequence }} {
			if rapid.Bool().Draw(t, "same") {
				same()
			}
		}
		var got fact
		c := spill.Decoder(encoded(a.code))
		if got.code(&c); !reflect.DeepEqual(got, a) {
			t.Errorf("read %+v, want %+v", got, a)
		}
		want := cmp.Or(bytes.Compare(a.key[:], b.key[:]), cmp.Compare(a.observed, b.observed), cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.number, b.number))
		if got := bytes.Compare(encoded(a.code), encoded(b.code)); want != 0 && got != want {
			t.Errorf("%+v and %+v compare as %d, want %d", a, b, got, want)
		}
		s := drawSighting(t)
		s.key = a.key
		published := publishedTask{key: a.key, task: task{id: a.taskID}}
		if bytes.Compare(encoded(a.code), encoded(s.code)) >= 0 || bytes.Compare(encoded(published.code), encoded(a.code)) >= 0 {
			t.Error("published facts, facts and sightings of a job do not come in this order")
		}
	})
}

// TestDecisions: each decision reaches the shard that the job is in, in
// however many buckets its day is written, and no other.
func TestDecisions(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		store := New(dir, rapid.SampledFrom([]int64{0, 1 << 20}).Draw(t, "memory"))
		defer store.Close()
		d := newDecider(store, nil, &reconcile.Rules{})
		type decided struct {
			day  int32
			key  schema.Key
			kind byte
		}
		var all []decided
		for range rapid.IntRange(0, 40).Draw(t, "decisions") {
			one := decided{rapid.SampledFrom([]int32{-1, 0, 1, schema.NoDate}).Draw(t, "day"), drawKey(t), rapid.ByteRange(kindLost, kindFacts).Draw(t, "kind")}
			all = append(all, one)
			var err error
			switch one.kind {
			case kindLost:
				err = d.lose(&sighting{day: one.day, key: one.key, entry: 5}, nil)
			case kindReplaced:
				err = d.replace(one.day, &sighting{key: one.key})
			case kindChanged:
				err = d.add(one.day, one.key, kindChanged, (&change{1, -2, "request"}).code)
			case kindFacts:
				err = d.setFacts(one.day, one.key, []taskFacts{{taskID: "t", facts: schema.Facts{ScriptName: "x"}, there: true}})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(d.out.Close(), store.decisions.Merge()); err != nil {
			t.Fatal(err)
		}
		buckets := rapid.SampledFrom([]int{1, 2, 16, 1 << 16}).Draw(t, "buckets")
		for _, one := range all {
			s := shard.Shard{Day: one.day, Bucket: one.key.Bucket(buckets), Buckets: buckets}
			of, err := store.Of(s)
			if err != nil {
				t.Fatal(err)
			}
			inShard := 0
			for _, other := range all {
				if other.day == s.Day && s.Holds(other.key) {
					inShard++
				}
			}
			if len(of.starts) != inShard {
				t.Errorf("%d decisions of shard %+v, want %d", len(of.starts), s, inShard)
			}
			var ok bool
			switch one.kind {
			case kindLost:
				ok = !of.IsPublished(one.key, 5) && of.IsPublished(one.key, 6)
			case kindReplaced:
				ok = of.Replaced(one.key)
			case kindChanged:
				var row schema.JobRow
				err := of.Touch(one.key, &row)
				ok = err == nil && row.FirstSeen == 1 && row.ObservedAt == -2 && row.RequestID == "request"
			case kindFacts:
				job := &schema.Job{Tasks: []schema.Task{{TaskID: "t"}}}
				err := of.Complete(one.key, job)
				ok = err == nil && of.HasFacts(one.key) && job.Tasks[0].Facts.ScriptName == "x"
			}
			if !ok {
				t.Errorf("%+v is not found in shard %+v", one, s)
			}
		}
	})
}

// TestDamagedRecords: a record that is cut short is an error, not a job with zero
// values.
func TestDamagedRecords(t *testing.T) {
	key := keyOf(1)
	facts := taskFacts{taskID: "t", facts: schema.Facts{ScriptName: "x"}}
	for name, c := range map[string]struct {
		kind byte
		code func(*spill.Codec)
		read func(s *Shard) error
	}{
		"touched": {kindChanged, (&change{1, 2, "r"}).code, func(s *Shard) error { return s.Touch(key, &schema.JobRow{}) }},
		"changed": {kindChanged, (&change{1, 2, "r"}).code, func(s *Shard) error { return s.Complete(key, &schema.Job{}) }},
		"facts":   {kindFacts, facts.code, func(s *Shard) error { return s.Complete(key, &schema.Job{}) }},
	} {
		record := append(append(appendPlace(nil, 7, key), c.kind), encoded(c.code)...)
		for n, want := range map[int]error{len(record): nil, len(record) - 1: spill.ErrDamaged} {
			if err := c.read(&Shard{day: 7, records: record[:n], starts: []uint32{0}}); !errors.Is(err, want) {
				t.Errorf("%s, %d of %d bytes: %v, want %v", name, n, len(record), err, want)
			}
		}
	}
	for name, code := range map[string]func(*spill.Codec){
		"sighting":    (&sighting{key: key, request: "r", tasks: []task{{hash: 1}}}).code,
		"asked":       (&sighting{key: key, asked: true, jobID: "a", tasks: []task{{id: "t"}}}).code,
		"fact":        (&fact{key: key, taskID: "t"}).code,
		"task":        (&publishedTask{key: key, task: task{id: "t"}}).code,
		"expectation": (&expectation{key: key}).code,
		"entry":       (&entry{key: key}).code,
	} {
		record := encoded(code)
		for n := range record {
			s := New(t.TempDir(), 1<<20)
			defer s.Close()
			w := s.seen.Writer()
			if err := errors.Join(w.Add(record[:max(n, 1)]), w.Close()); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Decide(t.Context(), nil, nil, &reconcile.Rules{}); !errors.Is(err, spill.ErrDamaged) {
				t.Errorf("%s, %d of %d bytes: %v, want damaged records", name, n, len(record), err)
			}
		}
	}
	s := New(t.TempDir(), 1<<20)
	defer s.Close()
	w := s.published.jobs.Writer()
	record := encoded((&publishedJob{key: key}).code)
	if err := errors.Join(w.Add(record[:len(record)-1]), w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.published.finder().find(key); !errors.Is(err, spill.ErrDamaged) {
		t.Errorf("published job: %v, want damaged records", err)
	}
}
