package decode_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/decode"
	"callmill/schema"
)

var update = flag.Bool("update", false, "write the golden files again")

// shapeFiles are the inputs of testdata/shapes: one for each shape on the list
// of the package comment, and for each kind of input that is refused.
func shapeFiles(tb testing.TB) []string {
	tb.Helper()
	paths, err := filepath.Glob("testdata/shapes/*")
	if err != nil {
		tb.Fatal(err)
	}
	paths = slices.DeleteFunc(paths, func(path string) bool { return strings.HasSuffix(path, ".golden") })
	if len(paths) == 0 {
		tb.Fatal("no shapes")
	}
	return paths
}

func read(tb testing.TB, path string) []byte {
	tb.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return body
}

// TestShapes decodes each shape and compares jobs, rejects and counts with the
// golden file beside it.
func TestShapes(t *testing.T) {
	met := schema.Counts{}
	for _, path := range shapeFiles(t) {
		d := decode.New(decode.Options{})
		raw := &schema.Raw{Origin: filepath.Base(path), InstanceID: "inst", ObservedAt: 1700000000000, Undated: true, Body: read(t, path)}
		var b strings.Builder
		for item := range d.Items(raw) {
			b.WriteString(described(item))
		}
		found := d.Findings()
		fmt.Fprintln(&b, told(found))
		met.Add(found.Coercions)
		golden := path + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(read(t, golden)), b.String()); diff != "" {
			t.Errorf("%s (-golden +got):\n%s", path, diff)
		}
	}
	for _, kind := range decode.KindNames() {
		if met[kind] == 0 {
			t.Errorf("no file in testdata/shapes shows %s", kind)
		}
	}
}

// told is what was found beside the items, as the golden files have it.
func told(f schema.Findings) string {
	b := "counts " + compact(f.Coercions)
	for _, c := range []struct {
		name   string
		counts schema.Counts
	}{{"impossible", f.Impossible}, {"seconds", f.Seconds}, {"damaged", f.Damaged}, {"unknown", f.Unknown}} {
		if len(c.counts) > 0 {
			b += "\n" + c.name + " " + compact(c.counts)
		}
	}
	return b
}

// described is an item as the golden files have it: what is empty is left out.
func described(item schema.Decoded) string {
	if item.Job != nil {
		return fmt.Sprintf("%d job %s\n", item.Position, compact(item.Job))
	}
	if item.Facts != nil {
		return fmt.Sprintf("%d facts %s\n", item.Position, compact(item.Facts))
	}
	if item.Expected != nil {
		return fmt.Sprintf("%d expected %s\n", item.Position, compact(item.Expected))
	}
	r := *item.Reject
	raw := r.Raw
	r.Raw = nil
	const most = 60
	text := fmt.Sprintf("%q", raw)
	if len(raw) > most {
		text = fmt.Sprintf("%q… %d bytes", raw[:most], len(raw))
	}
	return fmt.Sprintf("%d reject %s %s\n", item.Position, compact(r), text)
}

func compact(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	var tree any
	in := json.NewDecoder(bytes.NewReader(b))
	in.UseNumber()
	if err := in.Decode(&tree); err != nil {
		return err.Error()
	}
	prune(tree)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(tree); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(out.String())
}

// prune drops what is not given from a tree of JSON.
func prune(tree any) (empty bool) {
	switch v := tree.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case []any:
		for _, e := range v {
			prune(e)
		}
		return len(v) == 0
	case map[string]any:
		maps.DeleteFunc(v, func(name string, e any) bool { return prune(e) || e == json.Number("0") && !zeroCounts[name] })
		return len(v) == 0
	}
	return false
}
