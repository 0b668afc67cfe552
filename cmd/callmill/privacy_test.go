package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/schema"
)

// secrets are the values of a world that must not be in any output, by themselves.
type secrets struct {
	values  map[string]string // value → what it is
	lengths []int             // of the values, in bytes
}

// secretsOf returns what the jobs of a world say of their own persons in their fields:
// numbers in every spelling, names, ids.
func secretsOf(t *testing.T, world *simulate.World) *secrets {
	t.Helper()
	s := &secrets{values: map[string]string{}}
	number := func(what, value string) {
		for _, spelling := range spellingsOf(value) {
			s.add(what, spelling)
		}
	}
	contact := func(c *schema.Contact) {
		number("number", c.PhoneNumber)
		s.add("name", c.Name)
		s.add("contact id", c.ContactID)
		s.add("reference id", c.ReferenceID)
	}
	for i := range world.Len() {
		job, _ := world.Job(i)
		s.add("reference id", job.ReferenceID)
		for k := range job.Contacts {
			contact(&job.Contacts[k])
		}
		for k := range job.Tasks {
			number("number", job.Tasks[k].CalledNumber)
			contact(&job.Tasks[k].Contact)
		}
	}
	lengths := map[int]bool{}
	for value := range s.values {
		lengths[len(value)] = true
	}
	s.lengths = slices.Sorted(maps.Keys(lengths))
	if len(s.values) < 100 {
		t.Fatalf("only %d values are planted", len(s.values))
	}
	return s
}

// add adds a value. Names of two characters are left out: many of them are in other
// words, too; those of three are as good to tell.
func (s *secrets) add(what, value string) {
	if utf8.RuneCountInString(value) > 2 {
		s.values[value] = what
	}
}

// spellingsOf returns a number of eleven digits as people and programs write it.
func spellingsOf(number string) []string {
	digits := strings.TrimPrefix(number, "+86")
	if len(digits) != 11 {
		return []string{number}
	}
	said := func(one, zero string) string {
		numerals := []string{zero, one, "二", "三", "四", "五", "六", "七", "八", "九"}
		var b strings.Builder
		for _, d := range digits {
			b.WriteString(numerals[d-'0'])
		}
		return b.String()
	}
	var wide strings.Builder
	for _, d := range digits {
		wide.WriteRune(d - '0' + '０')
	}
	return []string{
		digits, digits[:3] + "-" + digits[3:7] + "-" + digits[7:], digits[:3] + " " + digits[3:7] + " " + digits[7:],
		wide.String(), said("幺", "零"), said("一", "零"), said("幺", "〇"),
	}
}

// in returns which of the secrets a text has.
func (s *secrets) in(text []byte) (found []string) {
	for i := range text {
		if !utf8.RuneStart(text[i]) {
			continue
		}
		for _, n := range s.lengths {
			if i+n > len(text) {
				break
			}
			if what, ok := s.values[string(text[i:i+n])]; ok {
				found = append(found, what+" "+string(text[i:i+n]))
			}
		}
	}
	return found
}

// checkFolder searches every file of a dataset, except below some folders.
func (s *secrets) checkFolder(t *testing.T, when, dir string, except ...string) {
	t.Helper()
	files := 0
	eachFile(t, dir, func(inside string, plain []byte) {
		if slices.ContainsFunc(except, func(folder string) bool { return strings.HasPrefix(inside, folder) }) {
			return
		}
		files++
		if found := s.in(append(plain, inside...)); len(found) > 0 {
			t.Errorf("%s: %s has %d planted values, among them %q", when, inside, len(found), found[:min(3, len(found))])
		}
	})
	if files == 0 {
		t.Errorf("%s: %s has no files", when, dir)
	}
}

// checkSaid searches what a command printed.
func (s *secrets) checkSaid(t *testing.T, when string, said ...string) {
	t.Helper()
	for _, text := range said {
		if found := s.in([]byte(unescaped(text))); len(found) > 0 {
			t.Errorf("%s: it said %q, in\n%s", when, found, text)
		}
	}
}

// run runs a command and searches what it prints.
func (s *secrets) run(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = Main(args, strings.NewReader(""), &stdout, &stderr)
	s.checkSaid(t, strings.Join(args, " "), stdout.String(), stderr.String())
	return code, stdout.String() + stderr.String()
}

// TestNothingPersonalIsPublished: under every mode but keep no output of any run holds a
// value that was planted, however damaged its input and however it ended: no file of the
// dataset, what is left of a killed run included, nothing it prints.
func TestNothingPersonalIsPublished(t *testing.T) {
	for _, mode := range []string{"mask", "hash", "drop"} {
		t.Run(mode, func(t *testing.T) {
			t.Run("convert", func(t *testing.T) { convertsNothingPersonal(t, mode) })
			t.Run("pull", func(t *testing.T) { pullsNothingPersonal(t, mode) })
		})
	}
	// What is searched for is there where nothing is taken out.
	world, inputs := plantedInputs(t)
	data := filepath.Join(t.TempDir(), "data")
	runMain(t, exit.Published, "convert", inputs, "--out", data, "--progress", "none")
	s, found := secretsOf(t, world), map[string]bool{}
	eachFile(t, data, func(_ string, plain []byte) {
		for _, f := range s.in(plain) {
			what, _, _ := strings.Cut(f, " ")
			found[what] = true
		}
	})
	if len(found) < 4 {
		t.Errorf("under keep only %v are found", found)
	}
}

