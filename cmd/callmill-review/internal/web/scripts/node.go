//go:build cgo

package scripts

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/schema"
)

// most is how many replies and ways onward are told apart.
const most = 200

// heard is what became of the calls that reached a node.
type heard struct {
	node    int32
	reached int
	counts  *effect.Counts
	before  map[int32]effect.Change // by wording: against the one that it replaced
	own     []int32                 // wordings with a call, in the order in which they were first said
	replies []effect.Reply          // after the place that the page is about
	next    []effect.Next
}

type nodePage struct {
	Name, Script, ScriptURL string
	Place                   *effect.Place
	Pause                   string
	Node                    among.Set // of the node, with the filter
	Wording                 string    // that is chosen; "": none
	At                      *effect.Place
	Set                     among.Set // of the wording, else the node
	Export                  string
	// Wordings, what is said next, and where calls go.
	Wordings, Replies, Next *site.Listed
	Whole                   string // URL without the wording
}

// Event returns the calls of the place to which something happened.
func (n *nodePage) Event(event string) among.Set {
	s := n.Set
	s.Event = event
	return s
}

// NodeEvent is Event, of all wordings.
func (n *nodePage) NodeEvent(event string) among.Set {
	s := n.Node
	s.Event = event
	return s
}

// Kept is how many calls went on.
func (n *nodePage) Kept() int { return n.At.Calls - n.At.HungUp }

var noNode = schema.Text{
	ZH: "没有这个节点：这个快照里没有这句话",
	EN: "there is no such node: nobody says this line in the snapshot",
}

// place returns the node and the wording that the URL names; the wording is -1 where it
// names none.
func place(r *site.Request) (node, wording int32, err error) {
	g := r.Night.Graph
	wording = -1
	if r.Among.Wording != "" {
		w, ok := r.IDs().Wording(r.Among.Wording)
		if !ok || g.Wordings[w].Node < 0 {
			return 0, 0, site.NotFound(noNode)
		}
		wording = w
	}
	if r.Among.Node == "" && wording >= 0 {
		return g.Wordings[wording].Node, wording, nil
	}
	node, ok := r.IDs().Node(r.Among.Node)
	if !ok {
		return 0, 0, site.NotFound(noNode)
	}
	if wording >= 0 && g.Wordings[wording].Node != node {
		wording = -1
	}
	return node, wording, nil
}

func (p *pages) node(w http.ResponseWriter, r *site.Request) error {
	if r.Among.Node == "" && r.Among.Wording == "" { // removed from the filter
		return r.See(w, r.URL("/scripts"))
	}
	node, wording, err := place(r)
	if err != nil {
		return err
	}
	c, g := r.Night.Corpus, r.Night.Graph
	h, err := ask(r, false, fmt.Sprint("node ", node, " ", wording), func(selected []int32) *heard { return listen(r, node, wording, selected) })
	if err != nil {
		return err
	}
	id := among.NodeID(c, g, node)
	page := &nodePage{
		Name: g.Nodes[node].Name, Place: &h.counts.Nodes[node], Pause: pause(&h.counts.Nodes[node], r.Lang),
		Node: among.Set{Filter: r.Among.Filter, Node: id},
	}
	key := g.Robots[g.Nodes[node].Robot].RobotKey
	page.Script = c.RobotName(key)
	page.ScriptURL = r.URL("/scripts", "script", c.Scripts.String(key.Script), "instance", c.Instances.String(key.Instance))
	page.Set, page.At = page.Node, page.Place
	export := []string{among.NodeKey, id}
	if wording >= 0 {
		page.Wording = g.Wordings[wording].Pattern
		page.Set, page.At = among.Set{Filter: r.Among.Filter, Wording: among.WordingID(c, g, wording)}, &h.counts.Wordings[wording]
		page.Whole = r.To("/node", page.Node)
		export = append(export, among.WordingKey, page.Set.Wording)
	}
	page.Export = r.URL("/handover.xlsx", export...)
	for _, l := range []struct {
		list *site.Listing
		at   **site.Listed
	}{{wordingList(r, h, id, wording), &page.Wordings}, {replyList(r, h, page), &page.Replies}, {nextList(r, h, page), &page.Next}} {
		if done, err := r.CSV(w, l.list); done {
			return err
		}
		*l.at = r.List(l.list)
	}
	title := figures.Short(page.Name, shown)
	return r.Render(w, p.set, "node", schema.Text{ZH: "节点：" + title, EN: "Node: " + title}, page)
}

