package nightly_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"callmill/pipeline/calendar"
	"callmill/pipeline/internal/campaign"
	"callmill/pipeline/nightly"
	"callmill/schema"
)

// published has 30 calls of each day but the weekend.
func published(day int32) (int64, error) {
	switch time.Unix(int64(day)*24*60*60, 0).UTC().Weekday() {
	case time.Saturday, time.Sunday:
		return 10, nil
	}
	return 30, nil
}

// TestCovered: a day is covered by what was seen whole of it.
func TestCovered(t *testing.T) {
	z := zone(t, "Asia/Shanghai")
	calls := map[string]int64{"2026-01-19": 5, "2026-01-20": 5, "2026-01-21": 5}
	without := func(days ...string) map[string]int64 {
		some := map[string]int64{}
		for d, n := range calls {
			some[d] = n
		}
		for _, d := range days {
			delete(some, d)
		}
		return some
	}
	whole := []string{"2026-01-19/2026-01-22"}
	// In each test the days of 19, 20 and 21 January are due.
	tests := []struct {
		what      string
		now       string
		ahead     time.Duration
		searched  []string
		calls     map[string]int64
		unlisted  bool // the list of campaigns was not seen whole
		tooFew    bool
		doubted   string // before, and since when
		byCalls   string
		byGroups  string
		uncovered string
		empty     string
		after     string // doubted
	}{
		{what: "all was seen", searched: whole, calls: calls, byCalls: "0101-0122", byGroups: "0101-0122"},
		{what: "a part of a day was not", searched: []string{"2026-01-19/2026-01-20T12:00", "2026-01-20T13:00/2026-01-22"}, calls: calls,
			byCalls: "0101-0120 0121-0122", byGroups: "0101-0122", uncovered: "2026-01-20"},
		{what: "nothing was", searched: nil, calls: nil, unlisted: true, byCalls: "0101-0119", byGroups: "0101-0119", uncovered: "2026-01-19 to 2026-01-21"},
		{what: "no campaigns", searched: whole, calls: calls, unlisted: true, byCalls: "0101-0122", byGroups: "0101-0119", uncovered: "2026-01-19 to 2026-01-21"},
		{what: "our clock is ahead at midnight", now: "2026-01-22T00:02:00+08:00", ahead: 10 * time.Minute,
			searched: []string{"2026-01-19/2026-01-21T23:52"}, calls: calls, byCalls: "0101-0121", byGroups: "0101-0121"},
		{what: "answers tell seconds", now: "2026-01-22T00:00:00.3+08:00", ahead: time.Second, searched: whole, calls: calls, byCalls: "0101-0122", byGroups: "0101-0122"},
		{what: "our clock is behind", ahead: -time.Hour, searched: whole, calls: calls, byCalls: "0101-0122", byGroups: "0101-0122"},
		{what: "an answer has the date of the day before", ahead: 24 * time.Hour, searched: []string{"2026-01-19/2026-01-21T01:30"}, calls: calls,
			byCalls: "0101-0121", byGroups: "0101-0122", uncovered: "2026-01-21"},
		{what: "too few calls", searched: whole, calls: calls, tooFew: true, byCalls: "0101-0119", byGroups: "0101-0122"},
		{what: "an empty Tuesday", searched: whole, calls: without("2026-01-20"), byCalls: "0101-0120 0121-0122", byGroups: "0101-0122",
			empty: "2026-01-20", after: "2026-01-20 0122T01:30"},
		{what: "the same night again", searched: whole, calls: without("2026-01-20"), doubted: "2026-01-20 2026-01-21T20:30:00+08:00",
			byCalls: "0101-0120 0121-0122", byGroups: "0101-0122", after: "2026-01-20 0121T20:30"},
		{what: "still empty a night later", searched: whole, calls: without("2026-01-20"), doubted: "2026-01-20 2026-01-21T01:30:00+08:00",
			byCalls: "0101-0122", byGroups: "0101-0122"},
		{what: "calls came", searched: whole, calls: calls, doubted: "2026-01-20 2026-01-22T01:00:00+08:00", byCalls: "0101-0122", byGroups: "0101-0122"},
		{what: "another day is doubted", searched: whole, calls: calls, doubted: "2025-12-30 2026-01-02T01:00:00+08:00",
			byCalls: "0101-0122", byGroups: "0101-0122", after: "2025-12-30 0102T01:00"},
	}
	for _, tt := range tests {
		now := "2026-01-22T01:30:00+08:00"
		if tt.now != "" {
			now = tt.now
		}
		r := nightly.Uncovered(nightly.Options{Zone: z, Now: instant(t, now), CatchUp: 7 * 24 * time.Hour})
		covered := local(t, z, []string{"2026-01-01/2026-01-19"})
		known := nightly.Known{Covered: calendar.Coverage{Calls: covered, Groups: covered}}
		if name, since, ok := strings.Cut(tt.doubted, " "); ok {
			known.Doubted = []calendar.Doubt{{Day: day(t, name), Since: instant(t, since)}}
		}
		seen := nightly.Seen{
			Searched: local(t, z, tt.searched), Calls: map[calendar.Day]int64{}, Listed: !tt.unlisted, Ahead: tt.ahead, TooFew: tt.tooFew, Published: published,
		}
		for name, n := range tt.calls {
			seen.Calls[day(t, name)] = n
		}
		work := r.Plan("i", both, known)
		got, err := work.After(seen)
		if err != nil {
			t.Errorf("%s: %v", tt.what, err)
		}
		var doubted []string
		for _, d := range got.Doubted {
			doubted = append(doubted, d.Day.String()+" "+d.Since.In(z).Format("0102T15:04"))
		}
		told := []string{
			spell(got.Covered.Calls, z), spell(got.Covered.Groups, z), strings.Trim(fmt.Sprint(got.Uncovered), "[]"),
			strings.Trim(fmt.Sprint(got.Empty), "[]"), strings.Join(doubted, " "),
		}
		if diff := cmp.Diff([]string{tt.byCalls, tt.byGroups, tt.uncovered, tt.empty, tt.after}, told); diff != "" {
			t.Errorf("%s: by calls, by groups, uncovered, empty, doubted (-want +got):\n%s", tt.what, diff)
		}
	}
}

