package flow_test

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/corpus/simulated"
	"callmill/cmd/callmill-review/internal/flow"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/pipeline/simulate"
	"callmill/schema"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// element is an element of a parsed picture.
type element struct {
	name, class, text string
	attributes        map[string]string
}

// parse returns the elements of an SVG in order, and fails where it is no XML.
func parse(t interface{ Fatalf(string, ...any) }, svg string) []element {
	d := xml.NewDecoder(strings.NewReader(svg))
	var all []element
	var open []int
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("the picture is no XML: %v\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attributes: map[string]string{}}
			for _, a := range token.Attr {
				e.attributes[a.Name.Local] = a.Value
			}
			e.class = e.attributes["class"]
			open = append(open, len(all))
			all = append(all, e)
		case xml.CharData:
			if len(open) > 0 {
				all[open[len(open)-1]].text += string(token)
			}
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func count(all []element, is func(element) bool) (n int) {
	for _, e := range all {
		if is(e) {
			n++
		}
	}
	return n
}

// allowed are the elements and attributes that a picture is made of: nothing that a
// content security policy forbids, and nothing that runs.
var allowed = map[string][]string{
	"svg": {"class", "role", "aria-labelledby", "viewBox", "width", "height", "xmlns"}, "title": {"id"}, "desc": {"id"}, "defs": nil,
	"marker": {"id", "markerUnits", "markerWidth", "markerHeight", "refX", "refY", "orient"},
	"path":   {"class", "fill", "stroke-width", "marker-end", "d"}, "g": {"class"}, "a": {"href"},
	"rect": {"class", "x", "y", "width", "height", "rx"}, "text": {"class", "x", "y"},
}

func checkElements(t interface{ Fatalf(string, ...any) }, all []element) {
	for _, e := range all {
		names, ok := allowed[e.name]
		if !ok {
			t.Fatalf("the picture has an element %s", e.name)
		}
		for a := range e.attributes {
			if !slices.Contains(names, a) {
				t.Fatalf("the picture has an attribute %s of %s", a, e.name)
			}
		}
	}
}

func drawBoxes(t *rapid.T) []flow.Box {
	text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("您好<>&\"'{}/\u202e\x00]]>"))))
	var boxes []flow.Box
	for range rapid.IntRange(0, flow.Most).Draw(t, "boxes") {
		calls := rapid.IntRange(0, 1000).Draw(t, "calls")
		boxes = append(boxes, flow.Box{
			Kind: flow.Kind(rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2, 3}).Draw(t, "kind")), Name: text.Draw(t, "name"), Link: text.Draw(t, "link"),
			Calls: calls, HungUp: rapid.IntRange(-1, calls).Draw(t, "hung up"), NotUnderstood: rapid.IntRange(-1, calls).Draw(t, "not understood"),
			Pause: rapid.Int32Range(-1, 20000).Draw(t, "pause"), Position: rapid.Float64Range(0, 30).Draw(t, "position"),
		})
	}
	return boxes
}

func TestLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		boxes := drawBoxes(t)
		end := rapid.IntRange(-1, len(boxes))
		var edges []flow.Edge
		for range rapid.IntRange(0, 80).Draw(t, "edges") {
			edges = append(edges, flow.Edge{From: end.Draw(t, "from"), To: end.Draw(t, "to"), Calls: rapid.IntRange(0, 500).Draw(t, "calls")})
		}
		p := flow.Layout(boxes, edges)
		for i, a := range p.Boxes {
			if a.Box != boxes[i] {
				t.Fatalf("box %d is %+v, was %+v", i, a.Box, boxes[i])
			}
			if a.X < 0 || a.Y < 0 || a.X+a.W > p.Width || a.Y+a.H > p.Height {
				t.Fatalf("box %d is outside of %d × %d: %+v", i, p.Width, p.Height, a)
			}
			for j, b := range p.Boxes[:i] {
				if a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H {
					t.Fatalf("boxes %d and %d overlap: %+v, %+v", j, i, b, a)
				}
			}
		}
		// Every box that an edge leads to or from has one that is drawn, and each is drawn once.
		had, has, drawn := map[int]bool{}, map[int]bool{}, map[[2]int]bool{}
		pairs := map[[2]int]bool{}
		for _, e := range edges {
			if e.From != e.To && e.From >= 0 && e.To >= 0 && e.From < len(boxes) && e.To < len(boxes) && e.Calls > 0 {
				had[e.From], had[e.To], pairs[[2]int{e.From, e.To}] = true, true, true
			}
		}
		for _, e := range p.Edges {
			key := [2]int{e.From, e.To}
			if drawn[key] || !pairs[key] {
				t.Fatalf("edge %v is drawn twice, or is none", key)
			}
			drawn[key], has[e.From], has[e.To] = true, true, true
		}
		if len(has) != len(had) || p.Left != len(pairs)-len(drawn) {
			t.Fatalf("%d boxes have edges, %d should; %d of %d are drawn, and %d left", len(has), len(had), len(drawn), len(pairs), p.Left)
		}
		svg := p.SVG("话术<b>", schema.Chinese)
		if again := flow.Layout(boxes, edges).SVG("话术<b>", schema.Chinese); again != svg {
			t.Fatalf("the same boxes have two pictures:\n%s\n%s", svg, again)
		}
		all := parse(t, svg)
		checkElements(t, all)
		if n := count(all, func(e element) bool { return strings.HasPrefix(e.class, "edge") }); n != len(p.Edges) {
			t.Fatalf("%d edges in the picture, want %d", n, len(p.Edges))
		}
		if n := count(all, func(e element) bool { return e.name == "g" }); n != len(boxes) {
			t.Fatalf("%d boxes in the picture, want %d", n, len(boxes))
		}
	})
}

func TestHostileTexts(t *testing.T) {
	for _, text := range []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `]]><svg onload=alert(1)>`, "&lt;b&gt;", "a\x00b\x1b[31m", "\xff\xfe", "\u202eabc\u2066",
		strings.Repeat("\u0301", 100_000), strings.Repeat("长", 100_000), "{{.}}", "%s%d%!", "",
	} {
		svg := flow.Layout([]flow.Box{{Name: text, Calls: 3}, {Name: "您好", Calls: 2}}, []flow.Edge{{From: 0, To: 1, Calls: 2}}).SVG(text, schema.English)
		all := parse(t, svg)
		checkElements(t, all)
		if n := len(all); n > 40 || len(svg) > 5000 {
			t.Errorf("%.20q makes %d elements in %d bytes", text, n, len(svg))
		}
		if strings.ContainsAny(svg, "\x00\x1b\u202e\u2066") {
			t.Errorf("%.20q: the picture has characters that turn or end a text", text)
		}
	}
}

// picture draws the first robot of a corpus.
func picture(c *corpus.Corpus, lang schema.Language) (*flow.Picture, string) {
	g := nodes.Find(c)
	selected := handmade.All(c)
	boxes, edges := flow.Of(c, g, 0, selected, effect.Count(c, g, selected), func(node int32) string { return fmt.Sprintf("/node?node=%d&s=1", node) })
	p := flow.Layout(boxes, edges)
	return p, p.SVG(c.RobotName(g.Robots[0].RobotKey), lang)
}

func branching() *corpus.Corpus {
	say := func(lines ...string) handmade.Call { return handmade.Call{Script: "预约", Lines: lines} }
	return handmade.Corpus(slices.Concat(
		handmade.Times(40, say("R 请问是您本人吗？", "C 是", "R 您这周能来吗？", "C 能", "R 您带医保卡吗？", "C 带", "R 好的，再见。")),
		handmade.Times(25, say("R 请问是您本人吗？", "C 是", "R 您这周能来吗？", "C 那 个", "R 没听清。您这周能来吗？", "C 能", "R 您带医保卡吗？", "C 带", "R 好的，再见。")),
		handmade.Times(15, say("R 请问是您本人吗？", "C 什么", "R 没听清。请问是您本人吗？", "C 不 是", "R 打扰了，再见。")),
		handmade.Times(12, say("R 请问是您本人吗？", "C 是", "R 您这周能来吗？", "!")),
		handmade.Times(8, say("R 请问是您本人吗？", "C 是", "R 您带医保卡吗？", "C 我 想 想", "R 没听清。您带医保卡吗？", "C 哪天", "R 您这周能来吗？", "C 好", "R 好的，再见。")),
	)...)
}

