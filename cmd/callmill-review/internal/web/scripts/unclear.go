//go:build cgo

package scripts

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/filter"
	"callmill/cmd/callmill-review/internal/unclear"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/pipeline/calendar"
	"callmill/schema"
)

type unclearPage struct {
	*unclear.Report
	Misheard, NoIntent, Noise, Nodes *site.Listed
	Unscripted                       bool
}

func (p *pages) unclear(w http.ResponseWriter, r *site.Request) error {
	report, err := ask(r, true, "unclear", func(selected []int32) *unclear.Report {
		return unclear.Find(r.Night.Corpus, r.Night.Graph, selected)
	})
	if err != nil {
		return err
	}
	page := &unclearPage{Report: report, Unscripted: r.Night.Graph.Unscripted}
	for _, l := range []struct {
		list *site.Listing
		at   **site.Listed
	}{
		{misheardList(r, report.Misheard), &page.Misheard}, {phraseList(r, "no_intent", report.NoIntent, true), &page.NoIntent},
		{phraseList(r, "noise", report.Noise, false), &page.Noise}, {unheardNodes(r, report.Nodes), &page.Nodes},
	} {
		if done, err := r.CSV(w, l.list); done {
			return err
		}
		*l.at = r.List(l.list)
	}
	return r.Render(w, p.set, "unclear", schema.Text{ZH: "听不懂", EN: "Not understood"}, page)
}

// replies is the calls of a robot with a reply that has a phrase and was not understood.
func replies(r *site.Request, robot int32, phrase string) among.Set {
	c, key := r.Night.Corpus, r.Night.Graph.Robots[robot].RobotKey
	set := among.Set{Filter: r.Among.Filter, Unclear: phrase, Event: among.NotUnderstood}
	for _, own := range [][2]string{{filter.Script, c.Scripts.String(key.Script)}, {filter.Instance, c.Instances.String(key.Instance)}} {
		if one, err := filter.One(own[0], own[1]); err == nil && own[1] != "" {
			set = set.And(one)
		}
	}
	return set
}

// at is the class of the row that a link to the page names.
func at(r *site.Request, phrase string) string {
	if phrase != "" && r.Among.Unclear == phrase {
		return "at"
	}
	return ""
}

// usage is a cell of how many of a robot's replies with a phrase were not understood.
func usage(r *site.Request, robot int32, u unclear.Usage, phrase string) site.Cell {
	return site.Cell{
		Text: figures.Number(u.NotUnderstood) + "/" + figures.Number(u.Said), Soft: figures.Percent(u.Share()),
		Href: r.Calls(replies(r, robot, phrase)), Value: fmt.Sprintf("%d/%d", u.NotUnderstood, u.Said),
	}
}

func robotName(r *site.Request, robot int32) string {
	return r.Night.Corpus.RobotName(r.Night.Graph.Robots[robot].RobotKey)
}

// nodeCell is a cell that leads to a node; -1 is none.
func nodeCell(r *site.Request, node int32) site.Cell {
	if node < 0 {
		return site.Text("–")
	}
	c, g := r.Night.Corpus, r.Night.Graph
	return site.Cell{
		Text: figures.Short(g.Nodes[node].Name, 20), Value: g.Nodes[node].Name,
		Href: r.To("/node", among.Set{Filter: r.Among.Filter, Node: among.NodeID(c, g, node)}),
	}
}

func misheardList(r *site.Request, list []unclear.Misheard) *site.Listing {
	phrases := func(e *unclear.Misheard, of func(*unclear.Pair) string) string {
		all := make([]string, len(e.Pairs))
		for i := range e.Pairs {
			all[i] = of(&e.Pairs[i])
		}
		return strings.Join(all, "|")
	}
	return &site.Listing{
		Name: "misheard", Several: true, Len: len(list), Empty: schema.Text{ZH: "没有找到误识的词。", EN: "No misheard word was found."},
		Class: func(i int) string {
			return at(r, phrases(&list[i], func(p *unclear.Pair) string { return p.Heard }))
		},
		Columns: []site.Column{
			{Key: "heard", Head: schema.Text{ZH: "听成", EN: "Heard as"}},
			{Key: "heard_not_understood", Head: schema.Text{ZH: "其中听不懂", EN: "not understood"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(list[a].AsHeard.NotUnderstood, list[b].AsHeard.NotUnderstood) }},
			{Key: "meant", Head: schema.Text{ZH: "应是（加入热词）", EN: "Meant, a hot word"}},
			{Key: "meant_not_understood", Head: schema.Text{ZH: "其中听不懂", EN: "not understood"}, Right: true},
			{Key: "phrases", Head: schema.Text{ZH: "词语", EN: "Phrases"}},
			{Key: "script", Head: headScript},
			{Key: "node", Head: schema.Text{ZH: "多在", EN: "Mostly at"}},
			{Key: "z", Head: schema.Text{ZH: "z", EN: "z"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(list[a].Z, list[b].Z) }},
		},
		Row: func(i int) []site.Cell {
			e := &list[i]
			heard := site.Text(e.Heard)
			if e.Near {
				heard.Soft = r.Say(schema.Text{ZH: "电话里近音", EN: "alike on the phone"})
			}
			var pairs []string
			for _, p := range e.Pairs {
				pairs = append(pairs, p.Heard+" → "+p.Meant)
			}
			return []site.Cell{
				heard, usage(r, e.Robot, e.AsHeard, phrases(e, func(p *unclear.Pair) string { return p.Heard })),
				site.Text(e.Meant), usage(r, e.Robot, e.AsMeant, phrases(e, func(p *unclear.Pair) string { return p.Meant })),
				site.Text(strings.Join(pairs, r.Say(schema.Text{ZH: "、", EN: ", "}))), site.Text(robotName(r, e.Robot)), nodeCell(r, e.Node),
				site.Text(fmt.Sprintf("%.1f", e.Z)),
			}
		},
	}
}

