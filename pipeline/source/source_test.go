package source_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/txtar"

	"callmill/pipeline/source"
	"callmill/schema"
)

// tree writes the files of a txtar archive to a new folder, compressed if their
// names end in .gz or .zst.
func tree(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, compressed(t, f.Name, bytes.TrimSuffix(f.Data, []byte("\n"))))
	}
	return dir
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func compressed(t *testing.T, name string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch filepath.Ext(name) {
	case ".gz":
		w = gzip.NewWriter(&b)
	case ".zst":
		z, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	default:
		return data
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// read returns the pieces of args as "origin: body (fault)".
func read(t *testing.T, o source.Options, args ...string) []string {
	t.Helper()
	files, err := source.Open(args, o)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	sequence := int64(0)
	err = files.Raws(t.Context(), func(raw *schema.Raw) error {
		if raw.Sequence != sequence {
			t.Errorf("sequence %d, want %d", raw.Sequence, sequence)
		}
		sequence++
		got = append(got, describe(raw))
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

func describe(raw *schema.Raw) string {
	text := raw.Origin + ": " + string(raw.Body)
	if raw.Fault != "" {
		text += " (" + raw.Fault + ")"
	}
	return text
}

func TestFolder(t *testing.T) {
	dir := tree(t, `
-- b.json --
b
-- a/x.json --
a/x
-- a-b.JSON --
a-b
-- a/y.jsonl.gz --
a/y
-- a/z.xml.zst --
a/z
-- a/deep/er/w.xml --
w
-- empty.json --
-- notes.txt --
not an input
-- c.gz --
not an input
-- .hidden.json --
not an input
-- .git/x.json --
not an input
`)
	outside := filepath.Join(t.TempDir(), "outside")
	write(t, outside, []byte("linked"))
	for link, target := range map[string]string{"link.json": outside, "loop": dir, "a/loop.json": dir, "folder.json": filepath.Join(dir, "a")} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"a-b.JSON: a-b", "a/deep/er/w.xml: w", "a/x.json: a/x", "a/y.jsonl.gz: a/y", "a/z.xml.zst: a/z", "b.json: b", "empty.json: ", "link.json: linked"}
	for _, arg := range []string{dir, dir + "/", linkTo(t, dir)} {
		if diff := cmp.Diff(want, read(t, source.Options{}, arg)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", arg, diff)
		}
	}
}

func linkTo(t *testing.T, target string) string {
	t.Helper()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	return link
}

func TestArguments(t *testing.T) {
	dir := tree(t, `
-- d/one.json --
1
-- d/two.json --
2
-- any.name --
3
`)
	in := source.Options{Stdin: strings.NewReader("4")}
	got := read(t, in, dir+"/any.name", "-", dir+"/d", dir+"/d/one.json", dir+"/d")
	want := []string{"any.name: 3", "-: 4", "one.json: 1", "two.json: 2", "one.json: 1", "one.json: 1", "two.json: 2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	files, err := source.Open([]string{dir + "/d", "-"}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n, size := files.Total(); n != 3 || size != 2 {
		t.Errorf("total %d files of %d bytes, want 3 of 2", n, size)
	}
}

func TestBadArguments(t *testing.T) {
	dir := tree(t, "-- empty/notes.txt --\nx\n-- locked.json --\nx\n-- dangling/x.json --\nx\n")
	if err := os.Symlink("nowhere", dir+"/dangling/y.json"); err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{
		dir + "/none":     "input " + dir + "/none: no such file or directory",
		dir + "/empty":    "input " + dir + "/empty: the folder has no file named *.json, *.jsonl or *.xml, nor one of these with .gz or .zst",
		dir + "/dangling": "input " + dir + "/dangling: " + dir + "/dangling/y.json: no such file or directory",
	}
	if os.Geteuid() != 0 {
		if err := os.Chmod(dir+"/locked.json", 0); err != nil {
			t.Fatal(err)
		}
		cases[dir+"/locked.json"] = "input " + dir + "/locked.json: permission denied"
	}
	for arg, want := range cases {
		if _, err := source.Open([]string{dir + "/dangling/x.json", arg}, source.Options{}); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if _, err := source.Open(nil, source.Options{}); err == nil {
		t.Error("no input is no error")
	}
}

// TestVanished: a file that was removed after Open is an error that names it, when
// its turn comes.
func TestVanished(t *testing.T) {
	dir := tree(t, "-- a.json --\nx\n-- b.json --\nx\n")
	files, err := source.Open([]string{dir}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir + "/b.json"); err != nil {
		t.Fatal(err)
	}
	var read []string
	err = files.Raws(t.Context(), func(raw *schema.Raw) error {
		read = append(read, raw.Origin)
		return nil
	})
	if want := "read " + dir + "/b.json: no such file or directory"; err == nil || err.Error() != want || !slices.Equal(read, []string{"a.json"}) {
		t.Errorf("got %v after %q, want %s", err, read, want)
	}
}

func TestArchives(t *testing.T) {
	gz, zst := compressed(t, ".gz", []byte("one ")), compressed(t, ".zst", []byte("one "))
	long := compressed(t, ".gz", bytes.Repeat([]byte("0123456789"), 10_000))
	wrongSum := slices.Clone(gz)
	wrongSum[len(wrongSum)-5] ^= 1
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"several gzip members", slices.Concat(gz, gz), "one one "},
		{"several zstd frames", slices.Concat(zst, zst), "one one "},
		{"torn gzip header", gz[:5], " (the archive ends in the middle)"},
		{"torn gzip", gz[:len(gz)-2], "one  (the archive ends in the middle)"},
		{"torn zstd", compressed(t, ".zst", []byte("one two three four"))[:12], " (the archive ends in the middle)"},
		{"wrong checksum", wrongSum, "one  (the archive's checksum is wrong)"},
		{"garbage behind gzip", slices.Concat(gz, []byte("no archive at all")), "one  (the archive is damaged: gzip: invalid header)"},
		{"two bytes of gzip", gz[:2], " (the archive ends in the middle)"},
		{"not compressed", []byte("{}"), "{}"},
	} {
		path := filepath.Join(t.TempDir(), "x.json")
		write(t, path, c.data)
		if got := read(t, source.Options{}, path); !slices.Equal(got, []string{"x.json: " + c.want}) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	path := filepath.Join(t.TempDir(), "torn.gz")
	write(t, path, long[:len(long)/2])
	got := read(t, source.Options{}, path)
	if len(got) != 1 || !strings.HasPrefix(got[0], "torn.gz: 0123456789") || !strings.HasSuffix(got[0], "(the archive ends in the middle)") {
		t.Errorf("of a torn archive only %.60q", got)
	}
}

// opener opens the input of a Cut.
type opener = func() (io.ReadCloser, error)

// cutLines is a Cut into lines that reads its input twice.
func cutLines(base schema.Raw, open opener, yield func(*schema.Raw) error) error {
	count := func(line func(string) error) error {
		in, err := open()
		if err != nil {
			return err
		}
		defer in.Close()
		lines := bufio.NewScanner(in)
		for lines.Scan() {
			if err := line(lines.Text()); err != nil {
				return err
			}
		}
		return lines.Err()
	}
	total := 0
	if err := count(func(string) error { total++; return nil }); err != nil {
		return err
	}
	n := 0
	return count(func(line string) error {
		raw := base
		raw.Position = int64(n)
		n++
		raw.Body = fmt.Appendf(nil, "%s of %d", line, total)
		return yield(&raw)
	})
}

func TestLargeInputs(t *testing.T) {
	text := strings.Repeat("line\n", 3) + "last"
	torn := compressed(t, ".gz", []byte(text))
	torn = torn[:len(torn)-3]
	dir := t.TempDir()
	write(t, dir+"/a.jsonl", []byte(text))
	write(t, dir+"/b.jsonl.gz", torn)
	temp := t.TempDir()
	o := source.Options{MaxWhole: 8, Cut: cutLines, TempDir: temp, Stdin: bytes.NewReader(torn)}
	lines := func(origin, fault string) []string {
		return []string{origin + ": line of 4", origin + ": line of 4", origin + ": line of 4", origin + ": last of 4" + fault}
	}
	want := slices.Concat(lines("a.jsonl", ""), lines("b.jsonl.gz", " (the archive ends in the middle)"), lines("-", " (the archive ends in the middle)"))
	if diff := cmp.Diff(want, read(t, o, dir, "-")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	o.Cut = nil
	files, err := source.Open([]string{dir}, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := files.Raws(t.Context(), func(*schema.Raw) error { return nil }); err == nil {
		t.Error("a large input without Cut is no error")
	}
}

func TestErrorsOfYield(t *testing.T) {
	dir := tree(t, "-- a.json --\nx\n-- b.json --\ny\ny\ny\n")
	stop := errors.New("stop")
	for _, most := range []int64{0, 1} {
		files, err := source.Open([]string{dir}, source.Options{MaxWhole: most, Cut: cutLines})
		if err != nil {
			t.Fatal(err)
		}
		if err := files.Raws(t.Context(), func(*schema.Raw) error { return stop }); err != stop {
			t.Errorf("got %v, want the error of yield itself", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		met := 0
		err = files.Raws(ctx, func(*schema.Raw) error { met++; cancel(); return nil })
		if !errors.Is(err, context.Canceled) || met != 1 {
			t.Errorf("after cancelling in the first piece: %d pieces, %v", met, err)
		}
	}
}

// TestOptionsOnRaws: every piece carries the options of Open or With.
func TestOptionsOnRaws(t *testing.T) {
	args := []string{tree(t, "-- a.json --\nx\n"), "-"}
	for _, o := range []source.Options{{}, {Instance: "i", ObservedAt: 5, Undated: true}} {
		o.Stdin = strings.NewReader("y")
		files, err := source.Open(args, o)
		if err != nil {
			t.Fatal(err)
		}
		checkOptions(t, files, o)
		if files, err = source.Open(args, source.Options{Instance: "other", ObservedAt: 7}); err != nil {
			t.Fatal(err)
		}
		o.Stdin = strings.NewReader("y")
		checkOptions(t, files.With(o), o)
	}
}

func checkOptions(t *testing.T, files *source.Files, o source.Options) {
	t.Helper()
	pieces := 0
	err := files.Raws(t.Context(), func(raw *schema.Raw) error {
		if raw.InstanceID != o.Instance || raw.ObservedAt != o.ObservedAt || raw.Undated != o.Undated {
			t.Errorf("got %+v from %+v", raw, o)
		}
		pieces++
		return nil
	})
	if err != nil || pieces != 2 {
		t.Errorf("%d pieces, %v, want that of the file and that of the standard input", pieces, err)
	}
}

// TestBodiesAreReused: released bodies are reused.
func TestBodiesAreReused(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: measures memory")
	}
	dir := t.TempDir()
	const files, size = 200, 1 << 20
	for i := range files {
		write(t, fmt.Sprintf("%s/%d.json", dir, i), make([]byte, size))
	}
	list, err := source.Open([]string{dir}, source.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err = list.Raws(t.Context(), func(raw *schema.Raw) error { raw.Release(); return nil })
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > files/4*size {
		t.Errorf("%d bytes allocated for %d files of %d", took, files, size)
	}
}
