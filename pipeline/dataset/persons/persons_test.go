package persons_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/commit"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/persons"
	"callmill/pipeline/dataset/shard"
	"callmill/pipeline/flatten"
	"callmill/pipeline/redact"
	"callmill/schema"
)

type runes struct{}

func (runes) Cut(dst []int32, script string) []int32 {
	for _, r := range script {
		dst = append(dst, int32(len(string(r))))
	}
	return dst
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func noon(day int) int64 { return time.Date(2026, 1, day, 12, 0, 0, 0, time.UTC).UnixMilli() }

// call is a job with one call on a day of January, none for 0, first seen on the 25th.
func call(id string, day int, called, phone, name, reference string) schema.Job {
	j := schema.Job{InstanceID: "sales", JobID: id, Status: "Succeeded", ObservedAt: noon(25)}
	if phone != "" || name != "" || reference != "" {
		j.Contacts = []schema.Contact{{Name: name, PhoneNumber: phone, ReferenceID: reference, Key: key(phone)}}
	}
	if day > 0 {
		j.Tasks = []schema.Task{{TaskID: id + "-1", Status: "NoAnswer", ActualTime: noon(day), CalledNumber: called, ContactKey: key(called)}}
	}
	return j
}

// key stands for a contact key.
func key(number string) string {
	digits := redact.Number(number)
	if digits == "" {
		return ""
	}
	return (strings.Repeat("0", 32) + digits)[len(digits):]
}

func publish(t *testing.T, dir string, night int, jobs ...schema.Job) {
	t.Helper()
	d, err := dataset.Open(t.Context(), dir, dataset.Options{Now: func() time.Time { return time.Date(2026, 1, 25+night, 1, 30, 0, 0, time.UTC) }})
	check(t, err)
	defer func() { check(t, d.Close()) }()
	run := d.NewRun()
	tx, err := commit.Begin(t.Context(), d, run, commit.Options{Flattener: func() commit.Flattener { return flatten.New(time.UTC, runes{}) }, Unflatten: flatten.Job})
	check(t, err)
	defer func() { check(t, tx.Close()) }()
	a := tx.Appender()
	for i := range jobs {
		jobs[i].ObservedAt += int64(night)
		check(t, a.Job(&schema.Raw{Origin: "test", Sequence: int64(i)}, 0, &jobs[i]))
	}
	check(t, a.Flush())
	p, err := tx.Commit(t.Context(), dataset.Extent{Settings: dataset.Settings{TimeZone: "UTC", PII: "keep", Derivation: flatten.Version, Outcomes: schema.OutcomesVersion}})
	check(t, err)
	check(t, d.WriteRun(run, map[string]string{"snapshot": p.Snapshot}))
}

// snapshots publishes two nights: "moved" is called again in the second, "corrected" has
// another number then.
func snapshots(t *testing.T) (list []*dataset.Dataset) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	publish(t, dir, 0,
		call("called", 20, "10020000001", "", "", ""),
		call("contact", 20, "10020000009", "+86 100-2000-0001", "王小明", "case-1"),
		call("waiting", 0, "", "１００２００００００１", "", ""),
		call("moved", 20, "10020000001", "", "", ""),
		call("corrected", 21, "10020000001", "", "", ""),
		call("other", 20, "10020000002", "10020000002", "李雷", "case-2"))
	publish(t, dir, 1, call("moved", 28, "10020000001", "", "", ""), call("corrected", 21, "10020000003", "", "", ""))
	all, err := dataset.List(dir)
	check(t, err)
	d, err := dataset.View(dir)
	check(t, err)
	for _, l := range all {
		at, err := d.At(l.Name)
		check(t, err)
		list = append(list, at)
	}
	return list
}

func ids(jobs []persons.Job) (list []string) {
	for _, j := range jobs {
		list = append(list, j.JobID+" "+j.LastDay)
	}
	return list
}

