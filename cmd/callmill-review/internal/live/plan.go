//go:build cgo

package live

import (
	"crypto/sha256"
	"fmt"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/pipeline/calendar"
	"callmill/pipeline/dataset"
	"callmill/schema"
)

// source is what a corpus was loaded from, to be compared with what is published later.
type source struct {
	days     map[calendar.Day]string // of jobs: what their files are
	settings string                  // what calls look like besides
	from     calendar.Day            // first day of calls; 0: all are loaded
}

// The tables that calls are loaded from, and those that say which persons are masked.
var (
	tablesOfCalls   = []string{schema.TableTasks, schema.TableTurns, schema.TableSummaries}
	tablesOfPersons = []string{schema.TableJobs, schema.TableContacts, schema.TableExtras}
)

// sourceOf returns the source of a snapshot: of its tables of days, those with the names.
func sourceOf(m *dataset.Manifest, scriptsNamed bool, from calendar.Day, tables []string) source {
	s := source{days: map[calendar.Day]string{}, from: from}
	v, set := m.Versions(), m.Settings
	// With other settings or by other versions the same file may not be the same calls. How
	// long they are kept, and the key, do not matter.
	set.RetainDays = 0
	s.settings = fmt.Sprintf("%+v %+v named=%t", v, set, scriptsNamed)
	hashes := map[calendar.Day][]string{}
	for _, name := range tables {
		table := m.Table(name)
		if table == nil {
			continue
		}
		for _, file := range table.Files {
			if day, ok := dataset.DayOf(file.Path); ok {
				hashes[calendar.Day(day)] = append(hashes[calendar.Day(day)], file.Path+" "+file.SHA256)
			}
		}
	}
	for day, files := range hashes {
		slices.Sort(files)
		s.days[day] = fmt.Sprintf("%x", sha256.Sum256([]byte(fmt.Sprint(files))))
	}
	return s
}

// plan is how a corpus is made: of an older one and what changed.
type plan struct {
	whole bool                  // nothing of the older one can be kept
	load  []calendar.Day        // the days of jobs that are loaded
	stay  map[calendar.Day]bool // those whose calls are kept
}

// since plans how s is loaded where old is in memory already; nil: nothing is.
func (s *source) since(old *source) plan {
	p := plan{whole: old == nil || old.settings != s.settings || s.from < old.from, stay: map[calendar.Day]bool{}}
	if p.whole {
		return p
	}
	p.load = []calendar.Day{} // not nil, which is all
	for day, files := range s.days {
		if old.days[day] == files {
			p.stay[day] = true
		} else {
			p.load = append(p.load, day)
		}
	}
	slices.Sort(p.load)
	if p.whole = len(p.stay) == 0; p.whole {
		p.load = nil
	}
	return p
}

// keeps reports whether a call of the older corpus is one of the new one.
func (s *source) keeps(p plan) func(call *corpus.Call) bool {
	return func(call *corpus.Call) bool {
		return p.stay[call.JobDate] && (s.from == 0 || call.Day >= s.from && call.Day != corpus.NoDay)
	}
}

// What a call and a line take in memory with all that is held of them, measured on
// 400,000 calls with 2,200,000 lines.
const (
	callBytes = 260
	lineBytes = 58
)

func bytesOf(calls, lines int64) int64 { return calls*callBytes + lines*lineBytes }

// fit returns the first of the last days that fit into memory together; 0 where all do.
// The last one is held in any case.
func fit(days []query.DayCalls, memory int64) calendar.Day {
	used := int64(0)
	first := calendar.Day(0)
	for i, day := range slices.Backward(days) {
		used += bytesOf(day.Calls, day.Lines)
		if used > memory && first != 0 {
			return first
		}
		if day.Day != corpus.NoDay {
			first = day.Day
		} else if i == 0 {
			return 0 // no call has a day
		}
	}
	return 0
}
