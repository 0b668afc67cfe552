package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"callmill/pipeline/progress"
)

// runFlags are the flags of every command that publishes.
type runFlags struct {
	out          string
	settings     settingFlags
	key          string
	workers      int
	memory       byteSize
	keep         int
	keepFor      time.Duration
	groupRead    bool
	allowRejects allowance
	lockWait     time.Duration
	progress     string
	metricsFile  string
}

func (f *runFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.out, "out", "", "folder of the dataset, a `DIR` that is made if it does not exist (required)")
	f.addTo(c)
}

// addTo adds the flags of a command that names the dataset otherwise.
func (f *runFlags) addTo(c *cobra.Command) {
	flags := c.Flags()
	f.settings.add(c)
	flags.StringVar(&f.key, "key", "", "`FILE` with the secret of contact_key (default: the dataset's own, made by its first run)")
	flags.IntVar(&f.workers, "workers", 0, "goroutines that decode, cut and write (default: one per processor)")
	f.memory = 300 << 20
	flags.Var(&f.memory, "memory", "memory to stay under, such as 300MB or 1GB")
	flags.IntVar(&f.keep, "keep", 7, "snapshots to keep")
	flags.Var(newSpan(&f.keepFor, 24*time.Hour), "keep-for", "age up to which snapshots are kept, whatever their number")
	flags.BoolVar(&f.groupRead, "group-read", false, "let the group read the tables")
	flags.Var(&f.allowRejects, "allow-rejects", "rejects that there may be without exit code 3: a number, or a share such as 0.5%")
	flags.StringVar(&f.metricsFile, "metrics-file", "", "`FILE` for Prometheus' text-file collector, written also after a failure")
	flags.Var(newSpan(&f.lockWait, 0), "lock-wait", "how long to wait where another run holds the dataset")
	flags.StringVar(&f.progress, "progress", progress.Modes()[0], "`MODE` of what to show meanwhile: "+strings.Join(progress.Modes(), ", "))
}

func (f *runFlags) check() error {
	switch {
	case f.out == "":
		return &hintError{usagef("--out is missing"), "name the folder of the dataset, such as --out data"}
	case f.workers < 0:
		return usagef("--workers must be at least 1, got %d", f.workers)
	case f.memory < 64<<20:
		return usagef("--memory must be at least 64MB, got %s", f.memory.String())
	case f.keep < 1:
		return usagef("--keep must be at least 1, got %d", f.keep)
	case f.keepFor < 0 || f.lockWait < 0:
		return usagef("--keep-for and --lock-wait must not be negative")
	case !slices.Contains(progress.Modes(), f.progress):
		return usagef("--progress must be auto, plain, json or none, got %q", f.progress)
	}
	return f.settings.check()
}

// keepAge is --keep-for as an option: there 0 stands for the default.
func keepAge(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}

// byteSize is a number of bytes as a flag: 300MB, 1GB, 64MiB.
type byteSize int64

var _ pflag.Value = (*byteSize)(nil)

func (b *byteSize) Type() string { return "size" }

func (b *byteSize) String() string {
	n, units := int64(*b), []string{"B", "KB", "MB", "GB", "TB"}
	for len(units) > 1 && n != 0 && n%1024 == 0 {
		n, units = n>>10, units[1:]
	}
	return strconv.FormatInt(n, 10) + units[0]
}

func (b *byteSize) Set(s string) error {
	text := strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(s)), "B"), "I")
	shift := map[byte]int{'K': 10, 'M': 20, 'G': 30, 'T': 40}
	if text == "" {
		return fmt.Errorf("%q is no size", s)
	}
	exponent, unit := shift[text[len(text)-1]]
	if unit {
		text = text[:len(text)-1]
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || n < 0 || math.IsNaN(n) || n*math.Pow(2, float64(exponent)) >= 1<<62 {
		return fmt.Errorf("%q is no size: 300MB, say", s)
	}
	*b = byteSize(n * math.Pow(2, float64(exponent)))
	return nil
}

// allowance is a number, or a share of all, that is tolerated.
type allowance struct {
	number float64
	share  bool
}

var _ pflag.Value = (*allowance)(nil)

func (a *allowance) Type() string { return "N|P%" }

func (a *allowance) String() string {
	text := strconv.FormatFloat(a.number, 'f', -1, 64)
	if a.share {
		return text + "%"
	}
	return text
}

func (a *allowance) Set(s string) error {
	text, share := strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 0 || math.IsNaN(n) || math.IsInf(n, 0) || share && n > 100 || !share && n != math.Trunc(n) {
		return fmt.Errorf("%q is neither a number nor a share such as 0.5%%", s)
	}
	*a = allowance{n, share}
	return nil
}

// exceeded reports whether n of all are more than allowed.
func (a *allowance) exceeded(n, all int64) bool {
	if a.share {
		return float64(n)*100 > a.number*float64(all)
	}
	return float64(n) > a.number
}

// span is a duration as a flag that may be in days: 24h, 30d.
type span struct{ d *time.Duration }

func newSpan(d *time.Duration, value time.Duration) *span {
	*d = value
	return &span{d}
}

func (s *span) Type() string { return "duration" }

func (s *span) String() string {
	if s.d == nil {
		return ""
	}
	return spell(*s.d)
}

// spell writes a duration as a flag takes it: 7d, 24h, 1m30s.
func spell(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= 2*day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func (s *span) Set(text string) error {
	if number, ok := strings.CutSuffix(text, "d"); ok {
		days, err := strconv.ParseFloat(number, 64)
		if err != nil || math.IsNaN(days) || days < 0 || days > 36500 {
			return fmt.Errorf("%q is no duration such as 24h or 30d", text)
		}
		*s.d = time.Duration(days * 24 * float64(time.Hour))
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return fmt.Errorf("%q is no duration such as 24h or 30d", text)
	}
	*s.d = d
	return nil
}