// listen counts what became of the calls that reached a node.
func listen(r *site.Request, node, wording int32, selected []int32) *heard {
	c, g := r.Night.Corpus, r.Night.Graph
	reached := effect.Calls(c, g, selected, effect.Question{Where: effect.AtNode(node)})
	h := &heard{node: node, reached: len(reached), counts: effect.Count(c, g, reached), before: map[int32]effect.Change{}}
	for _, change := range effect.Changes(c, g, reached, h.counts) {
		if change.Node == node {
			h.before[change.Wording] = change
		}
	}
	h.own = slices.DeleteFunc(slices.Clone(g.Nodes[node].Wordings), func(w int32) bool { return h.counts.Wordings[w].Calls == 0 })
	slices.SortStableFunc(h.own, func(a, b int32) int {
		return cmp.Or(cmp.Compare(h.counts.Wordings[a].FirstDay, h.counts.Wordings[b].FirstDay), cmp.Compare(a, b))
	})
	at := effect.AtNode(node)
	if wording >= 0 {
		at = effect.AtWording(wording)
	}
	h.replies, h.next = effect.Replies(c, g, reached, at, most), effect.Nexts(c, g, reached, at, most)
	return h
}

// wordingList is the wordings of a node, each with what differs from the one before.
func wordingList(r *site.Request, h *heard, node string, chosen int32) *site.Listing {
	c, g := r.Night.Corpus, r.Night.Graph
	at := func(i int) *effect.Place { return &h.counts.Wordings[h.own[i]] }
	set := func(i int, event string) among.Set {
		return among.Set{Filter: r.Among.Filter, Wording: among.WordingID(c, g, h.own[i]), Event: event}
	}
	link := func(i int) string {
		return r.To("/node", among.Set{Filter: r.Among.Filter, Node: node, Wording: among.WordingID(c, g, h.own[i])})
	}
	z := func(i int, of func(*effect.Change) float64) string {
		if change, ok := h.before[h.own[i]]; ok {
			return figures.Z(of(&change))
		}
		return ""
	}
	by := func(of func(p *effect.Place) float64) func(a, b int) int {
		return func(a, b int) int { return cmp.Compare(of(at(a)), of(at(b))) }
	}
	return &site.Listing{
		Name: "wordings", Several: true, Len: len(h.own), Empty: schema.Text{ZH: "这些通话没有到过这个节点。", EN: "None of these calls reached the node."},
		Link: link,
		Class: func(i int) string {
			if h.own[i] == chosen {
				return "at"
			}
			return ""
		},
		Columns: []site.Column{
			{Key: "versions", Head: schema.Text{ZH: "版本", EN: "Versions"}, Class: "nowrap"},
			{Key: "calls", Head: schema.Text{ZH: "次数", EN: "Calls"}, Right: true, Compare: by(func(p *effect.Place) float64 { return float64(p.Calls) })},
			{Key: "hung_up", Head: headHungUp, Right: true, Compare: by(func(p *effect.Place) float64 { return float64(p.HungUp) / float64(p.Calls) })},
			{Key: "not_understood", Head: headNot, Right: true, Compare: by(func(p *effect.Place) float64 { return float64(p.NotUnderstood) / float64(p.Calls) })},
			{Key: "line", Head: schema.Text{ZH: "原话（与上一版的差异划出）", EN: "Line, with what differs from the one before"}, Class: "line"},
			{Key: "first_day", Only: site.CSVOnly}, {Key: "last_day", Only: site.CSVOnly},
		},
		Row: func(i int) []site.Cell {
			p, pattern := at(i), g.Wordings[h.own[i]].Pattern
			hung, not := part(p.HungUp, p.Calls, r.Calls(set(i, among.HungUp))), part(p.NotUnderstood, p.Calls, r.Calls(set(i, among.NotUnderstood)))
			hung.Soft = strings.TrimSpace(hung.Soft + " " + z(i, func(d *effect.Change) float64 { return d.HungUp.Z }))
			not.Soft = strings.TrimSpace(not.Soft + " " + z(i, func(d *effect.Change) float64 { return d.NotUnderstood.Z }))
			line := site.Cell{Value: pattern, Marks: []site.Mark{{Text: pattern}}}
			if change, ok := h.before[h.own[i]]; ok {
				line.Marks = nil
				for _, part := range effect.Diff(g.Wordings[change.Before].Pattern, pattern) {
					line.Marks = append(line.Marks, site.Mark{Text: part.Text, Marked: part.After, Gone: part.Before})
				}
			}
			return []site.Cell{
				{Text: cmp.Or(versions(c, p.Versions), "–"), Href: link(i)}, site.Count(p.Calls, r.Calls(set(i, ""))), hung, not, line,
				site.Text(day(p.FirstDay)), site.Text(day(p.LastDay)),
			}
		},
	}
}

