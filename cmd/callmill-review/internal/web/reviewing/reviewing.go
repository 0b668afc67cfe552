//go:build cgo

package reviewing

import (
	"embed"
	"fmt"
	"html/template"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/desk"
	"callmill/schema"
)

//go:embed templates/*.html
var files embed.FS

// formRows is how many rows with forms a page has, so that it weighs less than 150 KB.
const formRows = 40

type pages struct {
	set   *template.Template
	typed typed
}

// Add adds the pages to a site.
func Add(s *site.Site) {
	p := &pages{set: s.Templates(files, "templates/*.html")}
	s.Form("POST /review", site.Reviewer, p.review)
	s.Page("GET /rules", site.Viewer, p.rules)
	s.Page("GET /rule", site.Viewer, p.rule)
	s.Page("GET /rules/try", site.Viewer, p.try)
	s.Form("POST /rules/try", site.Viewer, p.tryTyped)
	s.Page("GET /sample", site.Viewer, p.sample)
	s.Page("GET /mine", site.Viewer, p.mine)
}

// book returns the rules that the night's hits are of.
func book(r *site.Request) (*rules.Book, error) {
	if r.Site.Book != nil {
		return r.Site.Book, nil
	}
	return rules.Starter()
}

// callOf names a call for a review.
func callOf(c *corpus.Corpus, i int32) desk.Call {
	call := &c.Calls[i]
	return desk.Call{InstanceID: c.Instances.String(call.Instance), JobID: call.Job, TaskID: call.Task}
}

// without returns a set without what it says of a rule.
func without(set among.Set) among.Set {
	set.Rule, set.Event = "", ""
	return set
}

// tell adds a notice where the reviews could not be read for the page.
func tell(r *site.Request) {
	err := r.Site.Verdicts.Err()
	if err == nil {
		return
	}
	r.Site.Log.ErrorContext(r.Context(), "verdicts", "error", err.Error())
	r.Notice(site.Notice{Bad: true, Text: schema.Text{
		ZH: "判定读不出来，此页用的是之前读到的。请告知管理员。",
		EN: "Verdicts cannot be read; this page is of those read before. Tell whoever runs the desk.",
	}})
}

var (
	verdictHead = schema.Text{ZH: "判定", EN: "Verdict"}
	callHead    = schema.Text{ZH: "时间", EN: "Time"}
)

// verdictText says a verdict in words.
func verdictText(verdict string) schema.Text {
	switch verdict {
	case desk.Right:
		return schema.Text{ZH: "对", EN: "right"}
	case desk.Wrong:
		return schema.Text{ZH: "错", EN: "wrong"}
	case desk.Misheard:
		return schema.Text{ZH: "录音转写错", EN: "misheard"}
	}
	return schema.Text{}
}

// agreementText says how far people agree.
func agreementText(a *verdicts.Agreement) schema.Text {
	if a.Things == 0 {
		return schema.Text{ZH: "还没有两个人都看过的", EN: "nothing was reviewed by two people yet"}
	}
	kappa := schema.Text{ZH: "κ 算不出：两人的判定全都相同", EN: "no κ: all verdicts are the same"}
	if a.KappaKnown {
		text := fmt.Sprintf("κ %.2f", a.Kappa)
		kappa = schema.Text{ZH: text, EN: text}
	}
	return schema.Text{
		ZH: fmt.Sprintf("两人都看 %d · 一致 %.2f（%s）", a.Things, a.Share(), kappa.ZH),
		EN: fmt.Sprintf("both looked at %d · agreement %.2f (%s)", a.Things, a.Share(), kappa.EN),
	}
}
