// Package notebooks has no Go code but tests: they execute the notebooks on
// datasets of every kind and compare their numbers with independent counts.
package notebooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var names = []string{"01_open", "02_outcomes", "03_dialogue", "04_failed_dialogues", "05_search"}

// Texts and headings are in English and in Chinese.
func TestTextsAreInBothLanguages(t *testing.T) {
	for _, name := range names {
		for i, c := range cellsOf(t, name+".ipynb") {
			if c.Type != "markdown" {
				continue
			}
			text := strings.Join(c.Source, "")
			if !regexp.MustCompile(`\p{Han}`).MatchString(text) || !regexp.MustCompile(`[A-Za-z]{2}`).MatchString(text) {
				t.Errorf("%s: cell %d is in one language: %s", name, i, text)
			}
			for line := range strings.Lines(text) {
				if strings.HasPrefix(line, "#") && !regexp.MustCompile(`^#+ .*[A-Za-z].* · .*\p{Han}`).MatchString(line) {
					t.Errorf("%s: a heading in one language: %s", name, line)
				}
			}
		}
	}
}

// cell is a cell of a notebook.
type cell struct {
	ID             string            `json:"id"`
	Type           string            `json:"cell_type"`
	Source         []string          `json:"source"`
	Outputs        []json.RawMessage `json:"outputs"`
	ExecutionCount *int              `json:"execution_count"`
}

func cellsOf(t *testing.T, file string) []cell {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var n struct {
		Nbformat int    `json:"nbformat"`
		Minor    int    `json:"nbformat_minor"`
		Cells    []cell `json:"cells"`
	}
	if err := json.Unmarshal(text, &n); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if n.Nbformat != 4 || n.Minor != 5 || len(n.Cells) == 0 || n.Cells[0].Type != "markdown" {
		t.Errorf("%s: version %d.%d, %d cells", file, n.Nbformat, n.Minor, len(n.Cells))
	}
	return n.Cells
}

// Notebooks are committed without outputs, which depend on somebody's data.
func TestCommittedWithoutOutputs(t *testing.T) {
	files, err := filepath.Glob("*.ipynb")
	if err != nil || len(files) != len(names) {
		t.Fatalf("%v, %v: want %d notebooks", files, err, len(names))
	}
	for _, file := range files {
		ids := map[string]bool{}
		for i, c := range cellsOf(t, file) {
			if len(c.Outputs) > 0 || c.ExecutionCount != nil {
				t.Errorf("%s: cell %d has outputs", file, i)
			}
			if c.ID == "" || ids[c.ID] {
				t.Errorf("%s: the id of cell %d is empty or not unique", file, i)
			}
			ids[c.ID] = true
		}
	}
}

// TestStatistics compares callmill_stats with independent implementations.
func TestStatistics(t *testing.T) {
	run(t, python(t), filepath.Join("testdata", "statistics.py"), ".")
}

// TestNothingMarksNothing measures how often the searches of 04 report anything
// where nothing marks failure, by chance at most 5 % of the time: of 200 worlds
// with that probability, more than 20 occur once in a thousand times.
func TestNothingMarksNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: searches 400 datasets")
	}
	python := python(t)
	callmill := build(t)
	out := run(t, python, filepath.Join("testdata", "null.py"), ".", converted(t, callmill, simulated(t, callmill, "2000")))
	var r struct {
		Worlds, Calls int
		Seconds       float64
		Reporting     map[string]int
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("%d calls, %.0f s, worlds with a report of %d: %v", r.Calls, r.Seconds, r.Worlds, r.Reporting)
	if r.Worlds != 200 || len(r.Reporting) != 9 || r.Calls < 1000 {
		t.Fatalf("%d worlds, %d searches, %d calls", r.Worlds, len(r.Reporting), r.Calls)
	}
	for search, n := range r.Reporting {
		if n > 20 {
			t.Errorf("%s: something is reported in %d of %d worlds", search, n, r.Worlds)
		}
	}
}

