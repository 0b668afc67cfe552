package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"

	"callmill/cmd/callmill/internal/forget"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/retain"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/desk"
	"callmill/schema"
)

// spellings are those of the number 10020000013 that its person, the robot and
// programs use.
var spellings = []string{
	"10020000013", "100-2000-0013", "100 2000 0013", "+8610020000013", "１００２０００００１３",
	"幺零零二零零零零零幺三", "一零零二零零零零零一三", "一〇〇二〇〇〇〇〇一三", "幺零零，二零零零，零零幺三",
}

// ofTheirs are values that no other job holds.
var ofTheirs = append([]string{"欧阳青禾", "case-31-9", "job-theirs", "job-broken", "job-odd", "青禾路88号"}, spellings...)

// planted makes a dataset of two nights with a person, whose number is said in every
// spelling, and others; with rejects, kept responses, reviews.
func planted(t *testing.T) (data string) {
	t.Helper()
	other := func(id string, at int64) string {
		return fmt.Sprintf(`{"JobId":%q,"Status":"Succeeded","Contacts":[{"ContactName":"李雷","PhoneNumber":"10020000002"}],`+
			`"Tasks":[{"TaskId":"t-%s","JobId":%q,"Status":"SucceededFinish","CalledNumber":"10020000002","ActualTime":%d,"Conversation":[{"Speaker":"Robot","Script":"您好"}]}]}`, id, id, id, at)
	}
	theirs := func(id, number string, at int64) string {
		lines := []string{`{"Speaker":"Robot","Script":"请问是欧阳青禾女士吗？"}`}
		for _, s := range spellings {
			text, _ := json.Marshal("我的号码是" + s + "，住青禾路88号")
			lines = append(lines, fmt.Sprintf(`{"Speaker":"Contact","Script":%s}`, text))
		}
		return fmt.Sprintf(`{"JobId":%q,"JobReferenceId":"case-31-9","Status":"Succeeded","Contacts":[{"ContactName":"欧阳青禾","PhoneNumber":%q}],"Extras":[{"Key":"name","Value":"欧阳青禾"}],`+
			`"Tasks":[{"TaskId":"t-%s","JobId":%q,"Status":"SucceededFinish","CalledNumber":%q,"ActualTime":%d,"Conversation":[%s]}]}`, id, number, id, id, number, at, strings.Join(lines, ","))
	}
	const first, second = 1768960800000, 1769047200000
	broken := `{"JobId":"job-broken","Tasks":5,"Contacts":[{"PhoneNumber":"10020000013"}]}` + "\n"
	for _, s := range spellings {
		broken += fmt.Sprintf(`{"JobId":["a"],"Note":%q}`, s) + "\n"
	}
	// What is refused for its shape has the number where no number belongs.
	odd := `{"JobId":"job-odd","Status":10020000013,"Contacts":"100 2000 0013","Tasks":"…"}`
	dir := write(t, map[string]string{
		"1.json":   `{"Jobs":[` + other("job-a", first) + "," + odd + "," + theirs("job-theirs", "10020000013", first) + "," + other("job-b", first) + `],"Success":true}`,
		"2.json":   `{"Jobs":[` + theirs("job-theirs-2", "+86 100 2000 0013", second) + "," + other("job-c", second) + `],"Success":true}`,
		"3.jsonl":  broken,
		"4.xml":    `<ListJobsResponse><Jobs><JobId>job-theirs</JobId><Contacts><PhoneNumber>10020000013</PhoneNumber></Contacts></Jobs></ListJobsResponse>`,
		"reviews":  "",
		"6.json":   `{"Jobs":[` + other("job-d", second) + `,{"JobId":"job-odd","Status":10020000013,"Contacts":"10020000013","Tasks":"a"}],"Success":true}`,
		"list.txt": "",
	})
	data = filepath.Join(dir, "data")
	in := func(names ...string) []string {
		args := []string{"convert", "--out", data, "--progress", "none", "--keep-raw", "9", "--allow-rejects", "100%"}
		for _, n := range names {
			args = append(args, filepath.Join(dir, n))
		}
		return args
	}
	runMain(t, exit.Done, append(in("1.json", "3.jsonl"), "--observed-at", "2026-01-22T01:30:00Z")...)
	runMain(t, exit.Done, "snapshots", data, "pin", "--as", "mart")
	runMain(t, exit.Done, append(in("2.json", "4.xml"), "--observed-at", "2026-01-23T01:30:00Z")...)
	runMain(t, exit.Done, append(in("6.json"), "--observed-at", "2026-01-24T01:30:00Z")...)
	d := desk.In(filepath.Join(data, "desk"))
	for _, r := range []desk.Review{
		{About: desk.AboutCall, Call: &desk.Call{InstanceID: "default", JobID: "job-theirs"}, Verdict: desk.Wrong},
		{About: desk.AboutFilter, Filter: "script=1", Note: "call back 100-2000-0013"},
		{About: desk.AboutCall, Call: &desk.Call{InstanceID: "default", JobID: "job-a"}, Verdict: desk.Right},
	} {
		r.At, r.By = "2026-01-24T02:00:00.000Z", "li"
		if err := d.Review(&r); err != nil {
			t.Fatal(err)
		}
	}
	return data
}

