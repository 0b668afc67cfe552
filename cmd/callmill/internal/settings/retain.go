package settings

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"callmill/cmd/callmill/internal/hold"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quantity"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/dataset/retain"
	"callmill/pipeline/redact"
)

// days is a time of whole days; 0 is for good.
type days int

// Type implements pflag.Value.
func (*days) Type() string { return "DAYS" }

// String implements pflag.Value.
func (d days) String() string {
	if d == 0 {
		return ""
	}
	return strconv.Itoa(int(d)) + "d"
}

// said is how a message says it.
func (d days) said() string { return cmp.Or(d.String(), "for good") }

// Set implements pflag.Value.
func (d *days) Set(text string) error {
	const day = 24 * time.Hour
	var given quantity.Duration
	if err := given.Set(text); err != nil || time.Duration(given)%day != 0 || given == 0 {
		return fmt.Errorf("invalid time %q: want whole days, e.g. 180d", text)
	}
	*d = days(time.Duration(given) / day)
	return nil
}

// Own returns the settings of d that are not looser than its policy, which outlives a
// rollback.
func Own(d *dataset.Dataset) (s dataset.Settings, err error) {
	if m := d.Manifest(); m != nil {
		s = m.Settings
	}
	policy, err := d.Erased().Policy()
	if err != nil {
		return s, fmt.Errorf("read the policy of the dataset: %w", err)
	}
	if own := policy.RetainDays; own > 0 && (s.RetainDays == 0 || own < s.RetainDays) {
		s.RetainDays = own
	}
	return s, nil
}

// Strictest returns the strictest mode that d has published with, which outlives a
// rollback; "" where it has published nothing.
func Strictest(d *dataset.Dataset) (string, error) {
	policy, err := d.Erased().Policy()
	if err != nil {
		return "", fmt.Errorf("read the policy of the dataset: %w", err)
	}
	if m := d.Manifest(); m != nil {
		policy = erased.Policy{PII: m.Settings.PII}.Tighten(policy)
	}
	return policy.PII, nil
}

// retainDays returns what --retain asks for. own is what the dataset has.
func (f *Flags) retainDays(own int) (int, error) {
	given := int(f.retain)
	if given == 0 || given == own {
		return own, nil
	}
	if err := CheckRetain(given, f.Asks); err != nil {
		return 0, err
	}
	return given, nil
}

// CheckRetain returns a usage error where jobs are kept for fewer days, 0 being for
// good, than runs ask for them again.
func CheckRetain(kept int, asks time.Duration) error {
	if kept == 0 || time.Duration(kept)*24*time.Hour >= asks {
		return nil
	}
	return exit.WithHint(exit.Usagef("--retain %s is shorter than --refetch and --lookback together, %s", days(kept), quantity.Duration(asks)),
		"what has gone would be asked for again: keep jobs longer, or pull with a shorter --refetch")
}

// onlyShorter returns a usage error where jobs of d would be kept longer than they are.
func onlyShorter(d *dataset.Dataset, given int) error {
	own, err := Own(d)
	if err != nil || own.RetainDays == 0 || given != 0 && given <= own.RetainDays {
		return err
	}
	return exit.WithHint(exit.Usagef("--retain is %s, but the dataset's is %s: a policy only becomes stricter", days(given).said(), days(own.RetainDays)),
		"give a shorter time, omit the flag, or write to another folder")
}

// Hold checks the jobs that --hold names, which must be published in d, and has a run
// with the settings put them on hold.
func (f *Flags) Hold(d *dataset.Dataset, l *Loaded) error {
	l.holds = nil
	for _, given := range f.holds {
		job, reason, _ := strings.Cut(given, "=")
		if job == "" || strings.TrimSpace(reason) == "" {
			return exit.Usagef("invalid --hold %q: want JOB=REASON", given)
		}
		one, err := hold.Of(d, "", job, reason, time.Time{})
		if err != nil {
			return err
		}
		l.holds = append(l.holds, one)
	}
	return nil
}

// Limits returns what a run keeps of d that starts at an instant: also what the flags put
// on hold, see [Loaded.KeepHolds].
func (l *Loaded) Limits(d *dataset.Dataset, started time.Time) (*retain.Limits, error) {
	return retain.Of(d.Erased(), l.Settings.RetainDays, started, l.Location, l.holds...)
}

// KeepHolds puts on hold in d what the flags say, in a run that started at an instant and
// is about to publish.
func (l *Loaded) KeepHolds(d *dataset.Dataset, started time.Time) error {
	for _, one := range l.holds {
		one.Day = started.In(l.Location).Format(time.DateOnly)
		if err := hold.Add(d, one); err != nil {
			return err
		}
	}
	return nil
}

// OptOuts returns what keeps the opt-outs of d whose jobs go.
func (l *Loaded) OptOuts(d *dataset.Dataset) *retain.OptOuts {
	o := retain.NewOptOuts(d.Erased(), redact.Number, l.Location)
	o.Keyless = !l.HasKeys()
	return o
}

// Sweeper returns what replaces the kept snapshots of d that hold what is overdue, in a
// run with a key.
func (l *Loaded) Sweeper(d *dataset.Dataset, key []byte) retain.Sweeper {
	own := l.Settings
	if m := d.Manifest(); m != nil {
		own = m.Settings
	}
	return retain.Sweeper{Dataset: d, OptOuts: l.OptOuts(d), Job: l.Unflatten(own, key)}
}
