package awaited

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
	"callmill/schema"
)

// noon is noon of 2026-01-21 in Shanghai, in ms.
const noon = 1768968000000

const hours = 60 * 60 * 1000

var some = []schema.PendingRow{
	{InstanceID: "sales", JobID: "a", TaskID: "t1", Since: noon, Reason: schema.PendingIncomplete},
	{InstanceID: "sales", JobID: "b", Since: noon - 13*hours, Reason: schema.PendingMissing},
	{InstanceID: "service", JobID: "b", Since: noon - 12*hours, Reason: schema.PendingShrunk, ContentHash: "5f"},
}

func entries(rows []schema.PendingRow) iter.Seq2[*schema.PendingRow, error] {
	return func(yield func(*schema.PendingRow, error) bool) {
		for _, row := range rows {
			if !yield(&row, nil) {
				return
			}
		}
	}
}

func TestSelection(t *testing.T) {
	for _, c := range []struct {
		selection Selection
		want      []int // of some
	}{
		{Selection{}, []int{0, 1, 2}},
		{Selection{Instances: []string{"sales"}}, []int{0, 1}},
		{Selection{Jobs: []string{"b", "nobody"}}, []int{1, 2}},
		{Selection{Reasons: []string{"shrunk", "incomplete"}}, []int{0, 2}},
		{Selection{Before: "2026-01-21"}, []int{1}},
		{Selection{Before: "2026-01-22", Jobs: []string{"b"}, Instances: []string{"service"}}, []int{2}},
	} {
		meant, err := c.selection.Filter("Asia/Shanghai")
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for i, row := range some {
			if meant(&row) {
				got = append(got, i)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%+v selects %d, want %d", c.selection, got, c.want)
		}
	}
	for _, bad := range []Selection{{Reasons: []string{"lost"}}, {Before: "yesterday"}} {
		if _, err := bad.Filter("Asia/Shanghai"); exit.Code(t.Context(), err) != exit.Usage {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func all(*schema.PendingRow) bool { return true }

func TestPrint(t *testing.T) {
	var text, lines strings.Builder
	err := errors.Join(printTable(t.Context(), &text, entries(some), all), printJSON(t.Context(), &lines, entries(some), all))
	if err != nil {
		t.Fatal(err)
	}
	const wantText = `SINCE                 REASON      INSTANCE  JOB  TASK
2026-01-21T04:00:00Z  incomplete  sales     a    t1
2026-01-20T15:00:00Z  missing     sales     b    
2026-01-20T16:00:00Z  shrunk      service   b    
`
	const wantLines = `{"instance_id":"sales","job_id":"a","task_id":"t1","since":"2026-01-21T04:00:00Z","reason":"incomplete"}
{"instance_id":"sales","job_id":"b","since":"2026-01-20T15:00:00Z","reason":"missing"}
{"instance_id":"service","job_id":"b","since":"2026-01-20T16:00:00Z","reason":"shrunk","content_hash":"5f"}
`
	if text.String() != wantText || lines.String() != wantLines {
		t.Errorf("got\n%s%swant\n%s%s", &text, &lines, wantText, wantLines)
	}
}

// TestPrintEnds: the first error ends it, and so does a signal.
func TestPrintEnds(t *testing.T) {
	broken := errors.New("broken")
	damaged := func(yield func(*schema.PendingRow, error) bool) { yield(nil, broken) }
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, print := range []func(context.Context, io.Writer, iter.Seq2[*schema.PendingRow, error], func(*schema.PendingRow) bool) error{printTable, printJSON} {
		if err := print(t.Context(), io.Discard, damaged, all); !errors.Is(err, broken) {
			t.Errorf("damaged: %v", err)
		}
		if err := print(stopped, io.Discard, entries(some), all); !errors.Is(err, context.Canceled) {
			t.Errorf("stopped: %v", err)
		}
	}
}
