package spark

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// known has jobs leave by their age, but for one on hold, and what a contact asked for
// outlives them. All that is known of the contact is exported then, erased, and is not
// there by the receipt.
func known(t *testing.T, s *session) {
	asks := strings.Replace(of("asked", 2, forgottenName, forgotten, "x"), `"Script":"好的"`, `"Script":"别再打了"`, 1)
	s.loadAt(t, "known", 1, saved(t, asks, of("disputed", 2, somebodyElseName, somebodyElse, "x"),
		of("later", 11, forgottenName, forgotten, forgottenExtra), of("third", 12, "钟离测试", "10020000003", "x")))
	hold := []string{"hold", "--into", "lake.known"}
	if r := s.run(t, append(hold, "--job", "nobody's", "--reason", "x")...); r.Code != 2 || !strings.Contains(r.Stderr, "no job nobody's is published") {
		t.Errorf("a job that is not there: %v, want exit code 2", r)
	}
	if r := s.must(t, []int{0}, append(hold, "--job", "disputed", "--reason", "complaint 17")...); !strings.Contains(r.Stdout, "job disputed of saved, on hold since 20") {
		t.Errorf("a job on hold is listed: %v", r)
	}

	tenth := time.Date(2026, 1, 10, 12, 0, 0, 0, time.FixedZone("Shanghai", 8*3600)) // far from midnight
	retain := fmt.Sprintf("%.0fd", time.Since(tenth).Hours()/24)
	again := saved(t, asks) // comes too late, each night
	if r := s.loadAt(t, "known", 2, again, "--retain", retain); !strings.Contains(r.Stdout, "(1 expired); 1 published job gone") {
		t.Errorf("a job goes for its age, and one that is older stays: %v", r)
	}
	optOuts := func(want string) {
		t.Helper()
		if got := s.one(t, "SELECT concat_ws(' ', collect_list(concat_ws(' ', call_date, source, value))) FROM lake.known.opt_outs o LEFT SEMI JOIN lake.known.tasks t USING (contact_key)"); got != want {
			t.Errorf("opt-outs are %q, want %q", got, want)
		}
	}
	optOuts("2026-01-03 rule not_again")
	if r := s.loadAt(t, "known", 3, again); !strings.Contains(r.Stdout, "nothing new") {
		t.Errorf("what came too late comes again: %v", r)
	}
	optOuts("2026-01-03 rule not_again")

	common := []string{"--into", "lake.known", "--binary", s.binary, "--key", s.key}
	export := filepath.Join(t.TempDir(), "person.json")
	r := s.must(t, []int{0}, append([]string{"person", "--phone", "100-2000-0001", "--export", export}, common...)...)
	if !strings.Contains(r.Stdout, "job later of saved, last on 2026-01-12, 1 call: "+forgottenName) || !strings.Contains(r.Stdout, "opt-out of 2026-01-03: rule not_again") {
		t.Errorf("what there is of a person is listed: %v", r)
	}
	checkExport(t, readFile(t, export))
	if r := s.run(t, append([]string{"person", "--phone", "10020000009"}, common...)...); r.Code != 2 || !strings.Contains(r.Stderr, "nobody in lake.known fits") {
		t.Errorf("a number that nobody has: %v, want exit code 2", r)
	}

	forget := append([]string{"forget"}, common...)
	if r := s.run(t, append(forget, "--job", "disputed")...); r.Code != 2 || !strings.Contains(r.Stderr, "job disputed is on hold since") {
		t.Errorf("a job on hold is to be erased: %v, want exit code 2", r)
	}
	receipt := filepath.Join(t.TempDir(), "receipt.json")
	s.must(t, []int{0}, append(forget, "--phone", forgotten, "--job", "disputed", "--held", "--receipt", receipt)...)
	if r := s.must(t, []int{0}, append(forget, "--check", receipt, "--phone", "+86 "+forgotten)...); !strings.Contains(r.Stdout, "2 jobs; nothing of it is in lake.known") {
		t.Errorf("what was erased is not there: %v", r)
	}
	if r := s.run(t, append(forget, "--check", receipt, "--phone", somebodyElse)...); r.Code != 2 || !strings.Contains(r.Stderr, "of somebody else: not of the --phone") {
		t.Errorf("a receipt of another person: %v, want exit code 2", r)
	}
	if r := s.must(t, []int{0}, hold...); r.Stdout != "" {
		t.Errorf("a job that was erased is on hold: %v", r)
	}
	if n := s.one(t, "SELECT count(*) FROM lake.known.opt_outs"); n != "1" {
		t.Errorf("%s opt-outs outlive the person's jobs, want 1", n)
	}
}

// checkExport checks a copy of what is known of the person in [known].
func checkExport(t *testing.T, text string) {
	t.Helper()
	var copied struct {
		Format  int
		PII     string
		Asked   struct{ Phones []string }
		Jobs    []map[string]any
		OptOuts []struct {
			CallDate string `json:"call_date"`
		} `json:"opt_outs"`
	}
	if err := json.Unmarshal([]byte(text), &copied); err != nil {
		t.Fatal(err)
	}
	if copied.Format != 1 || copied.PII != "keep" || len(copied.Asked.Phones) != 1 || len(copied.Jobs) != 1 || len(copied.OptOuts) != 1 {
		t.Errorf("a job and an opt-out are copied: %s", text)
	}
	for _, want := range []string{forgottenName, forgottenExtra, `"job_id": "later"`, `"turns"`, `"contacts"`, `"extras"`, `"actual_time": "2026-01-12T03:00:00.000Z"`} {
		if !strings.Contains(text, want) {
			t.Errorf("the copy lacks %s: %s", want, text)
		}
	}
	for _, other := range []string{somebodyElse, somebodyElseName, "钟离", `"tokens"`} {
		if strings.Contains(text, other) {
			t.Errorf("the copy has %s: %s", other, text)
		}
	}
}
