//go:build cgo

package live_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
)

// worlds publishes the datasets of all tests.
var worlds *published.Worlds

func TestMain(m *testing.M) {
	os.Exit(published.Main(m, &worlds, func() error { return goleak.Find() }))
}

// open follows a dataset until the test ends.
func open(t testing.TB, dir string, o live.Options) *live.Follower {
	t.Helper()
	f, err := live.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// anew opens the dataset as if nothing had been held before.
func anew(t testing.TB, dir string, o live.Options) *corpus.Corpus {
	t.Helper()
	f, err := live.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	n := f.Take()
	c := *n.Corpus
	n.Release()
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	return &c
}

// small is a dataset of one's own to publish more into.
func small(t testing.TB) string {
	t.Helper()
	dir, _ := worlds.Converted(t, simulate.Options{People: 60, Seed: 1})
	return published.Copy(t, dir)
}

// convert publishes the jobs of a world, besides those that are there.
func convert(t testing.TB, dir string, seed uint64, people int) {
	t.Helper()
	world, err := simulate.New(simulate.Options{People: people, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	worlds.Convert(t, world, dir)
}

// whole loads what is published from the beginning.
func whole(t testing.TB, dir string, o query.LoadOptions) *corpus.Corpus {
	t.Helper()
	db, err := query.Open(t.Context(), dir, query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	o.Whole = true
	c, err := db.Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// same fails the test where two corpora are not the same, codes and order included.
func same(t testing.TB, when string, want, got *corpus.Corpus) {
	t.Helper()
	zones := gocmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })
	if diff := gocmp.Diff(want, got, gocmp.AllowUnexported(corpus.Dict{}), zones); diff != "" {
		t.Fatalf("%s (-loaded +held):\n%.3000s", when, diff)
	}
}

// What is held after a publish is what loading all would hold, of converted files.
func TestConverted(t *testing.T) {
	dir := small(t)
	f := open(t, dir, live.Options{})
	n := f.Take()
	same(t, "at first", whole(t, dir, query.LoadOptions{}), n.Corpus)
	n.Release()
	for seed := range uint64(3) {
		convert(t, dir, 10+seed, 1+int(seed)*7)
		f.Look(t.Context())
		n := f.Take()
		same(t, fmt.Sprint("after publish ", seed), whole(t, dir, query.LoadOptions{}), n.Corpus)
		n.Release()
	}
}

// What is masked is the same, too.
func TestMasked(t *testing.T) {
	dir := small(t)
	o := live.Options{Mask: true}
	f := open(t, dir, o)
	convert(t, dir, 20, 5)
	f.Look(t.Context())
	n := f.Take()
	defer n.Release()
	if loaded, all := n.Loaded(); loaded == all {
		t.Error("no day was kept: not a test")
	}
	same(t, "after a publish", anew(t, dir, o), n.Corpus)
	if !n.Masked || n.Masker == nil {
		t.Error("the night does not say that it is masked")
	}
	masked := 0
	for _, text := range n.Corpus.Texts {
		masked += strings.Count(text.Script, "[")
	}
	if masked < 10 {
		t.Errorf("%d texts are masked", masked)
	}
}

// So it is where days are pulled one after another, with the names of campaigns, which
// become known later than calls.
func TestPulled(t *testing.T) {
	world, err := simulate.New(simulate.Options{People: 250, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := api.New(world, api.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	dir := t.TempDir() + "/data"
	pull := func(ago int) {
		worlds.Run(t, "pull", "--out", dir, "--endpoint", server.URL, "--instance", world.InstanceID(), "--qps", "2000", "--progress", "none",
			"--from", world.Now().AddDate(0, 0, -40).Format(time.DateOnly), "--to", world.Now().AddDate(0, 0, -ago).Format(time.DateOnly))
	}
	pull(8)
	f := open(t, dir, live.Options{})
	kept := 0
	for _, ago := range []int{5, 4, 0} {
		pull(ago)
		f.Look(t.Context())
		n := f.Take()
		same(t, fmt.Sprint("pulled until ", ago, " days ago"), whole(t, dir, query.LoadOptions{}), n.Corpus)
		loaded, all := n.Loaded()
		kept += all - loaded
		n.Release()
	}
	if kept == 0 {
		t.Error("no day was kept: not a test")
	}
}
