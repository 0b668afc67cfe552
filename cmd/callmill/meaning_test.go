package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/schema"
)

// TestSameCallsMeanTheSame converts the files of a world and pulls the world from
// the API, which alone says whether flows reached their ends: of the hang-ups, the
// same failed, but for one in a hundred.
func TestSameCallsMeanTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: pulls a world")
	}
	world := simulate.Options{People: 2500, Seed: 25}
	s := simulatedAPI(t, world, api.Options{})
	pulled := filepath.Join(t.TempDir(), "data")
	newPuller(s).pull(t, exit.Done, append([]string{"--out", pulled, "--instance", s.world.InstanceID()}, wholeWorld...)...)
	files := filepath.Join(t.TempDir(), "responses")
	if err := s.world.WriteFiles(t.Context(), files); err != nil {
		t.Fatal(err)
	}
	converted := map[string]schema.TaskRow{}
	for _, row := range collect[schema.TaskRow](t, convert(t, exit.Done, files), schema.TableTasks) {
		converted[row.TaskID] = row
	}

	hangUps, differ := 0, 0
	for _, want := range collect[schema.TaskRow](t, pulled, schema.TableTasks) {
		got, ok := converted[want.TaskID]
		if !ok {
			t.Fatalf("task %s was pulled, not converted", want.TaskID)
		}
		if want.Outcome != schema.HungUp {
			if !cmp.Equal(got.FailedDialogue, want.FailedDialogue) {
				t.Errorf("task %s, %s: failed_dialogue depends on where it is from", want.TaskID, want.Outcome)
			}
			continue
		}
		hangUps++
		if want.FlowEndedSource != schema.FlowEndedAPI || got.FlowEndedSource != schema.FlowEndedInferred {
			t.Errorf("task %s: flow_ended_source %q of the pull, %q of the files", want.TaskID, want.FlowEndedSource, got.FlowEndedSource)
		}
		if !cmp.Equal(got.FailedDialogue, want.FailedDialogue) {
			differ++
		}
	}
	t.Logf("%d of %d hang-ups differ", differ, hangUps)
	if hangUps < 300 || differ*100 > hangUps {
		t.Errorf("%d of %d hang-ups differ", differ, hangUps)
	}
}

// TestOptOutsOfAWorld compares the view with who asked not to be called in a
// simulated world. Its pattern was written without this one; it misses some whose
// words were misheard. Abuse may be a refusal (烦不烦, 有完没完) or not: whoever says
// nothing else of the kind counts neither way.
func TestOptOutsOfAWorld(t *testing.T) {
	python := pythonWithReaders(t)
	world, err := simulate.New(simulate.Options{People: 4000, Seed: 15})
	if err != nil {
		t.Fatal(err)
	}
	files := filepath.Join(t.TempDir(), "responses")
	if err := world.WriteFiles(t.Context(), files); err != nil {
		t.Fatal(err)
	}
	data := convert(t, exit.Done, files)

	keyOf := map[string]string{}
	for _, row := range collect[schema.TaskRow](t, data, schema.TableTasks) {
		keyOf[row.TaskID] = row.ContactKey
	}
	asked, abusive := map[string]bool{}, map[string]bool{}
	for i := range world.Len() {
		_, truth := world.Job(i)
		for _, task := range truth.Tasks {
			for _, turn := range task.Turns {
				switch turn.Said {
				case "optout":
					asked[keyOf[task.TaskID]] = true
				case "abuse":
					abusive[keyOf[task.TaskID]] = true
				}
			}
		}
	}
	query := filepath.Join(write(t, map[string]string{"keys.sql": "-- Numbers\nSELECT contact_key FROM opt_outs;"}), "keys.sql")
	found, right := strings.Fields(queryViews(t, python, snapshotOf(t, data), query))[3:], 0 // after the name and the header
	found = slices.DeleteFunc(found, func(key string) bool { return abusive[key] && !asked[key] })
	for _, key := range found {
		if asked[key] {
			right++
		}
	}
	t.Logf("%d numbers asked, %d found, %d of them rightly", len(asked), len(found), right)
	if len(asked) < 100 || float64(right) < 0.97*float64(len(asked)) || float64(right) < 0.99*float64(len(found)) {
		t.Errorf("%d numbers asked, %d found, %d of them rightly", len(asked), len(found), right)
	}
}

// No contact in the real dialogues asks not to be called.
func TestNoOptOutInRealDialogues(t *testing.T) {
	python := pythonWithReaders(t)
	query := filepath.Join(write(t, map[string]string{"lines.sql": "-- Lines\nSELECT script, result FROM opt_outs;"}), "lines.sql")
	if got := queryViews(t, python, snapshotOf(t, convert(t, exit.Done, crosswoz(t))), query); got != "-- Lines\nscript\tresult\n\n" {
		t.Errorf("opt_outs of real dialogues:\n%s", got)
	}
}
