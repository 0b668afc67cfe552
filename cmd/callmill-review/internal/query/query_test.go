//go:build cgo

package query_test

import (
	"os"
	"slices"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/published"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

func TestMain(m *testing.M) { os.Exit(published.Main(m, &worlds)) }

// open opens a dataset until the test ends.
func open(t testing.TB, dir string) *query.DB {
	t.Helper()
	db, err := query.Open(t.Context(), dir, query.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// load loads the calls of a dataset.
func load(t testing.TB, db *query.DB, o query.LoadOptions) *corpus.Corpus {
	t.Helper()
	c, err := db.Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// contents are those of a dataset, read by callmill's own reader: what questions are
// recounted on.
type contents struct {
	tasks     []schema.TaskRow
	turns     []schema.TurnRow
	summaries []schema.SummaryRow
	groups    map[string]map[string]schema.JobGroupRow
}

func read(t testing.TB, dir string) *contents {
	t.Helper()
	d, err := dataset.View(dir)
	if err != nil {
		t.Fatal(err)
	}
	groups := map[string]map[string]schema.JobGroupRow{} // by instance and id
	for row, err := range tables.Rows[schema.JobGroupRow](d, schema.TableJobGroups) {
		if err != nil {
			t.Fatal(err)
		}
		if groups[row.InstanceID] == nil {
			groups[row.InstanceID] = map[string]schema.JobGroupRow{}
		}
		groups[row.InstanceID][row.JobGroupID] = *row
	}
	return &contents{
		tasks:     all[schema.TaskRow](t, d, schema.TableTasks),
		turns:     all[schema.TurnRow](t, d, schema.TableTurns),
		summaries: all[schema.SummaryRow](t, d, schema.TableSummaries),
		groups:    groups,
	}
}

// all returns the rows of a table. Of what they refer to, strings alone may be kept.
func all[T any](t testing.TB, d *dataset.Dataset, table string) []T {
	t.Helper()
	var rows []T
	for row, err := range tables.Rows[T](d, table) {
		if err != nil {
			t.Fatal(err)
		}
		copied := *row
		if turn, ok := any(&copied).(*schema.TurnRow); ok {
			turn.Tokens = slices.Clone(turn.Tokens)
		}
		rows = append(rows, copied)
	}
	if len(rows) == 0 {
		t.Fatalf("the dataset has no %s", table)
	}
	return rows
}

// worlds publishes the datasets of all tests.
var worlds *published.Worlds

// source is a dataset that questions are tested on.
type source struct {
	people    int
	seed      uint64
	responses bool // of ListJobs alone: scripts have no names there, and ends are inferred
	twice     bool // the same jobs of two instances, whose ids are then equal
	flags     []string
}

var sources = map[string]source{
	"pulled":    {people: 400},
	"responses": {people: 300, seed: 2, responses: true},
	"masked":    {people: 200, seed: 3, flags: []string{"--pii", "mask"}},
	"instances": {people: 60, seed: 4, responses: true, twice: true},
}

// published returns the folder of a dataset, which all tests share.
func (s source) published(t testing.TB) string {
	t.Helper()
	dir, world := "", simulate.Options{People: s.people, Seed: s.seed}
	switch {
	case s.twice:
		first, responses := worlds.Converted(t, world, "--instance", "one")
		dir = published.Copy(t, first)
		worlds.Convert(t, responses, dir, "--instance", "two")
	case s.responses:
		dir, _ = worlds.Converted(t, world, s.flags...)
	default:
		dir, _ = worlds.Pulled(t, world, s.flags...)
	}
	return dir
}

// fresh returns the folder of a small dataset, to be changed.
func fresh(t testing.TB) string {
	t.Helper()
	return published.Copy(t, source{people: 40}.published(t))
}