// held returns which of some values a folder holds, and where: in the bytes of its
// files, decompressed, in the pages of Parquet files, in JSON escapes and in Base64.
func held(t *testing.T, dir string, values []string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	eachFile(t, dir, func(inside string, plain []byte) {
		for _, v := range values {
			if inside == "erased/replaced.json" && strings.HasPrefix(v, "job-") {
				continue // which keeps the ids of jobs for 30 days, for consumers
			}
			if bytes.Contains(plain, []byte(v)) || strings.Contains(inside, v) || bytes.Contains(plain, []byte(base64.StdEncoding.EncodeToString([]byte(v)))) {
				found[v] = append(found[v], inside)
			}
		}
	})
	return found
}

// eachFile visits the files in a folder: their bytes, decompressed, what is in the pages
// of Parquet files, and all of it once more without JSON escapes.
func eachFile(t *testing.T, dir string, visit func(inside string, plain []byte)) {
	t.Helper()
	decoder, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Type()&fs.ModeSymlink != 0 {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		switch filepath.Ext(path) {
		case ".zst":
			if text, err = decoder.DecodeAll(text, nil); err != nil {
				return err
			}
		case ".parquet":
			if text, err = append(text, pages(t, path)...), nil; err != nil {
				return err
			}
		}
		inside, _ := filepath.Rel(dir, path)
		plain := append(text, '\n')
		visit(inside, append(plain, unescaped(string(text))...))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var escapes = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)

func unescaped(text string) string {
	return escapes.ReplaceAllStringFunc(text, func(s string) string {
		var r string
		if json.Unmarshal([]byte(`"`+s+`"`), &r) != nil {
			return s
		}
		return r
	})
}

// pages returns the values in all pages of a Parquet file, dictionaries included.
func pages(t *testing.T, path string) (text []byte) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	p, err := parquet.OpenFile(file, info.Size())
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for _, group := range p.RowGroups() {
		for _, chunk := range group.ColumnChunks() {
			list := chunk.Pages()
			for {
				page, err := list.ReadPage()
				if err != nil {
					if !errors.Is(err, io.EOF) {
						t.Fatalf("%s: %v", path, err)
					}
					break
				}
				if d := page.Dictionary(); d != nil {
					for i := range d.Len() {
						text = append(append(text, d.Index(int32(i)).String()...), '\n')
					}
				}
				values := make([]parquet.Value, page.NumValues())
				n, err := page.Values().ReadValues(values)
				if err != nil && !errors.Is(err, io.EOF) {
					t.Fatalf("%s: %v", path, err)
				}
				for _, v := range values[:n] {
					text = append(append(text, v.String()...), '\n')
				}
				parquet.Release(page)
			}
			list.Close()
		}
	}
	return text
}

