package spark

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The person who is erased, in the spellings that inputs have, and whatever else is of
// nobody else. Numbers and names are nobody's: 100 is no prefix of mobile numbers.
const (
	forgotten        = "10020000001"
	forgottenName    = "欧阳测试"
	forgottenBefore  = "司马测试" // in a version that is not published any more
	forgottenExtra   = "仅此一人的备注"
	somebodyElse     = "10020000002"
	somebodyElseName = "诸葛测试"
)

// of is a job of a person with a call on a day of 2026, in which the robot says both the
// name and the number.
func of(id string, day int, name, number, extra string) string {
	job := strings.Replace(call(id, day, "Succeeded"), `"ContactNumber":"13800001234"`, fmt.Sprintf(`"CalledNumber":%q`, number), 1)
	job = strings.Replace(job, `"Script":"您好"`, fmt.Sprintf(`"Script":"您好%s,您的号码是%s"`, name, number), 1)
	return strings.Replace(job, `"Status":"Succeeded",`, fmt.Sprintf(
		`"Status":"Succeeded","Contacts":[{"ContactId":"c-%s","ContactName":%q,"PhoneNumber":%q,"ReferenceId":"r-%s"}],"Extras":[{"Key":"备注","Value":%q}],`,
		id, name, number, id, extra), 1)
}

// forgets erases a person from a lake: killed between two tables, and finished by the
// next run, whatever that is for. Of the person no file has anything then, whoever
// looks, and what comes again is left out.
func forgets(t *testing.T, s *session) {
	others := []string{of("other", 1, somebodyElseName, somebodyElse, "常客"), of("third", 3, "钟离测试", "10020000003", "常客")}
	later := of("other", 2, somebodyElseName, somebodyElse, "常客")
	first := saved(t, append(others,
		of("gone 1", 1, forgottenBefore, forgotten, forgottenExtra), of("gone 2", 3, forgottenName, "+86 100-2000-0001", forgottenExtra))...)
	again := saved(t, of("gone 1", 2, forgottenName, "１００２００００００１", forgottenExtra), later,
		`{"CalledNumber":"`+forgotten+`","Status":"a job without id"}`)
	reject := []string{"--allow-rejects", "100%"}
	s.loadAt(t, "forget", 1, first)
	s.loadAt(t, "forget", 2, append([]string{again}, reject...)...)
	s.query(t, "ALTER TABLE lake.forget.turns CREATE TAG by_hand")
	writeFile(t, filepath.Join(s.warehouse, "forget", "turns", "data", "00000-left"), forgotten) // of a task that was killed
	planted := []string{forgotten, forgottenName, forgottenBefore, forgottenExtra}
	if found := s.planted(t, "forget", planted...); len(found) < 20 {
		t.Fatalf("the search finds little of what is there: %q", found)
	}

	forget := []string{"forget", "--into", "lake.forget", "--binary", s.binary, "--key", s.key, "--requested", "2026-02-03"}
	tag := s.tag(t, "forget")
	if r := s.dies(t, "jobs", append(forget, "--phone", "+86 "+forgotten)...); !strings.Contains(r.Stdout, "2 jobs and 1 reject") {
		t.Errorf("of the person are two jobs and a reject: %v", r)
	}
	if now := s.tag(t, "forget"); now != tag {
		t.Errorf("killed between two tables: readers are to read %s, were to read %s", now, tag)
	}
	if r := s.must(t, []int{0}, "status", "--into", "lake.forget"); !strings.Contains(r.Stdout, "erasure:") || strings.Contains(r.Stdout, "erased:") {
		t.Errorf("an erasure is open: %v", r)
	}

	r := s.must(t, []int{0}, append(append(s.convert("forget", first, again), "--instance", "saved", "--observed-at", received(3)), reject...)...)
	if !strings.Contains(r.Stderr, "finished first") || !strings.Contains(r.Stdout, "4 erased") {
		t.Errorf("what was begun is finished first, and what comes again is left out: %v", r)
	}
	if found := s.planted(t, "forget", planted...); len(found) > 0 {
		t.Errorf("of somebody who was erased there is still:\n%s", strings.Join(found, "\n"))
	}
	if found := s.planted(t, "forget", somebodyElse, somebodyElseName); len(found) == 0 {
		t.Error("somebody else is gone")
	}
	data, without, laterWithout := filepath.Join(t.TempDir(), "data"), saved(t, others...), saved(t, later)
	s.own(t, data, 1, without)
	s.own(t, data, 2, laterWithout)
	s.own(t, data, 3, without, laterWithout)
	s.checkSame(t, data, "forget")
	if r := s.must(t, []int{0}, "status", "--into", "lake.forget"); strings.Contains(r.Stdout, "erasure:") ||
		!strings.Contains(r.Stdout, "erased:    requested 2026-02-03") || !strings.Contains(r.Stdout, "phone; 2 jobs") {
		t.Errorf("the erasure is done: %v", r)
	}
	if n := s.one(t, "SELECT count(*) FROM lake.forget.turns.refs WHERE name = 'by_hand'"); n != "0" {
		t.Errorf("a tag that holds the rows is there")
	}
}

