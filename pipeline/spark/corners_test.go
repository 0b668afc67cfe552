package spark

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestCorners are cases that need few calls, in one session.
func TestCorners(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	s := b.newSession(t, "local[2]")
	// As of a load of much more, whatever the bytes: many tasks have a little of each day.
	s.query(t, "SET spark.sql.shuffle.partitions=6")
	s.query(t, "SET spark.sql.adaptive.coalescePartitions.enabled=false")
	t.Run("torn inputs", func(t *testing.T) { tornInputs(t, s) })
	t.Run("a foreign write", func(t *testing.T) { foreignWrite(t, s) })
	t.Run("lock", func(t *testing.T) { heldByAnother(t, s) })
	t.Run("forget", func(t *testing.T) { forgets(t, s) })
	t.Run("mask", func(t *testing.T) { masked(t, s) })
	t.Run("a person", func(t *testing.T) { known(t, s) })
	if thorough() { // they take many runs, or a Spark for each
		t.Run("files", func(t *testing.T) { manyDays(t, s) })
		t.Run("statuses", func(t *testing.T) { goneStatuses(t, s) })
		t.Run("gone jobs", func(t *testing.T) { goneJobs(t, s) })
		t.Run("maintenance", func(t *testing.T) { maintained(t, s) })
		t.Run("keep", func(t *testing.T) { keptTags(t, s) })
		t.Run("selectors", func(t *testing.T) { forgetsMore(t, s) })
		t.Run("erased in the dataset", func(t *testing.T) { erasedThere(t, s) })
		t.Run("two at once", func(t *testing.T) { twoBegin(t, s) })
	}
}

// call is a job with a call of a few lines on a day of 2026.
func call(id string, day int, status string) string {
	at := time.Date(2026, 1, 1, 3, 0, 0, 0, time.UTC).AddDate(0, 0, day).UnixMilli()
	return fmt.Sprintf(`{"JobId":%q,"Status":"Succeeded","Tasks":[{"TaskId":"of %s","Status":%q,"ActualTime":%d,"ContactNumber":"13800001234",`+
		`"Conversation":[{"Speaker":"Robot","Timestamp":%d,"Script":"您好"},{"Speaker":"Contact","Timestamp":%d,"Script":"好的"}]}]}`,
		id, id, status, at, at+1000, at+2000)
}

// responses is what a file of jobs has.
func responses(jobs ...string) string { return `{"Jobs":[` + strings.Join(jobs, ",") + `]}` }

// saved writes a file of jobs and returns its path.
func saved(t *testing.T, jobs ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "saved.json")
	writeFile(t, path, responses(jobs...))
	return path
}

// loadAt publishes inputs that were received on a day of February.
func (s *session) loadAt(t *testing.T, namespace string, day int, inputs ...string) ran {
	t.Helper()
	return s.must(t, []int{0}, append(s.convert(namespace, inputs...), "--instance", "saved", "--observed-at", received(day))...)
}

func received(day int) string { return fmt.Sprintf("2026-02-%02dT00:00:00Z", day) }

// own is a run of convert into a dataset, with inputs that were received on a day of
// February.
func (s *session) own(t *testing.T, data string, day int, inputs ...string) {
	t.Helper()
	s.callmill(t, 0, append([]string{
		"convert", "--out", data, "--key", s.key, "--instance", "saved", "--observed-at", received(day), "--progress", "none", "--allow-rejects", "100%",
	}, inputs...)...)
}

// query runs SQL and returns its rows.
func (s *session) query(t *testing.T, text string) [][]string {
	t.Helper()
	var answer struct{ Rows [][]string }
	s.ask(t, "sql", map[string]any{"text": text}, &answer)
	return answer.Rows
}

// one is the only value of a query.
func (s *session) one(t *testing.T, text string) string {
	t.Helper()
	rows := s.query(t, text)
	if len(rows) != 1 || len(rows[0]) != 1 {
		t.Fatalf("%s: %v, want one value", text, rows)
	}
	return rows[0][0]
}

