package unclear

import (
	"fmt"
	"io"
	"math"
	"strings"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/schema"
)

// Page is a report as it is printed.
type Page struct {
	Corpus *corpus.Corpus // that the report is of
	Graph  *nodes.Graph   // of it
	Report *Report
	Filter string   // as text; "" for all calls
	Notes  []string // what is inferred
	Lang   schema.Language
}

// Write prints the page: as JSON all of it, as CSV a table of hot words.
func (p *Page) Write(w io.Writer, format table.Format) error {
	switch format {
	case table.JSON:
		return p.writeJSON(w)
	case table.CSV:
		return p.hotWords().Write(w, format)
	}
	return p.writeText(w)
}

// hotWords returns a row for each phrase that is misheard.
func (p *Page) hotWords() *table.Table {
	t := &table.Table{Columns: []table.Column{
		{Name: "热词"}, {Name: "误识"}, {Name: "误识次数"}, {Name: "误识没听懂"}, {Name: "热词次数"}, {Name: "热词没听懂"}, {Name: "近音"}, {Name: "话术"}, {Name: "节点"},
	}}
	for i := range p.Report.Misheard {
		m := &p.Report.Misheard[i]
		near := ""
		if m.Near {
			near = "是"
		}
		for _, pair := range m.Pairs {
			t.Add(pair.Meant, pair.Heard, pair.AsHeard.Said, pair.AsHeard.NotUnderstood, pair.AsMeant.Said, pair.AsMeant.NotUnderstood,
				near, p.robotName(m.Robot), p.nodeName(m.Node))
		}
	}
	return t
}

// robotName returns the script of a robot, with its instance where there are several.
func (p *Page) robotName(robot int32) string {
	return p.Corpus.RobotName(p.Graph.Robots[robot].RobotKey)
}

func (p *Page) nodeName(node int32) string {
	if node < 0 {
		return ""
	}
	return p.Graph.Nodes[node].Name
}

// Shapes of the command's JSON.
type (
	usageJSON struct {
		Said          int `json:"said"`
		NotUnderstood int `json:"not_understood"`
	}
	placeJSON struct {
		Instance string `json:"instance_id"`
		Script   string `json:"script"`
		Node     int32  `json:"node"`
		Name     string `json:"name"`
	}
	misheardJSON struct {
		placeJSON
		Heard   string       `json:"heard"`
		Meant   string       `json:"meant"`
		Near    bool         `json:"near"`
		AsHeard usageJSON    `json:"as_heard"`
		AsMeant usageJSON    `json:"as_meant"`
		Z       float64      `json:"z"`
		Pairs   []pairJSON   `json:"pairs"`
		Calls   []corpus.Ref `json:"calls"`
	}
	pairJSON struct {
		Heard   string    `json:"heard"`
		Meant   string    `json:"meant"`
		AsHeard usageJSON `json:"as_heard"`
		AsMeant usageJSON `json:"as_meant"`
	}
	phraseJSON struct {
		placeJSON
		Text string `json:"text"`
		usageJSON
		Expected float64      `json:"expected"`
		Z        float64      `json:"z"`
		Replies  []string     `json:"replies,omitempty"`
		Calls    []corpus.Ref `json:"calls"`
	}
	tallyJSON struct {
		Replies       int `json:"replies"`
		NotUnderstood int `json:"not_understood"`
		Misheard      int `json:"misheard"`
		NoIntent      int `json:"no_intent"`
		Noise         int `json:"noise"`
		Rest          int `json:"rest"`
	}
	nodeJSON struct {
		placeJSON
		tallyJSON
	}
)

// rounded returns a number with four digits after the point: more would be noise.
func rounded(x float64) float64 { return math.Round(x*1e4) / 1e4 }

func tallyOf(t *Tally) tallyJSON {
	return tallyJSON{t.Replies, t.NotUnderstood, t.Misheard, t.NoIntent, t.Noise, t.Rest()}
}

func (p *Page) place(robot, node int32) placeJSON {
	r := p.Graph.Robots[robot]
	return placeJSON{p.Corpus.Instances.String(r.Instance), p.Corpus.Scripts.String(r.Script), node, p.nodeName(node)}
}