// forgetsMore are the selectors, what a dry run says, a receipt, and a later call.
func forgetsMore(t *testing.T, s *session) {
	s.loadAt(t, "more", 1, saved(t,
		of("a", 1, forgottenName, forgotten, "x"), of("a2", 1, forgottenName, forgotten, "x"), of("b", 2, somebodyElseName, forgotten, "x"),
		of("c", 3, "钟离测试", "10020000003", "x"), of("d", 4, "令狐测试", "10020000004", "x"), of("e", 5, "公孙测试", "10020000005", "x")))
	forget := []string{"forget", "--into", "lake.more", "--binary", s.binary, "--key", s.key, "--requested", "2026-02-01"}
	jobs := func(want string) {
		t.Helper()
		if got := s.one(t, "SELECT string_agg(job_id, ' ') FROM (SELECT job_id FROM lake.more.jobs ORDER BY job_id)"); got != want {
			t.Errorf("the jobs are %s, want %s", got, want)
		}
	}
	if r := s.run(t, append(forget, "--phone", "10020000009")...); r.Code != 2 || !strings.Contains(r.Stderr, "nobody in lake.more fits") {
		t.Errorf("a number that nobody has: %v, want exit code 2", r)
	}
	before := s.heads(t, "more")
	r := s.must(t, []int{0}, append(forget, "--phone", forgotten, "--dry-run")...)
	if !strings.Contains(r.Stdout, "3 jobs") || strings.Count(r.Stdout, forgottenName) != 1 || !strings.Contains(r.Stdout, somebodyElseName) {
		t.Errorf("a dry run names who shares the number, once each: %v", r)
	}
	s.checkUnchanged(t, "more", before)

	receipt := filepath.Join(t.TempDir(), "receipt.json")
	s.must(t, []int{0}, append(forget, "--reference-id", "r-c", "--receipt", receipt)...)
	jobs("a a2 b d e")
	text := readFile(t, receipt)
	for _, personal := range []string{"r-c", "10020000003", "钟离"} {
		if strings.Contains(text, personal) {
			t.Errorf("the receipt has %s: %s", personal, text)
		}
	}
	if r := s.run(t, append(forget, "--reference-id", "r-d", "--receipt", receipt)...); r.Code != 2 || !strings.Contains(r.Stderr, "exists") {
		t.Errorf("a receipt that is there: %v, want exit code 2", r)
	}
	list := filepath.Join(t.TempDir(), "numbers")
	writeFile(t, list, forgotten+"\n")
	r = s.must(t, []int{0}, append(forget, "--phone", "@"+list, "--job", "d", "--job", "nobody's")...)
	if !strings.Contains(r.Stdout, "nobody fits --job, number 2 of those given") || strings.Contains(r.Stdout, "nobody fits --phone") {
		t.Errorf("of two jobs one is not there: %v", r)
	}
	jobs("e")
	s.loadAt(t, "more", 2, saved(t, of("d", 4, "令狐测试", "10020000004", "x"), of("later", 40, forgottenName, forgotten, "x")))
	jobs("e later")
	// As of a lake that an earlier version made.
	s.query(t, "ALTER TABLE lake.more.runs DROP COLUMNS (expired, erased, gone)")
	s.query(t, "ALTER TABLE lake.more.tasks UNSET TBLPROPERTIES ('write.metadata.metrics.column.called_number')")
	s.must(t, []int{0}, append(forget, "--before", "2026-01-20")...)
	jobs("later")
	if n := s.one(t, "SELECT gone FROM lake.more.runs ORDER BY run DESC LIMIT 1"); n != "1" {
		t.Errorf("%s jobs are gone, want 1", n)
	}
	if found := s.planted(t, "more", "10020000005", "10020000003", "10020000004"); len(found) > 0 {
		t.Errorf("of some who were erased there is still:\n%s", strings.Join(found, "\n"))
	}
}

