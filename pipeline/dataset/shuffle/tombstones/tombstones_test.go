package tombstones_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/dataset/shuffle"
	"callmill/pipeline/dataset/shuffle/tombstones"
	"callmill/pipeline/redact"
	"callmill/schema"
)

var _ shuffle.Limits = (*tombstones.Limits)(nil)

var secret = []byte("a secret of the tests")

var shanghai = time.FixedZone("Shanghai", 8*3600)

// number is the number of a person who is erased up to the end of January.
const number = "10020000001"

func limitsOf(t *testing.T, list ...tombstones.Tombstone) *tombstones.Limits {
	t.Helper()
	var lines strings.Builder
	for _, stone := range list {
		if err := json.NewEncoder(&lines).Encode(stone); err != nil {
			t.Fatal(err)
		}
	}
	read, err := tombstones.Read(tombstones.NewDigests(secret), strings.NewReader(lines.String()))
	if err != nil {
		t.Fatal(err)
	}
	return &tombstones.Limits{List: read, Key: redact.New(redact.Options{Key: secret}).Key, Zone: shanghai}
}

func stone(kind, until string, values ...string) tombstones.Tombstone {
	return tombstones.Tombstone{Kind: kind, Digest: tombstones.NewDigests(secret).Digest(kind, values...), Until: until}
}

func keyOf(number string) string { return redact.New(redact.Options{Key: secret}).Key(number) }

func at(t *testing.T, text string) int64 {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment.UnixMilli()
}

func TestErased(t *testing.T) {
	byNumber := stone(tombstones.Number, "2026-01-31", keyOf(number))
	byReference := stone(tombstones.Reference, "2026-01-31", "r-1")
	last := at(t, "2026-01-31T23:59:59+08:00")
	called := func(change func(*schema.Job)) *schema.Job {
		job := &schema.Job{InstanceID: "i", JobID: "j", Tasks: []schema.Task{{TaskID: "t", ActualTime: last}}}
		change(job)
		return job
	}
	for name, c := range map[string]struct {
		stone         tombstones.Tombstone
		job           *schema.Job
		erased, named bool
	}{
		"called":                {byNumber, called(func(j *schema.Job) { j.Tasks[0].CalledNumber = number }), true, true},
		"in another spelling":   {byNumber, called(func(j *schema.Job) { j.Tasks[0].CalledNumber = "+86 100-2000 ０００１" }), true, true},
		"of the task's contact": {byNumber, called(func(j *schema.Job) { j.Tasks[0].Contact.PhoneNumber = number }), true, true},
		"of a contact":          {byNumber, called(func(j *schema.Job) { j.Contacts = []schema.Contact{{PhoneNumber: number}} }), true, true},
		"masked, in a task":     {byNumber, called(func(j *schema.Job) { j.Tasks[0].ContactKey = keyOf(number) }), true, true},
		"masked, in a contact":  {byNumber, called(func(j *schema.Job) { j.Contacts = []schema.Contact{{PhoneNumber: "[电话]", Key: keyOf(number)}} }), true, true},
		"somebody else's":       {byNumber, called(func(j *schema.Job) { j.Tasks[0].CalledNumber = "10020000002" }), false, false},
		"a later call": {byNumber, called(func(j *schema.Job) {
			j.Tasks[0].CalledNumber = number
			j.Tasks = append(j.Tasks, schema.Task{ActualTime: last + 1000})
		}), false, false},
		"never called, seen before": {byNumber, &schema.Job{FirstSeen: last, ObservedAt: last + 1000, Contacts: []schema.Contact{{PhoneNumber: number}}}, true, true},
		"never called, seen later":  {byNumber, &schema.Job{ObservedAt: last + 1000, Contacts: []schema.Contact{{PhoneNumber: number}}}, false, false},
		"the job's reference":       {byReference, called(func(j *schema.Job) { j.ReferenceID = "r-1" }), true, true},
		"a contact's reference":     {byReference, called(func(j *schema.Job) { j.Contacts = []schema.Contact{{ReferenceID: "r-1"}} }), true, true},
		"another reference":         {byReference, called(func(j *schema.Job) { j.ReferenceID = "r-10" }), false, false},
		"the job":                   {stone(tombstones.Job, "", "i", "j"), called(func(*schema.Job) {}), true, true},
		"of another instance":       {stone(tombstones.Job, "", "k", "j"), called(func(*schema.Job) {}), false, false},
		"of any instance":           {stone(tombstones.AnyJob, "", "j"), called(func(*schema.Job) {}), true, true},
		"before the day":            {tombstones.Tombstone{Kind: tombstones.Before, Until: "2026-02-01"}, called(func(*schema.Job) {}), true, false},
		"on the day":                {tombstones.Tombstone{Kind: tombstones.Before, Until: "2026-01-31"}, called(func(*schema.Job) {}), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			erased, named := limitsOf(t, c.stone).Erased(c.job)
			if erased != c.erased || erased && named != c.named {
				t.Errorf("erased %v, named %v, want %v, %v", erased, named, c.erased, c.named)
			}
		})
	}
}

