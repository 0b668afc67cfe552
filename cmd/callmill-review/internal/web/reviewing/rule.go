//go:build cgo

package reviewing

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/chart"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/rules/match"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/cmd/callmill-review/internal/web/judged"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/desk"
	"callmill/schema"
)

func isHit(r *desk.Review) bool { return r.About == desk.AboutHit }

type rulePage struct {
	Rule          *rules.Rule
	Ref           string
	Source        []rules.SourceLine
	Keys          []keyText // what the keys of the source mean
	Counts        counted
	PerThousand   string
	Set           among.Set // of the calls that it hits
	Could         among.Set
	Trend         template.HTML
	Precision     verdicts.Precision
	Older         int // hits that were reviewed of other versions
	Agreement     schema.Text
	Disagreements *site.Listed
	Campaigns     *site.Listed
	Hits          *site.Listed
	Shows         []show
	All           judged.Form // of all hits at once
}

// show is a part of the hits that can be chosen.
type show struct {
	Name string
	Text schema.Text
	Hits int
	URL  string
	Here bool
}

// subject is the rule that a page is about, among calls.
type subject struct {
	r     *site.Request
	book  *rules.Book
	place int    // in the book
	ref   string // with version
	hits  *match.RuleHits
	base  among.Set // the calls, whatever the rule says of them
	set   among.Set // those that it hits
	own   []int     // hits among the calls, as indexes of hits.Hits, the latest first
	said  map[desk.Call][]desk.Review
}

func (p *pages) rule(w http.ResponseWriter, r *site.Request) error {
	if r.Among.Rule == "" { // its condition was removed
		return r.See(w, r.URL("/rules"))
	}
	b, err := book(r)
	if err != nil {
		return err
	}
	s := &subject{r: r, book: b, place: b.Find(r.Among.Rule), base: without(r.Among)}
	if s.place < 0 || s.place >= len(r.Night.Hits.Rules) {
		return noRule(b, r.Among.Rule)
	}
	s.ref, s.hits, s.set = b.Ref(s.place), &r.Night.Hits.Rules[s.place], s.base
	s.set.Rule = r.Among.Rule
	c := r.Night.Corpus
	calls := r.Select(s.base)
	counts, err := answers.As[counted](r.Ask(false, "rule", func(context.Context, func(int, int, schema.Text)) (any, error) {
		return count(c, s.hits, calls), nil
	}))
	if err != nil {
		return err
	}
	reviews := r.Site.Verdicts.OfRule(s.ref)
	s.said = map[desk.Call][]desk.Review{}
	for _, review := range reviews {
		call := *review.Call
		call.TurnIndex = nil
		s.said[call] = append(s.said[call], review)
	}
	s.find(calls)

	agreement := verdicts.AgreementOf(reviews)
	chosen, shows := s.choose()
	hits, disagreements, campaigns := s.list(chosen), s.disagreements(agreement.Disagreements), s.campaigns(calls)
	for _, l := range []*site.Listing{hits, disagreements, campaigns} {
		if done, err := r.CSV(w, l); done {
			return err
		}
	}
	rule := &b.Rules[s.place]
	page := rulePage{
		Rule: rule, Ref: s.ref, Source: b.Source(s.place), Counts: counts, PerThousand: counts.perThousand(), Set: s.set, Could: s.set,
		Precision: verdicts.PrecisionOf(reviews), Agreement: agreementText(&agreement),
		Disagreements: r.List(disagreements), Campaigns: r.List(campaigns), Hits: r.List(hits), Shows: shows,
	}
	page.Could.Event = among.Could
	page.All = s.all()
	tell(r)
	page.Keys = keysOf(page.Source)
	page.Older = r.Site.Verdicts.Precision(rule.Name).Reviewed - page.Precision.Reviewed
	if points := counts.points(60); len(points) > 1 {
		page.Trend = template.HTML(chart.Trend(r.Sayf(schema.Text{ZH: "%s：每天命中的比例", EN: "%s: share of hits by day"}, rule.Label.In(r.Lang)), points))
	}
	return r.Render(w, p.set, "rule", schema.Text{ZH: "规则 › " + rule.Label.ZH, EN: "Rule › " + rule.Label.EN}, page)
}