// TestForgetLeavesNothing: after forget no byte of the folder holds the number, in any
// spelling, or a name of the person; the others are all there, and every snapshot passes
// verify.
func TestForgetLeavesNothing(t *testing.T) {
	data := planted(t)
	before := held(t, data, ofTheirs)
	for _, v := range ofTheirs {
		if len(before[v]) == 0 {
			t.Errorf("%s is not planted", v)
		}
	}
	runMain(t, exit.Done, "forget", data, "--phone", "１００-2000-0013", "--by", "tests")
	for v, where := range held(t, data, ofTheirs) {
		t.Errorf("%s is in %s", v, where)
	}
	if others := held(t, data, []string{"李雷", "job-a", "job-b", "job-c", "job-d", "10020000002"}); len(others) != 6 {
		t.Errorf("of the others there is %v", others)
	}
	verifyAll(t, data)
	for id, want := range map[string]int{"job-theirs": exit.Usage, "job-a": exit.Done} {
		runMain(t, want, "person", data, "--job", id)
	}
	// What comes again with what is kept of input neither.
	if said := runMain(t, exit.Done, "convert", filepath.Join(filepath.Dir(data), "1.json"), "--out", data, "--progress", "none", "--keep-raw", "9", "--observed-at", "2026-01-25T01:30:00Z"); !strings.Contains(said, "2 erased") {
		t.Errorf("said %s", said)
	}
	for v, where := range held(t, data, ofTheirs) {
		t.Errorf("again: %s is in %s", v, where)
	}
}

// TestForgetRefused: a job that was refused is found by its id and by a number in its
// input. A dry run says so and changes not a byte. What was erased is refused for good.
func TestForgetRefused(t *testing.T) {
	data := planted(t)
	before := folder(t, data)
	if said := runMain(t, exit.Done, "forget", data, "--job", "job-odd", "--dry-run"); !strings.Contains(said, "would erase 2 rejects, 2 kept responses\n") {
		t.Errorf("said %s", said)
	}
	if after := folder(t, data); after != before {
		t.Errorf("a dry run changed the folder:\n%s\nit was:\n%s", after, before)
	}
	runMain(t, exit.Usage, "forget", data, "--job", "job-old")
	runMain(t, exit.Done, "person", data, "--job", "job-odd")
	runMain(t, exit.Done, "forget", data, "--job", "job-odd")
	for _, where := range held(t, data, []string{"job-odd"}) {
		t.Errorf("job-odd is in %s", where)
	}
	if others := held(t, data, ofTheirs); len(others) != len(ofTheirs)-1 {
		t.Errorf("of the others there is %v", others)
	}
	verifyAll(t, data)
	said := runMain(t, exit.Done, "convert", filepath.Join(filepath.Dir(data), "1.json"), "--out", data, "--progress", "none", "--keep-raw", "9", "--observed-at", "2026-01-25T01:30:00Z")
	if !strings.Contains(said, "1 erased") || len(held(t, data, []string{"job-odd"})) > 0 {
		t.Errorf("it came back: %s", said)
	}
}