func (p *Page) phrases(list []Phrase) []phraseJSON {
	shown := make([]phraseJSON, len(list))
	for i := range list {
		f := &list[i]
		shown[i] = phraseJSON{p.place(f.Robot, f.Node), f.Text, usageJSON(f.Usage), rounded(f.Expected), rounded(f.Z), f.Replies, p.Corpus.Refs(f.Calls)}
	}
	return shown
}

func (p *Page) writeJSON(w io.Writer) error {
	words := make([]misheardJSON, len(p.Report.Misheard))
	for i := range words {
		m := &p.Report.Misheard[i]
		pairs := make([]pairJSON, len(m.Pairs))
		for k, pair := range m.Pairs {
			pairs[k] = pairJSON{pair.Heard, pair.Meant, usageJSON(pair.AsHeard), usageJSON(pair.AsMeant)}
		}
		words[i] = misheardJSON{p.place(m.Robot, m.Node), m.Heard, m.Meant, m.Near, usageJSON(m.AsHeard), usageJSON(m.AsMeant), rounded(m.Z), pairs, p.Corpus.Refs(m.Calls)}
	}
	at := make([]nodeJSON, len(p.Report.Nodes))
	for i := range at {
		n := &p.Report.Nodes[i]
		at[i] = nodeJSON{p.place(p.Graph.Nodes[n.Node].Robot, n.Node), tallyOf(&n.Tally)}
	}
	return table.WriteJSON(w, struct {
		Snapshot string   `json:"snapshot"`
		Filter   string   `json:"filter,omitempty"`
		Notes    []string `json:"notes,omitempty"`
		tallyJSON
		MisheardList []misheardJSON `json:"misheard_words"`
		NoIntentList []phraseJSON   `json:"no_intent_phrases"`
		NoiseList    []phraseJSON   `json:"noise_texts"`
		Nodes        []nodeJSON     `json:"nodes"`
	}{p.Corpus.Snapshot, p.Filter, p.Notes, tallyOf(&p.Report.Tally), words, p.phrases(p.Report.NoIntent), p.phrases(p.Report.Noise), at})
}

// Texts of the command, in both languages.
var (
	unclearOf    = schema.Text{EN: "%d of %d replies were not understood: %d misheard, %d without an intent, %d noise, %d too rare to judge\n", ZH: "客户的 %[2]d 句里 %[1]d 句没听懂：误识 %[3]d，没有对应意图 %[4]d，噪音 %[5]d，太少见无法判断 %[6]d\n"}
	misheardHead = schema.Text{EN: "\nmisheard: a hot word would mend it\n", ZH: "\n误识：同音而听得懂的词，宜加为热词\n"}
	noIntentHead = schema.Text{EN: "\nno intent for it\n", ZH: "\n没有对应意图\n"}
	noiseHead    = schema.Text{EN: "\nnoise\n", ZH: "\n噪音\n"}
	whereHead    = schema.Text{EN: "\nwhere\n", ZH: "\n在哪一句\n"}
	noScriptHead = schema.Text{EN: "most lines of the robot are of no fixed script: what it did not understand cannot be told\n", ZH: "机器人大多没有固定话术，无法判断哪些没听懂\n"}
	nothingHead  = schema.Text{EN: "no robot asks again: everything was understood, or no script asks in words that can be told\n", ZH: "没有一句重问：或者都听懂了，或者话术里没有可以辨认的重问\n"}
)

// shownNodes and shownPhrases are how many are printed as text.
const (
	shownNodes   = 15
	shownPhrases = 30
)