// erasedThere imports a dataset, and then what is new in it since somebody was erased from
// it: nothing of them is left in the files of the lake, which was told by an id alone.
func erasedThere(t *testing.T, s *session) {
	data := filepath.Join(t.TempDir(), "data")
	into := []string{"import", data, "--into", "lake.there", "--binary", s.binary, "--key", s.key}
	asks := strings.Replace(of("a", 1, forgottenName, forgotten, "x"), `"Script":"好的"`, `"Script":"别再打了"`, 1)
	s.own(t, data, 1, saved(t, asks, of("b", 2, somebodyElseName, somebodyElse, "x")))
	since := filepath.Base(strings.TrimSpace(s.callmill(t, 0, "path", data)))
	s.must(t, []int{0}, into...)
	s.callmill(t, 0, "forget", data, "--phone", forgotten, "--key", s.key)
	if r := s.must(t, []int{0}, append(into, "--since", since)...); !strings.Contains(r.Stdout, "1 published job gone") {
		t.Errorf("a job was erased from the dataset: %v", r)
	}
	s.checkSame(t, data, "there")
	if n := s.one(t, "SELECT count(*) FROM lake.there.opt_outs"); n != "1" { // of the job, and of the dataset: the same
		t.Errorf("%s opt-outs outlive the job, want 1", n)
	}
	s.own(t, data, 2, saved(t, of("c", 3, "钟离测试", "10020000003", "x"))) // the next snapshot has the file of opt-outs
	s.must(t, []int{0}, "import", data, "--into", "lake.later", "--binary", s.binary, "--key", s.key)
	if n := s.one(t, "SELECT count(*) FROM lake.later.opt_outs"); n != "1" {
		t.Errorf("%s opt-outs come from the dataset alone, want 1", n)
	}
	if found := s.planted(t, "there", forgotten, forgottenName); len(found) > 0 {
		t.Errorf("of somebody who was erased there is still:\n%s", strings.Join(found, "\n"))
	}
}