func phraseList(r *site.Request, name string, list []unclear.Phrase, judged bool) *site.Listing {
	only := site.Everywhere
	if !judged {
		only = site.CSVOnly
	}
	return &site.Listing{
		Name: name, Several: true, Len: len(list), PerPage: 20, Empty: schema.Text{ZH: "没有。", EN: "None."},
		Class: func(i int) string { return at(r, list[i].Text) },
		Columns: []site.Column{
			{Key: "phrase", Head: schema.Text{ZH: "说的", EN: "Said"}},
			{Key: "not_understood", Head: schema.Text{ZH: "其中听不懂", EN: "not understood"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(list[a].NotUnderstood, list[b].NotUnderstood) }},
			{Key: "expected", Head: schema.Text{ZH: "应", EN: "expected"}, Right: true, Only: only},
			{Key: "script", Head: headScript},
			{Key: "node", Head: schema.Text{ZH: "多在", EN: "Mostly at"}},
			{Key: "replies", Head: schema.Text{ZH: "例句", EN: "Examples"}},
		},
		Row: func(i int) []site.Cell {
			e := &list[i]
			return []site.Cell{
				site.Text(e.Text), usage(r, e.Robot, e.Usage, e.Text), site.Text(fmt.Sprintf("%.0f", e.Expected)), site.Text(robotName(r, e.Robot)), nodeCell(r, e.Node),
				site.Text(r.Said(strings.Join(e.Replies, " · "))),
			}
		},
	}
}

// unheardNodes is the nodes at which replies were not understood.
func unheardNodes(r *site.Request, list []unclear.Node) *site.Listing {
	c, g := r.Night.Corpus, r.Night.Graph
	return &site.Listing{
		Name: "unheard_nodes", Several: true, Len: len(list), PerPage: 20, Empty: schema.Text{ZH: "没有。", EN: "None."},
		Columns: []site.Column{
			{Key: "node", Head: schema.Text{ZH: "节点", EN: "Node"}}, {Key: "script", Head: headScript},
			{Key: "replies", Head: schema.Text{ZH: "回答", EN: "Replies"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(list[a].Replies, list[b].Replies) }},
			{Key: "not_understood", Head: schema.Text{ZH: "其中听不懂", EN: "not understood"}, Right: true, Compare: func(a, b int) int { return cmp.Compare(list[a].NotUnderstood, list[b].NotUnderstood) }},
			{Key: "misheard", Head: schema.Text{ZH: "误识", EN: "misheard"}, Right: true},
			{Key: "no_intent", Head: schema.Text{ZH: "没有对应意图", EN: "no intent"}, Right: true},
			{Key: "noise", Head: schema.Text{ZH: "噪音", EN: "noise"}, Right: true},
		},
		Row: func(i int) []site.Cell {
			n := &list[i]
			set := among.Set{Filter: r.Among.Filter, Node: among.NodeID(c, g, n.Node), Event: among.NotUnderstood}
			return []site.Cell{
				nodeCell(r, n.Node), site.Text(robotName(r, g.Nodes[n.Node].Robot)), site.Count(n.Replies, ""),
				site.Share(n.NotUnderstood, n.Replies, r.Calls(set)), site.Count(n.Misheard, ""), site.Count(n.NoIntent, ""), site.Count(n.Noise, ""),
			}
		},
	}
}

// day is a day, "" of none.
func day(d calendar.Day) string {
	if d == corpus.NoDay {
		return ""
	}
	return d.String()
}
