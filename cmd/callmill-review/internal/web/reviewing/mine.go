//go:build cgo

package reviewing

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/judged"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/desk"
	"callmill/schema"
)

// everybody stands for all users in the parameter by.
const everybody = "*"

type minePage struct {
	By        string
	Everybody bool
	Own       bool
	People    []person
	About     []show
	List      *site.Listed
}

type person struct {
	Name, URL string
	Here      bool
}

func (p *pages) mine(w http.ResponseWriter, r *site.Request) error {
	r.NoBar()
	asked := r.Request.URL.Query()
	by := cmp.Or(asked.Get("by"), r.User)
	if by != r.User && r.Role < site.Exporter {
		return &site.Error{
			Status: http.StatusForbidden,
			Text:   schema.Text{ZH: "只能看自己的判定。", EN: "You may look at your own verdicts only."},
			Hint:   schema.Text{ZH: "exporter 可以看所有人的。", EN: "An exporter may look at those of all."},
		}
	}
	if !utf8.ValidString(by) || len(by) > mostID {
		return site.Usage(schema.Text{ZH: "没有这样的用户。", EN: "There is no such user."})
	}
	page := minePage{By: by, Own: by == r.User, Everybody: by == everybody}
	all := r.Site.Verdicts.Where(func(review *desk.Review) bool { return r.Role >= site.Exporter || review.By == r.User })
	tell(r)
	if r.Role >= site.Exporter {
		page.People = people(r, all, by)
	}
	l := &said{r: r, counts: map[int]bool{}}
	l.choose(all, by)
	page.About = l.narrow(asked.Get("about"))
	listing := l.listing(page.Everybody)
	if done, err := r.CSV(w, listing); done {
		return err
	}
	page.List = r.List(listing)
	return r.Render(w, p.set, "mine", schema.Text{ZH: "我的判定", EN: "My verdicts"}, page)
}

// people returns those who said something, with links.
func people(r *site.Request, all []desk.Review, by string) []person {
	names := []string{r.User, everybody}
	for _, review := range all {
		if !slices.Contains(names, review.By) {
			names = append(names, review.By)
		}
	}
	slices.Sort(names[2:])
	var of []person
	for _, name := range names {
		to := name
		if name == r.User {
			to = ""
		}
		of = append(of, person{name, r.Here("by", to, "about", ""), name == by})
	}
	return of
}

// said lists what somebody said.
type said struct {
	r       *site.Request
	reviews []desk.Review // the latest first
	counts  map[int]bool  // those that count, by index
	rows    []int         // that are listed
}

// choose takes what somebody said of calls. What became of findings is on another page.
func (s *said) choose(all []desk.Review, by string) {
	type key struct {
		by    string
		thing verdicts.Thing
	}
	seen := map[key]bool{}
	for _, review := range slices.Backward(all) {
		if review.About == desk.AboutFinding || by != everybody && review.By != by {
			continue
		}
		k := key{review.By, verdicts.ThingOf(&review)}
		s.counts[len(s.reviews)] = !seen[k]
		seen[k] = true
		s.reviews = append(s.reviews, review)
	}
}

// narrow leaves the reviews that are about something, and returns the choices.
func (s *said) narrow(about string) []show {
	shows := []show{
		{Name: "", Text: schema.Text{ZH: "全部", EN: "all"}}, {Name: desk.AboutHit, Text: schema.Text{ZH: "命中", EN: "hits"}},
		{Name: desk.AboutCall, Text: schema.Text{ZH: "通话", EN: "calls"}}, {Name: desk.AboutFilter, Text: schema.Text{ZH: "整个筛选", EN: "filters"}},
	}
	if !slices.ContainsFunc(shows, func(sh show) bool { return sh.Name == about }) {
		about = ""
	}
	for i := range shows {
		sh := &shows[i]
		sh.Here, sh.URL = sh.Name == about, s.r.Here("about", sh.Name)
		for at := range s.reviews {
			if sh.Name == "" || s.reviews[at].About == sh.Name {
				sh.Hits++
				if sh.Here {
					s.rows = append(s.rows, at)
				}
			}
		}
	}
	return shows
}

func (s *said) at(row int) *desk.Review { return &s.reviews[s.rows[row]] }