// find finds the hits among calls, which are in the order of the corpus.
func (s *subject) find(calls []int32) {
	at := 0
	for _, i := range calls {
		if !s.hits.Hit(i) {
			continue
		}
		for at < len(s.hits.Hits) && s.hits.Hits[at].Call < i {
			at++
		}
		s.own = append(s.own, at)
	}
	slices.Reverse(s.own)
}

func (s *subject) reviewsOf(hit int) []desk.Review {
	return s.said[callOf(s.r.Night.Corpus, s.hits.Hits[hit].Call)]
}

// all returns the form for a verdict on all hits at once.
func (s *subject) all() judged.Form {
	filter := s.set.Key()
	said := s.r.Site.Verdicts.Where(func(r *desk.Review) bool { return r.About == desk.AboutFilter && r.Filter == filter })
	return judged.Form{About: desk.AboutFilter, Filter: filter, Snapshot: s.r.Night.Name, Back: s.r.Here()}.Of(said, s.r.User)
}

// judgement is what people said of a hit.
type judgement struct{ any, mine, wrong bool }

// judgements returns what people said of hits, by call.
func (s *subject) judgements() map[int32]judgement {
	of := map[int32]judgement{}
	for call, reviews := range s.said {
		i, ok := s.r.Night.Index(keyOf(&call))
		if !ok {
			continue
		}
		var j judgement
		for _, r := range verdicts.Latest(reviews) {
			j.any = j.any || r.Verdict != ""
			j.mine = j.mine || r.Verdict != "" && r.By == s.r.User
			j.wrong = j.wrong || r.Verdict == desk.Wrong
		}
		of[i] = j
	}
	return of
}

// choose returns the hits that the URL chooses by what was said of them.
func (s *subject) choose() (chosen []int, shows []show) {
	is := []func(judgement) bool{
		func(judgement) bool { return true },
		func(j judgement) bool { return !j.any },
		func(j judgement) bool { return !j.mine },
		func(j judgement) bool { return j.wrong },
	}
	shows = []show{
		{Name: "", Text: schema.Text{ZH: "全部", EN: "all"}},
		{Name: "new", Text: schema.Text{ZH: "没人看过", EN: "not reviewed"}},
		{Name: "mine", Text: schema.Text{ZH: "我没看过", EN: "not by me"}},
		{Name: desk.Wrong, Text: schema.Text{ZH: "有人判错", EN: "judged wrong"}},
	}
	now := s.r.Request.URL.Query().Get("show")
	if !slices.ContainsFunc(shows, func(sh show) bool { return sh.Name == now }) {
		now = ""
	}
	said := s.judgements()
	for i := range shows {
		sh := &shows[i]
		sh.Here, sh.URL = sh.Name == now, s.r.Here("show", sh.Name, "hits.page", "")+"#hits"
		for _, hit := range s.own {
			if is[i](said[s.hits.Hits[hit].Call]) {
				sh.Hits++
				if sh.Here {
					chosen = append(chosen, hit)
				}
			}
		}
	}
	return chosen, shows
}

