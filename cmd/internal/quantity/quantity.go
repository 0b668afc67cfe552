// Package quantity parses and prints the amounts that flags take: sizes,
// durations, and how many of something are tolerated. Each type implements
// pflag.Value.
package quantity

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Size is a number of bytes: 300MB, 1GB, 64MiB. All units are powers of 1024.
type Size int64

// Type returns the name of the type in the help.
func (*Size) Type() string { return "size" }

func (s Size) String() string {
	n, units := int64(s), []string{"B", "KB", "MB", "GB", "TB"}
	for len(units) > 1 && n != 0 && n%1024 == 0 {
		n, units = n>>10, units[1:]
	}
	return strconv.FormatInt(n, 10) + units[0]
}

// Set parses a size. After an error, s is unchanged.
func (s *Size) Set(text string) error {
	number := strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(text)), "B"), "I")
	factor := 1.0
	for i, unit := range []string{"K", "M", "G", "T"} {
		if without, ok := strings.CutSuffix(number, unit); ok {
			number, factor = strings.TrimSpace(without), float64(int64(1024)<<(10*i))
			break
		}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !(n >= 0 && n*factor < 1<<62) {
		return fmt.Errorf("invalid size %q (e.g. 300MB)", text)
	}
	*s = Size(n * factor)
	return nil
}

// Allowance is how many are tolerated: a number, or a percentage of all. The
// zero value tolerates none.
type Allowance struct {
	Number float64
	Share  bool // Number is a percentage
}

// Type returns the name of the type in the help.
func (*Allowance) Type() string { return "N|P%" }

func (a Allowance) String() string {
	text := strconv.FormatFloat(a.Number, 'f', -1, 64)
	if a.Share {
		return text + "%"
	}
	return text
}

// Set parses an allowance. After an error, a is unchanged.
func (a *Allowance) Set(s string) error {
	text, share := strings.CutSuffix(s, "%")
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 0) || math.IsInf(n, 0) || share && n > 100 || !share && n != math.Trunc(n) {
		return fmt.Errorf("invalid number or share %q (e.g. 3, 0.5%%)", s)
	}
	*a = Allowance{n, share}
	return nil
}

// Exceeded reports whether n out of all is more than allowed.
func (a Allowance) Exceeded(n, all int64) bool {
	if a.Share {
		return float64(n)*100 > a.Number*float64(all)
	}
	return float64(n) > a.Number
}

// Duration is a duration that is not negative and may be in days: 24h, 30d.
type Duration time.Duration

// Type returns the name of the type in the help.
func (*Duration) Type() string { return "duration" }

// String returns a duration as Set parses it: 7d, 24h, 1m30s.
func (d Duration) String() string {
	const day = 24 * time.Hour
	if t := time.Duration(d); t >= 2*day && t%day == 0 {
		return strconv.Itoa(int(t/day)) + "d"
	}
	text := time.Duration(d).String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// Set parses a duration. After an error, d is unchanged.
func (d *Duration) Set(text string) error {
	t, err := time.ParseDuration(text)
	if number, ok := strings.CutSuffix(text, "d"); ok {
		var days float64
		if days, err = strconv.ParseFloat(number, 64); !(days >= 0 && days <= 36500) {
			days = -1
		}
		t = time.Duration(days * 24 * float64(time.Hour))
	}
	if err != nil || t < 0 {
		return fmt.Errorf("invalid duration %q (e.g. 5s, 24h, 30d)", text)
	}
	*d = Duration(t)
	return nil
}

// Durations are durations by name, one a flag: ListJobs=12h. Which names there are
// is for others to say.
type Durations map[string]time.Duration

// Type returns the name of the type in the help.
func (*Durations) Type() string { return "NAME=DURATION" }

func (d Durations) String() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(d)) {
		all = append(all, name+"="+Duration(d[name]).String())
	}
	return strings.Join(all, ",")
}

// Set adds a duration. After an error, d is unchanged.
func (d *Durations) Set(text string) error {
	name, duration, ok := strings.Cut(text, "=")
	var given Duration
	if !ok || given.Set(duration) != nil {
		return fmt.Errorf("invalid duration %q (e.g. ListJobs=12h)", text)
	}
	if *d == nil {
		*d = Durations{}
	}
	(*d)[name] = time.Duration(given)
	return nil
}
