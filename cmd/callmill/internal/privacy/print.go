package privacy

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset/erased"
)

func (s *Status) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	line := func(name, format string, args ...any) { fmt.Fprintf(w, "%s\t%s\n", name, fmt.Sprintf(format, args...)) }
	line("personal data", "%s; the policy is %s", cmp.Or(s.PII, "nothing is published"), cmp.Or(s.Policy.PII, "keep"))
	if s.Retain == 0 {
		line("kept for", "good")
	} else {
		line("kept for", "%d days after the last call: from %s on, now from %s on", s.Retain, cmp.Or(s.Edge, "the first"), s.EdgeNow)
	}
	line("key", "%s", s.Key.text())
	line("raw", "%s", s.Raw.text())
	line("pins", "%s", s.pins())
	line("opt-outs kept", "%d, of jobs that are gone", s.OptOuts)
	line("tombstones", "%d", s.Erased)
	for _, h := range s.Holds {
		line("on hold", "%s of %s since %s: %s", quote.Field(h.JobID), quote.Field(h.InstanceID), h.Day, quote.Field(h.Reason))
	}
	for _, o := range s.Open {
		line("open", "%s %s, begun %s", o.Kind, o.ID, o.Begun.Format(time.RFC3339))
	}
	for i := range s.Receipts {
		line("erased", "%s", receipt(&s.Receipts[i]))
	}
	for _, warning := range s.Warnings {
		line("WARNING", "%s; %s", warning.Says, warning.Hint)
	}
	return w.Flush()
}

func (k Key) text() string {
	switch k.State {
	case KeyInDataset:
		return "in the dataset, " + k.Path
	case KeyOutside:
		return "outside the dataset, given by --key"
	case KeyDestroyed:
		return "destroyed: contact keys are gone for good"
	}
	return "none: there are no contact keys"
}

func (r *Raw) text() string {
	if r == nil {
		return "nothing is kept"
	}
	return fmt.Sprintf("of %d runs, the oldest is %s", r.Runs, r.Oldest)
}

func (s *Status) pins() string {
	if len(s.Pins) == 0 {
		return "none"
	}
	p := s.Pins[0]
	return strings.TrimSpace(fmt.Sprintf("%d, the oldest is on %s, %d days old %s", len(s.Pins), p.Snapshot, p.Days, p.Bookmark))
}

func receipt(r *erased.Receipt) string {
	kinds := map[string]bool{}
	for _, selector := range r.Selectors {
		kinds[selector.Kind] = true
	}
	counts := make([]string, 0, len(r.Counts))
	for _, name := range slices.Sorted(maps.Keys(r.Counts)) {
		counts = append(counts, fmt.Sprintf("%d %s", r.Counts[name], name))
	}
	by := strings.Join(slices.Sorted(maps.Keys(kinds)), ", ")
	return fmt.Sprintf("requested %s, %s: by %s; %s", r.Requested, r.ID, cmp.Or(by, r.Kind), strings.Join(counts, ", "))
}
