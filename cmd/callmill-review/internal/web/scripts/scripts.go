//go:build cgo

package scripts

import (
	"cmp"
	"context"
	"embed"
	"html/template"
	"net/http"
	"slices"

	"callmill/cmd/callmill-review/internal/among"
	"callmill/cmd/callmill-review/internal/answers"
	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/flow"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/web/figures"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/schema"
)

//go:embed templates
var files embed.FS

// Add adds the pages to a site.
func Add(s *site.Site) {
	p := &pages{s.Templates(files, "templates/*.html")}
	s.Page("GET /scripts", site.Viewer, p.scripts)
	s.Page("GET /node", site.Viewer, p.node)
	s.Page("GET /unclear", site.Viewer, p.unclear)
}

type pages struct{ set *template.Template }

// filtered is the calls of the page's filter, whatever else the page is about.
func filtered(r *site.Request) among.Set { return among.Set{Filter: r.Among.Filter} }

// ask asks a question, heavy or not, about the calls of the page's filter.
func ask[T any](r *site.Request, heavy bool, name string, compute func(selected []int32) T) (T, error) {
	selected := r.Select(filtered(r)) // what is computed may outlive the request
	return answers.As[T](r.Night.Answers.Ask(r.Context(), answers.Question{Key: name + "?" + filtered(r).Key(), Heavy: heavy},
		func(context.Context, func(int, int, schema.Text)) (any, error) {
			return compute(selected), nil
		}))
}

// script is a robot's script in the calls of the page.
type script struct {
	robot         int32 // index in Graph.Robots
	calls         int   // in which it spoke
	hungUp        int   // of these, hung up before the script was at its end
	notUnderstood int   // with a line that was asked again
}

// counted is what became of the calls of the page.
type counted struct {
	counts  *effect.Counts
	scripts []script // with a call, the most calls first
}

func countedOf(r *site.Request) (*counted, error) {
	return ask(r, false, "scripts", func(selected []int32) *counted {
		c, g := r.Night.Corpus, r.Night.Graph
		n := &counted{counts: effect.Count(c, g, selected)}
		all := make([]script, len(g.Robots))
		at := map[corpus.RobotKey]int{}
		for i := range g.Robots {
			at[g.Robots[i].RobotKey] = i
			all[i].robot = int32(i)
		}
		for _, k := range selected {
			call := &c.Calls[k]
			if i, ok := at[call.RobotKey()]; ok && call.LineCount > 0 {
				all[i].calls++
			}
		}
		for i := range g.Nodes {
			of := &all[g.Nodes[i].Robot]
			of.hungUp += n.counts.Nodes[i].HungUp
			of.notUnderstood += n.counts.Nodes[i].NotUnderstood
		}
		n.scripts = slices.DeleteFunc(all, func(s script) bool { return s.calls == 0 })
		slices.SortStableFunc(n.scripts, func(a, b script) int { return cmp.Compare(b.calls, a.calls) })
		return n
	})
}

type scriptsPage struct {
	Name string // of the script that is drawn
	Flow string // SVG
	// List is the scripts, Nodes those of the one that is drawn.
	List, Nodes *site.Listed
	Unscripted  bool
}

func (p *pages) scripts(w http.ResponseWriter, r *site.Request) error {
	n, err := countedOf(r)
	if err != nil {
		return err
	}
	c, g := r.Night.Corpus, r.Night.Graph
	list := scriptList(r, n)
	if done, err := r.CSV(w, list); done {
		return err
	}
	page := &scriptsPage{List: r.List(list), Unscripted: g.Unscripted}
	shown := chosen(r, n)
	if shown >= 0 && !g.Unscripted {
		own := nodeList(r, n, shown)
		if done, err := r.CSV(w, own); done {
			return err
		}
		page.Nodes, page.Name = r.List(own), c.RobotName(g.Robots[shown].RobotKey)
		picture, err := ask(r, false, "flow "+page.Name, func(selected []int32) drawn {
			boxes, edges := flow.Of(c, g, shown, selected, n.counts, func(node int32) string { return among.NodeID(c, g, node) })
			return drawn{boxes, edges}
		})
		if err != nil {
			return err
		}
		boxes := slices.Clone(picture.boxes)
		for i := range boxes {
			if boxes[i].Link != "" {
				boxes[i].Link = r.To("/node", among.Set{Filter: r.Among.Filter, Node: boxes[i].Link})
			}
		}
		page.Flow = flow.Layout(boxes, picture.edges).SVG(page.Name, r.Lang)
	}
	return r.Render(w, p.set, "scripts", schema.Text{ZH: "话术", EN: "Scripts"}, page)
}

// drawn is what a picture is made of: its links have the ids of nodes.
type drawn struct {
	boxes []flow.Box
	edges []flow.Edge
}

