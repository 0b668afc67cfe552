package flow

import (
	"fmt"
	"html"
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"callmill/schema"
)

var (
	callsText = schema.Text{EN: "%d calls", ZH: "%d 通"}
	pauseText = schema.Text{EN: " · wait %.1f s", ZH: " · 等 %.1f 秒"}
	hungText  = schema.Text{EN: "hung up %s", ZH: "挂断 %s"}
	notText   = schema.Text{EN: "not heard %s", ZH: "没听懂 %s"}
	restText  = schema.Text{EN: "%d more nodes", ZH: "其余 %d 个"}
	hungEnd   = schema.Text{EN: "hung up", ZH: "挂断"}
	otherEnd  = schema.Text{EN: "end", ZH: "结束"}
	titleText = schema.Text{EN: "Flow of %s", ZH: "%s 的流程图"}
	descText  = schema.Text{
		EN: "%d boxes and %d ways between them: the wider, the more calls. %d ways of few calls are not drawn. The table beside it has all of it in words.",
		ZH: "%d 个方框，%d 条走向，线越粗通话越多；另有 %d 条很少走的没有画出。旁边的表格以文字列出全部内容。",
	}
)

// SVG returns the picture of a script with a name as an element of HTML, and of XML too.
// Its classes are flow, box, rest, hung-up-end, ended, edge, up, ground, hung-up,
// not-understood and small.
func (p *Picture) SVG(script string, lang schema.Language) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="flow" role="group" aria-labelledby="flow-title flow-desc" viewBox="0 0 %d %d" width="%d" height="%d" xmlns="http://www.w3.org/2000/svg">`, p.Width, p.Height, p.Width, p.Height)
	fmt.Fprintf(&b, `<title id="flow-title">%s</title><desc id="flow-desc">%s</desc>`,
		escaped(fmt.Sprintf(titleText.In(lang), script)), escaped(fmt.Sprintf(descText.In(lang), len(p.Boxes), len(p.Edges), p.Left)))
	fmt.Fprintf(&b, `<defs><marker id="flow-arrow" markerUnits="userSpaceOnUse" markerWidth="%d" markerHeight="10" refX="0" refY="5" orient="auto"><path class="arrow" d="M0 0L%d 5L0 10z"/></marker></defs>`, arrow, arrow)
	widest := 1
	for _, e := range p.Edges {
		widest = max(widest, e.Calls)
	}
	for i, e := range p.Edges {
		from, to := &p.Boxes[e.From], &p.Boxes[e.To]
		class := "edge"
		if from.Row >= to.Row {
			class = "edge up"
		}
		fmt.Fprintf(&b, `<path class="%s" fill="none" stroke-width="%.1f" marker-end="url(#flow-arrow)" d="%s"><title>%s</title></path>`,
			class, 1+8*float64(e.Calls)/float64(widest), p.paths[i],
			escaped(cut(from.name(lang), 40)+" → "+cut(to.name(lang), 40)+" · "+fmt.Sprintf(callsText.In(lang), e.Calls)))
	}
	for i := range p.Boxes {
		p.Boxes[i].write(&b, lang)
	}
	b.WriteString("</svg>")
	return b.String()
}

func (b *Placed) name(lang schema.Language) string {
	switch b.Kind {
	case Rest:
		return fmt.Sprintf(restText.In(lang), b.Nodes)
	case HungUp:
		return hungEnd.In(lang)
	case Ended:
		return otherEnd.In(lang)
	}
	return b.Name
}

var classes = [...]string{Node: "box", Rest: "box rest", HungUp: "box hung-up-end", Ended: "box ended"}

// columns is how many columns of a terminal fit into a line of a box, with Latin letters of
// wide fonts among them.
const columns = 28

func (b *Placed) write(w *strings.Builder, lang schema.Language) {
	calls := fmt.Sprintf(callsText.In(lang), b.Calls)
	if b.Link != "" {
		fmt.Fprintf(w, `<a href="%s">`, escaped(b.Link))
		defer w.WriteString("</a>")
	}
	fmt.Fprintf(w, `<g class="%s"><title>%s</title><rect x="%d" y="%d" width="%d" height="%d" rx="4"/>`, classes[b.Kind], escaped(b.summary(lang)), b.X, b.Y, b.W, b.H)
	defer w.WriteString("</g>")
	text := func(class string, x, y int, s string) {
		fmt.Fprintf(w, `<text%s x="%d" y="%d">%s</text>`, class, x, y, escaped(s))
	}
	const small = ` class="small"`
	if b.Kind != Node {
		text("", b.X+8, b.Y+20, cut(b.name(lang)+" · "+calls, columns))
		return
	}
	first, second := lines(b.Name)
	text("", b.X+8, b.Y+18, first)
	if second != "" {
		text("", b.X+8, b.Y+34, second)
	}
	if b.Pause >= 0 {
		calls += fmt.Sprintf(pauseText.In(lang), float64(b.Pause)/1000)
	}
	text(small, b.X+8, b.Y+50, calls)
	share := func(x, n int, class string, t schema.Text) {
		if n < 0 {
			return
		}
		const width = 84
		part := float64(n) / float64(max(b.Calls, 1))
		text(small, x, b.Y+66, fmt.Sprintf(t.In(lang), percent(part)))
		fmt.Fprintf(w, `<rect class="ground" x="%d" y="%d" width="%d" height="5"/><rect class="%s" x="%d" y="%d" width="%.1f" height="5"/>`,
			x, b.Y+71, width, class, x, b.Y+71, width*min(part, 1))
	}
	share(b.X+8, b.HungUp, "hung-up", hungText)
	share(b.X+100, b.NotUnderstood, "not-understood", notText)
}

// summary is what is read out of a box.
func (b *Placed) summary(lang schema.Language) string {
	s := b.name(lang) + " · " + fmt.Sprintf(callsText.In(lang), b.Calls)
	for _, share := range []struct {
		n int
		t schema.Text
	}{{b.HungUp, hungText}, {b.NotUnderstood, notText}} {
		if share.n >= 0 {
			s += " · " + fmt.Sprintf(share.t.In(lang), percent(float64(share.n)/float64(max(b.Calls, 1))))
		}
	}
	return s
}

func percent(share float64) string { return fmt.Sprintf("%.1f%%", 100*share) }

// widths are those of a terminal whatever the language of the machine is.
var widths = runewidth.Condition{}

// mostRunes are what is looked at of a text: marks without a width do not end.
const mostRunes = 200

// cut cuts a text to so many columns.
func cut(s string, columns int) string { return widths.Truncate(shown(s), columns, "…") }

// lines breaks a text into the two lines of a box.
func lines(s string) (first, second string) {
	s = strings.TrimSpace(shown(s))
	first = widths.Truncate(s, columns, "")
	if first == "" { // of what has no width, or too much
		first = cut(s, columns)
		return first, ""
	}
	return first, cut(strings.TrimSpace(s[len(first):]), columns)
}

// shown returns the beginning of a text without what XML may not have, what breaks a
// line, and what turns the order of the characters that follow.
func shown(s string) string {
	n := 0
	for i := range s {
		if n == mostRunes {
			s = s[:i] + "…"
			break
		}
		n++
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r >= 0x7f && r < 0xa0, r == '\u2028', r == '\u2029', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069',
			r == '\u200e', r == '\u200f', r == '\ufffe', r == '\uffff', r == utf8.RuneError:
			return ' '
		}
		return r
	}, s)
}

func escaped(s string) string { return html.EscapeString(shown(s)) }