// manyDays loads sixty days at once: each is one file of each table, not one of each
// task. The stage is where --stage says.
func manyDays(t *testing.T, s *session) {
	const days = 60
	dir, stage := t.TempDir(), t.TempDir()
	for file := range 12 {
		var jobs []string
		for day := range days {
			jobs = append(jobs, call(fmt.Sprint("job ", file, " ", day), day, "Succeeded"))
		}
		writeFile(t, filepath.Join(dir, fmt.Sprint(file, ".json")), responses(jobs...))
	}
	s.loadAt(t, "days", 1, dir, "--stage", "file://"+stage)
	for _, table := range []string{"turns", "tasks", "jobs", "state"} {
		if n := s.one(t, "SELECT count(*) FROM lake.days."+table+".files"); n != fmt.Sprint(days) {
			t.Errorf("%s has %s files of %d days", table, n, days)
		}
	}
	if left, err := filepath.Glob(filepath.Join(stage, "*")); err != nil || len(left) > 0 {
		t.Errorf("%v: the stage stays: %q", err, left)
	}
	data := filepath.Join(t.TempDir(), "data")
	s.own(t, data, 1, dir)
	s.checkSame(t, data, "days")
}

// goneStatuses has calls go on from statuses that nobody documents: a row of statuses
// goes with the last call that has it.
func goneStatuses(t *testing.T, s *session) {
	data := filepath.Join(t.TempDir(), "data")
	for day, jobs := range [][]string{
		{call("a", 1, "Mumbling"), call("b", 2, "Mumbling"), call("c", 2, "Humming it's")},
		{call("a", 1, "Succeeded")},
		{call("b", 2, "Whistling"), call("c", 2, "Succeeded")},
		{call("b", 2, "Mumbling")},
	} {
		file := saved(t, jobs...)
		s.own(t, data, 1+day, file)
		s.loadAt(t, "statuses", 1+day, file)
		s.checkSame(t, data, "statuses")
	}
}

// tornInputs gives archives that end in the middle: they are named and nothing is
// committed, or with --allow-torn they are rejects, as of convert.
func tornInputs(t *testing.T, s *session) {
	dir := t.TempDir()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	var jobs []string
	for n := range 200 {
		jobs = append(jobs, call(fmt.Sprint("packed ", n), n%3, "Succeeded"))
	}
	fmt.Fprint(z, responses(jobs...))
	z.Close() // to memory
	writeFile(t, filepath.Join(dir, "half.json.gz"), packed.String()[:packed.Len()/2])
	kept, err := os.ReadFile(onlyFile(t, keptRaw(t, s.bench), "*.zst"))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "cut.jsonl.zst"), string(kept[:len(kept)/2]))
	writeFile(t, filepath.Join(dir, "whole.json"), responses(call("whole", 1, "Succeeded")))

	s.loadAt(t, "cut", 1, filepath.Join(dir, "whole.json"))
	before := s.heads(t, "cut")
	run := append(s.convert("cut", dir), "--instance", "saved", "--observed-at", received(1))
	r := s.run(t, run...)
	checkRefused(t, s, r, "cut", before, []int{1}, []string{"2 inputs", "half.json.gz", "cut.jsonl.zst", "--allow-torn"})

	r = s.must(t, []int{3}, append(run, "--allow-torn")...)
	if !strings.Contains(r.Stdout, "records seen") {
		t.Errorf("with rejects they are records: %v", r)
	}
	data := filepath.Join(t.TempDir(), "data")
	s.callmill(t, 3, "convert", dir, "--out", data, "--key", s.key, "--instance", "saved", "--observed-at", received(1), "--progress", "none")
	s.checkSame(t, data, "cut")

	r = s.run(t, append(s.convert("cut", filepath.Join(dir, "nowhere")), "--instance", "saved")...)
	if r.Code != 2 || !strings.Contains(r.Stderr, "nowhere: no such file or directory") {
		t.Errorf("an input that is not there: %v, want exit code 2", r)
	}
}

// goneJobs imports a dataset that was rolled back meanwhile: jobs that it has no more
// go, and what only they had.
func goneJobs(t *testing.T, s *session) {
	data := filepath.Join(t.TempDir(), "data")
	into := func(more ...string) ran {
		return s.must(t, []int{0}, append([]string{"import", data, "--into", "lake.gone", "--binary", s.binary, "--key", s.key}, more...)...)
	}
	s.own(t, data, 1, saved(t, call("stays", 1, "Succeeded"), call("changes", 1, "Succeeded")))
	first := filepath.Base(strings.TrimSpace(s.callmill(t, 0, "path", data)))
	s.own(t, data, 2, saved(t, call("goes", 1, "Mumbling"), call("goes, too", 9, "Succeeded"), call("changes", 2, "Succeeded")))
	second := filepath.Base(strings.TrimSpace(s.callmill(t, 0, "path", data)))
	into()
	s.checkSame(t, data, "gone")
	s.callmill(t, 0, "snapshots", data, "rollback", first)
	if r := into("--since", second); !strings.Contains(r.Stdout, "2 published jobs gone") {
		t.Errorf("two jobs are gone: %v", r)
	}
	s.checkSame(t, data, "gone")
}

// foreignWrite deletes rows by hand: the next run names the table and the snapshot and
// commits nothing, until what it says was done.
func foreignWrite(t *testing.T, s *session) {
	s.loadAt(t, "foreign", 1, saved(t, call("a", 1, "Succeeded"), call("b", 1, "Succeeded")))
	tag := s.tag(t, "foreign")
	s.query(t, "DELETE FROM lake.foreign.turns WHERE job_id = 'a'")
	snapshot := s.one(t, "SELECT max_by(snapshot_id, committed_at) FROM lake.foreign.turns.snapshots")
	before := s.heads(t, "foreign")
	again := saved(t, call("c", 1, "Succeeded"))
	r := s.run(t, append(s.convert("foreign", again), "--instance", "saved", "--observed-at", received(2))...)
	checkRefused(t, s, r, "foreign", before, []int{1}, []string{"lake.foreign.turns", snapshot, "not by callmill", "set_current_snapshot"})
	if now := s.tag(t, "foreign"); now != tag {
		t.Errorf("readers are to read %s, were to read %s", now, tag)
	}
	s.query(t, "CALL lake.system.set_current_snapshot(table => 'foreign.turns', ref => '"+tag+"')")
	s.loadAt(t, "foreign", 2, again)
	if n := s.one(t, "SELECT count(*) FROM lake.foreign.turns VERSION AS OF '"+s.tag(t, "foreign")+"'"); n != "6" {
		t.Errorf("%s turns, want 6", n)
	}
}

// heldByAnother has a process of another host hold the lake.
func heldByAnother(t *testing.T, s *session) {
	file := saved(t, call("a", 1, "Succeeded"))
	s.loadAt(t, "held", 1, file)
	if r := s.must(t, []int{0}, "unlock", "--into", "lake.held"); !strings.Contains(r.Stdout, "nobody holds") {
		t.Errorf("unlock of a lake that nobody holds: %v", r)
	}
	take := func(lease time.Duration) {
		holder, err := json.Marshal(map[string]any{
			"run": "20260101T000000Z-abcdef", "token": "a token", "host": "elsewhere", "pid": 1, "place": "elsewhere", "begun": "1",
			"expires": time.Now().Add(lease).Unix(),
		})
		if err != nil {
			t.Fatal(err)
		}
		s.query(t, "ALTER TABLE lake.held.runs SET TBLPROPERTIES ('callmill.lock' = '"+string(holder)+"')")
	}
	take(time.Hour)
	for _, arguments := range [][]string{s.convert("held", file), {"unlock", "--into", "lake.held"}} {
		if r := s.run(t, arguments...); r.Code != 4 || !strings.Contains(r.Stderr, "elsewhere process 1") {
			t.Errorf("%v, want exit code 4", r)
		}
	}
	if r := s.must(t, []int{0}, "status", "--into", "lake.held"); !strings.Contains(r.Stdout, "lock:      run 20260101T000000Z-abcdef, elsewhere process 1") {
		t.Errorf("status: %v", r)
	}
	s.must(t, []int{0}, "unlock", "--into", "lake.held", "--force")
	s.loadAt(t, "held", 2, file)
	take(-time.Second)
	s.must(t, []int{0}, "unlock", "--into", "lake.held")
	take(-time.Second)
	if r := s.loadAt(t, "held", 3, file); !strings.Contains(r.Stderr, "taken over") {
		t.Errorf("a lease that is over: %v", r)
	}
}

