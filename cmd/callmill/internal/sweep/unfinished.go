package sweep

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"callmill/cmd/callmill/internal/pull"
	"callmill/cmd/internal/quantity"
	"callmill/pipeline/dataset"
	"callmill/pipeline/rawlog"
	"callmill/pipeline/redact"
)

// Overdue is what a run received, whole, that is kept for longer than it may be.
type Overdue struct {
	Run    string `json:"run"`
	Future bool   `json:"future,omitempty"` // by the clock it has not begun
}

// Unfinished lists the input in a dataset that takes out personal data which is kept for
// longer than a pull waits to go on with it. A pull removes it before it asks for anything,
// so there is some where none came so far: none ran since, or each failed at once. What a
// run wrote whose clock was ahead has no age that can be told. pii is the mode of the
// dataset, "" where it has published nothing, and a run that failed may have been of any.
func Unfinished(d *dataset.Dataset, pii string, now time.Time) (list []Overdue, err error) {
	if pii == redact.Keep {
		return nil, nil
	}
	runs, err := rawlog.Runs(d.RawDir())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	old, err := rawlog.Older(d.FS(), d.RawDir(), now.Add(-pull.Defaults().Lookback))
	if err != nil {
		return nil, err
	}
	for _, run := range runs {
		began, err := rawlog.Began(run)
		future := err == nil && began.After(now.Add(clocks))
		if future || slices.Contains(old, run) {
			list = append(list, Overdue{run, future && !slices.Contains(old, run)})
		}
	}
	return list, nil
}

// clocks is how far two clocks may differ.
const clocks = time.Hour

// Says says what is wrong.
func (o Overdue) Says() string {
	if o.Future {
		return fmt.Sprintf("raw/%s holds responses with personal data, and is dated in the future: for how long cannot be told", o.Run)
	}
	return fmt.Sprintf("raw/%s holds responses with personal data for longer than %s, the --lookback of a pull", o.Run, quantity.Duration(pull.Defaults().Lookback))
}

// Hint says what to do about it.
func (o Overdue) Hint() string {
	if o.Future {
		return "see whether the clock is right; where no run is under way, remove the folder"
	}
	return "the next pull that gets as far as to ask the API removes them; or remove the folder"
}