func TestFind(t *testing.T) {
	list := snapshots(t)
	day := func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.DateOnly) }
	tests := []struct {
		name        string
		who         persons.Who
		until       string
		jobs, later []string
	}{
		{"a number, in any spelling", persons.Who{Numbers: []string{"10020000001"}}, "",
			[]string{"called 2026-01-20", "contact 2026-01-20", "corrected 2026-01-21", "moved 2026-01-28", "waiting 2026-01-25"}, nil},
		{"a number, until a day", persons.Who{Numbers: []string{"10020000001"}}, "2026-01-21",
			[]string{"called 2026-01-20", "contact 2026-01-20", "corrected 2026-01-21"}, []string{"moved 2026-01-28", "waiting 2026-01-25"}},
		{"a contact key", persons.Who{Keys: []string{key("10020000002")}}, "", []string{"other 2026-01-20"}, nil},
		{"a reference id", persons.Who{References: []string{"case-1"}}, "", []string{"contact 2026-01-20"}, nil},
		{"a job, however late", persons.Who{Jobs: []string{"moved"}}, "2026-01-21", []string{"moved 2026-01-28"}, nil},
		{"before a day", persons.Who{Before: "2026-01-21"}, "2026-01-31", []string{"called 2026-01-20", "contact 2026-01-20", "other 2026-01-20"}, nil},
		{"by a digest", persons.Who{Match: func(k persons.Kind, v string) bool { return k == persons.Number && v == "10020000002" }}, "", []string{"other 2026-01-20"}, nil},
		{"nobody", persons.Who{Numbers: []string{"10020000004"}, References: []string{""}}, "", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, err := persons.Find(t.Context(), list, tt.who, persons.Options{Number: redact.Number, Day: day, Until: tt.until})
			check(t, err)
			if !slices.Equal(ids(found.Jobs), tt.jobs) || !slices.Equal(ids(found.Later), tt.later) {
				t.Errorf("%v, later %v; want %v, later %v", ids(found.Jobs), ids(found.Later), tt.jobs, tt.later)
			}
			touches, any := found.Touches(), false
			for _, p := range shard.List(list[0]) {
				touched, err := touches(p)
				check(t, err)
				any = any || touched
			}
			if any != (len(tt.jobs) > 0) {
				t.Errorf("touches: %v", any)
			}
		})
	}
}

func TestPeople(t *testing.T) {
	found, err := persons.Find(t.Context(), snapshots(t), persons.Who{Jobs: []string{"contact", "other"}}, persons.Options{
		Number: redact.Number, Day: func(int64) string { return "" },
	})
	check(t, err)
	people := found.People()
	if len(people) != 2 || people[0].Name != "李雷" || people[1].ReferenceID != "case-1" {
		t.Errorf("people %+v", people)
	}
	for _, j := range found.Jobs {
		if j.Calls != 1 || !found.Holds(j.Job) {
			t.Errorf("%+v", j)
		}
	}
	if found.Holds(erased.Job{InstanceID: "sales", JobID: "called"}) || found.Leaves()(&schema.Rows{Job: schema.JobRow{InstanceID: "sales", JobID: "other"}}) {
		t.Error("another job was found")
	}
}

// TestLateFiles: the day of a job is known also where a later snapshot shares its file of
// jobs with an earlier one, and only the later one's calls have the number.
func TestLateFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	publish(t, dir, 0, call("corrected", 28, "10020000002", "", "", ""))
	publish(t, dir, 1, call("corrected", 28, "10020000001", "", "", ""))
	d, err := dataset.View(dir)
	check(t, err)
	all, err := dataset.List(dir)
	check(t, err)
	var list []*dataset.Dataset
	for _, l := range all {
		at, err := d.At(l.Name)
		check(t, err)
		list = append(list, at)
	}
	// The file of jobs differs by when its versions were received: let them be one.
	first, second := shard.List(list[0])[0], shard.List(list[1])[0]
	if first.Hashes[shard.Jobs] != second.Hashes[shard.Jobs] {
		for i := range list[1].Manifest().Tables {
			if table := &list[1].Manifest().Tables[i]; table.Name == schema.DayTables()[shard.Jobs] {
				table.Files[0].SHA256 = first.Hashes[shard.Jobs]
			}
		}
	}
	found, err := persons.Find(t.Context(), list, persons.Who{Numbers: []string{"10020000001"}}, persons.Options{
		Number: redact.Number, Until: "2026-01-25",
		Day: func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.DateOnly) },
	})
	check(t, err)
	if len(found.Jobs) > 0 || !slices.Equal(ids(found.Later), []string{"corrected 2026-01-28"}) {
		t.Errorf("found %v, later %v", ids(found.Jobs), ids(found.Later))
	}
}
