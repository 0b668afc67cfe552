package verify_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/parquetio"
	"callmill/schema"
)

type extra = schema.ExtraRow

// forgery changes a snapshot and makes all hashes right again, so that only
// rows and manifest can show it.
type forgery struct {
	t        testing.TB
	snapshot string
	manifest *dataset.Manifest
	// unsealed leaves sums and hashes of tables as the change leaves them.
	unsealed bool
	// keepTime keeps the time in the snapshot's name.
	keepTime bool
}

// forge changes the published snapshot of a dataset and renames it accordingly.
func forge(t testing.TB, dir string, change func(*forgery)) {
	t.Helper()
	f := &forgery{t: t, snapshot: snapshotDir(t, dir), manifest: readManifest(t, dir)}
	change(f)
	if !f.unsealed {
		for i := range f.manifest.Tables {
			seal(&f.manifest.Tables[i])
		}
	}
	text, err := json.MarshalIndent(f.manifest, "", " ")
	check(t, err)
	check(t, os.WriteFile(filepath.Join(f.snapshot, "manifest.json"), text, 0o600))
	at := f.manifest.Published.UTC().Format("20060102T150405Z")
	if f.keepTime {
		at, _, _ = strings.Cut(filepath.Base(f.snapshot), "-")
	}
	name := at + "-" + hashOf(text)[:6]
	check(t, os.Rename(f.snapshot, filepath.Join(dir, "snapshots", name)))
	check(t, os.Remove(filepath.Join(dir, "latest")))
	check(t, os.Symlink(path.Join("snapshots", name), filepath.Join(dir, "latest")))
}

func seal(t *dataset.Table) {
	slices.SortFunc(t.Files, func(a, b dataset.File) int { return strings.Compare(a.Path, b.Path) })
	t.Rows = 0
	var lines strings.Builder
	for _, f := range t.Files {
		t.Rows += f.Rows
		fmt.Fprintf(&lines, "%s %s\n", f.SHA256, f.Path)
	}
	t.ContentHash = hashOf([]byte(lines.String()))
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// edit changes the rows of one file of a table.
func edit[T any](f *forgery, name string, file int, change func([]T) []T) {
	f.t.Helper()
	entry := &f.manifest.Table(name).Files[file]
	var rows []T
	for row, err := range parquetio.All[T](filepath.Join(f.snapshot, entry.Path)) {
		check(f.t, err)
		rows = append(rows, *row)
	}
	rows = change(rows)
	var out bytes.Buffer
	check(f.t, parquetio.Write(&out, rows))
	entry.Rows = int64(len(rows))
	f.replace(entry, out.Bytes())
}

// replace replaces the content of a file and adapts its entry in the manifest.
func (f *forgery) replace(entry *dataset.File, content []byte) {
	f.t.Helper()
	if f.uses(entry.Path) == 1 {
		check(f.t, os.Remove(filepath.Join(f.snapshot, entry.Path)))
	}
	entry.SHA256, entry.Bytes = hashOf(content), int64(len(content))
	f.move(entry, path.Dir(entry.Path))
	check(f.t, os.WriteFile(filepath.Join(f.snapshot, entry.Path), content, 0o600))
}

// uses counts the entries with a path.
func (f *forgery) uses(path string) int {
	n := 0
	for _, t := range f.manifest.Tables {
		for _, file := range t.Files {
			if file.Path == path {
				n++
			}
		}
	}
	return n
}

// relocate moves the file of an entry into a folder.
func (f *forgery) relocate(entry *dataset.File, folder string) {
	f.t.Helper()
	from := filepath.Join(f.snapshot, entry.Path)
	f.move(entry, folder)
	check(f.t, os.Rename(from, filepath.Join(f.snapshot, entry.Path)))
}

// move sets the path of an entry to that of its content in a folder.
func (f *forgery) move(entry *dataset.File, folder string) {
	f.t.Helper()
	entry.Path = path.Join(folder, entry.SHA256[:20]+".parquet")
	check(f.t, os.MkdirAll(filepath.Join(f.snapshot, folder), 0o700))
}

// columnsOf lists the columns of a table.
func columnsOf(name string) []string {
	var names []string
	for _, t := range schema.Tables() {
		if t.Name != name {
			continue
		}
		for _, c := range t.Columns {
			names = append(names, c.Name)
		}
	}
	return names
}

// changeColumn changes a column in the second row of the first file of a table,
// which in every table has a value in it.
func changeColumn(f *forgery, name, column string) {
	map[string]func(){
		"jobs":      func() { changeField[schema.JobRow](f, name, column) },
		"tasks":     func() { changeField[schema.TaskRow](f, name, column) },
		"turns":     func() { changeField[schema.TurnRow](f, name, column) },
		"contacts":  func() { changeField[schema.ContactRow](f, name, column) },
		"extras":    func() { changeField[schema.ExtraRow](f, name, column) },
		"summaries": func() { changeField[schema.SummaryRow](f, name, column) },
		"statuses":  func() { changeField[schema.StatusRow](f, name, column) },
		"rejects":   func() { changeField[schema.RejectRow](f, name, column) },
	}[name]()
}

func changeField[T any](f *forgery, name, column string) {
	edit(f, name, 0, func(rows []T) []T {
		row := reflect.ValueOf(&rows[1]).Elem()
		for i := range row.NumField() {
			if tag, _, _ := strings.Cut(row.Type().Field(i).Tag.Get("parquet"), ","); tag == column {
				changeValue(row.Field(i))
			}
		}
		return rows
	})
}

func changeValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Slice:
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
	case reflect.Pointer:
		changed := reflect.New(v.Type().Elem())
		if !v.IsNil() {
			changed.Elem().Set(v.Elem())
			changeValue(changed.Elem())
		}
		v.Set(changed)
	}
}
