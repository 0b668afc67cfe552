package main

import (
	"bufio"
	"bytes"
	"cmp"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/schema"
)

// simulated is the API over a simulated world, on the loopback interface.
type simulated struct {
	*api.Handler
	world *simulate.World
	url   string

	mu       sync.Mutex
	arrivals []time.Time
}

// simulatedAPI serves a world. Answers that stall do so for a moment only.
func simulatedAPI(t testing.TB, world simulate.Options, o api.Options) *simulated {
	t.Helper()
	o.Stall = cmp.Or(o.Stall, 50*time.Millisecond)
	s := &simulated{}
	var err error
	if s.world, err = simulate.New(world); err != nil {
		t.Fatal(err)
	}
	if s.Handler, err = api.New(s.world, o); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(s.note))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *simulated) note(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.arrivals = append(s.arrivals, time.Now())
	s.mu.Unlock()
	s.ServeHTTP(w, r)
}

// puller is callmill pull against a simulated API. args come before those of
// a call.
type puller struct {
	api    *simulated
	args   []string
	client client.Options   // besides what flags say; see newPuller
	now    func() time.Time // nil: the machine's clock
}

// newPuller makes a puller that does not wait long for anything: rates and
// waits are tested for themselves.
func newPuller(s *simulated, args ...string) *puller {
	return &puller{
		api: s, args: slices.Concat([]string{"--qps", "400", "--progress", "none"}, args),
		client: client.Options{
			Keys:       &client.Keys{ID: api.AccessKeyID, Secret: api.AccessKeySecret},
			BackoffCap: 40 * time.Millisecond,
		},
	}
}

// pulled is a pull that has ended.
type pulled struct {
	code           int
	stdout, stderr string
}

func (p *puller) run(t testing.TB, args ...string) pulled {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := &environment{
		stdin: strings.NewReader(""), stdout: bufio.NewWriter(&stdout), stderr: &stderr,
		log: exit.Log{Writer: &stderr, Mask: client.Mask}, environ: func() []string { return nil }, now: p.now, client: p.client,
	}
	if env.now == nil {
		env.now = time.Now
	}
	c := newPull(env)
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetArgs(p.arguments(args))
	err := c.ExecuteContext(t.Context())
	if err := env.stdout.Flush(); err != nil {
		t.Error(err)
	}
	env.log.Complain(t.Context(), err)
	return pulled{exit.Code(t.Context(), err), stdout.String(), stderr.String()}
}

func (p *puller) arguments(args []string) []string {
	return slices.Concat([]string{"--endpoint", p.api.url}, p.args, args)
}

// process is the pull as a process of its own, with credentials from its
// environment.
func (p *puller) process(args ...string) *exec.Cmd {
	cmd := exec.Command("callmill", append([]string{"pull"}, p.arguments(args)...)...)
	cmd.Env = append(os.Environ(), "ALIBABA_CLOUD_ACCESS_KEY_ID="+p.client.Keys.ID,
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET="+p.client.Keys.Secret, "ALIBABA_CLOUD_SECURITY_TOKEN="+p.client.Keys.Token)
	return cmd
}

// pull is run with an exit code that the test counts on.
func (p *puller) pull(t testing.TB, code int, args ...string) pulled {
	t.Helper()
	got := p.run(t, args...)
	if got.code != code {
		t.Fatalf("pull %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got.code, code, got.stdout, got.stderr)
	}
	return got
}

// wholeWorld are the days of the world of simulate.Options.
var wholeWorld = []string{"--from", "2026-01-17", "--to", "2026-01-31"}

// keyFile is a key, so that two datasets have the same contact keys.
func keyFile(t testing.TB) string {
	t.Helper()
	return filepath.Join(write(t, map[string]string{"key": "a secret of the tests"}), "key")
}

// told is what a dataset holds of what the API said, without what the clock
// and the API's request ids make different in any two pulls.
type told struct {
	Jobs   []schema.JobRow
	Tasks  []schema.TaskRow
	Groups []schema.JobGroupRow
	Files  []string // of the other tables: names and hashes
}

func tell(t testing.TB, data string) told {
	t.Helper()
	v := told{
		Jobs:   collect[schema.JobRow](t, data, schema.TableJobs),
		Tasks:  collect[schema.TaskRow](t, data, schema.TableTasks),
		Groups: collect[schema.JobGroupRow](t, data, schema.TableJobGroups),
	}
	for i := range v.Jobs {
		v.Jobs[i].ObservedAt, v.Jobs[i].FirstSeen, v.Jobs[i].RequestID = 0, 0, ""
	}
	for i := range v.Tasks {
		v.Tasks[i].FactsObservedAt = 0
	}
	for i := range v.Groups {
		v.Groups[i].ObservedAt = 0
	}
	for _, table := range manifestOf(t, data).Tables {
		switch table.Name {
		case schema.TableJobs, schema.TableTasks, schema.TableJobGroups, schema.TableRejects:
			continue
		}
		for _, f := range table.Files {
			v.Files = append(v.Files, f.Path+" "+f.SHA256)
		}
	}
	slices.Sort(v.Files)
	return v
}

func manifestOf(t testing.TB, data string) *dataset.Manifest {
	t.Helper()
	d, err := dataset.View(data)
	if err != nil {
		t.Fatal(err)
	}
	return d.Manifest()
}

// jobIDs are the ids of the jobs a dataset has.
func jobIDs(t testing.TB, data string) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	for _, job := range collect[schema.JobRow](t, data, schema.TableJobs) {
		ids[job.JobID] = true
	}
	return ids
}
