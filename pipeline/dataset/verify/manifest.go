package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"callmill/pipeline/dataset"
	"callmill/schema"
)

// snapshotName is <time>-<first digits of the manifest's SHA-256>.
var snapshotName = regexp.MustCompile(`^\d{8}T\d{6}Z-[0-9a-f]{6}$`)

const (
	snapshotTime = "20060102T150405Z"
	datePrefix   = schema.PartitionColumn + "="
)

// readManifest reads the manifest, nil where it is damaged. A snapshot that a
// newer callmill wrote cannot be checked.
func (p *Plan) readManifest() (*dataset.Manifest, error) {
	text, err := os.ReadFile(p.path(manifestFile))
	if err != nil {
		detail := "cannot be read: " + err.Error()
		if errors.Is(err, fs.ErrNotExist) {
			detail = "is missing"
		}
		p.findings.add(manifestFile, CheckManifest, "%s", detail)
		return nil, nil
	}
	// First the hash: what a damaged manifest says of its version is worthless.
	if sum, named := hashOf(text), p.name[len(p.name)-6:]; sum[:6] != named {
		p.findings.add(manifestFile, CheckManifest, "its SHA-256 begins with %s, its folder is named for one that begins with %s", sum[:6], named)
		return nil, nil
	}
	var version struct{ Format int }
	if json.Unmarshal(text, &version) == nil && version.Format > dataset.FormatVersion {
		return nil, fmt.Errorf("snapshot %s: %w: format %d, this one knows %d", p.name, dataset.ErrNewerFormat, version.Format, dataset.FormatVersion)
	}
	m := &dataset.Manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		p.findings.add(manifestFile, CheckManifest, "is not what callmill writes: %v", err)
		return nil, nil
	}
	if m.Format < 1 {
		p.findings.add(manifestFile, CheckManifest, "there is no format %d", m.Format)
	}
	if at := m.Published.UTC().Format(snapshotTime); !strings.HasPrefix(p.name, at) {
		p.findings.add(manifestFile, CheckManifest, "was published at %s, its folder is named for another time", at)
	}
	return m, nil
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// checkCounts checks the arithmetic of the run that made the snapshot.
func (p *Plan) checkCounts() {
	m, c := p.manifest, p.manifest.Counts
	if !c.Balanced() {
		p.findings.add(manifestFile, CheckCounts, "%d seen, but %d new + %d changed + %d unchanged + %d superseded + %d rejected",
			c.Seen, c.New, c.Changed, c.Unchanged, c.Superseded, c.Rejected)
	}
	for _, n := range []int64{c.Seen, c.New, c.Changed, c.Unchanged, c.Superseded, c.Rejected, c.Undated, c.Shrunk, c.Erased} {
		if n < 0 {
			p.findings.add(manifestFile, CheckCounts, "a count is %d", n)
		}
	}
	if c.Undated > c.Superseded || c.Shrunk > c.Changed {
		p.findings.add(manifestFile, CheckCounts, "%d undated of %d superseded, %d shrunk of %d changed", c.Undated, c.Superseded, c.Shrunk, c.Changed)
	}
	before, ok := p.parentJobs()
	if jobs := m.Table(schema.TableJobs); ok && jobs != nil && jobs.Rows != before+c.New-c.Erased {
		p.findings.add(manifestFile, CheckCounts, "%d jobs, but %d of the parent + %d new - %d erased", jobs.Rows, before, c.New, c.Erased)
	}
}

// parentJobs is the number of jobs in the snapshot this one was built upon;
// false where that is no longer there.
func (p *Plan) parentJobs() (int64, bool) {
	parent := p.manifest.Parent
	if parent == "" {
		return 0, true
	}
	if !snapshotName.MatchString(parent) {
		p.findings.add(manifestFile, CheckManifest, "its parent %q is no snapshot", parent)
		return 0, false
	}
	text, err := os.ReadFile(filepath.Join(p.dir, "snapshots", parent, manifestFile))
	if err != nil {
		p.leaveOut("whether the parent's jobs and the new ones are all", "snapshot "+parent+" is gone")
		return 0, false
	}
	m := &dataset.Manifest{}
	if hashOf(text)[:6] != parent[len(parent)-6:] || json.Unmarshal(text, m) != nil || m.Table(schema.TableJobs) == nil {
		p.note("the manifest of snapshot %s, the parent, is damaged", parent)
		p.leaveOut("whether the parent's jobs and the new ones are all", "the manifest of snapshot "+parent+" is damaged")
		return 0, false
	}
	return m.Table(schema.TableJobs).Rows, true
}

// checkExtent checks what the manifest says besides tables, settings and
// counts.
func (p *Plan) checkExtent() {
	m := p.manifest
	for instance, intervals := range m.Covered {
		for i, v := range intervals {
			if !v.From.Before(v.To) {
				p.findings.add(manifestFile, CheckManifest, "%s is covered from %s to %s, which is no time", instance, v.From, v.To)
			}
			if i > 0 && !intervals[i-1].To.Before(v.From) {
				p.findings.add(manifestFile, CheckManifest, "%s: the covered interval from %s is not after the one to %s", instance, v.From, intervals[i-1].To)
			}
		}
	}
	pending := map[[2]string]bool{}
	for _, job := range m.Pending {
		if id := [2]string{job.InstanceID, job.JobID}; pending[id] {
			p.findings.add(manifestFile, CheckManifest, "job %s of %s is pending twice", job.JobID, job.InstanceID)
		} else {
			pending[id] = true
		}
	}
	if !slices.IsSorted(m.Undated) {
		p.findings.add(manifestFile, CheckManifest, "the starts of runs that dated versions are not in order")
	}
}
