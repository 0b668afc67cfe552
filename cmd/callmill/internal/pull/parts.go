package pull

import (
	"fmt"
	"time"

	"callmill/pipeline/dataset"
	"callmill/pipeline/nightly"
	"callmill/pipeline/rawlog"
)

// MayBeLong reports whether the options can ask for more days than one run fetches.
func (o *Options) MayBeLong() bool { return o.From != "" || o.CatchUp > nightly.Longest*24*time.Hour }

// Parts divides a pull of many days into one for each month, the oldest first; nil
// where one run fetches all. A pull of named days whose run was killed in one of the
// months goes on there, and note says so: what was before is published. Validate has
// been called with d.
func (p *Pull) Parts(d *dataset.Dataset) (parts []Options, note string) {
	months := p.request.Months(p.work)
	if len(months) == 0 {
		return nil, ""
	}
	for i, month := range months {
		o := p.options
		switch {
		case o.days():
			o.Date, o.From, o.To = "", month.From, month.To
		case i < len(months)-1:
			o.through = month.To
		}
		parts = append(parts, o)
	}
	if !p.options.days() {
		return parts, ""
	}
	for i := len(parts) - 1; i > 0; i-- {
		killed, err := rawlog.Unfinished(nil, d.RawDir(), parts[i].question(p.ids), finishedIn(d))
		if err == nil && killed != "" {
			return parts[i:], fmt.Sprintf("goes on with %s, where run %s ended: the months before are published", parts[i].From, killed)
		}
	}
	return parts, ""
}
