package source_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/decode"
	"callmill/pipeline/source"
	"callmill/schema"
)

// TestCutIsWhole: every shape that decode accepts yields the same jobs at the same
// positions, whether its file is read whole or in pieces, plain, compressed or from
// standard input.
func TestCutIsWhole(t *testing.T) {
	shapes, err := filepath.Glob("../decode/testdata/shapes/*")
	if err != nil {
		t.Fatal(err)
	}
	shapes = slices.DeleteFunc(shapes, func(path string) bool { return strings.HasSuffix(path, ".golden") })
	if len(shapes) == 0 {
		t.Fatal("no shapes")
	}
	cut := func(base schema.Raw, open func() (io.ReadCloser, error), yield func(*schema.Raw) error) error {
		return decode.Cut(decode.Options{PieceBytes: 1 << 9}, base, open, yield)
	}
	dir := t.TempDir()
	for _, path := range shapes {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		gz := filepath.Join(dir, filepath.Base(path)+".gz")
		write(t, gz, compressed(t, gz, data))
		want := decoded(t, source.Options{}, path)
		small := source.Options{MaxWhole: 1 << 10, Cut: cut, TempDir: dir, Stdin: strings.NewReader(string(data))}
		for _, arg := range []string{path, gz, "-"} {
			if diff := cmp.Diff(want, decoded(t, small, arg)); diff != "" {
				t.Errorf("%s from %s (-whole +cut):\n%s", path, filepath.Base(arg), diff)
			}
		}
	}
}

// decoded returns a line for each item of an input.
func decoded(t *testing.T, o source.Options, arg string) []string {
	t.Helper()
	files, err := source.Open([]string{arg}, o)
	if err != nil {
		t.Fatal(err)
	}
	d := decode.New(decode.Options{})
	var got []string
	err = files.Raws(t.Context(), func(raw *schema.Raw) error {
		for item := range d.Items(raw) {
			if r := item.Reject; r != nil {
				got = append(got, fmt.Sprint(item.Position, " ", r.Code, " ", r.InstanceID, " ", r.ObservedAt))
				continue
			}
			if f := item.Facts; f != nil {
				got = append(got, fmt.Sprint(item.Position, " facts ", f.JobID, " ", f.TaskID, " ", f.InstanceID, " ", f.Facts.ObservedAt))
				continue
			}
			if x := item.Expected; x != nil {
				got = append(got, fmt.Sprint(item.Position, " expected ", x.JobID, " ", x.Trouble, " ", x.InstanceID, " ", x.ObservedAt))
				continue
			}
			hash, _ := item.Job.ContentHash(nil)
			got = append(got, fmt.Sprint(item.Position, " ", item.Job.JobID, " ", item.Job.RequestID, " ", item.Job.InstanceID, " ", item.Job.ObservedAt, " ", hash))
		}
		if raw.Release != nil {
			raw.Release()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}