func replyList(r *site.Request, h *heard, page *nodePage) *site.Listing {
	return &site.Listing{
		Name: "replies", Several: true, PerPage: 10, Len: len(h.replies), Empty: schema.Text{ZH: "客户没有接着说话。", EN: "Nobody said anything next."},
		Columns: []site.Column{
			{Key: "reply", Head: schema.Text{ZH: "客户接下来说", EN: "The contact says next"}},
			{Key: "calls", Head: headCalls, Right: true, Compare: func(a, b int) int { return cmp.Compare(h.replies[a].N, h.replies[b].N) }},
		},
		Row: func(i int) []site.Cell {
			set := page.Event(among.Replied)
			set.Reply = h.replies[i].Text
			said, href := r.Said(set.Reply), r.Calls(set)
			if said != set.Reply {
				href = "" // it would have the number
			}
			return []site.Cell{site.Text(said), site.Count(h.replies[i].N, href)}
		},
	}
}

func nextList(r *site.Request, h *heard, page *nodePage) *site.Listing {
	c, g := r.Night.Corpus, r.Night.Graph
	return &site.Listing{
		Name: "next", Several: true, PerPage: 10, Len: len(h.next), Empty: schema.Text{ZH: "通话没有走到别处。", EN: "Calls went nowhere else."},
		Columns: []site.Column{
			{Key: "next", Head: schema.Text{ZH: "然后走到", EN: "Then"}},
			{Key: "calls", Head: headCalls, Right: true, Compare: func(a, b int) int { return cmp.Compare(h.next[a].N, h.next[b].N) }},
		},
		Row: func(i int) []site.Cell {
			n := h.next[i]
			set := page.Event(among.Went)
			set.Next = among.End
			to := site.Text(r.Say(schema.Text{ZH: "通话结束", EN: "the end of the call"}))
			if n.Node >= 0 {
				set.Next = among.NodeID(c, g, n.Node)
				to = site.Cell{
					Text: figures.Short(g.Nodes[n.Node].Name, shown), Value: g.Nodes[n.Node].Name,
					Href: r.To("/node", among.Set{Filter: r.Among.Filter, Node: set.Next}),
				}
			}
			return []site.Cell{to, site.Count(n.N, r.Calls(set))}
		},
	}
}

// part is a cell of how many calls of all, which opens them, and their share.
func part(k, n int, href string) site.Cell {
	cell := site.Share(k, n, href)
	cell.Text, cell.Soft = figures.Number(k), strings.TrimSpace(cell.Text+" "+cell.Soft)
	return cell
}

// pause is how long contacts take to answer, in seconds.
func pause(p *effect.Place, lang schema.Language) string {
	if p.Pause < 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f%s", float64(p.Pause)/1000, schema.Text{ZH: " 秒", EN: " s"}.In(lang))
}

func versions(c *corpus.Corpus, codes []corpus.Code) string {
	var list []string
	for _, v := range codes {
		if name := c.Versions.String(v); name != "" {
			list = append(list, name)
		}
	}
	return strings.Join(list, ", ")
}