// plantedInputs returns a world, and the folder of its responses with damaged ones among
// them.
func plantedInputs(t *testing.T) (*simulate.World, string) {
	t.Helper()
	world, err := simulate.New(simulate.Options{People: 150, Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "in")
	if err := world.WriteFiles(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	job, _ := world.Job(0)
	name, number := job.Contacts[0].Name, job.Contacts[0].PhoneNumber
	quoted, _ := json.Marshal(name)
	for file, text := range map[string]string{
		"cut.json":      `{"Success":true,"Jobs":[{"JobId":"cut","Contacts":[{"ContactName":` + string(quoted) + `,"PhoneNumber":"` + number,
		"shape.json":    `{"Success":true,"Jobs":[{"JobId":"s1","Tasks":"` + number + `"},{"JobId":["` + number + `"]},{"JobId":"s2","Tasks":[{"TaskId":"` + name + `","Conversation":"` + name + `"}]},"` + number + `"]}`,
		"values.json":   `{"Success":true,"Jobs":[{"JobId":"v","Priority":"` + number + `","SystemPriority":` + number + `,"Tasks":[{"TaskId":"t","ActualTime":"` + name + `","Duration":"` + number + `x"}]}]}`,
		"unknown.json":  `{"Success":true,"Jobs":[{"JobId":"u","` + name + `":1,"` + number + `":2,"Surprise":3}]}`,
		"error.json":    `{"Success":false,"Code":"Refused","Message":"` + name + ` with ` + number + ` is not allowed"}`,
		"other.json":    `{"` + number + `":{"` + name + `":[]}}`,
		"broken.xml":    `<ListJobsResponse><Jobs><JobId>x</JobId><Contacts><PhoneNumber>` + number + `</PhoneNumber></Jobs>`,
		"syntax.jsonl":  `{"JobId":"y","Contacts":[{"PhoneNumber":"` + number + `"},]}` + "\n" + number + "\n" + string(quoted) + "\n",
		"strange.jsonl": `{"JobId":"z","Tasks":[{"TaskId":"t","Conversation":[{"Speaker":"Contact","Script":{"` + name + `":"` + number + `"}}]}]}` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return world, dir
}

func convertsNothingPersonal(t *testing.T, mode string) {
	world, inputs := plantedInputs(t)
	s, data := secretsOf(t, world), filepath.Join(t.TempDir(), "data")
	metrics := filepath.Join(t.TempDir(), "metrics.prom")
	args := []string{"convert", inputs, "--out", data, "--pii", mode, "--log-format", "json", "--progress", "plain", "--metrics-file", metrics}

	// One that is killed leaves spilled data and a snapshot in the making.
	killed := exec.Command("callmill", args...)
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	for n := 0; n < 2000; n++ {
		if left, _ := filepath.Glob(filepath.Join(data, "snapshots", ".*", "*")); len(left) > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	killed.Process.Kill()
	killed.Wait()
	s.checkFolder(t, "killed", data)

	if code, said := s.run(t, args...); code != exit.Published {
		t.Fatalf("exit code %d: %s", code, said)
	}
	s.checkFolder(t, "published", data)
	s.checkFolder(t, "metrics", filepath.Dir(metrics))
	for _, more := range [][]string{
		{"rejects", data}, {"status", data, "--json"}, {"verify", data}, {"pending", data}, {"replay", data},
		{"rewrite", data, "--hmm", "--progress", "json"}, {"repair", data}, {"worker", "import", "--list", data},
		{"convert", filepath.Join(inputs, "shape.json"), "--out", data, "--keep-raw", "2"},
		{"convert", filepath.Join(inputs, "nowhere.json"), "--out", data},
	} {
		s.run(t, more...)
	}
	s.checkFolder(t, "afterwards", data)
}

func pullsNothingPersonal(t *testing.T, pii string) {
	served := simulatedAPI(t, simulate.Options{People: 150, Seed: 7}, api.Options{Faults: 0.1, Poison: 2})
	front := &spoiler{next: served, random: rand.New(rand.NewPCG(1, 1))}
	server := httptest.NewServer(front)
	defer server.Close()
	served.url = server.URL
	s, data := secretsOf(t, served.world), filepath.Join(t.TempDir(), "data")
	p := newPuller(served, append([]string{"--instance", "x", "--key", keyFile(t), "--pii", pii, "--progress", "plain"}, wholeWorld...)...)
	pull := func(when string, args ...string) pulled {
		got := p.run(t, append([]string{"--out", data}, args...)...)
		s.checkSaid(t, when, got.stdout, got.stderr)
		return got
	}
	// Runs that fail keep what they received, until one has published.
	for _, name := range []string{"truncate-ok", "e403", "notsuccess-rows"} {
		i := slices.IndexFunc(modes, func(m mode) bool { return m.name == name })
		front.begin(spoil{mode: &modes[i], actions: []string{"ListJobs"}, share: 0.7})
		pull(name)
		s.checkFolder(t, name, data, "raw/")
	}
	front.begin(spoil{})
	if got := pull("whole"); got.code != exit.Published && got.code != exit.Done {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	s.checkFolder(t, "published", data)
	if left, _ := filepath.Glob(filepath.Join(data, "raw", "*")); len(left) > 0 {
		t.Errorf("raw/ has %v after a run that published", left)
	}
	s.run(t, "status", data)
	s.run(t, "verify", data)
}
