package contrast

import (
	"strconv"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
)

// none is the number of what is not there.
const none = -1

// value is one value of a dimension and the calls of the population that have it, in
// their order.
type value struct {
	name  Name
	calls []int32
}

// attributes are what is known of the calls of a population before anything is said.
type attributes struct {
	corpus  *corpus.Corpus
	calls   []int32 // index in Corpus.Calls
	isTrue  []bool
	robot   []int32
	scripts []corpus.RobotKey // by number
}

// newAttributes returns the calls of which the measure is known.
func newAttributes(c *corpus.Corpus, values []measure.Value) *attributes {
	a := &attributes{corpus: c}
	for i, v := range values {
		if v != measure.Unknown {
			a.calls = append(a.calls, int32(i))
			a.isTrue = append(a.isTrue, v == measure.Yes)
		}
	}
	a.robot, a.scripts = robots(c, a.calls)
	return a
}

func (a *attributes) call(position int) *corpus.Call { return &a.corpus.Calls[a.calls[position]] }

func (a *attributes) count() int {
	n := 0
	for _, is := range a.isTrue {
		if is {
			n++
		}
	}
	return n
}

// versions numbers the versions of robots.
func (a *attributes) versions() (of []int32, names []Name) {
	type version struct {
		robot int32
		code  corpus.Code
	}
	ids := map[version]int32{}
	of = make([]int32, len(a.calls))
	for p := range a.calls {
		key := version{a.robot[p], a.call(p).Version}
		id, ok := ids[key]
		if !ok {
			id = int32(len(ids))
			ids[key] = id
			names = append(names, Name{
				Dimension: Version, Value: a.corpus.Versions.String(key.code),
				Script: a.script(key.robot), Instance: a.instance(key.robot),
			})
		}
		of[p] = id
	}
	return of, names
}

func (a *attributes) script(robot int32) string {
	return a.corpus.Scripts.String(a.scripts[robot].Script)
}

// instance returns the instance of a script, "" where there is only one.
func (a *attributes) instance(robot int32) string {
	const one = 2 // with the unknown
	if a.corpus.Instances.Len() <= one {
		return ""
	}
	return a.corpus.Instances.String(a.scripts[robot].Instance)
}

// values returns the values of a dimension; what is unknown is not one.
func (a *attributes) values(d Dimension) []value {
	if d == Version {
		of, names := a.versions()
		return a.collect(names, func(p int) int32 {
			if names[of[p]].Value == "" {
				return none
			}
			return of[p]
		})
	}
	if d == Script {
		names := make([]Name, len(a.scripts))
		for robot := range names {
			names[robot] = Name{Dimension: Script, Value: a.script(int32(robot)), Instance: a.instance(int32(robot))}
		}
		return a.collect(names, func(p int) int32 {
			if names[a.robot[p]].Value == "" {
				return none
			}
			return a.robot[p]
		})
	}
	of, count, text := a.coded(d)
	names := make([]Name, count)
	for id := range names {
		names[id] = Name{Dimension: d, Value: text(id)}
	}
	return a.collect(names, func(p int) int32 { return of(a.call(p)) })
}

// coded returns the numbers of a dimension's values, how many there are, and what they
// stand for.
func (a *attributes) coded(d Dimension) (of func(*corpus.Call) int32, count int, text func(id int) string) {
	known := func(code corpus.Code) int32 {
		if code == 0 {
			return none
		}
		return int32(code)
	}
	switch c := a.corpus; d {
	case Number:
		return func(call *corpus.Call) int32 { return known(call.Number) }, c.Numbers.Len(),
			func(id int) string { return c.Numbers.String(corpus.Code(id)) }
	case Batch:
		return func(call *corpus.Call) int32 { return known(call.Campaign) }, c.Campaigns.Len(),
			func(id int) string { return c.Campaigns.String(corpus.Code(id)) }
	case Attempt:
		return func(call *corpus.Call) int32 { return attemptOf(call) }, attempts, strconv.Itoa
	default: // Hour
		return func(call *corpus.Call) int32 { return int32(call.Hour) }, 24, strconv.Itoa
	}
}

// Attempts from the last on are one.
const attempts = 10

func attemptOf(call *corpus.Call) int32 { return min(int32(max(call.Attempt, 0)), attempts-1) }

// collect sorts the calls by their values by counting.
func (a *attributes) collect(names []Name, of func(position int) int32) []value {
	start := make([]int32, len(names)+1)
	total := 0
	for p := range a.calls {
		if id := of(p); id >= 0 {
			start[id+1]++
			total++
		}
	}
	for id := range names {
		start[id+1] += start[id]
	}
	calls := make([]int32, total)
	next := append([]int32(nil), start...)
	for p := range a.calls {
		if id := of(p); id >= 0 {
			calls[next[id]] = int32(p)
			next[id]++
		}
	}
	var values []value
	for id, name := range names {
		if start[id] < start[id+1] {
			values = append(values, value{name, calls[start[id]:start[id+1]]})
		}
	}
	return values
}

// corpusCalls returns the indices in Corpus.Calls of positions in the population.
func (a *attributes) corpusCalls(positions []int32) []int32 {
	calls := make([]int32, len(positions))
	for i, p := range positions {
		calls[i] = a.calls[p]
	}
	return calls
}
