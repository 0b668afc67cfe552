// Package pull runs the command pull: it plans what to fetch, adds to the snapshot
// what is covered, and judges whether the result is good enough for exit code 0.
// The rules are in package nightly, the requests in discover, what is pending in
// dataset/reconcile; decoding and publishing are left to the command.
package pull

import (
	"bytes"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quantity"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/outboundbot/client"
	"callmill/pipeline/outboundbot/discover"
)

// Options are the flags of pull, under their names, and what no flag sets.
type Options struct {
	Instances       []string
	Endpoint        string
	QPS             int
	Date, From, To  string
	Groups          []string
	Jobs            string // file of ids
	Discover        []string
	Settle, Refetch time.Duration
	CatchUp         time.Duration
	Lookback        time.Duration
	AllowMissing    quantity.Allowance
	MinCalls        int64
	KeepRaw         int

	Out       string                 // the dataset's folder, for commands that hints name
	Client    client.Options         // besides Endpoint, QPS and Now
	NewReader func() discover.Reader // makes the decoder of the run
	Now       func() time.Time

	through string // the last day of a part of a long catch-up; "" is yesterday
}

// Defaults are the options where no flag is given.
func Defaults() Options {
	return Options{
		Endpoint: client.DefaultEndpoint, QPS: 10, Discover: []string{"calls", "groups"},
		Settle: 48 * time.Hour, Refetch: 30 * 24 * time.Hour, CatchUp: 7 * 24 * time.Hour, Lookback: 3 * 24 * time.Hour,
		AllowMissing: quantity.Allowance{Number: 0.5, Share: true}, KeepRaw: 14,
	}
}

// Asks is how far back from now a pull may ask again for what came before.
func (o *Options) Asks() time.Duration { return o.Refetch + o.Lookback }

func (o *Options) validate() error {
	if len(o.Discover) == 0 {
		return exit.Usagef(`invalid --discover "": want calls, groups or both`)
	}
	for _, way := range o.Discover {
		if way != "calls" && way != "groups" {
			return exit.Usagef("invalid --discover %q: want calls, groups or both", way)
		}
	}
	for flag, ids := range map[string][]string{"--instance": o.Instances, "--group": o.Groups} {
		for _, id := range ids {
			if !isID(id) {
				return exit.Usagef("%s: invalid id %q", flag, id)
			}
		}
	}
	switch {
	case o.QPS < 1:
		return exit.Usagef("--qps must be at least 1, got %d", o.QPS)
	case o.KeepRaw < 1:
		return exit.Usagef("--keep-raw must be at least 1, got %d", o.KeepRaw)
	case o.CatchUp < 24*time.Hour:
		return exit.WithHint(exit.Usagef("--catch-up must be at least 1d, got %s", quantity.Duration(o.CatchUp)), "with less, yesterday might be left out")
	case o.MinCalls < 0:
		return exit.Usagef("--min-calls must not be negative, got %d", o.MinCalls)
	case o.named() && o.days():
		return exit.Usagef("--group and --jobs name what to pull and cannot be combined with days")
	}
	return nil
}

// named reports whether campaigns or jobs are named, instead of days.
func (o *Options) named() bool { return len(o.Groups) > 0 || o.Jobs != "" }

// days reports whether days are named.
func (o *Options) days() bool { return o.Date != "" || o.From != "" || o.To != "" }

// asked returns the flags that name what is asked for; "" is what a night asks for.
func (o *Options) asked() string {
	var flags []string
	add := func(flag, value string) {
		if value != "" {
			flags = append(flags, flag, quote.Shell(value))
		}
	}
	add("--date", o.Date)
	add("--from", o.From)
	add("--to", o.To)
	for _, id := range o.Groups {
		add("--group", id)
	}
	add("--jobs", o.Jobs)
	return strings.Join(flags, " ")
}

// mostIDBytes is longer than any id of the API.
const mostIDBytes = 256

// isID reports whether text can be an id of the API. Ids of jobs need not be
// UUIDs, but what a spreadsheet puts around and between them is in none.
func isID(text string) bool {
	strange := func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || strings.ContainsRune(`,;"`, r)
	}
	return text != "" && len(text) <= mostIDBytes && utf8.ValidString(text) && !strings.ContainsFunc(text, strange)
}

// readIDs reads the file of --jobs: an id a line, each once. Empty lines and
// those that begin with # say nothing. There are none for "".
func readIDs(path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, exit.Usagef("--jobs: %w", err)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var ids []string
	known := map[string]bool{}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		id := strings.TrimSpace(line)
		if id == "" || strings.HasPrefix(id, "#") || known[id] {
			continue
		}
		if !isID(id) {
			return nil, exit.WithHint(exit.Usagef("--jobs: %s:%d: invalid id %.40q", path, number, id), "write one id per line, as UTF-8, and nothing else")
		}
		known[id] = true
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, exit.Usagef("--jobs: %s holds no ids", path)
	}
	return ids, nil
}
