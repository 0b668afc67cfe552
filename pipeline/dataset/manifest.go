package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset/balance"
	"callmill/pipeline/internal/campaign"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// FormatVersion is the version of what a snapshot looks like on disk. It
// changes with the contracts, and only with them.
const FormatVersion = 2

// Manifest describes a snapshot. It is the last file written into the snapshot,
// and its hash is part of the snapshot's name.
type Manifest struct {
	Format    int       `json:"format"`
	Program   string    `json:"program"`
	Parent    string    `json:"parent,omitempty"` // snapshot this one was built upon
	Run       string    `json:"run"`
	Published time.Time `json:"published"`
	Extent
	// Pending is the file of what is expected and not in the tables whole; the zero
	// File where nothing is. See [Dataset.Pending].
	Pending File `json:"pending_file,omitzero"`
	// OptOuts is the file of opt-outs whose jobs are gone; the zero File where none are.
	OptOuts File `json:"opt_outs_file,omitzero"`
	// Listed are the jobs to ask for again, as manifests had them before that file.
	Listed []schema.Pending `json:"pending,omitempty"`
	// Undated are the starts of runs, in ms, that dated versions without a
	// timestamp of their own: a job observed at one of them gives way to any
	// version that has one.
	Undated []int64 `json:"undated,omitempty"`
	Tables  []Table `json:"tables"`
	Counts  Counts  `json:"counts"`
	// ViewsSHA256 is the hash of views.sql.
	ViewsSHA256 string `json:"views_sha256"`
}

// Extent is what a snapshot holds besides tables. The maps are by instance, and nil
// where they are empty.
type Extent struct {
	Settings Settings `json:"settings"`
	// Covered is the time for which everything was fetched.
	Covered map[string]calendar.Coverage `json:"covered,omitempty"`
	// Campaigns are those that were read whole, by id, as they were then; those that
	// never could be have the zero stamp.
	Campaigns map[string]map[string]campaign.Stamp `json:"campaigns,omitempty"`
	// Doubted are days without a call, in order, that are not covered yet.
	Doubted map[string][]calendar.Doubt `json:"doubted,omitempty"`
	// Retired are instances that are gone, in order: no run asks for them.
	Retired []string `json:"retired,omitempty"`
	// Edge is the first day that was kept, see Settings.RetainDays; 0: all were.
	Edge calendar.Day `json:"edge,omitzero"`
}

// HasExtent reports whether the manifest says just that besides its tables. When
// campaigns were read is not compared: that they are as they were is nothing new; nor
// is the edge, which moves every day.
func (m *Manifest) HasExtent(e Extent) bool {
	own := m.Extent
	same := maps.EqualFunc(own.Campaigns, e.Campaigns, func(a, b map[string]campaign.Stamp) bool {
		return maps.EqualFunc(a, b, campaign.Stamp.Same)
	})
	own.Campaigns, e.Campaigns = nil, nil
	own.Edge = e.Edge
	return same && reflect.DeepEqual(own, e)
}

// Searched reports whether a call of an instance lies in time that was searched by
// calls.
func (e *Extent) Searched(instance string, call time.Time) bool {
	return slices.ContainsFunc(e.Covered[instance].Calls, func(i calendar.Interval) bool {
		return !call.Before(i.From) && call.Before(i.To)
	})
}

// Settings belong to a dataset: its first run fixes them, rewrite changes them.
type Settings struct {
	TimeZone     string   `json:"time_zone"`
	Segmenter    string   `json:"segmenter"` // fast or gse
	HMM          bool     `json:"hmm"`
	Dictionaries []string `json:"dictionaries,omitempty"` // names in dict/
	Words        string   `json:"words"`                  // fingerprint of segmenter and dictionaries
	PII          string   `json:"pii"`                    // keep, mask, hash or drop
	Derivation   int      `json:"derivation"`             // version of the derived columns
	Outcomes     int      `json:"outcomes"`               // version of the statuses table
	Redaction    int      `json:"redaction,omitempty"`    // version of the rules that redact; 0 where PII is keep
	// KeyID identifies the key of the contact keys without revealing it: the
	// first digits of the HMAC of the empty message.
	KeyID string `json:"key_id"`
	// RetainDays is how many days before the run's a job is kept after its last call;
	// 0: for good.
	RetainDays int `json:"retain_days,omitempty"`
}

// Versions are what the bytes of a snapshot depend on besides its jobs and the
// settings that a user gives.
type Versions struct {
	Format     int    `json:"format"`
	Derivation int    `json:"derivation"`
	Outcomes   int    `json:"outcomes"`
	Words      string `json:"words"`
	Redaction  int    `json:"redaction,omitempty"`
}

