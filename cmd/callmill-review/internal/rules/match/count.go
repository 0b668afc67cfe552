package match

import (
	"cmp"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/pipeline/calendar"
)

// Count is how often a rule hit the calls of a campaign on a day.
type Count struct {
	Day      calendar.Day
	Campaign corpus.Code
	Could    int // calls in which it could
	Hits     int
}

// Counts returns the counts of each day and campaign with calls in which the rule could
// hit, by day, then by the name of the campaign. only reports whether a call counts; nil:
// all do.
func (r *RuleHits) Counts(c *corpus.Corpus, only func(call int32) bool) []Count {
	type key struct {
		day      calendar.Day
		campaign corpus.Code
	}
	index := map[key]int{}
	var all []Count
	for i := range c.Calls {
		if !r.Could(int32(i)) || only != nil && !only(int32(i)) {
			continue
		}
		call := &c.Calls[i]
		k := key{call.Day, call.Campaign}
		n, ok := index[k]
		if !ok {
			n = len(all)
			index[k] = n
			all = append(all, Count{Day: call.Day, Campaign: call.Campaign})
		}
		all[n].Could++
		if r.Hit(int32(i)) {
			all[n].Hits++
		}
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(c.Campaigns.String(a.Campaign), c.Campaigns.String(b.Campaign)))
	})
	return all
}