// list lists hits with what was said and a form for a verdict.
func (s *subject) list(chosen []int) *site.Listing {
	r, c := s.r, s.r.Night.Corpus
	call := func(row int) *corpus.Call { return &c.Calls[s.hits.Hits[chosen[row]].Call] }
	link := func(row int) string { return r.Call(r.Night.Corpus.Ref(s.hits.Hits[chosen[row]].Call), s.set) }
	back := r.Here() + "#hits"
	return &site.Listing{
		Name: "hits", Several: true, Len: len(chosen), Link: link, PerPage: formRows,
		Empty: schema.Text{ZH: "没有这样的命中。", EN: "There are no such hits."},
		Columns: []site.Column{
			{Key: "time", Head: callHead, Compare: func(a, b int) int { return cmp.Compare(call(a).Start, call(b).Start) }, Class: "nowrap"},
			{Key: "script", Head: schema.Text{ZH: "话术", EN: "Script"}, Compare: func(a, b int) int {
				return cmp.Compare(c.Scripts.String(call(a).Script), c.Scripts.String(call(b).Script))
			}},
			{Key: "version", Only: site.CSVOnly},
			{Key: "campaign", Head: schema.Text{ZH: "任务", EN: "Campaign"}, Compare: func(a, b int) int {
				return cmp.Compare(c.Campaigns.String(call(a).Campaign), c.Campaigns.String(call(b).Campaign))
			}},
			{Key: "lines", Head: schema.Text{ZH: "依据", EN: "Evidence"}},
			{Key: "verdict", Head: verdictHead, Only: site.PageOnly},
			{Key: "verdicts", Only: site.CSVOnly},
			{Key: "instance_id", Only: site.CSVOnly}, {Key: "job_id", Only: site.CSVOnly}, {Key: "task_id", Only: site.CSVOnly},
		},
		Row: func(row int) []site.Cell {
			hit := &s.hits.Hits[chosen[row]]
			k := call(row)
			name := callOf(c, hit.Call)
			reviews := s.reviewsOf(chosen[row])
			form := judged.Form{About: desk.AboutHit, Call: &name, Rule: s.ref, Snapshot: r.Night.Name, Back: back, Keys: true, Small: true}.Of(reviews, r.User)
			return []site.Cell{
				{Text: r.Time(k.Start), Href: link(row)},
				{Text: c.Scripts.String(k.Script), Soft: c.Versions.String(k.Version)},
				site.Text(c.Versions.String(k.Version)),
				site.Text(c.Campaigns.String(k.Campaign)),
				{Marks: s.evidence(hit)},
				{Review: &form},
				site.Text(saidBy(reviews)),
				site.Text(name.InstanceID), site.Text(name.JobID), site.Text(name.TaskID),
			}
		},
	}
}

// Limits of what is shown of a hit in a list.
const (
	mostLines = 3
	mostChars = 60
)

// evidence returns the lines of a hit.
func (s *subject) evidence(hit *match.Hit) []site.Mark {
	c := s.r.Night.Corpus
	lines := c.Of(&c.Calls[hit.Call])
	var marks []site.Mark
	for n, k := range hit.Lines {
		if n == mostLines {
			marks = append(marks, site.Mark{Text: " …"})
			break
		}
		if int(k) >= len(lines) {
			continue
		}
		sep := ""
		if n > 0 {
			sep = " / "
		}
		text := &c.Texts[lines[k].Text]
		marks = append(marks, site.Mark{Text: sep + speaker(text.Speaker, s.r.Lang)}, site.Mark{Text: figures.Short(s.r.Said(match.Said(c, lines[k])), mostChars), Marked: true})
	}
	if len(marks) == 0 {
		marks = append(marks, site.Mark{Text: s.r.Say(schema.Text{ZH: "整通里都没有", EN: "nowhere in the call"})})
	}
	return marks
}

func speaker(code uint8, lang schema.Language) string {
	switch code {
	case corpus.Robot:
		return schema.Text{ZH: "机 ", EN: "robot "}.In(lang)
	case corpus.Contact:
		return schema.Text{ZH: "客 ", EN: "contact "}.In(lang)
	}
	return schema.Text{ZH: "坐席 ", EN: "agent "}.In(lang)
}

// saidBy says what people said of a thing, for CSV.
func saidBy(reviews []desk.Review) string {
	var all []string
	for _, r := range verdicts.Latest(reviews) {
		if r.Verdict != "" {
			all = append(all, r.By+"="+r.Verdict)
		}
	}
	return strings.Join(all, "; ")
}

