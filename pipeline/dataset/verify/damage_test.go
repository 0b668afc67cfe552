package verify_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/dataset/verify/finding"
)

// snapshotFiles lists the files of the published snapshot, with slashes.
func snapshotFiles(t testing.TB, dir string) []string {
	t.Helper()
	var files []string
	check(t, fs.WalkDir(os.DirFS(snapshotDir(t, dir)), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files = append(files, path)
		}
		return err
	}))
	return files
}

// names reports whether some finding names the file.
func names(r *finding.Report, file string) bool {
	return slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.File == file })
}

// Any single flipped byte of any file is found, and the file is named. A quick
// check may miss it, but must return.
func TestFlippedByte(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: verifies a damaged dataset many times")
	}
	dir := newDataset(t)
	random := rand.New(rand.NewPCG(5, 4))
	for _, file := range snapshotFiles(t, dir) {
		path := filepath.Join(snapshotDir(t, dir), file)
		whole, err := os.ReadFile(path)
		check(t, err)
		offsets := []int{0, len(whole) - 1, len(whole) - 5, len(whole) - 9}
		for range 4 {
			offsets = append(offsets, random.IntN(len(whole)))
		}
		for _, at := range offsets {
			damaged := slices.Clone(whole)
			damaged[at] ^= byte(1 + random.IntN(255))
			check(t, os.WriteFile(path, damaged, 0o600))
			for _, quick := range []bool{false, true} {
				o := options(dir)
				o.Quick = quick
				if quick && at%2 == 0 {
					continue // half of them will do
				}
				if r := inspect(t, dir, o); !quick && !names(r, file) {
					t.Errorf("%s: byte %d of %d: findings %+v", file, at, len(whole), r.Findings)
				}
			}
		}
		check(t, os.WriteFile(path, whole, 0o600))
	}
	if r := inspect(t, dir, options(dir)); r.Damaged() {
		t.Errorf("restored, but: %+v", r.Findings)
	}
}

// A flipped byte of the manifest damages nothing but the manifest.
func TestDamagedManifestBlamesNoOther(t *testing.T) {
	dir := newDataset(t)
	path := filepath.Join(snapshotDir(t, dir), "manifest.json")
	text, err := os.ReadFile(path)
	check(t, err)
	broken := strings.Replace(string(text), `"sha256": "`, `"sha256": "f`, 1)
	check(t, os.WriteFile(path, []byte(broken), 0o600))
	r := inspect(t, dir, options(dir))
	if len(r.Findings) != 1 || r.Findings[0].File != "manifest.json" || len(r.LeftOut) == 0 {
		t.Errorf("findings %+v, left out %q", r.Findings, r.LeftOut)
	}
}

// Damage to a file as a whole is found and named, by a quick check as well unless
// only the content tells.
func TestDamagedFile(t *testing.T) {
	tests := []struct {
		name   string
		harm   func(t *testing.T, path string)
		check  string
		detail string
		slow   bool // only pages tell
	}{
		{"deleted", func(t *testing.T, path string) { check(t, os.Remove(path)) }, finding.Files, "is missing", false},
		{"emptied", func(t *testing.T, path string) { check(t, os.Truncate(path, 0)) }, finding.Bytes, "has 0 bytes, the manifest says", false},
		{"truncated", func(t *testing.T, path string) {
			info, err := os.Stat(path)
			check(t, err)
			check(t, os.Truncate(path, info.Size()-1))
		}, finding.Bytes, "bytes, the manifest says", false},
		{"extended", func(t *testing.T, path string) {
			f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
			check(t, err)
			_, err = f.WriteString("x")
			check(t, err)
			check(t, f.Close())
		}, finding.Bytes, "bytes, the manifest says", false},
		{"a link", func(t *testing.T, path string) {
			check(t, os.Rename(path, path+".moved"))
			check(t, os.Symlink(path+".moved", path))
		}, finding.Files, "is not a regular file", false},
		{"zeroes", func(t *testing.T, path string) {
			info, err := os.Stat(path)
			check(t, err)
			check(t, os.WriteFile(path, make([]byte, info.Size()), 0o600))
		}, finding.Bytes, "SHA-256", true},
	}
	original := newDataset(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, table := range []string{"jobs", "turns", "statuses"} {
				dir := copyOf(t, original)
				file := readManifest(t, dir).Table(table).Files[0].Path
				tt.harm(t, filepath.Join(snapshotDir(t, dir), file))
				want(t, inspect(t, dir, options(dir)), file, tt.check, tt.detail)
				o := options(dir)
				o.Quick = true
				if r := inspect(t, dir, o); !tt.slow {
					want(t, r, file, tt.check, tt.detail)
				} else if !r.Damaged() {
					t.Error("a quick check did not find a footer of zeroes")
				}
			}
		})
	}
}

