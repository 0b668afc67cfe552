package night

import (
	"testing"

	"callmill/cmd/callmill/internal/exit"
	"callmill/cmd/callmill/internal/report"
	"callmill/pipeline/outboundbot/discover"
)

// TestEntriesThatWereNeverShown: a list that counts more than it shows may hide
// jobs, and its days count as covered. A few are in the nature of lists.
func TestEntriesThatWereNeverShown(t *testing.T) {
	for unlisted, unclean := range map[int64]bool{0: false, 5: false, 6: true} {
		r := &report.Report{Published: &report.Published{}, Pull: &report.Pull{Counters: discover.Counters{Found: 1000, Asked: 1000, Unlisted: unlisted}}}
		New(Defaults()).judge(r)
		if got := len(r.Reasons) == 1 && r.Reasons[0].Code == exit.TooManyMissing; got != unclean {
			t.Errorf("%d of 1000 entries were not shown: %+v", unlisted, r.Reasons)
		}
	}
}