// chosen is the robot that the page draws: that of the URL, or the one with the most
// calls; -1 where there is none.
func chosen(r *site.Request, n *counted) int32 {
	c, g := r.Night.Corpus, r.Night.Graph
	q := r.Request.URL.Query()
	for _, s := range n.scripts {
		key := g.Robots[s.robot].RobotKey
		if q.Get("script") == c.Scripts.String(key.Script) && (q.Get("instance") == "" || q.Get("instance") == c.Instances.String(key.Instance)) {
			return s.robot
		}
	}
	if len(n.scripts) > 0 && q.Get("script") == "" {
		return n.scripts[0].robot
	}
	return -1
}

var (
	headScript = schema.Text{ZH: "话术", EN: "Script"}
	headCalls  = schema.Text{ZH: "通话", EN: "Calls"}
	headHungUp = schema.Text{ZH: "当场挂断", EN: "Hung up there"}
	headNot    = schema.Text{ZH: "没听懂", EN: "Not understood"}
	headPause  = schema.Text{ZH: "等（中位数）", EN: "Wait (median)"}
	nothing    = schema.Text{ZH: "这些通话里没有机器人说话。", EN: "No robot speaks in these calls."}
)

func scriptList(r *site.Request, n *counted) *site.Listing {
	c, g := r.Night.Corpus, r.Night.Graph
	link := func(i int) string {
		key := g.Robots[n.scripts[i].robot].RobotKey
		return r.URL("/scripts", "script", c.Scripts.String(key.Script), "instance", c.Instances.String(key.Instance))
	}
	by := func(of func(s *script) int) func(a, b int) int {
		return func(a, b int) int { return cmp.Compare(of(&n.scripts[a]), of(&n.scripts[b])) }
	}
	return &site.Listing{
		Name: "scripts", Several: true, Len: len(n.scripts), Empty: nothing, Link: link,
		Columns: []site.Column{
			{Key: "script", Head: headScript},
			{Key: "calls", Head: headCalls, Right: true, Compare: by(func(s *script) int { return s.calls })},
			{Key: "hung_up", Head: schema.Text{ZH: "中途挂断", EN: "Hung up on the way"}, Right: true, Compare: by(func(s *script) int { return s.hungUp })},
			{Key: "nodes_not_understood", Head: headNot, Title: schema.Text{ZH: "节点 × 通话", EN: "nodes × calls"}, Right: true, Compare: by(func(s *script) int { return s.notUnderstood })},
		},
		Row: func(i int) []site.Cell {
			s := &n.scripts[i]
			return []site.Cell{
				{Text: c.RobotName(g.Robots[s.robot].RobotKey), Href: link(i)}, site.Count(s.calls, ""),
				site.Share(s.hungUp, s.calls, ""), site.Count(s.notUnderstood, ""),
			}
		},
	}
}

// nodeList is the nodes of a robot that calls reached, in the order in which they are said.
func nodeList(r *site.Request, n *counted, robot int32) *site.Listing {
	c, g := r.Night.Corpus, r.Night.Graph
	var own []int32
	for i := range g.Nodes {
		if g.Nodes[i].Robot == robot && n.counts.Nodes[i].Calls > 0 {
			own = append(own, int32(i))
		}
	}
	slices.SortStableFunc(own, func(a, b int32) int {
		return cmp.Compare(n.counts.Nodes[a].Position, n.counts.Nodes[b].Position)
	})
	set := func(i int, event string) among.Set {
		return among.Set{Filter: r.Among.Filter, Node: among.NodeID(c, g, own[i]), Event: event}
	}
	link := func(i int) string { return r.To("/node", set(i, "")) }
	place := func(i int) *effect.Place { return &n.counts.Nodes[own[i]] }
	by := func(of func(p *effect.Place) float64) func(a, b int) int {
		return func(a, b int) int { return cmp.Compare(of(place(a)), of(place(b))) }
	}
	share := func(k, of int) float64 { return float64(k) / float64(max(of, 1)) }
	return &site.Listing{
		Name: "nodes", Several: true, Len: len(own), Empty: nothing, Link: link,
		Columns: []site.Column{
			{Key: "line", Head: schema.Text{ZH: "节点", EN: "Node"}},
			{Key: "calls", Head: headCalls, Right: true, Compare: by(func(p *effect.Place) float64 { return float64(p.Calls) })},
			{Key: "hung_up", Head: headHungUp, Right: true, Compare: by(func(p *effect.Place) float64 { return share(p.HungUp, p.Calls) })},
			{Key: "not_understood", Head: headNot, Right: true, Compare: by(func(p *effect.Place) float64 { return share(p.NotUnderstood, p.Calls) })},
			{Key: "wait", Head: headPause, Right: true, Compare: by(func(p *effect.Place) float64 { return float64(p.Pause) })},
		},
		Row: func(i int) []site.Cell {
			p := place(i)
			return []site.Cell{
				{Text: figures.Short(g.Nodes[own[i]].Name, shown), Href: link(i), Value: g.Nodes[own[i]].Name}, site.Count(p.Calls, r.Calls(set(i, ""))),
				part(p.HungUp, p.Calls, r.Calls(set(i, among.HungUp))), part(p.NotUnderstood, p.Calls, r.Calls(set(i, among.NotUnderstood))),
				site.Text(pause(p, r.Lang)),
			}
		},
	}
}

// shown is how many characters of a line a list shows.
const shown = 36
