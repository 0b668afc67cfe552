package dataset

import (
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/spill"
	"callmill/pipeline/internal/durable"
	"callmill/schema"
)

// Names in a dataset's folder. Everything callmill writes there has one of them;
// other files are left alone. No two names in one folder differ in case only: on
// macOS, exFAT or an SMB share they would be one file.
const (
	SnapshotsDir  = "snapshots" // one folder per snapshot
	latestLink    = "latest"    // symbolic link to the published snapshot: the commit
	latestText    = "CURRENT"   // the same name as text, where links cannot be followed
	formerText    = "LATEST"    // what format 1 called that text
	runsDir       = "runs"      // one file per run, and the manifests once more
	rawDir        = "raw"       // responses as received, one folder per run
	dictDir       = "dict"      // user dictionaries, named for their hash
	KeyFile       = "key"       // secret of the contact keys
	lockFile      = "lock"
	deskDir       = "desk"                       // reviews and access log of callmill-review
	pinFile       = "pinned"                     // in runs/: snapshots that are never pruned
	BuildPrefix   = ".build-"                    // in snapshots/: a snapshot in the making
	ScratchPrefix = ".tmp-"                      // anywhere: a file or link about to be renamed
	datePrefix    = schema.PartitionColumn + "=" // of the folders of a day table
)

// The files of a snapshot besides its tables.
const (
	ManifestFile = "manifest.json"
	ViewsFile    = "views.sql"
	PendingDir   = "pending"  // the folder of the file of what is pending, where anything is
	OptOutsDir   = "opt_outs" // of that of opt-outs whose jobs are gone
)

// NameDigits is how much of the SHA-256 of its content names a Parquet file.
const NameDigits = 20

// snapshotName is <time>-<first digits of the manifest's SHA-256>.
var snapshotName = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}$`)

// scratchName is the name of what a run has in snapshots/ until it ends: its
// snapshot in the making, named for its id, and spilled data.
var scratchName = regexp.MustCompile(`^(` + regexp.QuoteMeta(BuildPrefix) + `\d{8}T\d{6}Z-[0-9a-f]{6}|` + regexp.QuoteMeta(spill.Prefix) + `\d+)$`)

// snapshotFile matches the paths inside a snapshot that callmill writes.
var snapshotFile = regexp.MustCompile(`^(manifest\.json|views\.sql|[a-z_]+/(job_date=\d{4}-\d{2}-\d{2}/)?[0-9a-f]{20}\.parquet)$`)

// IsOwn reports whether a name in the dataset's folder is one of callmill's.
func IsOwn(name string) bool {
	return slices.Contains([]string{latestLink, latestText, formerText, SnapshotsDir, runsDir, rawDir, dictDir, KeyFile, lockFile, erased.Dir, deskDir}, name) ||
		durable.IsTemp(name)
}

// IsSnapshot reports whether a name in snapshots/ is that of a snapshot.
func IsSnapshot(name string) bool { return snapshotName.MatchString(name) }

// IsScratch reports whether a name in snapshots/ is that of something only a run
// in progress has there.
func IsScratch(name string) bool { return scratchName.MatchString(name) }

// FilePath returns the path of a Parquet file inside a snapshot: it lies in the
// folder of its table, or below that of its day, under the beginning of the
// SHA-256 of its content.
func FilePath(folder, sha256 string) string {
	return path.Join(folder, sha256[:NameDigits]+".parquet")
}

// NameSnapshot returns the name of a snapshot that is published at an instant
// and whose manifest has a SHA-256.
func NameSnapshot(at time.Time, manifestHash string) string {
	return at.UTC().Format("20060102T150405Z") + "-" + manifestHash[:6]
}

// DateDir returns the folder of a day: job_date=2026-01-21.
func DateDir(day int32) string { return datePrefix + calendar.Day(day).String() }

// DayOf returns the day of a file from its path inside a snapshot; ok is false
// for the files of other than day tables.
func DayOf(file string) (day int32, ok bool) {
	for part := range strings.SplitSeq(filepath.ToSlash(file), "/") {
		if text, ok := strings.CutPrefix(part, datePrefix); ok {
			day, err := calendar.ParseDay(text)
			return int32(day), err == nil
		}
	}
	return schema.NoDate, false
}

// maxBucketRows is how many rows of its largest table a bucket of a day holds
// on average, at most.
const maxBucketRows = 500_000

// BucketsFor returns the number of buckets of a day whose largest day table has
// so many rows: the smallest power of two that leaves at most maxBucketRows rows
// of it per bucket.
func BucketsFor(rows int64) int {
	n := 1
	for rows/int64(n) > maxBucketRows || rows/int64(n) == maxBucketRows && rows%int64(n) > 0 {
		n *= 2
	}
	return n
}
