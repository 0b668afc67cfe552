package verify

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/verify/finding"
	"callmill/schema"
)

// readManifest reads the manifest, nil if it is damaged. A snapshot that a newer
// callmill wrote cannot be checked.
func (p *plan) readManifest() (*dataset.Manifest, error) {
	text, wrong := readText(p.path(dataset.ManifestFile))
	if wrong != "" {
		p.addManifest("%s", wrong)
		return nil, nil
	}
	m, err := dataset.ParseManifest(p.name, text)
	switch {
	case errors.Is(err, dataset.ErrNewerFormat):
		return nil, err
	case err != nil:
		p.addManifest("%v", err)
		return nil, nil
	case m.Format < 1:
		p.addManifest("invalid format %d", m.Format)
	}
	if at := m.Published.UTC().Format("20060102T150405Z"); !strings.HasPrefix(p.name, at) {
		p.addManifest("was published at %s, but its folder is named for another time", at)
	}
	return m, nil
}

// addManifest adds a finding about the manifest itself.
func (p *plan) addManifest(format string, args ...any) {
	p.findings.Add(dataset.ManifestFile, finding.Manifest, format, args...)
}

func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// checkCounts checks the arithmetic of the run that made the snapshot.
func (p *plan) checkCounts() {
	wrong := func(format string, args ...any) {
		p.findings.Add(dataset.ManifestFile, finding.Counts, format, args...)
	}
	m, c := p.manifest, p.manifest.Counts
	for _, text := range c.Wrong() {
		wrong("%s", text)
	}
	before, ok := p.parentJobs()
	if jobs := m.Table(schema.TableJobs); ok && jobs != nil {
		if text := c.WrongJobs(jobs.Rows, before); text != "" {
			wrong("%s", text)
		}
	}
}

// parentJobs returns the number of jobs in the snapshot this one was built upon;
// false if that is unknown.
func (p *plan) parentJobs() (int64, bool) {
	parent := p.manifest.Parent
	if parent == "" {
		return 0, true
	}
	if !dataset.IsSnapshot(parent) {
		p.addManifest("invalid parent %q: not the name of a snapshot", parent)
		return 0, false
	}
	why := "snapshot " + parent + " is gone"
	if text, err := os.ReadFile(filepath.Join(p.dir, "snapshots", parent, dataset.ManifestFile)); err == nil {
		m, err := dataset.ParseManifest(parent, text)
		if err == nil && m.Table(schema.TableJobs) != nil {
			return m.Table(schema.TableJobs).Rows, true
		}
		why = "the manifest of snapshot " + parent + " is damaged"
		p.note("the manifest of the parent snapshot %s is damaged", parent)
	}
	p.leaveOut("whether the jobs are those of the parent and the new ones", why)
	return 0, false
}

// checkExtent checks what the manifest says besides tables, settings and counts.
func (p *plan) checkExtent() {
	m := p.manifest
	for instance, covered := range m.Covered {
		if err := covered.Check(); err != nil {
			p.addManifest("instance %s: %v", instance, err)
		}
	}
	for instance, days := range m.Doubted {
		if !slices.IsSortedFunc(days, func(a, b calendar.Doubt) int { return cmp.Compare(a.Day, b.Day) }) {
			p.addManifest("instance %s: the doubted days are not in order", instance)
		}
	}
	if !slices.IsSorted(m.Retired) {
		p.addManifest("the retired instances are not in order")
	}
	pending := map[[2]string]bool{}
	for _, job := range m.Listed {
		id := [2]string{job.InstanceID, job.JobID}
		if pending[id] {
			p.addManifest("job %s of %s is pending twice", job.JobID, job.InstanceID)
		}
		pending[id] = true
	}
	if !slices.IsSorted(m.Undated) {
		p.addManifest("the start times of runs that dated versions are not in order")
	}
}
