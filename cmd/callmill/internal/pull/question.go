package pull

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"callmill/pipeline/rawlog"
)

// question is what the flags of a run ask for, where they name days, campaigns or
// jobs: a run that was killed is resumed by one that asks the same.
type question struct {
	Instances []string `json:"instances,omitempty"`
	Date      string   `json:"date,omitempty"`
	From      string   `json:"from,omitempty"`
	To        string   `json:"to,omitempty"`
	Groups    []string `json:"groups,omitempty"`
	Jobs      string   `json:"jobs,omitempty"` // hash of the ids, in any order
	Discover  []string `json:"discover,omitempty"`
}

// question returns the question of a run on one line. ids are those of --jobs.
func (o *Options) question(ids []string) string {
	if !o.days() && !o.named() {
		return rawlog.Nightly
	}
	q := question{
		Instances: sorted(o.Instances), Date: o.Date, From: o.From, To: o.To,
		Groups: sorted(o.Groups), Discover: sorted(o.Discover),
	}
	if len(ids) > 0 {
		sum := sha256.Sum256([]byte(strings.Join(sorted(ids), "\n")))
		q.Jobs = hex.EncodeToString(sum[:])
	}
	text, _ := json.Marshal(q) // strings alone
	return string(text)
}

func sorted(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }
