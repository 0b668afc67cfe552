package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/jobcode"
	"callmill/pipeline/redact"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

// redacting returns the settings of a mode.
func redacting(t testing.TB, pii string) *Loaded {
	t.Helper()
	l, err := load(dataset.Settings{TimeZone: "Asia/Shanghai", Segmenter: "fast", PII: pii}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestRedactedJobsStay: whole jobs as calls have them, redacted, flattened, read back and
// redacted again are as they were redacted, in every mode; in a stricter one they are as
// if they had come to it. Their patterns have the slots that they have under keep.
func TestRedactedJobsStay(t *testing.T) {
	world, err := simulate.New(simulate.Options{People: 400, Seed: 11})
	if err != nil {
		t.Fatal(err)
	}
	key := []byte("a secret")
	modes := []string{redact.Hash, redact.Mask, redact.Drop}
	settings := map[string]*Loaded{}
	for _, mode := range append(modes, redact.Keep) {
		settings[mode] = redacting(t, mode)
	}
	rapid.Check(t, func(t *rapid.T) {
		delivered, _ := world.Job(rapid.IntRange(0, world.Len()-1).Draw(t, "job"))
		delivered.InstanceID, delivered.ObservedAt = "x", 1
		first := rapid.IntRange(0, len(modes)-1).Draw(t, "first")
		second := rapid.IntRange(first, len(modes)-1).Draw(t, "second")
		one, two := settings[modes[first]], settings[modes[second]]

		once := copied(t, delivered)
		one.Redactor(key, nil).Job(once)
		hash, _ := once.ContentHash(nil)
		rows := one.Flattener().Rows(once, hash)
		back := JobOf(one.Settings)(rows)
		if diff := cmp.Diff(once, back, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s: read back it is another job (-redacted +read):\n%s", modes[first], diff)
		}
		two.Redactor(key, nil).Job(back)
		want := copied(t, delivered)
		two.Redactor(key, nil).Job(want)
		if diff := cmp.Diff(want, back, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s after %s (-%s alone +after):\n%s", modes[second], modes[first], modes[second], diff)
		}
		kept := settings[redact.Keep].Flattener().Rows(delivered, schema.ContentHash{})
		for i, row := range kept.Turns {
			if got := rows.Turns[i].Pattern; got != row.Pattern && row.Pattern != row.Script && count(got, '{') != count(row.Pattern, '{') {
				t.Errorf("pattern %q, under keep %q", got, row.Pattern)
			}
		}
	})
}

func count(text string, of rune) (n int) {
	for _, r := range text {
		if r == of {
			n++
		}
	}
	return n
}

// copied returns a copy of a job.
func copied(t rapid.TB, j *schema.Job) *schema.Job {
	c, err := new(jobcode.Decoder).Job(new(jobcode.Encoder).Append(nil, j))
	if err != nil {
		t.Fatal(err)
	}
	c.InstanceID, c.JobID = j.InstanceID, j.JobID
	return c
}

// TestExtras: what is personal goes by the key of the extra, or else by the value; an id of
// a company stays.
func TestExtras(t *testing.T) {
	r := redacting(t, redact.Mask).Redactor([]byte("a secret"), nil)
	for _, e := range []struct{ key, value, want string }{
		{"birth", "1月2日", "[生日]"}, {"gps", "31.2304,121.4737", "[地址]"}, {"lat", "31.2304", "[地址]"}, {"location", "121.47,31.23", "[地址]"},
		{"ip", "198.51.100.7", "[编号]"}, {"mac", "02:00:5e:10:00:00", "[编号]"}, {"openid", "oX2_a9", "[编号]"}, {"unionId", "u-77", "[编号]"},
		{"TenantId", "7f0c7a64-1a7e-4b0c-9d7b-0f1e2d3c4b5a", "7f0c7a64-1a7e-4b0c-9d7b-0f1e2d3c4b5a"}, {"appId", "200410230917", "200410230917"},
		{"shop_id", "88120045612", "88120045612"}, {"产品编号", "P20260012345", "P20260012345"}, {"storeCode", "A1", "A1"},
		{"shop_id", "10020000001", "[电话]"}, {"appId", "电话10020000001", "电话[电话]"}, // a person's number is one wherever it is
	} {
		j := &schema.Job{JobID: "j", Contacts: []schema.Contact{{PhoneNumber: "10020000001"}}, Extras: []schema.Extra{{Key: e.key, Value: e.value}}}
		for range 2 { // once more, it stays
			r.Job(j)
			if got := j.Extras[0].Value; got != e.want {
				t.Errorf("%s=%s becomes %s, want %s", e.key, e.value, got, e.want)
			}
		}
	}
}

// TestRedactionIsDerived: what older rules left is redacted again; under keep there is
// nothing of the kind.
func TestRedactionIsDerived(t *testing.T) {
	for mode, version := range map[string]int{redact.Keep: 0, redact.Mask: redact.Version} {
		l := redacting(t, mode)
		if l.Settings.Redaction != version {
			t.Errorf("%s: redaction %d, want %d", mode, l.Settings.Redaction, version)
		}
		older := l.Settings
		older.Redaction--
		if l.Derives(older) || !l.Derives(l.Settings) {
			t.Errorf("%s: rules of another version are the same", mode)
		}
	}
}

// TestWithoutKeys: the rows of a job are those that it has where there is no key.
func TestWithoutKeys(t *testing.T) {
	world, err := simulate.New(simulate.Options{People: 30})
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range redact.Modes() {
		l := redacting(t, mode)
		clean, f, g := WithoutKeys(l.Settings), l.Flattener(), l.Flattener()
		for i := range world.Len() {
			job, _ := world.Job(i)
			without := copied(t, job)
			l.Redactor([]byte("a secret"), nil).Job(job)
			hash, _ := job.ContentHash(nil)
			rows := f.Rows(job, hash)
			clean(rows)
			l.Redactor(nil, nil).Job(without)
			hash, _ = without.ContentHash(nil)
			if diff := cmp.Diff(g.Rows(without, hash), rows, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s: rows (-of a job without key +cleaned):\n%s", mode, diff)
			}
		}
	}
}