// disagreements lists the hits on which people disagree.
func (s *subject) disagreements(of [][]desk.Review) *site.Listing {
	r, c := s.r, s.r.Night.Corpus
	return &site.Listing{
		Name: "disagreements", Several: true, Len: len(of), PerPage: 20,
		Empty: schema.Text{ZH: "没有不一致的。", EN: "Nobody disagrees."},
		Columns: []site.Column{
			{Key: "time", Head: callHead}, {Key: "verdicts", Head: verdictHead}, {Key: "notes", Head: schema.Text{ZH: "备注", EN: "Notes"}},
			{Key: "instance_id", Only: site.CSVOnly}, {Key: "job_id", Only: site.CSVOnly}, {Key: "task_id", Only: site.CSVOnly},
		},
		Row: func(row int) []site.Cell {
			call := of[row][0].Call
			when := site.Cell{Text: call.JobID}
			if i, ok := r.Night.Index(keyOf(call)); ok {
				when = site.Cell{Text: r.Time(c.Calls[i].Start), Href: r.Call(r.Night.Corpus.Ref(i), s.set)}
			}
			var said, notes []string
			for _, review := range of[row] {
				said = append(said, review.By+": "+r.Say(verdictText(review.Verdict)))
				if review.Note != "" {
					notes = append(notes, review.By+": "+review.Note)
				}
			}
			return []site.Cell{when, {Text: strings.Join(said, " · "), Value: saidBy(of[row])}, site.Text(strings.Join(notes, " · ")), site.Text(call.InstanceID), site.Text(call.JobID), site.Text(call.TaskID)}
		},
	}
}

// campaigns lists how often the rule hits by campaign.
func (s *subject) campaigns(calls []int32) *site.Listing {
	r, c := s.r, s.r.Night.Corpus
	could, hits := make([]int, c.Campaigns.Len()), make([]int, c.Campaigns.Len())
	for _, i := range calls {
		if s.hits.Could(i) {
			could[c.Calls[i].Campaign]++
		}
		if s.hits.Hit(i) {
			hits[c.Calls[i].Campaign]++
		}
	}
	var codes []corpus.Code
	for code := range could {
		if could[code] > 0 {
			codes = append(codes, corpus.Code(code))
		}
	}
	slices.SortStableFunc(codes, func(a, b corpus.Code) int { return cmp.Compare(hits[b], hits[a]) })
	return &site.Listing{
		Name: "campaigns", Several: true, Len: len(codes), PerPage: 10,
		Columns: []site.Column{
			{Key: "campaign", Head: schema.Text{ZH: "任务", EN: "Campaign"}},
			{Key: "hits", Head: schema.Text{ZH: "命中", EN: "Hits"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(hits[codes[a]], hits[codes[b]]) }},
			{Key: "could", Head: schema.Text{ZH: "可能", EN: "Could"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(could[codes[a]], could[codes[b]]) }},
			{Key: "share", Head: schema.Text{ZH: "比例 [区间]", EN: "Share [interval]"}, Right: true, Compare: func(a, b int) int {
				return cmp.Compare(hits[codes[a]]*could[codes[b]], hits[codes[b]]*could[codes[a]])
			}},
		},
		Row: func(row int) []site.Cell {
			code := codes[row]
			name := c.Campaigns.String(code)
			set := s.set
			one, err := oneCampaign(name)
			if err != nil {
				return []site.Cell{site.Text(name), site.Count(hits[code], ""), site.Count(could[code], ""), site.Share(hits[code], could[code], "")}
			}
			set = set.And(one)
			all := set
			all.Event = among.Could
			return []site.Cell{
				{Text: name, Href: r.To("/rule", set)},
				site.Count(hits[code], r.Calls(set)), site.Count(could[code], r.Calls(all)), site.Share(hits[code], could[code], ""),
			}
		},
	}
}

// keyText says what a key of a file of rules means.
type keyText struct {
	Key  string
	Text schema.Text
}