func (p *Page) writeText(w io.Writer) error {
	var b strings.Builder
	for _, note := range p.Notes {
		b.WriteString(note + "\n")
	}
	r := p.Report
	switch {
	case p.Graph.Unscripted:
		b.WriteString(noScriptHead.In(p.Lang))
	case r.NotUnderstood == 0:
		b.WriteString(nothingHead.In(p.Lang))
	default:
		fmt.Fprintf(&b, unclearOf.In(p.Lang), r.NotUnderstood, r.Replies, r.Tally.Misheard, r.Tally.NoIntent, r.Tally.Noise, r.Rest())
	}
	for _, part := range []struct {
		head schema.Text
		t    *table.Table
	}{
		{misheardHead, p.misheardTable()}, {noIntentHead, p.phraseTable(r.NoIntent)}, {noiseHead, p.phraseTable(r.Noise)}, {whereHead, p.nodeTable()},
	} {
		if part.t.Len() == 0 {
			continue
		}
		b.WriteString(part.head.In(p.Lang))
		if err := part.t.Write(&b, table.Text); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func ofSaid(u Usage) string { return fmt.Sprintf("%d/%d", u.NotUnderstood, u.Said) }

func (p *Page) misheardTable() *table.Table {
	t := &table.Table{Columns: []table.Column{
		{Head: schema.Text{EN: "heard", ZH: "说成"}.In(p.Lang)}, {Head: schema.Text{EN: "not understood", ZH: "没听懂"}.In(p.Lang), Right: true},
		{Head: schema.Text{EN: "hot word", ZH: "热词"}.In(p.Lang)}, {Head: schema.Text{EN: "not understood", ZH: "没听懂"}.In(p.Lang), Right: true},
		{Head: "z", Right: true, Digits: 1}, {Head: schema.Text{EN: "sound", ZH: "音"}.In(p.Lang)},
		{Head: schema.Text{EN: "script", ZH: "话术"}.In(p.Lang)}, {Head: schema.Text{EN: "phrases", ZH: "词"}.In(p.Lang), Width: 80},
	}}
	for i := range p.Report.Misheard {
		m := &p.Report.Misheard[i]
		same := schema.Text{EN: "same", ZH: "同"}
		if m.Near {
			same = schema.Text{EN: "near", ZH: "近"}
		}
		var pairs []string
		for _, pair := range m.Pairs {
			pairs = append(pairs, fmt.Sprintf("%s %s → %s %s", pair.Heard, ofSaid(pair.AsHeard), pair.Meant, ofSaid(pair.AsMeant)))
		}
		t.Add(m.Heard, ofSaid(m.AsHeard), m.Meant, ofSaid(m.AsMeant), m.Z, same.In(p.Lang), p.robotName(m.Robot), strings.Join(pairs, " · "))
	}
	return t
}

func (p *Page) phraseTable(list []Phrase) *table.Table {
	t := &table.Table{Columns: []table.Column{
		{Head: schema.Text{EN: "said", ZH: "说"}.In(p.Lang)}, {Head: schema.Text{EN: "not understood", ZH: "没听懂"}.In(p.Lang), Right: true},
		{Head: schema.Text{EN: "expected", ZH: "同处应有"}.In(p.Lang), Right: true, Digits: 1},
		{Head: schema.Text{EN: "script", ZH: "话术"}.In(p.Lang), Width: 24}, {Head: schema.Text{EN: "after", ZH: "在这句之后"}.In(p.Lang), Width: 40},
		{Head: schema.Text{EN: "replies", ZH: "整句"}.In(p.Lang), Width: 60},
	}}
	for i := range list[:min(len(list), shownPhrases)] {
		f := &list[i]
		var expected any
		if f.Expected > 0 {
			expected = f.Expected
		}
		t.Add(f.Text, ofSaid(f.Usage), expected, p.robotName(f.Robot), p.nodeName(f.Node), strings.Join(f.Replies, " · "))
	}
	return t
}

func (p *Page) nodeTable() *table.Table {
	t := &table.Table{Columns: []table.Column{
		{Head: "#", Right: true}, {Head: schema.Text{EN: "not understood", ZH: "没听懂"}.In(p.Lang), Right: true}, {Head: "%", Right: true, Digits: 1},
		{Head: schema.Text{EN: "misheard", ZH: "误识"}.In(p.Lang), Right: true}, {Head: schema.Text{EN: "no intent", ZH: "无意图"}.In(p.Lang), Right: true}, {Head: schema.Text{EN: "noise", ZH: "噪音"}.In(p.Lang), Right: true},
		{Head: schema.Text{EN: "script", ZH: "话术"}.In(p.Lang), Width: 24}, {Head: schema.Text{EN: "wording", ZH: "原话"}.In(p.Lang), Width: 60},
	}}
	for i := range p.Report.Nodes[:min(len(p.Report.Nodes), shownNodes)] {
		n := &p.Report.Nodes[i]
		t.Add(n.Node, ofSaid(Usage{Said: n.Replies, NotUnderstood: n.NotUnderstood}), 100*float64(n.NotUnderstood)/float64(n.Replies),
			n.Misheard, n.NoIntent, n.Noise, p.robotName(p.Graph.Nodes[n.Node].Robot), p.nodeName(n.Node))
	}
	return t
}
