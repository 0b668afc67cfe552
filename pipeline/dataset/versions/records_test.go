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
	"callmill/pipeline/dataset/verdict"
	"callmill/schema"
)

func drawSighting(t *rapid.T) sighting {
	s := sighting{key: drawKey(t), Sighting: verdict.Sighting{
		Moment: verdict.Moment{
			Observed: rapid.Int64().Draw(t, "observed"), Sequence: rapid.Int64().Draw(t, "sequence"), Position: rapid.Int64().Draw(t, "position"),
		},
		Undated: rapid.Bool().Draw(t, "undated"), Final: rapid.Bool().Draw(t, "final"),
		Day: rapid.Int32().Draw(t, "day"), Entry: rapid.SampledFrom([]uint64{0, 1, 1 << 60}).Draw(t, "entry"), Request: rapid.String().Draw(t, "request"),
		Content: schema.ContentHash(drawBytes(t, "content", schema.HashSize)), Asked: rapid.Bool().Draw(t, "asked"), LastCall: rapid.Int64().Draw(t, "last"),
	}}
	if s.Asked || s.Entry != 0 {
		s.instanceID, s.jobID = rapid.String().Draw(t, "instance"), rapid.String().Draw(t, "job")
	}
	s.Tasks = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) verdict.Task {
		task := verdict.Task{Connected: rapid.Bool().Draw(t, "connected"), Turns: rapid.Uint64().Draw(t, "turns")}
		if s.Asked {
			task.ID, task.Called = rapid.String().Draw(t, "id"), rapid.Int64().Draw(t, "called")
			task.Hash = verdict.HashTask(task.ID)
		} else {
			task.Hash = rapid.Uint64().Draw(t, "hash")
		}
		return task
	}), 0, 3).Draw(t, "tasks")
	if s.HasTasks = len(s.Tasks) > 0; !s.HasTasks {
		s.Tasks = nil
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
		for _, same := range []func(){func() { b.key = a.key }, func() { b.Observed = a.Observed }, func() { b.Sequence = a.Sequence }} {
			if rapid.Bool().Draw(t, "same") {
				same()
			}
		}
		var got sighting
		c := spill.Decoder(encoded(a.code))
		if got.code(&c); c.Err() != nil || !reflect.DeepEqual(got, a) {
			t.Errorf("read %+v, want %+v", got, a)
		}
		want := cmp.Or(bytes.Compare(a.key[:], b.key[:]), a.Compare(b.Moment))
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
			key: drawKey(t), sequence: rapid.Int64().Draw(t, "sequence"), number: rapid.Int64().Draw(t, "number"), jobID: rapid.String().Draw(t, "job"),
			Fact: verdict.Fact{
				Observed: rapid.Int64().Draw(t, "observed"), TaskID: rapid.String().Draw(t, "task"), Call: rapid.Int64().Draw(t, "call"),
				Facts: schema.Facts{ScriptName: rapid.String().Draw(t, "script"), CallMS: new(rapid.Int64().Draw(t, "call"))},
			},
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawFact(t), drawFact(t)
		for _, same := range []func(){func() { b.key = a.key }, func() { b.Observed = a.Observed }, func() { b.sequence = a.sequence }} {
			if rapid.Bool().Draw(t, "same") {
				same()
			}
		}
		var got fact
		c := spill.Decoder(encoded(a.code))
		if got.code(&c); !reflect.DeepEqual(got, a) {
			t.Errorf("read %+v, want %+v", got, a)
		}
		want := cmp.Or(bytes.Compare(a.key[:], b.key[:]), cmp.Compare(a.Observed, b.Observed), cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.number, b.number))
		if got := bytes.Compare(encoded(a.code), encoded(b.code)); want != 0 && got != want {
			t.Errorf("%+v and %+v compare as %d, want %d", a, b, got, want)
		}
		s := drawSighting(t)
		s.key = a.key
		published := publishedTask{key: a.key, PublishedTask: verdict.PublishedTask{Task: verdict.Task{ID: a.TaskID}}}
		if bytes.Compare(encoded(a.code), encoded(s.code)) >= 0 || bytes.Compare(encoded(published.code), encoded(a.code)) >= 0 {
			t.Error("published facts, facts and sightings of a job do not come in this order")
		}
	})
}