// masked loads a lake whose personal data is masked, and that keeps nothing of before the
// tenth of January: it is the dataset that convert makes, and no file has what was
// planted. Who was called is found by the number still.
func masked(t *testing.T, s *session) {
	inputs := saved(t, of("a", 11, forgottenName, forgotten, "他的电话是"+forgotten), of("b", 12, somebodyElseName, somebodyElse, "常客"),
		of("old", 2, "令狐测试", "10020000004", "x"), `{"CalledNumber":"`+forgotten+`","Status":"a job without id"}`)
	tenth := time.Date(2026, 1, 10, 12, 0, 0, 0, time.FixedZone("Shanghai", 8*3600)) // far from midnight
	policy := []string{"--pii", "mask", "--retain", fmt.Sprintf("%.0fd", time.Since(tenth).Hours()/24), "--allow-rejects", "100%"}
	data := filepath.Join(t.TempDir(), "data")
	s.callmill(t, 0, append([]string{
		"convert", inputs, "--out", data, "--key", s.key, "--instance", "saved", "--observed-at", received(1), "--progress", "none",
	}, policy...)...)
	if r := s.loadAt(t, "masked", 1, append([]string{inputs}, policy...)...); !strings.Contains(r.Stdout, "1 expired") {
		t.Errorf("a job is older than what is kept: %v", r)
	}
	s.checkSame(t, data, "masked")
	if found := s.planted(t, "masked", forgotten, forgottenName, somebodyElse, somebodyElseName, "令狐测试"); len(found) > 0 {
		t.Errorf("what is masked is in the files:\n%s", strings.Join(found, "\n"))
	}
	weaker := map[string]string{"--retain": "9999d"}
	if thorough() {
		weaker["--pii"] = "keep"
	}
	for flag, value := range weaker {
		if r := s.run(t, append(s.convert("masked", inputs), flag, value)...); r.Code != 2 || !strings.Contains(r.Stderr, strings.Trim(flag, "-")) {
			t.Errorf("a weaker policy, %s %s: %v, want exit code 2", flag, value, r)
		}
	}
	if r := s.must(t, []int{0}, "status", "--into", "lake.masked"); !strings.Contains(r.Stdout, "policy:    --pii mask; jobs are kept") {
		t.Errorf("status does not say the policy: %v", r)
	}
	if !thorough() {
		return
	}
	s.must(t, []int{0}, "import", data, "--into", "lake.taken", "--binary", s.binary, "--key", s.key)
	s.checkSame(t, data, "taken")
	s.must(t, []int{0}, "forget", "--into", "lake.taken", "--binary", s.binary, "--key", s.key, "--phone", forgotten)
	if n := s.one(t, "SELECT count(*) FROM lake.taken.jobs"); n != "1" {
		t.Errorf("%s jobs, want 1", n)
	}
}

// planted are the files of a namespace that have one of the texts, see search.py.
func (s *session) planted(t *testing.T, namespace string, texts ...string) []string {
	t.Helper()
	var answer struct{ Found []string }
	s.ask(t, "planted", map[string]any{"folder": filepath.Join(s.warehouse, namespace), "texts": texts}, &answer)
	return answer.Found
}

// dies runs the script in the session, which ends as if its process was killed before it
// writes a table.
func (s *session) dies(t *testing.T, table string, arguments ...string) ran {
	t.Helper()
	var r ran
	s.ask(t, "dies", map[string]any{"table": table, "arguments": arguments}, &r)
	t.Logf("%s: killed before %s, %.1f s", strings.Join(arguments, " "), table, r.Seconds)
	return r
}

// TestSearch holds the search to what it says that it finds.
func TestSearch(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: needs a Python with pyarrow")
	}
	python := os.Getenv("CALLMILL_PYTHON_LAKE")
	if python == "" {
		missing(t, "needs CALLMILL_PYTHON_LAKE, a Python with what pipeline/spark/requirements.txt lists")
	}
	depend(t, "testdata/search.py")
	dir := t.TempDir()
	for name, content := range map[string]string{
		"plain.json": `{"n":"10020000001"}`, "marks.txt": "100-2000 0001", "wide.txt": "１００２００００００１", "said.txt": "幺零零二零零零零零零一",
		"other.txt": "10020000002",
	} {
		writeFile(t, filepath.Join(dir, name), content)
	}
	said, err := exec.Command(python, filepath.Join("testdata", "search.py"), dir, "10020000001").CombinedOutput()
	out := string(said)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, want := range map[string]bool{"plain.json": true, "marks.txt": true, "wide.txt": true, "said.txt": true, "other.txt": false} {
		if strings.Contains(out, name) != want {
			t.Errorf("%s: found %v, want %v:\n%s", name, !want, want, out)
		}
	}
}
