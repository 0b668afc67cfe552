package discover_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/internal/apitest"
	"callmill/schema"
)

// Ids that fail with others and pass alone, ids that never pass, and all kinds
// of trouble by chance: every job comes once, each poisonous one is a reject.
func TestNightsOfTrouble(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			f := busyDay(400)
			random := rand.New(rand.NewPCG(seed, 1))
			poison, shy := []string{"job-0003", "job-0004", "job-0399"}, "job-0200"
			f.mess = trouble(f, random, 0.2, poison, shy)
			c := newClient(t, f, func(o *client.Options) { o.Seed, o.QPS, o.Backoff, o.BackoffCap = seed+1, 20, 0, 0 })
			n := pull(t.Context(), c, dayPlan, nil)
			if n.err != nil {
				t.Fatalf("seed %d: %v", seed, n.err)
			}
			want := slices.DeleteFunc(f.ids(), func(id string) bool { return slices.Contains(poison, id) })
			if got := n.came(); !slices.Equal(got, want) {
				t.Errorf("seed %d: %d jobs came, want %d", seed, len(got), len(want))
			}
			var rejected []string
			for _, r := range n.rejects {
				rejected = append(rejected, r.JobID)
				if r.Code != schema.RejectUnfetched || r.InstanceID != "i" || r.ObservedAt == 0 || !strings.HasPrefix(r.Origin, "ListJobs") {
					t.Errorf("seed %d: reject %+v", seed, r)
				}
			}
			if slices.Sort(rejected); !slices.Equal(rejected, poison) {
				t.Errorf("seed %d: rejected %v, want %v", seed, rejected, poison)
			}
			counts := n.counters
			if counts.Asked != 400 || counts.Returned != 397 || counts.Failed != 3 || counts.Missing != 0 || counts.Unlisted != 0 || counts.Retries == 0 {
				t.Errorf("seed %d: counters %+v", seed, counts)
			}
		})
	}
}

// trouble makes an API misbehave in every way that can pass, and in two that
// are about ids.
func trouble(f *fake, random *rand.Rand, share float64, poison []string, shy string) func(http.ResponseWriter, *http.Request, fakeRequest) bool {
	draw := func() (float64, int) {
		f.mu.Lock()
		defer f.mu.Unlock()
		return random.Float64(), random.IntN(10)
	}
	return func(w http.ResponseWriter, r *http.Request, seen fakeRequest) bool {
		for _, id := range seen.ids {
			if slices.Contains(poison, id) || id == shy && len(seen.ids) > 1 {
				apitest.Refuse(w, 500, "InternalError", "cannot read "+id)
				return true
			}
		}
		chance, kind := draw()
		if chance >= share {
			return false
		}
		switch kind {
		case 0:
			w.Header().Set("x-acs-retry-after", "50")
			apitest.Refuse(w, 400, "Throttling.User", "Request was denied due to user flow control.")
		case 1:
			apitest.Refuse(w, 503, "Throttling.Api", "busy")
		case 2:
			apitest.Refuse(w, 500, "InternalError", "oops")
		case 3:
			w.WriteHeader(502)
			fmt.Fprint(w, "<html><body><h1>502 Bad Gateway</h1></body></html>")
		case 4:
			fmt.Fprint(w, "<html>sign in to the network</html>")
		case 5:
			apitest.Reply(w, 200, map[string]any{"Success": false, "Code": "Busy", "Message": "try again"})
		case 6:
			fmt.Fprint(w, `{"Success":true,"Jobs":[{"JobId":"job-0`)
		case 7:
			panic(http.ErrAbortHandler) // a reset
		case 8:
			<-r.Context().Done() // a timeout
		case 9:
			// Pages come shifted, and twice.
			q := r.URL.Query()
			f.mu.Lock()
			body := f.answer(seen.action, q.Get, seen.ids)
			f.mu.Unlock()
			for _, list := range lists(body) {
				rows := list["rows"].([]map[string]any)
				if len(rows) > 3 {
					list["set"].(func([]map[string]any))(append(slices.Clone(rows[:1]), rows[:len(rows)-3]...))
				}
			}
			apitest.Reply(w, 200, body)
		}
		return true
	}
}

// lists finds the lists of entries in a page.
func lists(body map[string]any) []map[string]any {
	var all []map[string]any
	for _, holder := range []any{body, body["Jobs"], body["JobGroups"]} {
		m, ok := holder.(map[string]any)
		if !ok {
			continue
		}
		for _, name := range []string{"List", "SearchTaskInfoList"} {
			if rows, ok := m[name].([]map[string]any); ok {
				all = append(all, map[string]any{"rows": rows, "set": func(changed []map[string]any) { m[name] = changed }})
			}
		}
	}
	return all
}
