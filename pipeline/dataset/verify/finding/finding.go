// Package finding is what a check of a snapshot says: what is wrong, what is unusual, and
// the report of both as text. It checks nothing.
package finding

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// Report is the outcome of a check.
type Report struct {
	Snapshot string    // its name
	Tables   []Table   // in the order in which they are published
	Findings []Finding // what is wrong, by file
	LeftOut  []string  // checks that were not made, and why
	Shared   []Shared  // files with findings that other snapshots have as well, by file
	Notes    []string  // what is unusual, but not wrong: leftovers outside the snapshot, modes
}

// Table is what the manifest says of a table.
type Table struct {
	Name  string
	Files int
	Rows  int64
	Bytes int64
}

// Finding is one thing that is wrong.
type Finding struct {
	File   string // path inside the snapshot, with slashes, or in the dataset
	Check  string // the kind of check, one of the constants below
	Detail string
}

// Shared is a file with findings that other snapshots have, too: unless they have
// copies, one damage is in all of them.
type Shared struct {
	File      string
	Snapshots []string
}

// Kinds of checks, as [Finding] names them.
const (
	Manifest    = "manifest"     // its hash, its format, what it says of itself
	Settings    = "settings"     // the settings and what they name
	Files       = "files"        // which files there are
	Bytes       = "bytes"        // size and SHA-256
	Schema      = "schema"       // Parquet footer: format, columns, numbers of rows
	Read        = "read"         // pages that cannot be read
	Values      = "values"       // values no column may hold
	Views       = "views"        // views.sql
	Shards      = "shards"       // the shard of a job, the number of buckets of a day
	Order       = "order"        // order of rows
	Keys        = "keys"         // keys that are empty or not unique
	References  = "references"   // rows whose job, task or turn is missing
	Indexes     = "indexes"      // indexes that are not 0, 1, 2 …
	Counts      = "counts"       // numbers of rows and sums over them
	Tokens      = "tokens"       // tokens that are not their script
	ContentHash = "content_hash" // hashes of jobs
	Derived     = "derived"      // columns that differ when derived again
	ContactKeys = "contact_keys" // keys of phone numbers
	Statuses    = "statuses"     // the statuses table
	Rejects     = "rejects"      // the rejects table
)

// Damaged reports whether anything is wrong.
func (r *Report) Damaged() bool { return len(r.Findings) > 0 }

// Print writes the report as text: a line for each table, note, check left out and
// finding; the last line says what came of it.
func (r *Report) Print(w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "snapshot %s\n", r.Snapshot)
	files := 0
	rows := map[string]int64{}
	for _, t := range r.Tables {
		files += t.Files
		rows[t.Name] = t.Rows
		fmt.Fprintf(&text, "%-10s %12d rows %6d files %14d bytes\n", t.Name, t.Rows, t.Files, t.Bytes)
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&text, "note: %s\n", note)
	}
	for _, check := range r.LeftOut {
		fmt.Fprintf(&text, "not checked: %s\n", check)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&text, "%s: %s: %s\n", f.File, f.Check, f.Detail)
	}
	for _, s := range r.Shared {
		fmt.Fprintf(&text, "%s: also in %s\n", s.File, strings.Join(s.Snapshots, " "))
	}
	if r.Damaged() {
		fmt.Fprintf(&text, "damaged: %s\n", count(len(r.Findings), "finding"))
	} else {
		fmt.Fprintf(&text, "ok: %d jobs, %d tasks, %d turns in %s\n", rows["jobs"], rows["tasks"], rows["turns"], count(files, "file"))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// maxAlike is the number of findings of one kind that a file gets: a wrongly
// derived column is wrong in every row.
const maxAlike = 3

// List collects what is wrong. Its zero value is empty. Safe for concurrent use.
type List struct {
	mu   sync.Mutex
	list []Finding
	seen map[alike]int // how many of a kind were added
}

type alike struct{ file, check string }

// Add adds a finding about a file. Of many of one kind only the first are kept, and how
// many there were.
func (f *List) Add(file, check, format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.room(alike{file, check}) {
		f.list = append(f.list, Finding{file, check, fmt.Sprintf(format, args...)})
	}
}

// Join adds what another list has, which nobody adds to any more, as if it were added now.
func (f *List) Join(other *List) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range other.list {
		kind := alike{one.File, one.Check}
		if f.room(kind) {
			f.list = append(f.list, one)
		}
		other.seen[kind]--
	}
	for kind, n := range other.seen { // those that the other list has not kept
		if n > 0 {
			f.seen[kind] += n
		}
	}
}

// room counts a finding of a kind, and reports whether it is kept.
func (f *List) room(kind alike) bool {
	if f.seen == nil {
		f.seen = map[alike]int{}
	}
	f.seen[kind]++
	return f.seen[kind] <= maxAlike
}

// Sorted returns the findings by file and check, those of one kind in the order in
// which they were added.
func (f *List) Sorted() []Finding {
	list := slices.Clone(f.list)
	for kind, n := range f.seen {
		if n > maxAlike {
			list = append(list, Finding{kind.file, kind.check, fmt.Sprintf("and %d more of this kind", n-maxAlike)})
		}
	}
	slices.SortStableFunc(list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Check, b.Check))
	})
	return list
}