func TestMissingManifestAndViews(t *testing.T) {
	for _, file := range []string{"manifest.json", "views.sql"} {
		dir := newDataset(t)
		check(t, os.Remove(filepath.Join(snapshotDir(t, dir), file)))
		r := inspect(t, dir, options(dir))
		if len(r.Findings) != 1 || r.Findings[0].File != file || r.Findings[0].Detail != "is missing" {
			t.Errorf("%s: %+v", file, r.Findings)
		}
	}
}

func TestSwappedFiles(t *testing.T) {
	dir := newDataset(t)
	files := readManifest(t, dir).Table("turns").Files
	a, b := filepath.Join(snapshotDir(t, dir), files[0].Path), filepath.Join(snapshotDir(t, dir), files[1].Path)
	check(t, os.Rename(a, a+"~"))
	check(t, os.Rename(b, a))
	check(t, os.Rename(a+"~", b))
	r := inspect(t, dir, options(dir))
	if files[0].Bytes == files[1].Bytes {
		want(t, r, files[0].Path, finding.Bytes, "content of "+files[1].Path)
	}
	if !names(r, files[0].Path) || !names(r, files[1].Path) {
		t.Errorf("%+v", r.Findings)
	}
}

func TestSwappedFilesOfOneSize(t *testing.T) {
	dir := newDataset(t)
	var files []string
	forge(t, dir, func(f *forgery) {
		// Twice the same length: one job, told apart by its id alone.
		for i, id := range []string{"m", "n"} {
			edit(f, "extras", i, func(rows []extra) []extra {
				rows = rows[:1]
				rows[0].JobID, rows[0].ExtraIndex = id, 0
				rows[0].Key, rows[0].Value = "due", ""
				return rows
			})
			files = append(files, f.manifest.Table("extras").Files[i].Path)
		}
	})
	a, b := filepath.Join(snapshotDir(t, dir), files[0]), filepath.Join(snapshotDir(t, dir), files[1])
	check(t, os.Rename(a, a+"~"))
	check(t, os.Rename(b, a))
	check(t, os.Rename(a+"~", b))
	r := inspect(t, dir, options(dir))
	want(t, r, files[0], finding.Bytes, "it has the content of "+files[1])
	want(t, r, files[1], finding.Bytes, "it has the content of "+files[0])
}

func TestExtraFile(t *testing.T) {
	for _, file := range []string{"notes.txt", "turns/job_date=2026-01-20/0123456789abcdef0123.parquet", "jobs/x.parquet"} {
		dir := newDataset(t)
		check(t, os.WriteFile(filepath.Join(snapshotDir(t, dir), file), nil, 0o600))
		want(t, inspect(t, dir, options(dir)), file, finding.Files, "is not in the manifest")
	}
}

// want requires a finding of a kind about a file, whose detail contains a text.
func want(t testing.TB, r *finding.Report, file, check, detail string) {
	t.Helper()
	for _, f := range r.Findings {
		if f.File == file && f.Check == check && strings.Contains(f.Detail, detail) {
			return
		}
	}
	t.Errorf("no finding %s: %s: …%s… among %+v", file, check, detail, r.Findings)
}