// keyTexts are the keys, as the comment of package rules explains them.
var keyTexts = []keyText{
	{"hit", schema.Text{ZH: "absent：条件在整通里都不成立才算命中", EN: "absent: a call in which it does not hold is a hit"}},
	{"scripts", schema.Text{ZH: "只用于这些话术，可写作 名称@版本", EN: "the scripts it is for, as name or name@version"}},
	{"reached", schema.Text{ZH: "通话要走到这一步才算：机器人说了几句，或某个条件成立", EN: "how far a call must have come: lines of the robot, or a condition that holds"}},
	{"opt_out", schema.Text{ZH: "要求不要再来电", EN: "asks not to be called again"}},
	{"when", schema.Text{ZH: "要找的：条件用 and、or、not 连接", EN: "what is looked for: conditions joined by and, or, not"}},
	{"role", schema.Text{ZH: "谁说的：robot 机器人、contact 客户、agent 坐席、any 任何人", EN: "who says it: robot, contact, agent or any"}},
	{"any", schema.Text{ZH: "包含任意一个关键词", EN: "one of these words is in the line"}},
	{"all", schema.Text{ZH: "包含全部关键词", EN: "all of these words are in the line"}},
	{"n_of", schema.Text{ZH: "包含其中任意 n 个关键词", EN: "n of these words are in the line"}},
	{"none", schema.Text{ZH: "一个关键词都不包含", EN: "none of these words is in the line"}},
	{"regex", schema.Text{ZH: "匹配其中一个正则表达式（RE2）", EN: "one of these expressions (RE2) matches"}},
	{"not_regex", schema.Text{ZH: "一个正则表达式都不匹配", EN: "none of these expressions matches"}},
	{"like", schema.Text{ZH: "与其中一句相似（默认 0.8）", EN: "it is like one of these, to 0.8 unless it says otherwise"}},
	{"sound", schema.Text{ZH: "读音相近也算：不分声调、平翘舌、前后鼻音、n 和 l", EN: "what sounds alike counts, too"}},
	{"across", schema.Text{ZH: "关键词可以分在不同的句子里", EN: "the words may be in different lines"}},
	{"first", schema.Text{ZH: "只看这一方的前几句", EN: "among the first lines of the role"}},
	{"last", schema.Text{ZH: "只看这一方的后几句", EN: "among the last lines of the role"}},
	{"before", schema.Text{ZH: "在另一条件成立的那句之前", EN: "before a line at which another condition holds"}},
	{"after", schema.Text{ZH: "在另一条件成立的那句之后", EN: "after a line at which another condition holds"}},
	{"around", schema.Text{ZH: "在另一条件成立的那句前后", EN: "around a line at which another condition holds"}},
	{"same", schema.Text{ZH: "与另一条件同在一句", EN: "at the line at which another condition holds"}},
	{"repeat", schema.Text{ZH: "同一方不久前说过差不多的话", EN: "the speaker said something like it shortly before"}},
	{"silence", schema.Text{ZH: "这句之前静默了这么久", EN: "silence of so long before the line"}},
	{"times", schema.Text{ZH: "至少在这么多句里成立", EN: "at least at so many lines"}},
	{"results", schema.Text{ZH: "有这些业务结果之一", EN: "one of these business results is there"}},
}

// keysOf returns what the keys in a source mean.
func keysOf(source []rules.SourceLine) []keyText {
	var found []keyText
	for _, k := range keyTexts {
		if slices.ContainsFunc(source, func(line rules.SourceLine) bool { return hasKey(line.Text, k.Key) }) {
			found = append(found, k)
		}
	}
	return found
}

// hasKey reports whether a line of YAML has a key.
func hasKey(line, key string) bool {
	for rest, from := line, 0; ; {
		i := strings.Index(rest[from:], key+":")
		if i < 0 {
			return false
		}
		i += from
		if i == 0 || strings.ContainsRune(" {,", rune(rest[i-1])) {
			return true
		}
		from = i + 1
	}
}

// lineNumber is that of a line as people count.
func lineNumber(k int32) string { return strconv.Itoa(int(k) + 1) }
