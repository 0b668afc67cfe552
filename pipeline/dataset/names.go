package dataset

import "path"

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
