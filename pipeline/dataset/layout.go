package dataset

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/internal/calendar"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// Names inside a dataset's folder. Everything callmill writes bears one of
// them; whatever else lies there is somebody's and stays untouched.
const (
	latestLink    = "latest"    // symbolic link to the published snapshot: the commit
	latestText    = "LATEST"    // the same name as text, for those without links
	snapshotsDir  = "snapshots" // one folder per snapshot
	runsDir       = "runs"      // one file per run
	rawDir        = "raw"       // responses as received, one folder per run
	dictDir       = "dict"      // user dictionaries, named for their hash
	keyFile       = "key"       // secret of the contact keys
	lockFile      = "lock"
	pinFile       = "pinned"    // in runs/: names of snapshots that are never pruned
	buildPrefix   = ".build-"   // in snapshots/: a snapshot in the making
	scratchPrefix = ".tmp-"     // anywhere: a file or link about to be renamed
	datePrefix    = "job_date=" // Hive partition of a day table
)

// The files of a snapshot besides its tables.
const (
	ManifestFile = "manifest.json"
	ViewsFile    = "views.sql"
)

// NameDigits is how much of the SHA-256 of its content names a Parquet file.
const NameDigits = 20

// snapshotName is <time>-<first digits of the manifest's SHA-256>.
var snapshotName = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}$`)

// scratchName is what a run has in snapshots/ while it goes on: its snapshot in
// the making, named for its id, and spilled rows.
var scratchName = regexp.MustCompile(`^(\.build-\d{8}T\d{6}Z-[0-9a-f]{6}|\.spill-\d+)$`)

// snapshotFile are the paths inside a snapshot that callmill writes.
var snapshotFile = regexp.MustCompile(`^(manifest\.json|views\.sql|[a-z_]+/(job_date=\d{4}-\d{2}-\d{2}/)?[0-9a-f]{20}\.parquet)$`)

// IsOwn reports whether a name in the dataset's folder is one of callmill's.
func IsOwn(name string) bool {
	return slices.Contains([]string{latestLink, latestText, snapshotsDir, runsDir, rawDir, dictDir, keyFile, lockFile}, name) ||
		durable.IsTemp(name)
}

func nameSnapshot(at time.Time, manifestHash string) string {
	return at.UTC().Format("20060102T150405Z") + "-" + manifestHash[:6]
}

// DateDir returns the folder of a day: job_date=2026-01-21.
func DateDir(day int32) string { return datePrefix + FormatDay(day) }

// FormatDay returns the day, in days since 1970-01-01, as YYYY-MM-DD.
func FormatDay(day int32) string { return calendar.Day(day).String() }

// ParseDay parses what FormatDay returns.
func ParseDay(s string) (int32, error) {
	day, err := calendar.ParseDay(s)
	return int32(day), err
}

// dayOf gives the day of a file from its path inside a snapshot; false for the
// files of a small table.
func dayOf(path string) (int32, bool) {
	for _, part := range strings.Split(filepath.ToSlash(path), "/") {
		if text, ok := strings.CutPrefix(part, datePrefix); ok {
			day, err := ParseDay(text)
			return day, err == nil
		}
	}
	return schema.NoDate, false
}