// TestLoad compares the loader for pandas with DuckDB on datasets of every kind,
// given as a folder, as its latest, below a folder that looks like a partition, and
// where there are no links.
func TestLoad(t *testing.T) {
	python := python(t)
	callmill := build(t)
	data := converted(t, callmill, simulated(t, callmill, "150"))
	below := filepath.Join(t.TempDir(), "outcome=busy")
	if err := os.Mkdir(below, 0o700); err != nil {
		t.Fatal(err)
	}
	sample := filepath.Join(below, "data")
	run(t, callmill, "convert", "--progress", "none", "--allow-rejects", "100%", "--out", sample, filepath.Join("..", "pipeline", "decode", "testdata", "shapes"))
	linkless := converted(t, callmill, response(t, `{"Jobs":[{"JobId":"lonely"}]}`))
	if err := os.Remove(filepath.Join(linkless, "latest")); err != nil {
		t.Fatal(err)
	}
	out := run(t, python, filepath.Join("testdata", "load.py"), ".", data, filepath.Join(data, "latest"), sample, linkless, filepath.Join(linkless, "latest"))
	if n, err := strconv.Atoi(strings.TrimSpace(out)); err != nil || n < 5*100 {
		t.Errorf("%s columns compared, %v", out, err)
	}
}

// TestTimeViews runs the script that times every view of views.sql.
func TestTimeViews(t *testing.T) {
	python := python(t)
	callmill := build(t)
	out := run(t, python, "time_views.py", converted(t, callmill, simulated(t, callmill, "200")))
	if lines := strings.Count(out, " s\n"); lines != 10 {
		t.Errorf("%d views were timed, want 10:\n%s", lines, out)
	}
}

// TestNumbersAreRight executes every notebook on real dialogues and on
// simulated calls, and compares their headlines with independent counts.
func TestNumbersAreRight(t *testing.T) {
	python := python(t)
	callmill := build(t)
	for name, data := range map[string]string{
		"crosswoz":  converted(t, callmill, crosswoz(t)),
		"simulated": converted(t, callmill, simulated(t, callmill, "4000")),
	} {
		t.Run(name, func(t *testing.T) {
			count := counts(t, python, data)
			check := func(notebook string, plots, blank int, expressions ...string) {
				r := execute(t, python, notebook, data, expressions...)
				if r.Plots != plots || r.Blank != blank {
					t.Errorf("%s: %d plots, want %d; %d of them empty, want %d", notebook, r.Plots, plots, r.Blank, blank)
				}
				for i, e := range expressions {
					want := count[keys[e]]
					if got := r.Values[i]; got != want {
						t.Errorf("%s: %s is %v, counted %v", notebook, e, got, want)
					}
				}
			}
			check("01_open", 0, 0, `rows["jobs"]`, `rows["tasks"]`, `rows["turns"]`, "lossless")
			check("02_outcomes", 7, 0, "total.tasks", "total.dialed", "total.connected", "total.answered", "total.numbers",
				"by_hour.n.sum()", "by_hour.k.sum()", "by_number.n.sum()", "outcomes.k.sum()")
			check("03_dialogue", 6, 0, "len(calls)", "int(ends.hung_up.sum())", "int(db.sql('FROM exchanges').count('*').fetchall()[0][0])")
			check("04_failed_dialogues", failurePlots[name], unmarked[name], "len(answered)")
			check("05_search", 0, 0)
		})
	}
}

// keys maps expressions of notebooks to the names of the same counts in count.py.
var keys = map[string]string{
	`rows["jobs"]`: "jobs", `rows["tasks"]`: "tasks", `rows["turns"]`: "turns", "lossless": "turns",
	"total.tasks": "tasks", "total.dialed": "dialed", "total.connected": "connected", "total.answered": "answered", "total.numbers": "numbers",
	"by_hour.n.sum()": "dialed", "by_hour.k.sum()": "answered", "by_number.n.sum()": "dialed", "outcomes.k.sum()": "dialed",
	"len(calls)": "answered_with_lines", "len(answered)": "answered_with_lines", "int(ends.hung_up.sum())": "hung_up",
	"int(db.sql('FROM exchanges').count('*').fetchall()[0][0])": "robot_lines",
}

// unmarked is how many plots of marks of failure are empty. The outcomes of the
// crosswoz dialogues are made up: neither lines nor words nor circumstances mark
// failure, so 04 must find none.
var unmarked = map[string]int{"crosswoz": 3}

// failurePlots is how many plots 04 has. The crosswoz dialogues go on to their
// goodbyes, so that a single one failed: too few to predict failure from words.
var failurePlots = map[string]int{"crosswoz": 4, "simulated": 5}

