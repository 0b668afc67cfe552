package report

import (
	"cmp"
	"fmt"
	"slices"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/findings"
	"callmill/cmd/callmill-review/internal/interval"
	"callmill/cmd/callmill-review/internal/measure"
	"callmill/pipeline/calendar"
)

// trendMeasures are what is counted by day and by campaign.
var trendMeasures = []measure.Measure{measure.IsAnswered, measure.IsFailed, measure.NotUnderstood, measure.Transferred}

// Trend is a measure by day, and by campaign.
type Trend struct {
	Title     string
	Days      []Share // by day
	Campaigns []Share // the one with most calls first
	Total     Share
}

// Share is k of n calls with its interval. What may not be shown is "<5" or "–" in the
// texts, and Hidden.
type Share struct {
	Name             string
	K, N             string
	Share, Low, High float64
	Hidden           bool // of the share and its interval
	Days             []Share
}

type tally struct{ k, n int }

// trend counts a measure; without a title it is one of which nothing is known, or that is
// never true.
func (m *maker) trend(one measure.Measure) Trend {
	days, campaigns := map[calendar.Day]tally{}, map[corpus.Code]tally{}
	cells := map[corpus.Code]map[calendar.Day]tally{}
	var total tally
	values := one.Values(m.Corpus)
	for _, i := range m.Selected {
		if values[i] == measure.Unknown {
			continue
		}
		call := &m.Corpus.Calls[i]
		k := 0
		if values[i] == measure.Yes {
			k = 1
		}
		total = tally{total.k + k, total.n + 1}
		d, g := days[call.Day], campaigns[call.Campaign]
		days[call.Day], campaigns[call.Campaign] = tally{d.k + k, d.n + 1}, tally{g.k + k, g.n + 1}
		if cells[call.Campaign] == nil {
			cells[call.Campaign] = map[calendar.Day]tally{}
		}
		c := cells[call.Campaign][call.Day]
		cells[call.Campaign][call.Day] = tally{c.k + k, c.n + 1}
	}
	if total.k == 0 {
		return Trend{}
	}
	dayList := sorted(days, func(a, b calendar.Day) int { return cmp.Compare(a, b) })
	campaignList := sorted(campaigns, func(a, b corpus.Code) int {
		return cmp.Or(cmp.Compare(campaigns[b].n, campaigns[a].n), cmp.Compare(m.Corpus.Campaigns.String(a), m.Corpus.Campaigns.String(b)))
	})
	t := Trend{Title: findings.MeasureName(one).In(m.Lang)}
	byDay, sumByDay := m.shares(len(dayList), func(i int) (string, tally) { return dayText(dayList[i]), days[dayList[i]] })
	byCampaign, sumByCampaign := m.shares(len(campaignList), func(i int) (string, tally) {
		return m.Corpus.Campaigns.String(campaignList[i]), campaigns[campaignList[i]]
	})
	t.Days, t.Campaigns = byDay, byCampaign
	if !m.Share { // cells of both would tell what the sums hide
		for i, campaign := range campaignList {
			for _, day := range dayList {
				t.Campaigns[i].Days = append(t.Campaigns[i].Days, m.share(dayText(day), cells[campaign][day], true, true))
			}
		}
	}
	whole := sumByDay && sumByCampaign && !m.hides(total.k, total.n)
	t.Total = m.share("", total, whole, whole)
	return t
}

func sorted[K comparable](of map[K]tally, compare func(a, b K) int) []K {
	var list []K
	for k := range of {
		list = append(list, k)
	}
	slices.SortFunc(list, compare)
	return list
}

// shares returns a list of shares as they may be shown, and whether their sum may be.
func (m *maker) shares(n int, at func(i int) (string, tally)) (list []Share, sum bool) {
	names, counts, calls := make([]string, n), make([]int, n), make([]int, n)
	mustCount, mustCalls := make([]bool, n), make([]bool, n)
	for i := range n {
		name, t := at(i)
		names[i], counts[i], calls[i] = name, t.k, t.n
		mustCount[i], mustCalls[i] = m.hides(t.k, t.n), m.Share && isFew(t.n)
	}
	showCount, sumOfCounts := suppress(counts, mustCount)
	showCalls, sumOfCalls := suppress(calls, mustCalls)
	for i := range n {
		list = append(list, m.share(names[i], tally{counts[i], calls[i]}, showCount[i] && showCalls[i], showCalls[i]))
	}
	return list, sumOfCounts && sumOfCalls
}

func (m *maker) share(name string, t tally, showCount, showCalls bool) Share {
	s := Share{Name: name, K: m.count(t.k), N: m.count(t.n), Share: ratio(t.k, t.n), Hidden: !showCount || t.n == 0}
	s.Low, s.High = interval.Wilson(t.k, t.n)
	if !showCount && s.K != tooFew {
		s.K = notShown
	}
	if !showCalls && s.N != tooFew {
		s.N = notShown
	}
	return s
}

func dayText(d calendar.Day) string {
	if d == corpus.NoDay {
		return "-"
	}
	return d.String()
}

// percent returns the share with its interval.
func (s *Share) percent() string {
	if s.Hidden {
		return notShown
	}
	return fmt.Sprintf("%.1f%% [%.1f–%.1f]", 100*s.Share, 100*s.Low, 100*s.High)
}
