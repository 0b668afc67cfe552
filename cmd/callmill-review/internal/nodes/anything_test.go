package nodes_test

import (
	"bytes"
	"slices"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/funnel"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/table"
	"callmill/cmd/callmill-review/internal/unclear"
	"callmill/pipeline/calendar"
	"callmill/schema"

	"pgregory.net/rapid"
)

// anyCorpus draws calls that may say anything: lines without words or of marks alone,
// slots that are not closed, re-prompts, calls without lines, nameless scripts.
func anyCorpus(t *rapid.T) *corpus.Corpus {
	said := rapid.OneOf(
		rapid.SampledFrom([]string{
			"您好", "再见。", "没听清。您好", "没听清。再说一遍", "不好意思，再说一遍：您好", "{=a}元，可以吗？", "{num}元，可以吗？", "喂？", "嗯", "{", "}{", "{…}", "。。", "，，", "",
			"包裹会放到东门，可以吗？", "包裹会放到西门，可以吗？", "包裹会放到南门，可以吗？", "没听清。包裹会放到南门，可以吗？",
		}),
		rapid.StringOfN(rapid.RuneFrom([]rune("您好是吗，。：！{}…a \xff\u0301")), 0, 12, -1),
	)
	replies := rapid.OneOf(rapid.SampledFrom([]string{"好", "。", "", "是 我 本人", "我 要 改期", "我 要 盖期", "七 期", "嗯 哼", "a b"}), said)
	var calls []handmade.Call
	for range rapid.IntRange(0, 12).Draw(t, "calls") {
		call := handmade.Call{
			Instance: rapid.SampledFrom([]string{"", "one", "two"}).Draw(t, "instance"), Script: rapid.SampledFrom([]string{"", "s", "t"}).Draw(t, "script"),
			Version: rapid.SampledFrom([]string{"", "1", "2"}).Draw(t, "version"), Campaign: rapid.SampledFrom([]string{"", "a"}).Draw(t, "campaign"),
			Day: calendar.Day(rapid.IntRange(0, 2).Draw(t, "day")),
		}
		for range rapid.IntRange(0, 8).Draw(t, "lines") {
			switch rapid.IntRange(0, 4).Draw(t, "speaker") {
			case 0, 1:
				call.Lines = append(call.Lines, "R "+said.Draw(t, "robot"))
			case 2, 3:
				call.Lines = append(call.Lines, "C "+replies.Draw(t, "contact"))
			default:
				call.Lines = append(call.Lines, "!")
			}
		}
		calls = append(calls, handmade.Times(rapid.SampledFrom([]int{1, 2, 30}).Draw(t, "times"), call)...)
	}
	return handmade.Corpus(calls...)
}

// Whatever is said, every line of a robot with a script has a place, and the same corpus
// has the same graph; what is counted at nodes and not understood there can be printed.
func TestAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCorpus(t)
		g := nodes.Find(c)
		of, _ := c.Robots()
		for k := range c.Calls {
			call := &c.Calls[k]
			for i := call.FirstLine; i < call.FirstLine+call.LineCount; i++ {
				text := &c.Texts[c.Lines[i].Text]
				placed := text.Speaker == corpus.Robot && text.Pattern != 0 && !g.Robots[of[k]].Unscripted
				if placed != (g.LineWording[i] >= 0) || placed != (g.LineNode[i] >= 0) {
					t.Fatalf("line %d has wording %d and node %d", i, g.LineWording[i], g.LineNode[i])
				}
				if placed && (g.Wordings[g.LineWording[i]].Robot != of[k] || g.Nodes[g.LineNode[i]].Robot != of[k]) {
					t.Fatalf("line %d is at a wording or node of another robot", i)
				}
			}
		}
		if again := nodes.Find(c); shown(again) != shown(g) || !slices.Equal(again.LineNode, g.LineNode) {
			t.Fatal("another graph of the same corpus")
		}
		selected := handmade.All(c)
		if rapid.Bool().Draw(t, "some") {
			selected = selected[len(selected)/2:]
		}
		page := &funnel.Page{Funnel: funnel.Of(c, g, selected), Lang: schema.Chinese}
		report := &unclear.Page{Corpus: c, Graph: g, Report: unclear.Find(c, g, selected), Lang: schema.English}
		if r := report.Report; r.Rest() < 0 || r.NotUnderstood > r.Replies {
			t.Fatalf("%+v", r.Tally)
		}
		for _, format := range []table.Format{table.Text, table.JSON, table.CSV} {
			var b bytes.Buffer
			if err := page.Write(&b, format); err != nil {
				t.Fatal(err)
			}
			if err := report.Write(&b, format); err != nil {
				t.Fatal(err)
			}
		}
		page.Narrow(-1, "")
		if err := page.Write(&bytes.Buffer{}, table.Text); err != nil {
			t.Fatal(err)
		}
	})
}
