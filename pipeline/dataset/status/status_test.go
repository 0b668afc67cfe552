package status

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset"
	"callmill/schema"
)

// publishManifest makes a dataset whose published snapshot is a manifest alone.
func publishManifest(t *testing.T, m *dataset.Manifest) (dir string) {
	t.Helper()
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	sum := sha256.Sum256(text)
	snapshot := filepath.Join("snapshots", "20260907T013000Z-"+hex.EncodeToString(sum[:])[:6])
	if err := os.MkdirAll(filepath.Join(dir, snapshot), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, snapshot, dataset.ManifestFile), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(snapshot, filepath.Join(dir, "latest")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// A day is covered by an interval from its first instant to its last, also where
// it has no midnight or a zone has skipped it.
func TestStatusShowsCoveredDays(t *testing.T) {
	tests := []struct {
		zone, day, from, to string
		covered             bool
	}{
		{"Asia/Shanghai", "2026-01-21", "2026-01-20T16:00:00Z", "2026-01-21T16:00:00Z", true},
		{"Asia/Shanghai", "2026-01-21", "2026-01-20T16:00:01Z", "2026-01-21T16:00:00Z", false},
		{"Asia/Shanghai", "2026-01-21", "2026-01-20T16:00:00Z", "2026-01-21T15:59:59Z", false},
		// Clocks go forward at midnight: what pull fetches for --date 2026-09-06.
		{"America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z", true},
		{"America/Santiago", "2026-09-05", "2026-09-05T04:00:00Z", "2026-09-06T04:00:00Z", true},
		{"America/Havana", "2025-11-02", "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z", true},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z", true},
	}
	for _, tt := range tests {
		t.Run(tt.zone+" "+tt.day, func(t *testing.T) {
			m := &dataset.Manifest{Format: dataset.FormatVersion, Extent: dataset.Extent{Settings: dataset.Settings{TimeZone: tt.zone}}}
			for _, name := range schema.TableNames() {
				m.Tables = append(m.Tables, dataset.Table{Name: name})
			}
			m.Table(schema.TableJobs).Files = []dataset.File{{Path: "jobs/job_date=" + tt.day + "/x.parquet", Rows: 1}}
			m.Covered = map[string]calendar.Coverage{"sales": {Calls: []calendar.Interval{{From: instant(t, tt.from), To: instant(t, tt.to)}}}}

			d, err := dataset.View(publishManifest(t, m))
			if err != nil {
				t.Fatal(err)
			}
			s, err := Of(d, instant(t, "2026-01-22T00:00:00Z"))
			if err != nil {
				t.Fatal(err)
			}
			if len(s.Days) != 1 || s.Days[0].JobDate != tt.day || slices.Contains(s.Days[0].CoveredBy, "sales") != tt.covered {
				t.Errorf("days %+v, want covered %v", s.Days, tt.covered)
			}
		})
	}
}

// Calls without SearchTask's columns count for 30 days, by the day they live under.
func TestStatusCountsRecentCallsWithoutFacts(t *testing.T) {
	m := &dataset.Manifest{Format: dataset.FormatVersion, Extent: dataset.Extent{Settings: dataset.Settings{TimeZone: "Asia/Shanghai"}}}
	for _, name := range schema.TableNames() {
		m.Tables = append(m.Tables, dataset.Table{Name: name})
	}
	m.Table(schema.TableTasks).Files = []dataset.File{
		{Path: "tasks/job_date=2025-12-23/x.parquet", Rows: 9, WithoutFacts: 1000},
		{Path: "tasks/job_date=2025-12-24/x.parquet", Rows: 9, WithoutFacts: 100},
		{Path: "tasks/job_date=2026-01-22/x.parquet", Rows: 9, WithoutFacts: 10},
		{Path: "tasks/job_date=2026-01-23/x.parquet", Rows: 9, WithoutFacts: 1},
	}
	d, err := dataset.View(publishManifest(t, m))
	if err != nil {
		t.Fatal(err)
	}
	for now, want := range map[string]int64{"2026-01-21T16:00:00Z": 110, "2026-01-22T15:59:59Z": 110, "2026-01-22T16:00:00Z": 11, "2026-03-01T00:00:00Z": 0} {
		if s, err := Of(d, instant(t, now)); err != nil || s.WithoutFacts != want {
			t.Errorf("%s: %+v, %v, want %d", now, s, err, want)
		}
	}
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