// someFacts are what is decided of the facts of a job with one task.
func someFacts(t *rapid.T) []verdict.TaskFacts {
	job := verdict.Job{
		Sightings: []verdict.Sighting{{Entry: 1, Tasks: []verdict.Task{{Hash: verdict.HashTask("t")}}}},
		Facts:     []verdict.Fact{{TaskID: "t", Facts: schema.Facts{ScriptName: "x"}}},
	}
	o, err := verdict.New(&reconcile.Rules{}).Decide(&job)
	if err != nil {
		t.Fatal(err)
	}
	return o.Facts
}

// TestDecisions: each decision reaches the shard that the job is in, in
// however many buckets its day is written, and no other.
func TestDecisions(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		store := New(dir, rapid.SampledFrom([]int64{0, 1 << 20}).Draw(t, "memory"), Retention{})
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
				err = d.lose(one.key, one.day, 5)
			case kindReplaced:
				err = d.replace(one.day, one.key)
			case kindChanged:
				err = d.add(one.day, one.key, kindChanged, (&change{1, -2, "request"}).code)
			case kindFacts:
				err = d.setFacts(one.day, one.key, someFacts(t))
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
	facts := verdict.TaskFacts{TaskID: "t", Facts: schema.Facts{ScriptName: "x"}}
	for name, c := range map[string]struct {
		kind byte
		code func(*spill.Codec)
		read func(s *Shard) error
	}{
		"touched": {kindChanged, (&change{1, 2, "r"}).code, func(s *Shard) error { return s.Touch(key, &schema.JobRow{}) }},
		"changed": {kindChanged, (&change{1, 2, "r"}).code, func(s *Shard) error { return s.Complete(key, &schema.Job{}) }},
		"facts":   {kindFacts, func(c *spill.Codec) { codeFacts(c, &facts) }, func(s *Shard) error { return s.Complete(key, &schema.Job{}) }},
	} {
		record := append(append(appendPlace(nil, 7, key), c.kind), encoded(c.code)...)
		for n, want := range map[int]error{len(record): nil, len(record) - 1: spill.ErrDamaged} {
			if err := c.read(&Shard{day: 7, records: record[:n], starts: []uint32{0}}); !errors.Is(err, want) {
				t.Errorf("%s, %d of %d bytes: %v, want %v", name, n, len(record), err, want)
			}
		}
	}
	for name, code := range map[string]func(*spill.Codec){
		"sighting":    (&sighting{key: key, Sighting: verdict.Sighting{Request: "r", Tasks: []verdict.Task{{Hash: 1}}}}).code,
		"asked":       (&sighting{key: key, jobID: "a", Sighting: verdict.Sighting{Asked: true, Tasks: []verdict.Task{{ID: "t"}}}}).code,
		"fact":        (&fact{key: key, Fact: verdict.Fact{TaskID: "t"}}).code,
		"task":        (&publishedTask{key: key, PublishedTask: verdict.PublishedTask{Task: verdict.Task{ID: "t"}}}).code,
		"expectation": (&expectation{key: key}).code,
		"entry":       (&entry{key: key}).code,
	} {
		record := encoded(code)
		for n := range record {
			s := New(t.TempDir(), 1<<20, Retention{})
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
	s := New(t.TempDir(), 1<<20, Retention{})
	defer s.Close()
	w := s.published.all.Writer()
	record := encoded((&publishedJob{key: key}).code)
	if err := errors.Join(w.Add(record[:len(record)-1]), w.Close()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.published.finder().find(key); !errors.Is(err, spill.ErrDamaged) {
		t.Errorf("published job: %v, want damaged records", err)
	}
}