// An empty Sunday is no wonder where Sundays have few calls. Where the tables cannot
// be read nothing is decided.
func TestDoubtfulDays(t *testing.T) {
	r := nightly.Uncovered(nightly.Options{Zone: time.UTC, Now: instant(t, "2026-01-19T01:30:00Z"), CatchUp: 2 * 24 * time.Hour})
	work := r.Plan("i", both, nightly.Known{})
	seen := nightly.Seen{Searched: work.Windows, Listed: true, Published: published}
	after, err := work.After(seen)
	if err != nil || len(after.Doubted) > 0 || len(after.Covered.Calls) != 1 {
		t.Errorf("a weekend of %s is %+v (%v)", spell(work.Windows, time.UTC), after, err)
	}
	damaged := errors.New("damaged")
	seen.Published = func(int32) (int64, error) { return 0, damaged }
	if _, err := work.After(seen); !errors.Is(err, damaged) {
		t.Errorf("the error is %v", err)
	}
}

// Where campaigns alone are read, days with fewer calls than required are not covered
// by them.
func TestTooFewCallsOfCampaigns(t *testing.T) {
	r := nightly.Uncovered(nightly.Options{Zone: time.UTC, Now: instant(t, "2026-01-22T01:30:00Z"), CatchUp: 24 * time.Hour})
	work := r.Plan("i", nightly.Ways{Groups: true}, nightly.Known{})
	for _, tooFew := range []bool{true, false} {
		after, err := work.After(nightly.Seen{Listed: true, TooFew: tooFew})
		if err != nil || (len(after.Covered.Groups) == 0) != tooFew || len(after.Uncovered) > 0 {
			t.Errorf("too few %v: %+v (%v)", tooFew, after, err)
		}
	}
}

// A day that is covered is not doubted when it is searched again by name.
func TestCoveredDaysAreBelieved(t *testing.T) {
	r, err := nightly.Days(nightly.Options{Zone: time.UTC, Now: instant(t, "2026-01-22T01:30:00Z")}, "2026-01-20", "", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, known := range []bool{true, false} {
		var covered calendar.Coverage
		if known {
			covered.Calls = []calendar.Interval{day(t, "2026-01-20").Interval(time.UTC)}
		}
		work := r.Plan("i", both, nightly.Known{Covered: covered})
		after, err := work.After(nightly.Seen{Searched: work.Windows, Listed: true, Published: published})
		if err != nil || (len(after.Empty) == 0) != known {
			t.Errorf("covered before %v: doubted are %v (%v)", known, after.Empty, err)
		}
	}
}

// TestStamps: what was read is stamped, what was not stays as it was, and what never
// was has the zero stamp.
func TestStamps(t *testing.T) {
	now := instant(t, "2026-01-22T01:30:00Z")
	r := nightly.Uncovered(nightly.Options{Zone: time.UTC, Now: now, CatchUp: 24 * time.Hour})
	old := map[string]campaign.Stamp{"a": {Listed: 1, ReadAt: 7}, "b": {Listed: 2, ReadAt: 8}}
	work := r.Plan("i", both, nightly.Known{Campaigns: old})
	after, err := work.After(nightly.Seen{Listed: true, Campaigns: []nightly.Campaign{
		{Row: &schema.JobGroupRow{JobGroupID: "b", ModifyTime: 5}, Listed: 3}, {Row: &schema.JobGroupRow{JobGroupID: "c"}},
	}, Unread: []string{"a", "d"}})
	want := map[string]campaign.Stamp{
		"a": old["a"], "d": {}, "b": {ModifyTime: 5, Listed: 3, ChangedAt: now.UnixMilli(), ReadAt: now.UnixMilli()}, "c": {ReadAt: now.UnixMilli()},
	}
	if diff := cmp.Diff(want, after.Campaigns); diff != "" || err != nil {
		t.Errorf("the stamps (-want +got, %v):\n%s", err, diff)
	}
	if old["b"].Listed != 2 || len(old) != 2 {
		t.Error("what was known is modified")
	}
}
