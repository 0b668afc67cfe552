package api_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var sameEmpty = cmpopts.EquateEmpty()

const briefly = 8 * time.Millisecond

func allIDs(w *simulate.World) []string {
	var ids []string
	for i := range w.Len() {
		ids = append(ids, w.JobID(i))
	}
	slices.Sort(ids)
	return ids
}

// pull gets the jobs of a world by both ways of discovery.
func pull(p *puller, batch int) (ids []string, jobs [][]byte, lost []string) {
	groups := p.list("ListJobGroups", with(), "PageNumber", 1, 9, rowsOf("JobGroups", "List", "TotalCount", "JobGroupId"))
	for _, group := range groups {
		ids = append(ids, p.list("ListJobsByGroup", with("JobGroupId", group), "PageNumber", 1, 9, rowsOf("Jobs", "List", "TotalCount", "JobId"))...)
	}
	for part := range slices.Chunk(ids, batch) {
		bodies, missing := p.jobs(part)
		jobs, lost = append(jobs, bodies...), append(lost, missing...)
	}
	slices.Sort(ids)
	return ids, jobs, lost
}

// A client that retries gets everything, unchanged, despite faults.
func TestFaultsLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: repeats many requests")
	}
	w := newWorld(t, simulate.Options{People: 60})
	calls := []string{}
	for id := range dialled(w) {
		calls = append(calls, id)
	}
	slices.Sort(calls)
	met := map[string]int{}
	for seed := range uint64(20) {
		share := []float64{0.2, 0.2, 0.6, 1}[seed%4]
		c, h := serve(t, w, api.Options{Seed: seed + 1, Faults: share, Stall: briefly})
		p := newPuller(t, c)
		ids, bodies, lost := pull(p, 40)
		if diff := cmp.Diff(allIDs(w), ids); diff != "" || len(lost) > 0 {
			t.Fatalf("seed %d: lost %v (-want +got):\n%s", seed, lost, diff)
		}
		compare(t, w, ids, decoded(t, w, bodies))
		if diff := cmp.Diff(calls, p.list("SearchTask", with("SortOrder", "asc"), "PageIndex", 0, 25, rowsOf("", "SearchTaskInfoList", "Total", "TaskId"))); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
		if p.worst > api.MaxFaultsInRow || share == 1 && p.worst != api.MaxFaultsInRow {
			t.Errorf("seed %d: %d faults in a row", seed, p.worst)
		}
		for kind, n := range p.failed {
			met[kind] += n
		}
		got := h.Counts()
		if got.Served+got.Faulted != got.Received || got.Faulted == 0 {
			t.Errorf("seed %d: %+v", seed, got)
		}
	}
	for _, kind := range []string{"no answer", "cut short", "cut", "no success", "status 500", "status 502", "status 503"} {
		if met[kind] == 0 {
			t.Errorf("%q was not met: %v", kind, met)
		}
	}
}

// Answers in other shapes, and in XML, have the content of the plain ones.
func TestShapesLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	w := newWorld(t, simulate.Options{People: 90})
	ids := allIDs(w)
	plain, _ := serve(t, w, api.Options{})
	spellings := map[string]bool{}
	for seed := range uint64(60) {
		c, _ := serve(t, w, api.Options{Seed: seed + 1, Faults: 1, Stall: briefly})
		p := newPuller(t, c)
		part := ids[seed : seed+1+seed%4]
		bodies, lost := p.jobs(part)
		if len(lost) > 0 {
			t.Fatalf("seed %d: lost %v", seed, lost)
		}
		compare(t, w, part, decoded(t, w, bodies))
		for _, body := range bodies {
			spellings[string(body[:min(60, len(body))])] = true
		}
	}
	if len(spellings) < 10 {
		t.Errorf("only %d beginnings of answers: %v", len(spellings), spellings)
	}
	bodies, _ := newPuller(t, plain).jobs(ids, "XML")
	compare(t, w, ids, decoded(t, w, bodies))
}

// The same requests meet the same faults; another seed, other ones.
func TestFaultsAreSeeded(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 60})
	story := func(seed uint64) []string {
		c, _ := serve(t, w, api.Options{Seed: seed, Faults: 0.5, Stall: briefly})
		var story []string
		for i := range 40 {
			response, body, err := c.send("ListJobs", withIDs(w.JobID(i%10)))
			story = append(story, kindOf(response, body, err))
		}
		return story
	}
	first := story(3)
	if diff := cmp.Diff(first, story(3)); diff != "" {
		t.Error(diff)
	}
	if slices.Equal(first, story(4)) {
		t.Error("another seed tells the same story")
	}
}

// Poisonous ids fail in any batch; all others are returned.
func TestPoison(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 90})
	for _, share := range []float64{0, 0.3} {
		c, h := serve(t, w, api.Options{Seed: 5, Poison: 3, Faults: share, Stall: briefly})
		ids, bodies, lost := pull(newPuller(t, c), 30)
		slices.Sort(lost)
		if diff := cmp.Diff(h.PoisonIDs(), lost); diff != "" || len(lost) != 3 {
			t.Errorf("faults %g (-want +got):\n%s", share, diff)
		}
		rest := slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(lost, id) })
		compare(t, w, rest, decoded(t, w, bodies))
	}
}

// Shy ids fail in a batch and succeed alone; a large world with many faults has some.
func TestShyIDs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: counts thousands of simulated calls")
	}
	w := newWorld(t, simulate.Options{People: 400})
	c, _ := serve(t, w, api.Options{Faults: 0.9, Stall: time.Millisecond})
	p := newPuller(t, c)
	shy := 0
	for part := range slices.Chunk(allIDs(w), 2) {
		if _, ok := p.persist("ListJobs", withIDs(part...)); ok {
			continue
		}
		for _, id := range part {
			if _, ok := p.persist("ListJobs", withIDs(id)); !ok {
				t.Fatalf("%s does not pass alone", id)
			}
		}
		shy++
	}
	if shy == 0 || shy > 30 {
		t.Errorf("%d batches of 200 fail as often as they are asked", shy)
	}
}

// An answer that stalls or dribbles ends when the client disconnects.
func TestStallEndsWithTheClient(t *testing.T) {
	w := newWorld(t, simulate.Options{People: 60})
	c, h := serve(t, w, api.Options{Faults: 1, Stall: time.Hour})
	impatient := &http.Client{Timeout: 200 * time.Millisecond}
	stalled := 0
	for i := range 30 {
		response, err := impatient.Do(c.request("ListJobs", withIDs(fmt.Sprint("id-", i))))
		if err == nil {
			_, err = io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
		if timeout, ok := err.(interface{ Timeout() bool }); ok && timeout.Timeout() {
			stalled++
		}
	}
	if stalled == 0 || stalled == 30 {
		t.Errorf("%d of 30 requests stalled", stalled)
	}
	// On a busy machine the client may give up before a request arrives.
	if got := h.Counts(); got.Faulted == 0 || got.Faulted != got.Received {
		t.Errorf("%+v", got)
	}
	// serve closes the server at the end, which waits for every answer.
}