// maintained compacts tables and expires snapshots between two runs, so that of some
// that compactions made none is left, and has a tag of an operator's own on all tables.
// Statuses have what no argument of a program may have.
func maintained(t *testing.T, s *session) {
	data, folder := filepath.Join(t.TempDir(), "data"), t.TempDir()
	writeFile(t, filepath.Join(folder, "a.json"), responses(
		strings.Replace(call("a", 1, "NUL"), `"NUL"`, `"NU\u0000L"`, 1), call("b", 1, strings.Repeat("long", 50_000))))
	s.own(t, data, 1, folder)
	s.loadAt(t, "maintained", 1, folder)
	s.checkSame(t, data, "maintained")

	for table := range s.heads(t, "maintained") {
		s.query(t, "ALTER TABLE lake.maintained."+table+" CREATE TAG callmill_by_hand")
	}
	for _, table := range []string{"jobs", "turns", "state"} {
		for range 2 {
			s.query(t, "CALL lake.system.rewrite_data_files(table => 'maintained."+table+"', options => map('rewrite-all', 'true'))")
		}
		s.query(t, "CALL lake.system.expire_snapshots(table => 'maintained."+table+"', older_than => TIMESTAMP '2099-01-01 00:00:00', retain_last => 1)")
	}
	if r := s.must(t, []int{0}, "status", "--into", "lake.maintained"); !strings.Contains(r.Stdout, "torn:") {
		t.Errorf("no snapshot is missing: %v", r)
	}
	for day := 2; day <= 3; day++ {
		file := saved(t, call("b", day, "Succeeded"), call(fmt.Sprint("new ", day), 1, "Succeeded"))
		s.own(t, data, day, file)
		s.loadAt(t, "maintained", day, file)
		s.checkSame(t, data, "maintained")
	}
	if n := s.one(t, "SELECT count(*) FROM lake.maintained.jobs.refs WHERE name = 'callmill_by_hand'"); n != "1" {
		t.Errorf("%s tags of the operator's, want 1", n)
	}

	// Below a folder of inputs its tables' metadata are none.
	file := filepath.Join(s.warehouse, "maintained", "new.json")
	writeFile(t, file, responses(call("beside tables", 1, "Succeeded")))
	s.own(t, data, 4, file)
	s.loadAt(t, "maintained", 4, filepath.Dir(file))
	s.checkSame(t, data, "maintained")
}

// keptTags publishes four times with --keep 2.
func keptTags(t *testing.T, s *session) {
	var tags []string
	for day := range 4 {
		s.loadAt(t, "kept", 1+day, saved(t, call(fmt.Sprint("job ", day), day, "Succeeded")), "--keep", "2")
		tags = append(tags, s.tag(t, "kept"))
	}
	for _, table := range []string{"jobs", "turns", "rejects", "state", "runs"} {
		var left []string
		for _, row := range s.query(t, "SELECT name FROM lake.kept."+table+".refs WHERE type = 'TAG'") {
			left = append(left, row[0])
		}
		if slices.Sort(left); !slices.Equal(left, tags[2:]) {
			t.Errorf("%s has the tags %v, want %v", table, left, tags[2:])
		}
	}
}

// twoBegin has two processes begin a lake at the same moment: one of them makes it,
// the other has it after that.
func twoBegin(t *testing.T, s *session) {
	var runs []*process
	for n := range 2 {
		file := saved(t, call(fmt.Sprint("of process ", n), n, "Succeeded"))
		arguments := append(s.convert("two", file), "--instance", "saved", "--observed-at", received(1), "--lock-wait", "5m")
		runs = append(runs, s.submit(t, []string{"--master", "local[1]"}, arguments...))
	}
	for _, p := range runs {
		if r := p.wait(t); r.Code != 0 {
			t.Errorf("%v, want exit code 0", r)
		}
	}
	if n := s.one(t, "SELECT count(*) FROM lake.two.jobs VERSION AS OF '"+s.tag(t, "two")+"'"); n != "2" {
		t.Errorf("%s jobs, want 2", n)
	}
}