func TestPicture(t *testing.T) {
	for name, lang := range map[string]schema.Language{"branching.zh.svg": schema.Chinese, "branching.en.svg": schema.English} {
		_, svg := picture(branching(), lang)
		parse(t, svg)
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(svg), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal([]byte(svg), want) {
			t.Errorf("%s is not what it was; with -update it is written anew:\n%s", name, svg)
		}
	}
}

// A script of more nodes than an eye takes in: the rarest are folded, and all calls are
// still somewhere.
func TestManyNodes(t *testing.T) {
	var calls []handmade.Call
	for k := range 60 {
		var lines []string
		for i := range 50 - k/2 {
			lines = append(lines, fmt.Sprintf("R 第%d个问题是这样的吗？", i), "C 是")
		}
		calls = append(calls, handmade.Call{Script: "s", Lines: lines})
	}
	p, svg := picture(handmade.Corpus(calls...), schema.Chinese)
	if len(p.Boxes) > flow.Most {
		t.Fatalf("%d boxes, want at most %d", len(p.Boxes), flow.Most)
	}
	rest := slices.IndexFunc(p.Boxes, func(b flow.Placed) bool { return b.Kind == flow.Rest })
	if rest < 0 || p.Boxes[rest].Nodes != 50-(flow.Most-3) || p.Boxes[rest].Calls != 56 || !strings.Contains(svg, "其余 28 个") {
		t.Errorf("folded: %+v", p.Boxes[max(rest, 0)])
	}
	ended := p.Boxes[len(p.Boxes)-1]
	if ended.Kind != flow.Ended || ended.Calls != 60 {
		t.Errorf("the end: %+v", ended)
	}
}

// No call is counted at a way twice, and every call ends once.
func TestFollow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"R 您好", "R 再见。", "R 没听清。您好", "R 喂？", "R 嗯", "C 好", "!"})
		var calls []handmade.Call
		for range rapid.IntRange(0, 30).Draw(t, "calls") {
			calls = append(calls, handmade.Call{Script: "s", Lines: rapid.SliceOfN(line, 0, 8).Draw(t, "lines")})
		}
		c := handmade.Corpus(calls...)
		g := nodes.Find(c)
		of := make([]int32, len(g.Nodes))
		for i := range of {
			of[i] = int32(i)
		}
		all := handmade.All(c)
		counts := effect.Count(c, g, all)
		ways := effect.Follow(c, g, all, of, len(of))
		for i := range g.Nodes {
			if ways.Reached[i] != counts.Nodes[i].Calls || ways.HungUp[i] != counts.Nodes[i].HungUp {
				t.Fatalf("node %d: %d reached, %d hung up; counted %+v", i, ways.Reached[i], ways.HungUp[i], counts.Nodes[i])
			}
			next := effect.Nexts(c, g, all, effect.AtNode(int32(i)), 100)
			for _, w := range ways.Between {
				if w.From == i && !slices.Contains(next, effect.Next{Node: int32(w.To), N: w.Calls}) {
					t.Fatalf("node %d: way %+v is not among %+v", i, w, next)
				}
			}
			ends := slices.ContainsFunc(next, func(n effect.Next) bool { return n.Node < 0 && n.N == ways.HungUp[i]+ways.Ended[i] })
			if n := ways.HungUp[i] + ways.Ended[i]; n > 0 && !ends {
				t.Fatalf("node %d: %d calls end there, not as among %+v", i, n, next)
			}
		}
	})
}

func TestSimulated(t *testing.T) {
	c := first(simulated.World(t, simulate.Options{People: 2000, Seed: 2}))
	g := nodes.Find(c)
	all := handmade.All(c)
	counts := effect.Count(c, g, all)
	for r := range g.Robots {
		boxes, edges := flow.Of(c, g, int32(r), all, counts, func(int32) string { return "/node" })
		p := flow.Layout(boxes, edges)
		if len(p.Boxes) > flow.Most {
			t.Errorf("%d boxes", len(p.Boxes))
		}
		const page = 1248 // what a window of 1280 has for it
		if size := len(p.SVG("s", schema.Chinese)); p.Width > page || p.Height > 2400 || size > 60_000 {
			t.Errorf("the picture of %s is %d pixels wide and %d high, in %d bytes", c.RobotName(g.Robots[r].RobotKey), p.Width, p.Height, size)
		}
	}
}

func first(c *corpus.Corpus, _ simulated.Truth) *corpus.Corpus { return c }
