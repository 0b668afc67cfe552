package pending_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/pipeline/dataset/pending"
	"callmill/pipeline/dataset/reconcile"
	"callmill/schema"
)

// pointer draws nothing, a zero or a value.
func pointer[T any](values ...T) *rapid.Generator[*T] {
	return rapid.Custom(func(t *rapid.T) *T {
		if rapid.Bool().Draw(t, "known") {
			return new(rapid.SampledFrom(values).Draw(t, "value"))
		}
		return nil
	})
}

var rows = rapid.Custom(func(t *rapid.T) schema.PendingRow {
	text := rapid.SampledFrom([]string{"", "a", "催收", "a\x00b"})
	return schema.PendingRow{
		InstanceID: text.Draw(t, "instance"), JobID: text.Draw(t, "job"), TaskID: text.Draw(t, "task"),
		Since: rapid.Int64Range(-1, 1<<41).Draw(t, "since"), Reason: rapid.SampledFrom(reconcile.Reasons()).Draw(t, "reason"),
		ContentHash: text.Draw(t, "hash"),
		Facts: schema.Facts{
			ObservedAt: rapid.Int64Range(0, 3).Draw(t, "observed"), JobGroupName: text.Draw(t, "group"), ScriptName: text.Draw(t, "script"),
			CallMS: pointer[int64](0, 7).Draw(t, "call"), RingingS: pointer[int32](0, 7).Draw(t, "ringing"), EndReason: pointer[int32](0, 7).Draw(t, "end"),
			ReachedEnd: pointer(false, true).Draw(t, "reached"), LastPlaybackCompleted: pointer(false, true).Draw(t, "playback"),
			HungUpByRejection: pointer(false, true).Draw(t, "rejection"), DialExceptions: rapid.SliceOfN(text, 0, 2).Draw(t, "exceptions"),
		},
	}
})

// TestFile: what is written is read back, NULL and zero told apart.
func TestFile(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rows, 0, 20).Draw(t, "rows")
		slices.SortFunc(want, func(a, b schema.PendingRow) int { return reconcile.Compare(&a, &b) })
		var file bytes.Buffer
		n, err := pending.Write(&file, func(yield func(*schema.PendingRow, error) bool) {
			for i := range want {
				if !yield(&want[i], nil) {
					return
				}
			}
		})
		if err != nil || n != int64(len(want)) {
			t.Fatalf("%d rows are written, want %d: %v", n, len(want), err)
		}
		path := filepath.Join(dir, "pending.parquet")
		if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		i := 0
		for row, err := range pending.Read(path) {
			if err != nil {
				t.Fatal(err)
			}
			if i == len(want) || !reconcile.Equal([]schema.PendingRow{*row}, want[i:i+1]) {
				t.Fatalf("row %d: %s", i, cmp.Diff(want[min(i, len(want)-1)], *row))
			}
			i++
		}
		if i != len(want) {
			t.Fatalf("%d rows are read, want %d", i, len(want))
		}
	})
}