// TestCrosswozIsWhatItIs compares the notebooks with counts of code that shares
// nothing with this project.
func TestCrosswozIsWhatItIs(t *testing.T) {
	python := python(t)
	source := crosswoz(t)
	data := converted(t, build(t), source)
	text, err := os.ReadFile(source + ".expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Jobs, Tasks, Turns, Contacts float64
		WithConversation             float64 `json:"tasks_with_conversation"`
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	got := execute(t, python, "01_open", data, `rows["jobs"]`, `rows["tasks"]`, `rows["turns"]`, `rows["contacts"]`,
		`db.sql("SELECT count(*) FROM transcripts").fetchall()[0][0]`).Values
	if w := []float64{want.Jobs, want.Tasks, want.Turns, want.Contacts, want.WithConversation}; !slices.Equal(numbers(got), w) {
		t.Errorf("%v, expected %v", got, w)
	}
}

// The causes that the simulator plants show in the notebooks: the number
// reported as a nuisance and the noon nap in 02, the long opening in 03, the
// misheard word and the lines that drive people away in 04.
func TestPlantedCausesSurface(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	python := python(t)
	callmill := build(t)
	data := converted(t, callmill, simulated(t, callmill, "10000"))

	outcomes := execute(t, python, "02_outcomes", data,
		`by_number.group.iloc[0]`,
		`bool(by_number.high.iloc[0] < by_number.low.iloc[1:].min())`,
		`stand_out[stand_out.passes & (stand_out.z < 0)].group.tolist()`,
		`bool(by_hour[by_hour.group == 12].high.iloc[0] < answer_rate)`)
	const flagged = "02100007741"
	if v := outcomes.Values; v[0] != flagged || v[1] != true || v[3] != true || !slices.Contains(v[2].([]any), any(flagged)) {
		t.Errorf("02_outcomes: %v, want the number %s below all others, within campaigns too, and noon below the rest", v, flagged)
	}
	if v := execute(t, python, "03_dialogue", data, `middle.pattern.iloc[0]`).Values; !strings.Contains(v[0].(string), "安途保险代理") {
		t.Errorf("03_dialogue: most hang up at %v", v[0])
	}
	failed := execute(t, python, "04_failed_dialogues", data, `found.phrase.tolist()`, `auc > 0.55`)
	found := fmt.Sprint(failed.Values[0])
	for _, cause := range []string{
		"盖", // misheard for 改
		"家门口、小区快递柜、菜鸟驿站", // eight options in one question
		"坐席全忙",     // nobody there to transfer to
		"续保专员，我司为", // the long opening
	} {
		if !strings.Contains(found, cause) {
			t.Errorf("04_failed_dialogues: %s, want %s among them", found, cause)
		}
	}
	if failed.Values[1] != true {
		t.Error("04_failed_dialogues: the classifier is no better than guessing")
	}
}

// TestPlantedCausesRankFirst compares the findings of 04 with the truth of simulated
// calls: nearly every cause that is something said is first or second among those of
// its campaign, and in the first ten of all; and greetings do not mark failure, unless
// they are a cause.
func TestPlantedCausesRankFirst(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	python := python(t)
	callmill := build(t)
	responses, truth := filepath.Join(t.TempDir(), "responses"), filepath.Join(t.TempDir(), "truth.jsonl")
	run(t, callmill, "simulate", "--write", responses, "--people", "20000", "--seed", "6", "--truth", truth)
	out := run(t, python, filepath.Join("testdata", "planted.py"), ".", converted(t, callmill, responses), truth)
	var r struct {
		Causes map[string]struct {
			Rank           *int
			RankInCampaign *int `json:"rank_in_campaign"`
		}
		Found     int
		Greetings []string
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Log(out)
	first, ten := 0, 0
	for _, cause := range r.Causes {
		if cause.RankInCampaign != nil && *cause.RankInCampaign <= 2 {
			first++
		}
		if cause.Rank != nil && *cause.Rank <= 10 {
			ten++
		}
	}
	if len(r.Causes) != 7 || first < 6 || ten < 6 || r.Found > 14 || len(r.Greetings) > 0 {
		t.Errorf("of %d causes %d are first or second in their campaign, %d in the first ten; greetings found: %v", len(r.Causes), first, ten, r.Greetings)
	}
}

// TestOnAnyDataset executes every notebook on nearly empty datasets.
func TestOnAnyDataset(t *testing.T) {
	python := python(t)
	callmill := build(t)
	two := converted(t, callmill, simulated(t, callmill, "150"))
	run(t, callmill, "convert", "--progress", "none", "--out", two, "--instance", "other", simulated(t, callmill, "60"))
	for name, data := range map[string]string{
		"two instances": two,
		"never called":  converted(t, callmill, response(t, `{"Jobs":[{"JobId":"lonely"}]}`)),
		"never answered": converted(t, callmill, response(t, `{"Jobs":[{"JobId":"j","JobGroupId":"only","Status":"Failed","FailureReason":"NoAnswer",
			"Tasks":[{"TaskId":"t","Status":"NoAnswer","ActualTime":1769000000000}]}]}`)),
		"one call": converted(t, callmill, response(t, `{"Jobs":[{"JobId":"j","Status":"Succeeded",
			"Tasks":[{"TaskId":"t","Status":"SucceededClientHangUp","ActualTime":1769000000000,"CalledNumber":"13800000000",
			"Conversation":[{"Speaker":"Robot","Script":"您好"}]}]}]}`)),
	} {
		for _, notebook := range names {
			t.Run(name+"/"+notebook, func(t *testing.T) { execute(t, python, notebook, data) })
		}
	}
}

// result is what execute.py prints.
type result struct {
	Seconds      float64
	Stderr       string
	Plots, Blank int
	Titles       []string // of plots
	Values       []any
}

// execute executes a notebook and fails if it warns, such as of glyphs missing
// from the font or of deprecated calls, and if a plot's title is not in Chinese, too.
func execute(t *testing.T, python, notebook, data string, expressions ...string) result {
	t.Helper()
	out := run(t, python, append([]string{filepath.Join("testdata", "execute.py"), notebook + ".ipynb", data}, expressions...)...)
	var r result
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Logf("%s: %.0f s, %d plots", notebook, r.Seconds, r.Plots)
	if strings.Contains(r.Stderr, "Warning") || strings.Contains(r.Stderr, "Glyph") {
		t.Errorf("%s: %s", notebook, r.Stderr)
	}
	for _, title := range r.Titles {
		if !regexp.MustCompile(`(?s)[A-Za-z]{2}.*\p{Han}{2}`).MatchString(title) {
			t.Errorf("%s: a title in one language: %s", notebook, title)
		}
	}
	if r.Seconds > 240 {
		t.Errorf("%s takes %.0f s", notebook, r.Seconds)
	}
	return r
}

func counts(t *testing.T, python, data string) map[string]any {
	t.Helper()
	snapshot, err := filepath.EvalSymlinks(filepath.Join(data, "latest"))
	if err != nil {
		t.Fatal(err)
	}
	var count map[string]any
	if err := json.Unmarshal([]byte(run(t, python, filepath.Join("testdata", "count.py"), snapshot)), &count); err != nil {
		t.Fatal(err)
	}
	return count
}

func numbers(values []any) []float64 {
	var list []float64
	for _, v := range values {
		n, _ := v.(float64)
		list = append(list, n)
	}
	return list
}

func build(t *testing.T) (callmill string) {
	t.Helper()
	callmill = filepath.Join(t.TempDir(), "callmill")
	run(t, "go", "build", "-o", callmill, "callmill/cmd/callmill")
	return callmill
}

func simulated(t *testing.T, callmill, jobs string) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "responses")
	run(t, callmill, "simulate", "--write", dir, "--people", jobs)
	return dir
}

func converted(t *testing.T, callmill, input string) (data string) {
	t.Helper()
	data = filepath.Join(t.TempDir(), "data")
	run(t, callmill, "convert", "--progress", "none", "--out", data, input)
	return data
}

func response(t *testing.T, text string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "response.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func crosswoz(t *testing.T) (dir string) {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "..", "shared", "data", "crosswoz"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		missing(t, "needs the sample: "+err.Error())
	}
	return dir
}

// python returns a Python with the libraries of the notebooks, or skips.
func python(t *testing.T) string {
	t.Helper()
	python := os.Getenv("CALLMILL_PYTHON")
	if python == "" {
		missing(t, "needs CALLMILL_PYTHON, a Python with what notebooks/requirements.txt lists")
	}
	if err := exec.Command(python, "-c", "import nbclient, ipykernel, matplotlib, sklearn, scipy").Run(); err != nil {
		missing(t, "CALLMILL_PYTHON is a Python without what notebooks/requirements.txt lists")
	}
	return python
}

// missing skips a test; under CI, where nothing may be skipped, it fails.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "PYTHONUTF8=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", filepath.Base(program), strings.Join(args, " "), err, out, &stderr)
	}
	return string(out)
}
