package nightly_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"callmill/pipeline/calendar"
	"callmill/pipeline/nightly"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func day(t testing.TB, s string) calendar.Day {
	t.Helper()
	d, err := calendar.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// spell names intervals by their local days, and by the hour where they do not
// begin or end with a day.
func spell(all []calendar.Interval, z *time.Location) string {
	var words []string
	for _, i := range all {
		at := func(t time.Time) string { return strings.TrimSuffix(t.In(z).Format("0102T15:04"), "T00:00") }
		words = append(words, at(i.From)+"-"+at(i.To))
	}
	return strings.Join(words, " ")
}

func TestUncovered(t *testing.T) {
	const night = "2026-01-22T01:30:00+08:00"
	tests := []struct {
		what    string
		zone    string
		now     string
		catchUp int // days
		covered []string
		windows string
		gaps    string
	}{
		{"empty dataset", "Asia/Shanghai", night, 7, nil, "0115-0122", "[]"},
		{"an ordinary night", "Asia/Shanghai", night, 7, []string{"2026-01-01/2026-01-21"}, "0121-0122", "[]"},
		{"nothing left", "Asia/Shanghai", night, 7, []string{"2026-01-01/2026-01-22"}, "", "[]"},
		{"three nights missed", "Asia/Shanghai", night, 7, []string{"2026-01-01/2026-01-18"}, "0118-0122", "[]"},
		{"a hole", "Asia/Shanghai", night, 7, []string{"2026-01-10/2026-01-17", "2026-01-18/2026-01-21"}, "0117-0118 0121-0122", "[]"},
		{"an outage longer than catch-up", "Asia/Shanghai", night, 7, []string{"2026-01-01/2026-01-10"}, "0115-0122", "[--from 2026-01-10 --to 2026-01-14]"},
		{"old holes", "Asia/Shanghai", night, 3, []string{"2025-12-01/2025-12-30", "2025-12-31/2026-01-10", "2026-01-12/2026-01-22"}, "", "[--date 2025-12-30 --from 2026-01-10 --to 2026-01-11]"},
		{"begun in the middle of a day", "Asia/Shanghai", night, 7, []string{"2026-01-14/2026-01-20T12:00"}, "0120T12:00-0122", "[]"},
		{"part of an old day", "Asia/Shanghai", night, 2, []string{"2026-01-01/2026-01-10T12:00", "2026-01-10T13:00/2026-01-11", "2026-01-12/2026-01-22"}, "", "[--from 2026-01-10 --to 2026-01-11]"},
		{"no catching up", "Asia/Shanghai", night, 0, []string{"2026-01-01/2026-01-21"}, "", "[--date 2026-01-21]"},
		{"short day", "Europe/Berlin", "2026-03-30T03:00:00+02:00", 1, []string{"2026-03-01/2026-03-29"}, "0329-0330", "[]"},
		{"long day", "Europe/Berlin", "2026-10-26T00:30:00+01:00", 1, nil, "1025-1026", "[]"},
		{"no midnight", "America/Sao_Paulo", "2018-11-05T02:00:00-02:00", 2, nil, "1103-1105", "[]"},
	}
	for _, tt := range tests {
		z := zone(t, tt.zone)
		r := nightly.Uncovered(nightly.Options{Zone: z, Now: instant(t, tt.now), CatchUp: time.Duration(tt.catchUp) * 24 * time.Hour})
		covered := local(t, z, tt.covered)
		work := r.Plan("i", both, nightly.Known{Covered: calendar.Coverage{Calls: covered, Groups: covered}})
		var flags []string
		for _, g := range work.Gaps {
			flags = append(flags, g.Flags())
		}
		if got := spell(work.Windows, z); got != tt.windows || fmt.Sprint(flags) != tt.gaps {
			t.Errorf("%s: %q and %v, want %q and %s", tt.what, got, flags, tt.windows, tt.gaps)
		}
	}
}

// local reads intervals spelled in a zone's own time.
func local(t *testing.T, z *time.Location, spelled []string) []calendar.Interval {
	var all []calendar.Interval
	at := func(s string) time.Time {
		if !strings.Contains(s, "T") {
			return day(t, s).Start(z)
		}
		at, err := time.ParseInLocation("2006-01-02T15:04", s, z)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, s := range spelled {
		from, to, _ := strings.Cut(s, "/")
		all = append(all, calendar.Interval{From: at(from), To: at(to)})
	}
	return all
}

// both ways are what a pull uses where nothing else is asked for.
var both = nightly.Ways{Calls: true, Groups: true}

// TestSearchedAgain: the lookback is searched again as far as it was searched before,
// what only the other way lacks, and the hours of calls that were not named.
func TestSearchedAgain(t *testing.T) {
	z := zone(t, "Asia/Shanghai")
	tests := []struct {
		what           string
		ways           nightly.Ways
		lookback       int // days
		calls, groups  []string
		unnamed        []string
		windows, again string
		gaps           string
	}{
		{"an ordinary night", both, 3, []string{"2026-01-01/2026-01-21"}, []string{"2026-01-01/2026-01-21"}, nil, "0121-0122", "0119-0121", "[]"},
		{"after a night that failed", both, 3, []string{"2026-01-01/2026-01-20"}, []string{"2026-01-01/2026-01-20"}, nil, "0120-0122", "0118-0120", "[]"},
		{"a failed night, and no lookback", both, 0, []string{"2026-01-01/2026-01-20"}, []string{"2026-01-01/2026-01-20"}, nil, "0120-0122", "", "[]"},
		{"without a lookback", both, 0, []string{"2026-01-01/2026-01-21"}, []string{"2026-01-01/2026-01-21"}, nil, "0121-0122", "", "[]"},
		{"a second run", both, 3, []string{"2026-01-01/2026-01-22"}, []string{"2026-01-01/2026-01-22"}, nil, "", "0119-0122", "[]"},
		{"an empty dataset", both, 9, nil, nil, nil, "0115-0122", "", "[]"},
		{"longer than anything", both, 9999, []string{"2026-01-14/2026-01-21"}, []string{"2026-01-14/2026-01-21"}, nil, "0121-0122", "0114-0121", "[]"},
		{"campaigns were not listed", both, 0, []string{"2026-01-01/2026-01-21"}, []string{"2026-01-01/2026-01-19"}, nil, "0121-0122", "0119-0121", "[]"},
		{"campaigns were not listed for long", both, 0, []string{"2026-01-01/2026-01-22"}, []string{"2026-01-01/2026-01-10"}, nil, "", "0115-0122", "[--from 2026-01-10 --to 2026-01-14]"},
		{"campaigns were never asked for", both, 0, []string{"2026-01-01/2026-01-22"}, nil, nil, "", "0115-0122", "[]"},
		{"calls alone", nightly.Ways{Calls: true}, 3, []string{"2026-01-01/2026-01-21"}, nil, nil, "0121-0122", "0119-0121", "[]"},
		{"campaigns alone", nightly.Ways{Groups: true}, 3, nil, []string{"2026-01-01/2026-01-21"}, nil, "0121-0122", "", "[]"},
		{"calls that were not named", both, 1, []string{"2026-01-01/2026-01-21"}, []string{"2026-01-01/2026-01-21"},
			[]string{"2026-01-10T12:00", "2026-01-10T12:40", "2026-01-21T09:00"}, "0121-0122", "0110T11:30-0110T13:10", "[]"},
	}
	for _, tt := range tests {
		r := nightly.Uncovered(nightly.Options{
			Zone: z, Now: instant(t, "2026-01-22T01:30:00+08:00"), CatchUp: 7 * 24 * time.Hour, Lookback: time.Duration(tt.lookback) * 24 * time.Hour,
		})
		known := nightly.Known{Covered: calendar.Coverage{Calls: local(t, z, tt.calls), Groups: local(t, z, tt.groups)}}
		for _, call := range tt.unnamed {
			at, err := time.ParseInLocation("2006-01-02T15:04", call, z)
			if err != nil {
				t.Fatal(err)
			}
			known.Unnamed = append(known.Unnamed, at)
		}
		work := r.Plan("i", tt.ways, known)
		flags := []string{}
		for _, g := range work.Gaps {
			flags = append(flags, g.Flags())
		}
		if windows, again := spell(work.Windows, z), spell(work.Again, z); windows != tt.windows || again != tt.again || fmt.Sprint(flags) != tt.gaps {
			t.Errorf("%s: %q, again %q, gaps %v, want %q, %q and %s", tt.what, windows, again, flags, tt.windows, tt.again, tt.gaps)
		}
	}
}

// After every night missed, the next run leaves nothing uncovered, and a
// second run finds nothing to do.
func TestNightsCatchUp(t *testing.T) {
	z := zone(t, "Europe/Berlin")
	var covered calendar.Coverage
	for _, night := range []string{
		"2026-03-26T03:00:00+01:00", "2026-03-27T03:00:00+01:00", // then three missed, one of them short
		"2026-03-31T03:00:00+02:00", "2026-03-31T04:00:00+02:00", "2026-03-31T23:59:00+02:00", "2026-04-01T00:00:00+02:00",
	} {
		now := instant(t, night)
		r := nightly.Uncovered(nightly.Options{Zone: z, Now: now, CatchUp: 7 * 24 * time.Hour})
		work := r.Plan("i", both, nightly.Known{Covered: covered})
		after, err := work.After(nightly.Seen{Searched: work.Windows, Listed: true})
		if err != nil || len(after.Uncovered) > 0 {
			t.Fatalf("after %s %v is left uncovered (%v)", night, after.Uncovered, err)
		}
		covered = after.Covered
		want := []calendar.Interval{{From: day(t, "2026-03-19").Start(z), To: calendar.DayOf(now, z).Start(z)}}
		if !slices.Equal(covered.Calls, want) || !slices.Equal(covered.Groups, want) {
			t.Fatalf("after %s %s is covered, want %s", night, spell(covered.Whole(), z), spell(want, z))
		}
		if again := r.Plan("i", both, nightly.Known{Covered: covered}); len(again.Windows)+len(again.Gaps) > 0 {
			t.Fatalf("after %s %+v is left", night, again)
		}
	}
}

func TestDays(t *testing.T) {
	z := zone(t, "Asia/Shanghai")
	now := instant(t, "2026-01-22T01:30:00+08:00")
	covered := local(t, z, []string{"2026-01-01/2026-01-22"})
	known := nightly.Known{Covered: calendar.Coverage{Calls: covered, Groups: covered}}
	tests := []struct {
		date, from, to string
		windows        string
		err            string
	}{
		{"2026-01-20", "", "", "0120-0121", ""}, // covered, and fetched all the same
		{"", "2026-01-19", "2026-01-20", "0119-0121", ""},
		{"", "2026-01-20", "2026-01-20", "0120-0121", ""},
		{"", "2026-01-20", "", "0120-0122", ""},
		{"", "2026-01-20", "2026-01-22", "0120-0122T01:30", ""},
		{"", "2026-01-20", "2026-02-22", "0120-0122T01:30", ""},
		{"2026-01-22", "", "", "0122-0122T01:30", ""},
		{"", "2026-01-22", "", "0122-0122T01:30", ""},
		{"2026-01-23", "", "", "", "--date 2026-01-23 is in the future"},
		{"", "2026-01-23", "2026-01-24", "", "--from 2026-01-23 is in the future"},
		{"", "2026-01-20", "2026-01-19", "", "--from 2026-01-20 is after --to 2026-01-19"},
		{"", "", "2026-01-19", "", "--to is given without --from"},
		{"", "", "", "", "no day is given"},
		{"2026-01-20", "2026-01-20", "", "", "--date and --from or --to are both given"},
		{"20 January", "", "", "", `--date: invalid day "20 January": want YYYY-MM-DD`},
		{"", "2026-01-20", "now", "", `--to: invalid day "now": want YYYY-MM-DD`},
		{"1969-12-31", "", "", "", "before 1970"},
	}
	for _, tt := range tests {
		r, err := nightly.Days(nightly.Options{Zone: z, Now: now, Lookback: 72 * time.Hour}, tt.date, tt.from, tt.to)
		if tt.err != "" {
			var usage interface{ Hint() string }
			if !errors.As(err, &usage) || !strings.Contains(err.Error(), tt.err) || usage.Hint() == "" {
				t.Errorf("%+v: error %v", tt, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%+v: %v", tt, err)
			continue
		}
		work := r.Plan("i", both, known)
		if got := spell(work.Windows, z); got != tt.windows || len(work.Gaps)+len(work.Again) > 0 {
			t.Errorf("%+v: windows %s, gaps %v", tt, got, work.Gaps)
		}
	}
}

// Nothing before the edge is searched, is a gap, or can be named.
func TestEdge(t *testing.T) {
	for _, c := range []struct {
		what, zone, edge, from, windows, again, gaps string
		covered                                      []string
	}{
		{what: "all is kept", zone: "Asia/Shanghai", windows: "0115-0122"},
		{what: "the edge is within the catch-up", zone: "Asia/Shanghai", edge: "2026-01-20", windows: "0120-0122"},
		{what: "before it", zone: "Asia/Shanghai", edge: "2026-01-10", windows: "0115-0122"},
		{what: "gaps", zone: "Asia/Shanghai", edge: "2026-01-03", covered: []string{"2025-12-20", "2026-01-10"}, windows: "0115-0122", again: "0110-0111", gaps: "2026-01-03 to 2026-01-09 2026-01-11 to 2026-01-14"},
		{what: "what is searched again", zone: "Asia/Shanghai", edge: "2026-01-20", covered: []string{"2026-01-18", "2026-01-19", "2026-01-20", "2026-01-21"}, again: "0120-0122"},
		{what: "named days", zone: "Asia/Shanghai", edge: "2026-01-20", from: "2026-01-01", windows: "0120-0122"},
		{what: "a day that begins at 01:00", zone: "America/Santiago", edge: "2025-09-07", from: "2025-09-01", windows: "0907T01:00-0908"},
	} {
		z := zone(t, c.zone)
		o := nightly.Options{Zone: z, Now: instant(t, "2026-01-22T01:30:00+08:00"), CatchUp: 7 * 24 * time.Hour, Lookback: 3 * 24 * time.Hour}
		if c.edge != "" {
			o.Edge = day(t, c.edge).Start(z)
		}
		request, err := nightly.Uncovered(o), error(nil)
		if c.from != "" {
			to := "2026-01-21"
			if c.zone != "Asia/Shanghai" {
				to = "2025-09-07"
			}
			request, err = nightly.Days(o, "", c.from, to)
		}
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		var known nightly.Known
		for _, covered := range c.covered {
			known.Covered = known.Covered.Add(calendar.Coverage{Calls: []calendar.Interval{day(t, covered).Interval(z)}})
		}
		w := request.Plan("x", nightly.Ways{Calls: true}, known)
		var gaps []string
		for _, g := range w.Gaps {
			gaps = append(gaps, g.String())
		}
		if got := spell(w.Windows, z); got != c.windows {
			t.Errorf("%s: searches %q, want %q", c.what, got, c.windows)
		}
		if got := spell(w.Again, z); got != c.again {
			t.Errorf("%s: searches again %q, want %q", c.what, got, c.again)
		}
		if got := strings.Join(gaps, " "); got != c.gaps {
			t.Errorf("%s: gaps %q, want %q", c.what, got, c.gaps)
		}
	}
	o := nightly.Options{Zone: zone(t, "Asia/Shanghai"), Now: instant(t, "2026-01-22T01:30:00+08:00"), Edge: instant(t, "2026-01-20T00:00:00+08:00")}
	if _, err := nightly.Days(o, "2026-01-19", "", ""); err == nil || !strings.Contains(err.Error(), "2026-01-19 is before 2026-01-20, the first day that the dataset keeps") {
		t.Errorf("a day before the edge: %v", err)
	}
	if _, err := nightly.Days(o, "2026-01-20", "", ""); err != nil {
		t.Errorf("the edge itself: %v", err)
	}
}
