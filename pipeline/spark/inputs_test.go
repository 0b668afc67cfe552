package spark

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/source"
	"callmill/schema"
)

// input is one input as it was read.
type input struct {
	Origin string
	SHA256 string
}

// oddNames are names that a listing or a URI may stumble over.
var oddNames = map[string]string{
	"a=b/2026-01-21/中 文.json":           `{"a":1}`,
	"a=b/x%20[1]{2}*?#&+.json":          `{"a":2}`,
	"a-b/12:30.xml":                     `<a/>`,
	"_under/_score.jsonl":               `{"a":3}`,
	"_SUCCESS.json":                     `{"a":4}`,
	"empty.json":                        "",
	"shout.JSON.GZ":                     `{"a":5}`,
	"both.json.zst.gz":                  `{"a":6}`,
	"back\\slash.json":                  `{"a":7}`,
	"line\nbreak.json":                  `{"a":8}`,
	"\U0001f600.json":                   `{"a":9}`,
	"\uff5e.json":                       `{"a":10}`,
	" blank .json":                      `{"a":11}`,
	"copy.json._COPYING_/a.json":        `{"a":12}`,
	"deep/er/and/deep/er/still/1.jsonl": `{"a":13}`,
	".hidden/a.json":                    "no",
	"deep/.hidden.json":                 "no",
	"notes.txt":                         "no",
	"deep/half.json.gz.zst":             "no",
	"json":                              "no",
}

// The inputs of a run are those of convert, in its order, with its origins; what
// cannot be read whole fails with its name.
func TestInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: starts Spark")
	}
	lake(t)
	folder := t.TempDir()
	for name, content := range oddNames {
		path := filepath.Join(folder, "odd", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"link.json": "a-b/12:30.xml", "folder": "a-b", "folder.json": "a-b", "circle": "."} {
		if err := os.Symlink(to, filepath.Join(folder, "odd", link)); err != nil {
			t.Fatal(err)
		}
	}
	arguments := []string{
		filepath.Join(folder, "odd", "notes.txt"),
		filepath.Join(folder, "odd"),
		filepath.Join(folder, "odd", "deep", ".hidden.json"),
		filepath.Join(folder, "odd", "circle") + "/",
	}
	want, passed := read(t, arguments)
	uris := slices.Clone(arguments)
	uris[1] = "file://" + uris[1]
	cases := tell(t, append([]string{"testdata/inputs.py", filepath.Join(folder, "own")}, uris...)...)

	all := cases["all"]
	if diff := cmp.Diff(want, all.Inputs); diff != "" {
		t.Errorf("not as convert reads them (-convert +Spark):\n%s", diff)
	}
	if diff := cmp.Diff(passed, all.Passed); diff != "" {
		t.Errorf("passed over (-convert +Spark):\n%s", diff)
	}
	if diff := cmp.Diff([]string{
		"origin string", "sequence bigint", "position bigint", "instance_id string", "observed_at bigint", "undated boolean", "body binary",
	}, cases["columns"].Columns); diff != "" {
		t.Errorf("columns: %s", diff)
	}
	if diff := cmp.Diff([]any{0.0, "", 1769000000000.0, true}, cases["row"].Row); diff != "" {
		t.Errorf("a row: %s", diff)
	}
	if diff := cmp.Diff([]int{1, 200}, cases["partitions"].Partitions); diff != "" {
		t.Errorf("files of the partitions: %s", diff)
	}
	for name, want := range map[string]string{
		"nothing": "nothing: no such file or directory",
		"unnamed": "unnamed: the folder has no file named *.json, *.jsonl or *.xml",
		"large":   "large: odd.json has 2147483648 bytes",
		"broken":  "broken/b.json: no such file or directory",
		"stdin":   "input -: executors cannot read standard input",
		"scheme":  `input nosuch://bucket/folder: No FileSystem for scheme "nosuch"`,
		"grown":   "grown/a.json has changed since the run listed it",
		"touched": "touched/a.json has changed since the run listed it",
		"gone":    "gone/a.json",
	} {
		if got := cases[name].Error; !strings.Contains(got, want) {
			t.Errorf("%s: the error is\n%s\nwant in it: %s", name, got, want)
		}
	}
}

// read returns what package source reads, and what it passes over.
func read(t *testing.T, arguments []string) (inputs []input, passed []string) {
	t.Helper()
	files, err := source.Open(arguments, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	err = files.Raws(context.Background(), func(raw *schema.Raw) error {
		sum := sha256.Sum256(raw.Body)
		inputs = append(inputs, input{raw.Origin, hex.EncodeToString(sum[:])})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	passed = slices.Clone(files.PassedOver().Paths)
	slices.Sort(passed)
	return inputs, passed
}
