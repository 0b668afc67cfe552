package retain

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/optout"
	"callmill/schema"
)

// OptOuts keeps that contacts asked not to be called, in jobs that go: because they lie
// before the edge, or because a person is erased. It is safe for concurrent use.
type OptOuts struct {
	store  *erased.Store
	number func(string) string
	zone   *time.Location
	// Keyless leaves contact keys out of the rows: they are not published.
	Keyless bool

	mu    sync.Mutex
	found map[erased.OptOut]bool
}

// NewOptOuts returns what keeps the opt-outs of a dataset, whose days are those of a
// time zone. number normalizes a phone number; it is safe for concurrent use.
func NewOptOuts(store *erased.Store, number func(string) string, zone *time.Location) *OptOuts {
	return &OptOuts{store: store, number: number, zone: zone, found: map[erased.OptOut]bool{}}
}

// Expired notes the opt-outs of a job that goes. One of whom neither a number nor a
// contact key is known is of nobody.
func (o *OptOuts) Expired(job *schema.Job) error {
	for _, f := range optout.Find(job) {
		t := &job.Tasks[f.Task]
		one := erased.OptOut{ContactKey: strings.Clone(t.ContactKey), Source: f.Source, Value: f.Value}
		if at := t.CallTime(); at != 0 {
			one.Day = calendar.DayOf(time.UnixMilli(at), o.zone).String()
		}
		if err := o.note(one, cmp.Or(o.number(t.CalledNumber), o.number(t.Contact.PhoneNumber))); err != nil {
			return err
		}
	}
	return nil
}

func (o *OptOuts) note(one erased.OptOut, number string) (err error) {
	if number == "" && one.ContactKey == "" {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if number != "" {
		if one.Number, err = o.store.NumberDigest(number); err != nil {
			return fmt.Errorf("keep an opt-out: %w", err)
		}
	}
	o.found[one] = true
	return nil
}

// Rows returns all opt-outs whose jobs are gone, in the order of their file. Those that
// were noted are on disk by then.
func (o *OptOuts) Rows() ([]optout.Row, error) {
	if err := o.Keep(); err != nil {
		return nil, err
	}
	kept, err := o.store.OptOuts()
	if err != nil {
		return nil, fmt.Errorf("read opt-outs: %w", err)
	}
	rows := make([]optout.Row, 0, len(kept))
	for _, k := range kept {
		if o.Keyless {
			k.ContactKey = ""
		}
		if k.ContactKey == "" && k.Number == "" {
			continue // of nobody
		}
		row := optout.Row{NumberDigest: k.Number, ContactKey: k.ContactKey, Source: k.Source, Value: k.Value}
		if k.Day != "" {
			day, err := calendar.ParseDay(k.Day)
			if err != nil {
				return nil, fmt.Errorf("read opt-outs: %w", err)
			}
			row.CallDate = new(int32(day))
		}
		rows = append(rows, row)
	}
	return optout.Merge(rows), nil
}

// Keep puts on disk what was noted.
func (o *OptOuts) Keep() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.found) == 0 {
		return nil
	}
	kept, err := o.store.OptOuts()
	if err != nil {
		return fmt.Errorf("keep opt-outs: %w", err)
	}
	for one := range o.found {
		kept = append(kept, one)
	}
	if err := o.store.WriteOptOuts(kept); err != nil {
		return fmt.Errorf("keep opt-outs: %w", err)
	}
	clear(o.found)
	return nil
}
