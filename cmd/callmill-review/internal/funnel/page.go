package funnel

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/schema"
)

// Page is a funnel as it is printed.
type Page struct {
	Snapshot string   `json:"snapshot"`
	Filter   string   `json:"filter,omitempty"` // as text; "" for all calls
	Notes    []string `json:"notes,omitempty"`  // what is inferred
	*Funnel

	Lang   schema.Language `json:"-"`
	narrow bool            // to some nodes: their wordings are printed
}

// Narrow leaves the nodes with a number, if it is not below 0, that have a wording with a
// text. It reports whether there are any.
func (p *Page) Narrow(node int, line string) bool {
	p.narrow = true
	p.Nodes = slices.DeleteFunc(p.Nodes, func(n *Node) bool {
		return node >= 0 && n.ID != node || !slices.ContainsFunc(n.Wordings, func(w *Wording) bool { return strings.Contains(w.Text, line) })
	})
	p.Changes = slices.DeleteFunc(p.Changes, func(w *Wording) bool { return !slices.Contains(p.Nodes, w.Of) })
	return len(p.Nodes) > 0
}

// Write prints the page: as JSON all of it, as CSV a row for each wording, as text the
// wordings that replaced others and the nodes of each script, or the wordings of the
// nodes that it was narrowed to.
func (p *Page) Write(w io.Writer, format table.Format) error {
	switch format {
	case table.JSON:
		return table.WriteJSON(w, p)
	case table.CSV:
		return p.rows().Write(w, format)
	}
	return p.writeText(w)
}

// rows returns a row for each wording.
func (p *Page) rows() *table.Table {
	t := &table.Table{Columns: []table.Column{
		{Name: "instance_id"}, {Name: "script"}, {Name: "node"}, {Name: "name"}, {Name: "class"}, {Name: "versions"}, {Name: "first_day"}, {Name: "last_day"}, {Name: "text"},
		{Name: "calls"}, {Name: "said"}, {Name: "hung_up"}, {Name: "hung_up_share"}, {Name: "hung_up_low"}, {Name: "hung_up_high"},
		{Name: "not_understood"}, {Name: "not_understood_share"}, {Name: "not_understood_low"}, {Name: "not_understood_high"},
		{Name: "pause_ms"}, {Name: "replies"}, {Name: "before"}, {Name: "difference"},
		{Name: "hung_up_change"}, {Name: "hung_up_z"}, {Name: "not_understood_change"}, {Name: "not_understood_z"}, {Name: "hung_up_calls"}, {Name: "not_understood_calls"},
	}}
	for _, n := range p.Nodes {
		for _, w := range n.Wordings {
			var pause, hungUp, hungUpZ, not, notZ, notN, notShare, notLow, notHigh any
			if n.asksAgain {
				s := &w.NotUnderstood
				notN, notShare, notLow, notHigh = s.N, s.Share, s.Low, s.High
			}
			if w.PauseMS != nil {
				pause = *w.PauseMS
			}
			before, difference := "", ""
			if c := w.Change; c != nil {
				before, difference = c.BeforeText, marked(c.Diff)
				hungUp, hungUpZ = c.HungUp.Share, c.HungUp.Z
				if n.asksAgain {
					not, notZ = c.NotUnderstood.Share, c.NotUnderstood.Z
				}
			}
			t.Add(n.Instance, n.Script, n.ID, n.Name, w.Class, w.Versions, w.FirstDay, w.LastDay, w.Text,
				w.Calls, w.Said, w.HungUp.N, w.HungUp.Share, w.HungUp.Low, w.HungUp.High,
				notN, notShare, notLow, notHigh,
				pause, saidNext(w.Replies, len(w.Replies)), before, difference, hungUp, hungUpZ, not, notZ, refsOf(w.HungUp.Calls), refsOf(w.NotUnderstood.Calls))
		}
	}
	return t
}

// refsOf returns the ids of jobs and tasks, as the command call wants them.
func refsOf(calls []corpus.Ref) []string {
	ids := make([]string, len(calls))
	for i, c := range calls {
		ids[i] = c.Job + " " + c.Task
	}
	return ids
}

