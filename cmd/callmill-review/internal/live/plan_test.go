//go:build cgo

package live

import (
	"maps"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/pipeline/calendar"
)

func TestFit(t *testing.T) {
	day := func(n int) query.DayCalls { return query.DayCalls{Day: calendar.Day(n), Calls: 100, Lines: 1000} }
	undated := query.DayCalls{Day: corpus.NoDay, Calls: 100, Lines: 1000}
	one := bytesOf(100, 1000)
	for _, test := range []struct {
		name   string
		days   []query.DayCalls
		memory int64
		want   calendar.Day
	}{
		{"no calls", nil, 0, 0},
		{"all fit", []query.DayCalls{day(1), day(2), day(3)}, 3 * one, 0},
		{"two fit", []query.DayCalls{day(1), day(2), day(3)}, 3*one - 1, 2},
		{"one fits", []query.DayCalls{day(1), day(2), day(3)}, one, 3},
		{"none fits, the last is held", []query.DayCalls{day(1), day(2), day(3)}, 1, 3},
		{"calls without a day take room, too", []query.DayCalls{day(1), day(2), undated}, 2 * one, 2},
		{"only calls without a day", []query.DayCalls{undated}, 1, 0},
	} {
		if got := fit(test.days, test.memory); got != test.want {
			t.Errorf("%s: from %d, want %d", test.name, got, test.want)
		}
	}
}

func TestSince(t *testing.T) {
	old := &source{days: map[calendar.Day]string{1: "a", 2: "b", 3: "c"}, settings: "s", from: 1}
	with := func(change func(s *source)) *source {
		s := &source{days: maps.Clone(old.days), settings: old.settings, from: old.from}
		change(s)
		return s
	}
	for _, test := range []struct {
		name  string
		now   *source
		old   *source
		whole bool
		load  []calendar.Day
		stay  []calendar.Day
	}{
		{name: "nothing is held", now: old, whole: true},
		{name: "nothing changed", now: old, old: old, load: []calendar.Day{}, stay: []calendar.Day{1, 2, 3}},
		{name: "a day changed, one is new, one is gone", old: old, load: []calendar.Day{2, 4}, stay: []calendar.Day{3},
			now: with(func(s *source) { s.days[2], s.days[4] = "x", "d"; delete(s.days, 1) })},
		{name: "fewer days fit", old: old, load: []calendar.Day{}, stay: []calendar.Day{1, 2, 3}, now: with(func(s *source) { s.from = 2 })},
		{name: "more days fit", old: old, whole: true, now: with(func(s *source) { s.from = 0 })},
		{name: "other settings", old: old, whole: true, now: with(func(s *source) { s.settings = "other" })},
		{name: "all days changed", old: old, whole: true, now: with(func(s *source) { s.days = map[calendar.Day]string{5: "e"} })},
	} {
		p := test.now.since(test.old)
		stay := slices.Sorted(maps.Keys(p.stay))
		if p.whole != test.whole || !gocmp.Equal(p.load, test.load) || !slices.Equal(stay, test.stay) {
			t.Errorf("%s: whole %t, load %v, stay %v; want %t, %v, %v", test.name, p.whole, p.load, stay, test.whole, test.load, test.stay)
		}
	}
}

// A snapshot that cannot be taken up is tried again later and later; another one at once.
func TestAttempts(t *testing.T) {
	a := attempts{}
	var tried []int
	for look := range 100 {
		if a.due("bad") {
			tried = append(tried, look)
			a.fail()
		}
	}
	if want := []int{0, 3, 8, 17, 34, 67}; !slices.Equal(tried, want) {
		t.Errorf("tried at looks %v, want %v", tried, want)
	}
	if !a.due("other") {
		t.Error("another snapshot is not tried")
	}
}
