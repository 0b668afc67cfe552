package filter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/schema"
)

// words of what is said where no call passes, in both languages.
var (
	noCalls    = schema.Text{EN: "snapshot %s has no dialled call", ZH: "快照 %s 中没有拨出的通话"}
	nonePasses = schema.Text{EN: "no call passes the filter %s", ZH: "没有符合条件的通话：%s"}
	noneHas    = schema.Text{EN: "no call has %s; there are %s", ZH: "没有 %s 的通话；有：%s"}
	without    = schema.Text{EN: "%d calls without %s (%s)", ZH: "去掉 %[2]s 有 %[1]d 通（%[3]s）"}
	noDay      = schema.Text{EN: "without a time", ZH: "无时间"}
	dayToDay   = schema.Text{EN: "%s to %s", ZH: "%s 至 %s"}
	enumerate  = schema.Text{EN: ", ", ZH: "、"}
	separate   = schema.Text{EN: "; ", ZH: "；"}
)

// mostOffered is how many values are named in place of one that no call has.
const mostOffered = 8

// Nothing says why no call of a corpus passes, and what helps: the values that there are
// in place of one that no call has, the nearest first, and the filters without one of
// the conditions that some calls pass, with their days.
func (f Filter) Nothing(c *corpus.Corpus, lang schema.Language) (reason, hint string) {
	if len(c.Calls) == 0 {
		return fmt.Sprintf(noCalls.In(lang), c.Snapshot), ""
	}
	var ways []string
	for i := range f.conditions {
		for _, value := range f.conditions[i].unknown(c) {
			offered := f.conditions[i].nearest(c, value, lang)
			ways = append(ways, fmt.Sprintf(noneHas.In(lang), value, strings.Join(offered, enumerate.In(lang))))
		}
	}
	for _, n := range f.Nearest(c) {
		ways = append(ways, fmt.Sprintf(without.In(lang), n.Calls, n.Without, n.days(lang)))
	}
	return fmt.Sprintf(nonePasses.In(lang), f), strings.Join(ways, separate.In(lang))
}

// days says of which days the calls are.
func (r *Relaxed) days(lang schema.Language) string {
	switch {
	case r.First == corpus.NoDay:
		return noDay.In(lang)
	case r.First == r.Last:
		return r.First.String()
	}
	return fmt.Sprintf(dayToDay.In(lang), r.First, r.Last)
}

// unknown returns the values of a condition that no call has, where there are not too
// many to name in their place.
func (c *Condition) unknown(in *corpus.Corpus) []string {
	if c.Not || !slices.Contains([]string{Script, Version, Campaign, Number, Outcome, Instance}, c.Key) {
		return nil
	}
	dict, _ := c.column(in, &corpus.Call{})
	var unknown []string
	for _, v := range c.Values {
		if _, known := dict.Find(v); !known {
			unknown = append(unknown, v)
		}
	}
	return unknown
}

// nearest returns the values that calls have for the key of a condition, those that share
// most characters with value first. Outcomes come with what they mean.
func (c *Condition) nearest(in *corpus.Corpus, value string, lang schema.Language) []string {
	dict, _ := c.column(in, &corpus.Call{})
	var values []string
	for code := 1; code < dict.Len(); code++ {
		v := dict.String(corpus.Code(code))
		if label := OutcomeLabel(v, lang); c.Key == Outcome && label != v {
			v += " " + label
		}
		values = append(values, v)
	}
	shared := func(v string) (n int) {
		for _, r := range value {
			if strings.ContainsRune(v, r) {
				n++
			}
		}
		return n
	}
	slices.SortFunc(values, func(a, b string) int {
		return cmp.Or(cmp.Compare(shared(b), shared(a)), cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	})
	if len(values) > mostOffered {
		values = append(values[:mostOffered], "…")
	}
	return values
}

// OutcomeLabel returns what an outcome means in Chinese. In English its name says it.
func OutcomeLabel(name string, lang schema.Language) string {
	if lang == schema.English {
		return name
	}
	if meaning, known := schema.OutcomeMeaning(name); known {
		return meaning.In(lang)
	}
	return name
}
