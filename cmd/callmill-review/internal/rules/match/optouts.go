package match

import (
	"cmp"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/pipeline/dataset/optout"
)

// OptOut is a contact that asked not to be called again.
type OptOut struct {
	Call   int32       // in which it first did, an index in Corpus.Calls
	Lines  []int32     // of the call that say so; none where only a result does
	Result corpus.Code // the business result that says so; 0 where only lines do
	After  []int32     // calls that were made to it afterwards, by time
}

// OptOuts returns who asked not to be called again and was, by the call in which they
// first did: by a rule with opt_out, or by a business result such as 免打扰=是. A contact
// is known by its key, across campaigns and instances, or else by its job. Calls without
// a time come neither before nor after.
//
// All calls of the corpus are looked at for the wish. after reports whether a call, by its
// index, that was made afterwards counts; nil: all do. It is a lower bound: a wish in other words, or
// before the corpus begins, is not known.
func (h *Hits) OptOuts(c *corpus.Corpus, after func(call int32) bool) []OptOut {
	first := map[contact]OptOut{}
	note := func(o OptOut) {
		call := &c.Calls[o.Call]
		if call.Start == 0 {
			return
		}
		who := contactOf(call)
		had, ok := first[who]
		switch {
		case !ok || call.Start < c.Calls[had.Call].Start:
			first[who] = o
		case had.Call == o.Call && had.Result == 0:
			had.Result = o.Result
			first[who] = had
		}
	}
	for i := range h.Rules {
		if h.Rules[i].Rule.OptOut {
			for _, hit := range h.Rules[i].Hits {
				note(OptOut{Call: hit.Call, Lines: hit.Lines})
			}
		}
	}
	for _, o := range optOutsByResult(c) {
		note(o)
	}
	for i := range c.Calls {
		call := &c.Calls[i]
		o, ok := first[contactOf(call)]
		if ok && call.Start > c.Calls[o.Call].Start && (after == nil || after(int32(i))) {
			o.After = append(o.After, int32(i))
			first[contactOf(call)] = o
		}
	}
	var all []OptOut
	for _, o := range first {
		if len(o.After) > 0 {
			all = append(all, o)
		}
	}
	slices.SortFunc(all, func(a, b OptOut) int { return cmp.Compare(a.Call, b.Call) })
	return all
}

// contact is by what a person is known.
type contact struct {
	key      corpus.Code
	instance corpus.Code
	job      string
}

func contactOf(call *corpus.Call) contact {
	if call.Contact != 0 {
		return contact{key: call.Contact}
	}
	return contact{instance: call.Instance, job: call.Job}
}

// optOutsByResult returns the calls whose business result is an opt-out. A result of a
// job is known of all its calls; it is that of the last one that was answered, or else
// of the last.
func optOutsByResult(c *corpus.Corpus) []OptOut {
	is := make([]bool, c.Results.Len())
	for code := range is {
		name, content, _ := strings.Cut(c.Results.String(corpus.Code(code)), "=")
		_, is[code] = optout.Result(name, content)
	}
	type result struct {
		instance corpus.Code
		job      string
		code     corpus.Code
	}
	concluded := map[result]int32{}
	for i := range c.Calls {
		call := &c.Calls[i]
		for _, code := range call.Results {
			if !is[code] {
				continue
			}
			key := result{call.Instance, call.Job, code}
			had, ok := concluded[key]
			if !ok || call.Facts.Is(corpus.Answered) || !c.Calls[had].Facts.Is(corpus.Answered) {
				concluded[key] = int32(i)
			}
		}
	}
	var all []OptOut
	for key, call := range concluded {
		all = append(all, OptOut{Call: call, Result: key.code})
	}
	slices.SortFunc(all, func(a, b OptOut) int {
		return cmp.Or(cmp.Compare(a.Call, b.Call), cmp.Compare(a.Result, b.Result))
	})
	return all
}