// folder describes a folder: its files and what they hold.
func folder(t *testing.T, dir string) string {
	t.Helper()
	var lines []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			lines = append(lines, path)
			return err
		}
		text, err := os.ReadFile(path)
		lines = append(lines, fmt.Sprintf("%s %x", path, sha256.Sum256(text)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// TestForgetAgain: the same command after one that was killed finishes that erasure, and
// says so, though nobody is left to be found.
func TestForgetAgain(t *testing.T) {
	data := planted(t)
	d, err := dataset.Open(t.Context(), data, dataset.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := forget.Make(t.Context(), d, forget.Options{Selector: forget.Selector{Phones: []string{"10020000013"}}, By: "tests", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // once it is begun nothing more is done
	if _, err := plan.Do(ctx, d); err == nil {
		t.Fatal("it is done at once")
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if said := runMain(t, exit.Done, "forget", data, "--phone", "10020000013"); !strings.HasPrefix(said, "finished the erasure begun at ") || strings.Count(said, "\n") != 1 {
		t.Errorf("said %s", said)
	}
	if left := held(t, data, ofTheirs); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	runMain(t, exit.Usage, "forget", data, "--phone", "10020000013")
}

// TestForgetCopy: a copy of the receipt that cannot be written keeps no erasure open, and
// is never written over something else.
func TestForgetCopy(t *testing.T) {
	data := planted(t)
	d, err := dataset.Open(t.Context(), data, dataset.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(filepath.Dir(data), "receipt.json")
	plan, err := forget.Make(t.Context(), d, forget.Options{Selector: forget.Selector{Phones: []string{"10020000013"}}, Receipt: path, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("another"), 0o600); err != nil { // meanwhile
		t.Fatal(err)
	}
	r, err := plan.Do(t.Context(), d)
	if _, ok := errors.AsType[*forget.CopyError](err); !ok || r == nil {
		t.Errorf("the receipt is %v, the error %v", r, err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "another" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if open, err := d.Erased().Open(); len(open) > 0 || err != nil {
		t.Errorf("open: %v, %v", open, err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestForgetThenAnotherZone: a later call of a number that was erased is new data, also
// where another time zone moves it to the day of the request.
func TestForgetThenAnotherZone(t *testing.T) {
	job := func(id string, at int64) string {
		return fmt.Sprintf(`{"JobId":%q,"Status":"Succeeded","Contacts":[{"PhoneNumber":"10020000001"}],"Tasks":[{"TaskId":"t-%s","Status":"SucceededFinish","CalledNumber":"10020000001","ActualTime":%d}]}`, id, id, at)
	}
	const early, late = 1768960800000, 1769015400000 // 2026-01-22 01:10 in Shanghai, 17:10 of the 21st in UTC
	dir := write(t, map[string]string{"1.json": `{"Jobs":[` + job("early", early) + "," + job("late", late) + `],"Success":true}`})
	data := filepath.Join(dir, "data")
	runMain(t, exit.Done, "convert", filepath.Join(dir, "1.json"), "--out", data, "--progress", "none", "--observed-at", "2026-01-23T01:30:00Z")
	runMain(t, exit.Done, "forget", data, "--phone", "10020000001", "--requested", "2026-01-21")
	runMain(t, exit.Done, "rewrite", data, "--timezone", "UTC", "--progress", "none")
	runMain(t, exit.Done, "verify", data)
	runMain(t, exit.Done, "person", data, "--job", "late")
}

// TestForgetThenRollback: a rollback by an old name, or by a bookmark, says which snapshot
// it is now.
func TestForgetThenRollback(t *testing.T) {
	data := planted(t)
	old, err := dataset.List(data)
	if err != nil {
		t.Fatal(err)
	}
	runMain(t, exit.Done, "forget", data, "--phone", "10020000013")
	now, err := dataset.List(data)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range map[int]string{0: old[0].Name, 1: old[1].Name} {
		if said := runMain(t, exit.Done, "snapshots", data, "rollback", name); said != "rolled back to "+now[i].Name+"\n" {
			t.Errorf("%s: said %s", name, said)
		}
	}
	if said := runMain(t, exit.Done, "snapshots", data, "rollback", "mart"); said != "rolled back to "+now[0].Name+"\n" {
		t.Errorf("mart: said %s", said)
	}
}

// TestUnfinishedSweep: replacing what is overdue, begun by a run that was killed, is
// finished by any command that writes, before anything else changes what it found.
func TestUnfinishedSweep(t *testing.T) {
	data := planted(t)
	runMain(t, exit.Done, "rewrite", data, "--retain", "36500d", "--progress", "none")
	d, err := dataset.Open(t.Context(), data, dataset.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	run := d.NewRun()
	const edge = `{"edge":"2026-02-10"}` // the 10th of February: all that was called in January goes
	if err := d.Erased().Begin(erased.Intent{ID: run.ID, Kind: retain.Kind, Begun: run.Started, Work: []byte(edge)}); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	runMain(t, exit.Done, "snapshots", data, "prune")
	if open, err := d.Erased().Open(); len(open) > 0 || err != nil {
		t.Errorf("open: %v, %v", open, err)
	}
	list, err := dataset.List(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list {
		if rows := l.Manifest.Table(schema.TableJobs).Rows; rows > 0 {
			t.Errorf("snapshot %s has %d jobs", l.Name, rows)
		}
	}
}

// TestDropKeepsNoKey: a dataset that becomes --pii drop keeps no contact key of opt-outs
// either.
func TestDropKeepsNoKey(t *testing.T) {
	data := planted(t)
	store := dataset.Nothing(data).Erased()
	both := erased.OptOut{Number: strings.Repeat("1", 32), ContactKey: strings.Repeat("a", 32), Day: "2026-01-21", Source: "rule", Value: "not_again"}
	only := both
	only.Number = ""
	if _, err := store.NumberDigest("10020000009"); err != nil { // makes the secret
		t.Fatal(err)
	}
	if err := store.WriteOptOuts([]erased.OptOut{both, only}); err != nil {
		t.Fatal(err)
	}
	runMain(t, exit.Done, "rewrite", data, "--pii", "drop", "--yes", "--progress", "none")
	for _, where := range held(t, data, []string{both.ContactKey}) {
		t.Errorf("a contact key is in %s", where)
	}
	if left, err := store.OptOuts(); len(left) != 1 || left[0].Number != both.Number || err != nil {
		t.Errorf("opt-outs %v, %v", left, err)
	}
}

// verifyAll checks each snapshot, as the latest one of a copy.
func verifyAll(t *testing.T, data string) {
	t.Helper()
	list, err := dataset.List(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list {
		copied := copyDataset(t, data)
		runMain(t, exit.Done, "snapshots", copied, "rollback", l.Name)
		runMain(t, exit.Done, "verify", copied)
	}
}

// TestForgetPulls: what a later night receives of somebody who was erased, in lists that
// name their calls, too, is not kept.
func TestForgetPulls(t *testing.T) {
	b, data := newLists(t, 60)
	for night := range 3 {
		if got := b.run(t, night, data); got.code != exit.Done {
			t.Fatalf("night %d: exit code %d: %s", night+1, got.code, got.stderr)
		}
	}
	d, err := dataset.View(data)
	if err != nil {
		t.Fatal(err)
	}
	jobs := map[string][]string{} // by number
	last := ""                    // the number that was called last
	latest := int64(0)
	for row, err := range tables.Rows[struct {
		JobID  string `parquet:"job_id"`
		Number string `parquet:"called_number,optional"`
		Called int64  `parquet:"actual_time,optional,timestamp(millisecond)"`
	}](d, schema.TableTasks) {
		if err != nil {
			t.Fatal(err)
		}
		number := strings.Clone(row.Number)
		jobs[number] = append(jobs[number], strings.Clone(row.JobID))
		if row.Called > latest {
			last, latest = number, row.Called
		}
	}
	runAt(t, b.at(3), exit.Done, "forget", data, "--phone", last)
	for night := 3; night < 5; night++ {
		if got := b.run(t, night, data); got.code != exit.Done {
			t.Fatalf("night %d: exit code %d: %s", night+1, got.code, got.stderr)
		}
	}
	for v, where := range held(t, filepath.Join(data, "raw"), append(jobs[last], last)) {
		t.Errorf("%s is in %s", v, where)
	}
}

// TestForgetKilled kills erasures at moments all over them, with a signal that cannot be
// caught: once one is open the next command that writes ends where it would have ended,
// and before that all is as it was. Each single step is broken in the tests of packages
// replace, erased and rawlog.
func TestForgetKilled(t *testing.T) {
	data := planted(t)
	args := func(dir string) []string { return []string{"forget", dir, "--phone", "10020000013", "--by", "tests"} }
	whole := copyDataset(t, data)
	length := kill(t, whole, args(whole), moments[0], time.Minute)
	want := ended(t, whole)
	if !strings.HasSuffix(want, "left: map[]") {
		t.Fatalf("something is left:\n%s", want)
	}
	trials := 8
	if thorough() {
		trials = 300
	}
	results := map[string]int{}
	for n := range trials {
		copied := copyDataset(t, data)
		kill(t, copied, args(copied), moments[0], length*time.Duration(n+1)/time.Duration(trials))
		store := dataset.Nothing(copied).Erased()
		intents, err := store.Open()
		if err != nil {
			t.Fatal(err)
		}
		receipts, err := store.Receipts()
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case len(intents) > 0:
			results["open"]++
			if said := runMain(t, exit.Done, "status", copied); !strings.Contains(said, "erasure") {
				t.Errorf("status does not say that an erasure is open: %s", said)
			}
			// Any command that writes finishes it, the same one, too.
			if n%2 == 0 {
				runMain(t, exit.Done, args(copied)...)
			} else {
				runMain(t, exit.Done, "snapshots", copied, "prune")
			}
		case len(receipts) > 0:
			results["done"]++
		default:
			results["nothing"]++
			runMain(t, exit.Done, "verify", copied)
			runMain(t, exit.Done, args(copied)...)
		}
		if got := ended(t, copied); got != want {
			t.Fatalf("killed after %d of %d: another end:\n%s\nwant:\n%s", n+1, trials, got, want)
		}
	}
	t.Logf("%v", results)
}

// ended describes a folder after an erasure: which files there are, ids of erasures
// left out, their content where it depends on neither those nor the secret, and what is
// left of the person.
func ended(t *testing.T, dir string) string {
	t.Helper()
	ids := regexp.MustCompile(`[0-9-]+-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}`)
	var lines []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "lock" || e.Name() == "pinned" {
			return err
		}
		inside, _ := filepath.Rel(dir, path)
		line := inside
		if strings.HasPrefix(inside, "erased") {
			line = ids.ReplaceAllString(inside, "ID")
		} else if e.Type().IsRegular() {
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			line += fmt.Sprintf(" %d %x", len(text), text[:min(len(text), 8)])
		}
		lines = append(lines, line)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	stones, err := dataset.Nothing(dir).Erased().Tombstones()
	if err != nil {
		t.Fatal(err)
	}
	receipts, err := dataset.Nothing(dir).Erased().Receipts()
	if err != nil || len(receipts) != 1 {
		t.Fatalf("receipts %v, %v", receipts, err)
	}
	counts, _ := json.Marshal(receipts[0].Counts)
	slices.Sort(lines)
	return fmt.Sprintf("%s\n%d tombstones, %s, left: %v", strings.Join(lines, "\n"), stones.Len(), counts, held(t, dir, ofTheirs))
}

// TestForgetInAnOlderFormat: a dataset of an older format is refused before anything is
// begun; once it is brought to today's, the snapshot of before goes whole if it holds the
// person, and the receipt names it.
func TestForgetInAnOlderFormat(t *testing.T) {
	data, _ := format1(t)
	d, err := dataset.View(data)
	if err != nil {
		t.Fatal(err)
	}
	before, job := d.Name(), ""
	for row, err := range tables.Rows[struct {
		JobID string `parquet:"job_id"`
	}](d, "jobs") {
		if err != nil {
			t.Fatal(err)
		}
		job = row.JobID
	}
	runMain(t, exit.Usage, "forget", data, "--job", job)
	if open, err := d.Erased().Open(); len(open) > 0 || err != nil {
		t.Fatalf("it was begun: %v, %v", open, err)
	}
	runMain(t, exit.Done, "rewrite", data, "--progress", "none")
	runMain(t, exit.Done, "forget", data, "--job", job)
	receipts, err := d.Erased().Receipts()
	if err != nil || len(receipts) != 1 || !slices.Contains(receipts[0].Files, "snapshots/"+before) {
		t.Errorf("receipts %+v, %v", receipts, err)
	}
	if _, err := os.Lstat(filepath.Join(data, "snapshots", before)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", before, err)
	}
	verifyAll(t, data)
	runMain(t, exit.Usage, "person", data, "--job", job)
}
