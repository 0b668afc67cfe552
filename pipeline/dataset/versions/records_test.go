package versions

import (
	"bytes"
	"cmp"
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/dataset/shard"
	"callmill/schema"
)

func drawSighting(t *rapid.T) sighting {
	return sighting{
		key: drawKey(t), observed: rapid.Int64().Draw(t, "observed"), sequence: rapid.Int64().Draw(t, "sequence"),
		position: rapid.Uint32().Draw(t, "position"), tasks: rapid.Uint16().Draw(t, "tasks"), undated: rapid.Bool().Draw(t, "undated"),
		turns: rapid.Uint32().Draw(t, "turns"), day: rapid.Int32().Draw(t, "day"), entry: rapid.Uint64().Draw(t, "entry"),
		content: [8]byte(drawBytes(t, "content", 8)),
	}
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
		if got := sightingOf(a.appendTo(nil)); got != a {
			t.Errorf("read %+v, want %+v", got, a)
		}
		want := cmp.Or(bytes.Compare(a.key[:], b.key[:]), cmp.Compare(a.observed, b.observed), cmp.Compare(a.sequence, b.sequence), cmp.Compare(a.position, b.position))
		if got := bytes.Compare(a.appendTo(nil), b.appendTo(nil)); want != 0 && got != want {
			t.Errorf("%+v and %+v compare as %d, want %d", a, b, got, want)
		}
	})
}

// TestDecisions: whatever is decided reaches the shard that the job is in, in
// however many buckets its day is written, and no other.
func TestDecisions(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		d := newDecisions(dir, rapid.SampledFrom([]int64{0, 1 << 20}).Draw(t, "memory"))
		defer d.Close()
		type decided struct {
			day  int32
			key  schema.Key
			kind int
		}
		var all []decided
		for range rapid.IntRange(0, 40).Draw(t, "decisions") {
			one := decided{rapid.SampledFrom([]int32{-1, 0, 1, schema.NoDate}).Draw(t, "day"), drawKey(t), rapid.IntRange(kindLost, kindFacts).Draw(t, "kind")}
			all = append(all, one)
			var err error
			switch one.kind {
			case kindLost:
				err = d.lose(one.day, one.key, 5)
			case kindFirstSeen:
				err = d.setFirstSeen(one.day, one.key, -7)
			case kindReplaced:
				err = d.replace(one.day, one.key, replacement{3, 4})
			case kindTouched:
				err = d.touch(one.day, one.key, touch{1, -2, 3})
			case kindFacts:
				err = d.setFacts(one.day, one.key, []mergedFacts{{"t", schema.Facts{ScriptName: "x"}, true}})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := d.finish(); err != nil {
			t.Fatal(err)
		}
		buckets := rapid.SampledFrom([]int{1, 2, 16, 1 << 16}).Draw(t, "buckets")
		for _, one := range all {
			s := shard.Shard{Day: one.day, Bucket: one.key.Bucket(buckets), Buckets: buckets}
			of, err := d.of(s)
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
				ok = !of.isPublished(one.key, 5) && of.isPublished(one.key, 6)
			case kindFirstSeen:
				at, found := of.firstSeen(one.key)
				ok = found && at == -7
			case kindReplaced:
				by, found := of.replacement(one.key)
				ok = found && by == replacement{3, 4}
			case kindTouched:
				by, found := of.touched(one.key)
				ok = found && by == touch{1, -2, 3}
			case kindFacts:
				facts, found := of.facts(one.key)
				job := &schema.Job{Tasks: []schema.Task{{TaskID: "t"}}}
				ok = found && putFacts(job, facts) == 0 && job.Tasks[0].Facts.ScriptName == "x"
			}
			if !ok {
				t.Errorf("%+v is not found in shard %+v", one, s)
			}
		}
	})
}