func (s *said) listing(names bool) *site.Listing {
	who := site.CSVOnly
	if names {
		who = site.Everywhere
	}
	text := func(of func(*desk.Review) string) func(a, b int) int {
		return func(a, b int) int { return strings.Compare(of(s.at(a)), of(s.at(b))) }
	}
	return &site.Listing{
		Name: "reviews", Len: len(s.rows), PerPage: formRows,
		Empty: schema.Text{ZH: "还没有判定。在通话、规则和抽检页上按 1、2、3。", EN: "There are no verdicts yet. Press 1, 2 or 3 on a call, at a rule's hits, in a sample."},
		Columns: []site.Column{
			{Key: "at", Head: schema.Text{ZH: "什么时候", EN: "When"}, Class: "nowrap"},
			{Key: "by", Head: schema.Text{ZH: "谁", EN: "Who"}, Only: who, Compare: text(func(v *desk.Review) string { return v.By })},
			{Key: "about", Head: schema.Text{ZH: "关于", EN: "About"}, Compare: text(func(v *desk.Review) string { return v.About + v.Rule + v.Filter })},
			{Key: "verdict", Head: verdictHead, Compare: text(func(v *desk.Review) string { return v.Verdict })},
			{Key: "score", Head: schema.Text{ZH: "分数", EN: "Score"}, Right: true},
			{Key: "note", Head: schema.Text{ZH: "备注", EN: "Note"}},
			{Key: "change", Head: schema.Text{ZH: "改判", EN: "Change"}, Title: schema.Text{ZH: "改判是新的一条，旧的保留", EN: "a change is a new record; the old one stays"}, Only: site.PageOnly},
			{Key: "counts", Only: site.CSVOnly},
			{Key: "rule", Only: site.CSVOnly}, {Key: "instance_id", Only: site.CSVOnly}, {Key: "job_id", Only: site.CSVOnly}, {Key: "task_id", Only: site.CSVOnly},
			{Key: "about_filter", Only: site.CSVOnly}, {Key: "about_snapshot", Only: site.CSVOnly},
		},
		Row: s.row,
		Class: func(row int) string {
			if !s.counts[s.rows[row]] {
				return "soft"
			}
			return ""
		},
		Link: func(row int) string { return s.link(s.at(row)) },
	}
}

func (s *said) row(row int) []site.Cell {
	r, review := s.r, s.at(row)
	counts := s.counts[s.rows[row]]
	call := desk.Call{}
	if review.Call != nil {
		call = *review.Call
	}
	verdict := site.Cell{Text: r.Say(verdictText(review.Verdict)), Value: review.Verdict}
	if !counts {
		verdict.Soft = r.Say(schema.Text{ZH: "后来改过", EN: "changed later"})
	}
	change := site.Cell{}
	if counts && review.By == r.User && r.Role >= site.Reviewer {
		form := judged.Form{
			About: review.About, Call: review.Call, Rule: review.Rule, Filter: review.Filter, Snapshot: review.Snapshot,
			Back: r.Here(), Keys: true, Small: true, Mine: review,
		}
		if review.About != desk.AboutFilter {
			form.Snapshot = r.Night.Name
		}
		change.Review = &form
	}
	return []site.Cell{
		{Text: when(r, review.At), Value: review.At}, site.Text(review.By), s.about(review), verdict, site.Text(judged.Score(review.Score)), site.Text(review.Note), change,
		{Text: map[bool]string{true: "1", false: "0"}[counts]},
		site.Text(review.Rule), site.Text(call.InstanceID), site.Text(call.JobID), site.Text(call.TaskID), site.Text(review.Filter), site.Text(review.Snapshot),
	}
}

// when returns the time of a review on the clocks of the dataset; what is no time as it is.
func when(r *site.Request, at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return at
	}
	return r.Time(t.UnixMilli())
}

// about says what a review is about.
func (s *said) about(review *desk.Review) site.Cell {
	r := s.r
	cell := site.Cell{Href: s.link(review), Value: review.About}
	switch review.About {
	case desk.AboutFilter:
		cell.Text = review.Filter
		if values, err := url.ParseQuery(review.Filter); err == nil {
			if set, err := among.Parse(values); err == nil {
				cell.Text = r.Describe(set)
			}
		}
		cell.Soft = r.Say(schema.Text{ZH: "整个筛选", EN: "all of a filter"})
		return cell
	case desk.AboutHit:
		name, _ := verdicts.RuleOf(review.Rule)
		cell.Text = name
		if b, err := book(r); err == nil {
			if i := b.Find(name); i >= 0 {
				cell.Text = b.Rules[i].Label.In(r.Lang)
				if b.Ref(i) != review.Rule {
					cell.Soft = r.Say(schema.Text{ZH: "旧版规则", EN: "an older version"})
				}
			}
		}
		cell.Text += " · "
	}
	c := r.Night.Corpus
	if i, ok := r.Night.Index(keyOf(review.Call)); ok {
		call := &c.Calls[i]
		cell.Text += strings.TrimSpace(c.Scripts.String(call.Script)+" "+c.Versions.String(call.Version)) + " " + r.Time(call.Start)
		return cell
	}
	cell.Text += review.Call.JobID
	if r.Night.From == 0 {
		cell.Href = ""
		cell.Soft = r.Say(schema.Text{ZH: "快照里已没有", EN: "not in the snapshot any more"})
	}
	return cell
}

// link returns a link to what a review is about.
func (s *said) link(review *desk.Review) string {
	r := s.r
	if review.About == desk.AboutFilter {
		values, err := url.ParseQuery(review.Filter)
		if err != nil {
			return ""
		}
		set, err := among.Parse(values)
		if err != nil {
			return ""
		}
		return r.Calls(set)
	}
	var set among.Set
	if review.About == desk.AboutHit {
		set.Rule, _ = verdicts.RuleOf(review.Rule)
	}
	if i, ok := r.Night.Index(keyOf(review.Call)); ok {
		return r.Call(r.Night.Corpus.Ref(i), set)
	}
	return r.To("/call", set, "instance", review.Call.InstanceID, "job", review.Call.JobID, "task", review.Call.TaskID)
}