// TestMet: all stones that cover something are met, also of a job that another one covers.
func TestMet(t *testing.T) {
	l := limitsOf(t, stone(tombstones.Number, "2026-01-31", keyOf(number)), stone(tombstones.Reference, "2026-01-31", "r-1"),
		stone(tombstones.AnyJob, "", "j"), stone(tombstones.Number, "2026-01-31", keyOf("10020000002")))
	l.Met = map[string]bool{}
	l.Erased(&schema.Job{JobID: "j", ReferenceID: "r-1", Contacts: []schema.Contact{{PhoneNumber: number}}})
	digests := tombstones.NewDigests(secret)
	want := map[string]bool{digests.Digest(tombstones.Number, keyOf(number)): true, digests.Digest(tombstones.Reference, "r-1"): true, digests.Digest(tombstones.AnyJob, "j"): true}
	if !maps.Equal(l.Met, want) {
		t.Errorf("met %v, want %v", l.Met, want)
	}
}

// TestDigestsAreKeyed: what a lake keeps tells nothing to who has not the key, and a
// digest is of its kind alone.
func TestDigestsAreKeyed(t *testing.T) {
	digest := tombstones.NewDigests(secret).Digest(tombstones.Number, "x")
	for name, other := range map[string]string{
		"another key":   tombstones.NewDigests([]byte("another")).Digest(tombstones.Number, "x"),
		"another kind":  tombstones.NewDigests(secret).Digest(tombstones.Reference, "x"),
		"cut otherwise": tombstones.NewDigests(secret).Digest(tombstones.Number, "x", ""),
	} {
		if other == digest {
			t.Errorf("%s gives the same digest", name)
		}
	}
}

func TestMentions(t *testing.T) {
	byNumber := stone(tombstones.Number, "2026-01-31", keyOf(number))
	seen := at(t, "2026-01-31T12:00:00+08:00")
	for name, c := range map[string]struct {
		stone tombstones.Tombstone
		text  string
		want  bool
	}{
		"a field":                {byNumber, `{"CalledNumber":"10020000001"`, true},
		"a number of JSON":       {byNumber, `{"CalledNumber":10020000001`, true},
		"with marks":             {byNumber, `{"CalledNumber":"+86 (100) 2000-0001"`, true},
		"of full width":          {byNumber, `１００２００００００１`, true},
		"escaped":                {byNumber, `"\uff11\uff10\uff10\uff12\uff10\uff10\uff10\uff10\uff10\uff10\uff11"`, true},
		"after a date":           {byNumber, `2026-01-31 10020000001 x`, true},
		"before another":         {byNumber, `10020000001 10020000009`, true},
		"JSON in JSON":           {byNumber, `"body":"{\"CalledNumber\":\"10020000001\"`, true},
		"as a part of a longer":  {byNumber, `100200000010`, false},
		"somebody else's":        {byNumber, `{"CalledNumber":"10020000002"`, false},
		"no digits":              {byNumber, `{"Jobs":[`, false},
		"a reference":            {stone(tombstones.Reference, "2026-01-31", "客户 1/2"), `{"ReferenceId":"客户 1/2"`, true},
		"a reference in XML":     {stone(tombstones.Reference, "2026-01-31", "r-1"), `<ReferenceId>r-1</ReferenceId>`, true},
		"a part of a reference":  {stone(tombstones.Reference, "2026-01-31", "r-1"), `"r-12"`, false},
		"a job":                  {stone(tombstones.AnyJob, "", "j-1"), `{"JobId":"j-1"`, true},
		"by its age":             {tombstones.Tombstone{Kind: tombstones.Before, Until: "2026-02-01"}, `x`, true},
		"by its age, of the day": {tombstones.Tombstone{Kind: tombstones.Before, Until: "2026-01-31"}, `x`, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := limitsOf(t, c.stone).Mentions([]byte(c.text), seen); got != c.want {
				t.Errorf("%s: %v, want %v", c.text, got, c.want)
			}
		})
	}
	if limitsOf(t, byNumber).Mentions([]byte(number), seen+24*3600*1000) {
		t.Error("what came after the day of the request is erased")
	}
}

func TestReadRefuses(t *testing.T) {
	for name, c := range map[string]struct{ line, says string }{
		"no JSON":        {`{`, "tombstone 1"},
		"no digest":      {`{"kind":"number","until":"2026-01-31"}`, `invalid digest ""`},
		"no day":         {`{"kind":"number","digest":"00112233445566778899aabbccddeeff"}`, `invalid day ""`},
		"a kind of more": {`{"kind":"name","digest":"00112233445566778899aabbccddeeff"}`, "newer callmill"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := tombstones.Read(tombstones.NewDigests(secret), strings.NewReader(c.line)); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %v, want %q", err, c.says)
			}
		})
	}
}

// FuzzMentions: no text breaks the search, and a number in quotes is found in any.
func FuzzMentions(f *testing.F) {
	f.Add([]byte(`{"a":"\ud83d","b":1002-`))
	f.Add([]byte("100 2000 0001\xff\xfe一"))
	var l *tombstones.Limits
	f.Fuzz(func(t *testing.T, text []byte) {
		if l == nil {
			l = limitsOf(t, stone(tombstones.Number, "2026-01-31", keyOf(number)))
		}
		l.Mentions(text, 0)
		if !l.Mentions(append(append(text, '"'), number+`"`...), 0) {
			t.Errorf("not found after %q", text)
		}
	})
}