// marked returns a text with what it adds to and drops from the one before.
func marked(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.After:
			b.WriteString("〔+" + p.Text + "〕")
		case p.Before:
			b.WriteString("〔−" + p.Text + "〕")
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// saidNext returns the commonest replies.
func saidNext(replies []Reply, most int) []string {
	var list []string
	for _, r := range replies[:min(len(replies), most)] {
		list = append(list, r.Text+" "+strconv.Itoa(r.N))
	}
	return list
}

// Texts of the command, in both languages.
var (
	nodesOf      = schema.Text{EN: "snapshot %s · %d calls", ZH: "快照 %s · %d 通"}
	filteredBy   = schema.Text{EN: " · filter %s", ZH: " · 筛选 %s"}
	unscripted   = schema.Text{EN: "%s: %d of %d lines of the robot are said at least five times; there is no fixed script here, and no nodes\n", ZH: "%s：机器人的 %[3]d 句里只有 %[2]d 句说过五次以上，没有固定话术，不分节点\n"}
	noPrompt     = schema.Text{EN: "%s: no line that asks again was found; what was not understood is unknown\n", ZH: "%s：没有找到重问的话，没听懂多少无从得知\n"}
	ofCalls      = schema.Text{EN: "% of calls", ZH: "占到达%"}
	ofCalls95    = schema.Text{EN: "% of calls [95%]", ZH: "占到达% [95%]"}
	replacedHead = schema.Text{EN: "\nwordings that replaced others, before → after, the surest difference first\n", ZH: "\n换过的说法（前 → 后），差异最确定的在前\n"}
	scriptHead   = schema.Text{EN: "\nscript %s\n", ZH: "\n话术 %s\n"}
	nodeHead     = schema.Text{EN: "\nscript %s › #%d %s\n%d calls reach it", ZH: "\n话术 %s › #%d %s\n到达 %d 通"}
	nextHead     = schema.Text{EN: "then: ", ZH: "去向："}
	repliesHead  = schema.Text{EN: "replies: ", ZH: "客户说："}
	hungUpHead   = schema.Text{EN: "hung up: ", ZH: "挂断的通话："}
	endOfCall    = schema.Text{EN: "end of the call", ZH: "通话结束"}
	classTexts   = map[string]schema.Text{
		"ordinary": {EN: "", ZH: ""}, "goodbye": {EN: "goodbye", ZH: "结束语"},
		"reprompt": {EN: "asks again", ZH: "重问"}, "silence_prompt": {EN: "silence", ZH: "静默提示"},
	}
)

func (p *Page) writeText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, nodesOf.In(p.Lang), p.Snapshot, p.Calls)
	if p.Filter != "" {
		fmt.Fprintf(&b, filteredBy.In(p.Lang), p.Filter)
	}
	b.WriteString("\n")
	for _, note := range p.Notes {
		b.WriteString(note + "\n")
	}
	for _, s := range p.Scripts {
		if s.Unscripted {
			fmt.Fprintf(&b, unscripted.In(p.Lang), table.OneLine(s.title), s.Fixed, s.Lines)
		} else if !s.AsksAgain {
			fmt.Fprintf(&b, noPrompt.In(p.Lang), table.OneLine(s.title))
		}
	}
	if p.narrow {
		for _, n := range p.Nodes {
			if err := p.writeNode(&b, n); err != nil {
				return err
			}
		}
	} else if err := p.writeAll(&b); err != nil {
		return err
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// shareText returns a share with its interval.
func shareText(s Share) string {
	return fmt.Sprintf("%.1f%% [%.1f–%.1f]", 100*s.Share, 100*s.Low, 100*s.High)
}

func seconds(ms *int32) any {
	if ms == nil {
		return nil
	}
	return float64(*ms) / 1000
}

// writeAll prints the wordings that replaced others, then the nodes of each script.
func (p *Page) writeAll(b *strings.Builder) error {
	if len(p.Changes) > 0 {
		b.WriteString(replacedHead.In(p.Lang))
		if err := p.changed().Write(b, table.Text); err != nil {
			return err
		}
	}
	for begin, end := 0, 0; begin < len(p.Nodes); begin = end {
		for end = begin; end < len(p.Nodes) && p.Nodes[end].title == p.Nodes[begin].title; end++ {
		}
		fmt.Fprintf(b, scriptHead.In(p.Lang), table.OneLine(p.Nodes[begin].title))
		if err := p.list(p.Nodes[begin:end]).Write(b, table.Text); err != nil {
			return err
		}
	}
	return nil
}

// changed returns the wordings that replaced others.
func (p *Page) changed() *table.Table {
	t := &table.Table{Columns: []table.Column{
		{Head: "z", Right: true, Digits: 1}, {Head: "#", Right: true},
		{Head: schema.Text{EN: "version", ZH: "版本"}.In(p.Lang)}, {Head: schema.Text{EN: "calls", ZH: "到达"}.In(p.Lang), Right: true},
		{Head: schema.Text{EN: "hung up", ZH: "挂断"}.In(p.Lang), Right: true}, {Head: schema.Text{EN: "not understood", ZH: "没听懂"}.In(p.Lang), Right: true},
		{Head: schema.Text{EN: "script", ZH: "话术"}.In(p.Lang), Width: 24}, {Head: schema.Text{EN: "wording", ZH: "原话"}.In(p.Lang), Width: 90},
	}}
	for _, w := range p.Changes {
		before, notUnderstood := w.Change.Before, ""
		if w.Of.asksAgain {
			notUnderstood = fmt.Sprintf("%.1f → %.1f%%", 100*before.NotUnderstood.Share, 100*w.NotUnderstood.Share)
		}
		t.Add(w.Change.Z, w.Of.ID, strings.Join(w.Versions, "/"), fmt.Sprintf("%d → %d", before.Calls, w.Calls),
			fmt.Sprintf("%.1f → %.1f%%", 100*before.HungUp.Share, 100*w.HungUp.Share),
			notUnderstood,
			w.Of.title, marked(w.Change.Diff))
	}
	return t
}

// list returns nodes, a row each.
func (p *Page) list(list []*Node) *table.Table {
	t := &table.Table{Columns: []table.Column{
		{Head: "#", Right: true}, {Head: schema.Text{EN: "class", ZH: "类"}.In(p.Lang)},
		{Head: schema.Text{EN: "calls", ZH: "到达"}.In(p.Lang), Right: true},
		{Head: schema.Text{EN: "hung up", ZH: "挂断"}.In(p.Lang), Right: true}, {Head: ofCalls.In(p.Lang), Right: true, Digits: 1},
		{Head: schema.Text{EN: "not understood", ZH: "没听懂"}.In(p.Lang), Right: true}, {Head: ofCalls.In(p.Lang), Right: true, Digits: 1},
		{Head: schema.Text{EN: "pause s", ZH: "等(秒)"}.In(p.Lang), Right: true, Digits: 1},
		{Head: schema.Text{EN: "wording", ZH: "原话"}.In(p.Lang), Width: 50}, {Head: schema.Text{EN: "replies", ZH: "客户说"}.In(p.Lang), Width: 34},
	}}
	for _, n := range list {
		var not, notShare any // unknown
		if n.asksAgain {
			not, notShare = n.NotUnderstood.N, 100*n.NotUnderstood.Share
		}
		t.Add(n.ID, classTexts[n.Class].In(p.Lang), n.Calls, n.HungUp.N, 100*n.HungUp.Share, not, notShare,
			seconds(n.PauseMS), n.Name, strings.Join(saidNext(n.Replies, 3), " · "))
	}
	return t
}

// writeNode prints the wordings of a node.
func (p *Page) writeNode(b *strings.Builder, n *Node) error {
	fmt.Fprintf(b, nodeHead.In(p.Lang), table.OneLine(n.title), n.ID, table.OneLine(n.Name), n.Calls)
	b.WriteString("\n")
	t := &table.Table{Columns: []table.Column{
		{Head: schema.Text{EN: "version", ZH: "版本"}.In(p.Lang)}, {Head: schema.Text{EN: "class", ZH: "类"}.In(p.Lang)},
		{Head: schema.Text{EN: "days", ZH: "日期"}.In(p.Lang)}, {Head: schema.Text{EN: "calls", ZH: "到达"}.In(p.Lang), Right: true},
		{Head: schema.Text{EN: "hung up", ZH: "挂断"}.In(p.Lang), Right: true}, {Head: ofCalls95.In(p.Lang), Right: true},
		{Head: schema.Text{EN: "not understood", ZH: "没听懂"}.In(p.Lang), Right: true}, {Head: ofCalls95.In(p.Lang), Right: true},
		{Head: schema.Text{EN: "pause s", ZH: "等(秒)"}.In(p.Lang), Right: true, Digits: 1},
		{Head: schema.Text{EN: "z", ZH: "比前一种 z"}.In(p.Lang), Right: true}, {Head: schema.Text{EN: "wording", ZH: "原话"}.In(p.Lang)},
	}}
	for _, w := range n.Wordings {
		var not, notShare any // unknown
		if n.asksAgain {
			not, notShare = w.NotUnderstood.N, shareText(w.NotUnderstood)
		}
		z, text := "", w.Text
		if w.Change != nil {
			z, text = mark(w.Change.Z), marked(w.Change.Diff)
		}
		t.Add(strings.Join(w.Versions, "/"), classTexts[w.Class].In(p.Lang), days(w.FirstDay, w.LastDay), w.Calls, w.HungUp.N, shareText(w.HungUp), not, notShare,
			seconds(w.PauseMS), z, text)
	}
	if err := t.Write(b, table.Text); err != nil {
		return err
	}
	if len(n.Replies) > 0 {
		b.WriteString(repliesHead.In(p.Lang) + table.OneLine(strings.Join(saidNext(n.Replies, len(n.Replies)), " · ")) + "\n")
	}
	var next []string
	for _, to := range n.Next {
		name := endOfCall.In(p.Lang)
		if to.Node != nil {
			name = fmt.Sprintf("#%d %s", *to.Node, to.Name)
		}
		next = append(next, fmt.Sprintf("%s %d", name, to.N))
	}
	if len(next) > 0 {
		b.WriteString(nextHead.In(p.Lang) + table.OneLine(strings.Join(next, " · ")) + "\n")
	}
	if len(n.HungUp.Calls) > 0 {
		b.WriteString(hungUpHead.In(p.Lang) + strings.Join(refsOf(n.HungUp.Calls), " · ") + "\n")
	}
	return nil
}

// mark returns a z, and which way it is where it is hardly chance.
func mark(z float64) string {
	text := fmt.Sprintf("%+.1f", z)
	switch {
	case z >= 4:
		return text + " ▲"
	case z <= -4:
		return text + " ▼"
	}
	return text
}

func days(first, last string) string {
	if first == last {
		return first
	}
	return first + "–" + last
}