// Versions returns those of the snapshot.
func (m *Manifest) Versions() Versions {
	return Versions{m.Format, m.Settings.Derivation, m.Settings.Outcomes, m.Settings.Words, m.Settings.Redaction}
}

// Table is one of the nine tables in a snapshot.
type Table struct {
	Name        string `json:"name"`
	Rows        int64  `json:"rows"`
	ContentHash string `json:"content_hash"` // of the hashes of its files
	Files       []File `json:"files"`        // by path
}

// File is a Parquet file of a snapshot.
type File struct {
	Path   string `json:"path"` // inside the snapshot, with slashes
	Rows   int64  `json:"rows"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Bucket of Buckets is the share of its day's jobs that is in the file, by
	// the first two bytes of schema.JobKey modulo Buckets.
	Bucket  int `json:"bucket"`
	Buckets int `json:"buckets,omitempty"`
	// Statuses are the unlisted statuses of the tasks in the file.
	Statuses []string `json:"unlisted_statuses,omitempty"`
	// WithoutFacts is how many of the tasks in the file are connected calls without
	// SearchTask's columns.
	WithoutFacts int64 `json:"without_facts,omitempty"`
}

// Counts are what became of what a run saw.
type Counts = balance.Counts

// Without returns the manifest without the files that are gone, by their tables, and
// how many jobs it has less.
func (m *Manifest) Without(gone func(table string, f File) bool) (without *Manifest, jobs int64) {
	less := *m
	less.Tables = slices.Clone(m.Tables)
	for i := range less.Tables {
		t := &less.Tables[i]
		t.Files = slices.DeleteFunc(slices.Clone(t.Files), func(f File) bool { return gone(t.Name, f) })
	}
	if m.Pending.Path != "" && gone("", m.Pending) {
		less.Pending = File{}
	}
	if m.OptOuts.Path != "" && gone("", m.OptOuts) {
		less.OptOuts = File{}
	}
	less.Seal()
	return &less, m.Table(schema.TableJobs).Rows - less.Table(schema.TableJobs).Rows
}

// Files yields the files of the tables, and that of what is pending.
func (m *Manifest) Files() iter.Seq[File] {
	return func(yield func(File) bool) {
		for _, t := range m.Tables {
			for _, f := range t.Files {
				if !yield(f) {
					return
				}
			}
		}
		for _, f := range [...]File{m.Pending, m.OptOuts} {
			if f.Path != "" && !yield(f) {
				return
			}
		}
	}
}

// Table returns the table with a name, nil where there is none.
func (m *Manifest) Table(name string) *Table {
	for i := range m.Tables {
		if m.Tables[i].Name == name {
			return &m.Tables[i]
		}
	}
	return nil
}

// Unlisted returns the undocumented statuses of the snapshot's tasks.
func (m *Manifest) Unlisted() []string {
	var all []string
	for _, f := range m.Table(schema.TableTasks).Files {
		all = append(all, f.Statuses...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// HashFiles returns the content hash of a table: the SHA-256 of a line for each of
// its files, in the order of their paths, with hash and path.
func HashFiles(files []File) string {
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s %s\n", f.SHA256, f.Path)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Seal puts the files of the tables in order and computes their totals.
func (m *Manifest) Seal() {
	for i := range m.Tables {
		t := &m.Tables[i]
		slices.SortFunc(t.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
		t.Rows = 0
		for _, f := range t.Files {
			t.Rows += f.Rows
		}
		t.ContentHash = HashFiles(t.Files)
	}
}

// Encode returns the bytes of the manifest and their SHA-256.
func (m *Manifest) Encode() (text []byte, hash string, err error) {
	text, err = json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, "", err
	}
	text = append(text, '\n')
	sum := sha256.Sum256(text)
	return text, hex.EncodeToString(sum[:]), nil
}

// ErrNewerFormat means that a newer callmill wrote the snapshot.
var ErrNewerFormat = errors.New("written by a newer callmill")

// readManifest reads the manifest of a snapshot, which must have all tables.
func readManifest(fsys durable.FS, snapshotDir string) (*Manifest, error) {
	path := filepath.Join(snapshotDir, ManifestFile)
	text, err := durable.ReadFile(fsys, path)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	m, err := ParseManifest(filepath.Base(snapshotDir), text)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	for i, name := range schema.TableNames() {
		if i >= len(m.Tables) || m.Tables[i].Name != name {
			return nil, fmt.Errorf("read %s: damaged: table %s is not in its place", path, name)
		}
	}
	return m, nil
}
