package nodes_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/nodes"

	"github.com/google/go-cmp/cmp"
)

// shown returns the wordings of a graph, one a line: node, class, what is said how often.
func shown(g *nodes.Graph) string {
	var b strings.Builder
	for _, w := range g.Wordings {
		fmt.Fprintf(&b, "%2d %s %s ×%d\n", w.Node, w.Class, w.Pattern, w.Said)
	}
	return b.String()
}

// A questionnaire of five questions, asked again in other words where the robot did not
// understand; the second one is met with silence.
func questionnaire() []handmade.Call { return questionnaireWith("没听清。") }

// questionnaireWith has another prompt.
func questionnaireWith(prompt string) []handmade.Call {
	questions := []string{"您对速度满意吗？", "您对态度满意吗？", "您对价格满意吗？", "您对清洁满意吗？", "您还有建议吗？"}
	again := []string{"速度怎么样？", "态度怎么样？", "价格怎么样？", "清洁怎么样？", "有建议吗？"}
	var talks []handmade.Call
	for i := range questions {
		for range 4 {
			var lines []string
			for k, q := range questions {
				lines = append(lines, "R "+q)
				if k == i {
					lines = append(lines, "C 呃", "R "+prompt+again[k])
				}
				if (k+i)%3 == 1 {
					lines = append(lines, "R 您在听吗？")
				}
				lines = append(lines, "C 满意")
			}
			talks = append(talks, handmade.Call{Script: "s", Campaign: "a", Lines: append(lines, "R 再见。")})
		}
	}
	return talks
}

func TestFind(t *testing.T) {
	for name, tt := range map[string]struct {
		talks []handmade.Call
		want  string
	}{
		"empty": {nil, ""},
		"re-prompts and silence prompts": {questionnaire(), `
 0 ordinary 您对速度满意吗？ ×20
 0 reprompt 没听清。速度怎么样？ ×4
 1 ordinary 您对态度满意吗？ ×20
-1 silence_prompt 您在听吗？ ×36
 2 ordinary 您对价格满意吗？ ×20
 3 ordinary 您对清洁满意吗？ ×20
 4 ordinary 您还有建议吗？ ×20
 5 goodbye 再见。 ×20
 1 reprompt 没听清。态度怎么样？ ×4
 2 reprompt 没听清。价格怎么样？ ×4
 3 reprompt 没听清。清洁怎么样？ ×4
 4 reprompt 没听清。有建议吗？ ×4
`},
		"a prompt may end in any mark": {questionnaireWith("您慢点讲，我再确认下："), `
 0 ordinary 您对速度满意吗？ ×20
 0 reprompt 您慢点讲，我再确认下：速度怎么样？ ×4
 1 ordinary 您对态度满意吗？ ×20
-1 silence_prompt 您在听吗？ ×36
 2 ordinary 您对价格满意吗？ ×20
 3 ordinary 您对清洁满意吗？ ×20
 4 ordinary 您还有建议吗？ ×20
 5 goodbye 再见。 ×20
 1 reprompt 您慢点讲，我再确认下：态度怎么样？ ×4
 2 reprompt 您慢点讲，我再确认下：价格怎么样？ ×4
 3 reprompt 您慢点讲，我再确认下：清洁怎么样？ ×4
 4 reprompt 您慢点讲，我再确认下：有建议吗？ ×4
`},
		// 好的。 stands before many lines, but after it the call does not go on as after the
		// question before.
		"a word of assent is no re-prompt": {handmade.Times(20, handmade.Call{Script: "s", Lines: []string{
			"R 您是本人吗？", "C 是", "R 好的。您家里有人吗？", "C 有", "R 好的。您今天在家吗？", "C 在", "R 好的。您要发票吗？", "C 不要",
			"R 好的。您满意吗？", "C 满意", "R 好的。您还有问题吗？", "C 没有", "R 再见。",
		}}), `
 0 ordinary 您是本人吗？ ×20
 1 ordinary 好的。您家里有人吗？ ×20
 2 ordinary 好的。您今天在家吗？ ×20
 3 ordinary 好的。您要发票吗？ ×20
 4 ordinary 好的。您满意吗？ ×20
 5 ordinary 好的。您还有问题吗？ ×20
 6 goodbye 再见。 ×20
`},
		"versions are aligned by what is around them": {slices.Concat(
			handmade.Times(30, handmade.Call{Script: "s", Version: "1", Campaign: "a", Day: 1, Lines: []string{"R 您是本人吗？", "C 是", "R 您的账单到期了，请按时还款，可以吗？", "C 好", "R 再见。"}}),
			handmade.Times(30, handmade.Call{Script: "s", Version: "2", Campaign: "b", Day: 2, Lines: []string{"R 您是本人吗？", "C 是", "R 您的账单到期了，逾期将上报征信，请按时足额还款，可以吗？", "C 好", "R 再见。"}}),
		), `
 0 ordinary 您是本人吗？ ×60
 1 ordinary 您的账单到期了，请按时还款，可以吗？ ×30
 2 goodbye 再见。 ×60
 1 ordinary 您的账单到期了，逾期将上报征信，请按时足额还款，可以吗？ ×30
`},
		"what takes the place of something else is not": {slices.Concat(
			handmade.Times(30, handmade.Call{Script: "s", Version: "1", Campaign: "a", Day: 1, Lines: []string{"R 您是本人吗？", "C 是", "R 您的账单到期了，请按时还款。", "C 好", "R 再见。"}}),
			handmade.Times(30, handmade.Call{Script: "s", Version: "2", Campaign: "b", Day: 2, Lines: []string{"R 您是本人吗？", "C 是", "R 今天有场新品发布会想邀约参加。", "C 好", "R 再见。"}}),
		), `
 0 ordinary 您是本人吗？ ×60
 1 ordinary 您的账单到期了，请按时还款。 ×30
 2 goodbye 再见。 ×60
 3 ordinary 今天有场新品发布会想邀约参加。 ×30
`},
		"a value tears a line into many": {slices.Concat(
			handmade.Times(8, handmade.Call{Script: "s", Campaign: "a", Lines: []string{"R 包裹会放到东门快递柜，可以吗？", "C 好", "R 再见。"}}),
			handmade.Times(7, handmade.Call{Script: "s", Campaign: "a", Lines: []string{"R 包裹会放到楼下水果店，可以吗？", "C 好", "R 再见。"}}),
			handmade.Times(6, handmade.Call{Script: "s", Campaign: "a", Lines: []string{"R 包裹会放到好邻居，可以吗？", "C 好", "R 再见。"}}),
		), `
 0 ordinary 包裹会放到{…}，可以吗？ ×21
 1 goodbye 再见。 ×21
`},
		"questions that differ in a word are several": {handmade.Times(20, handmade.Call{Script: "s", Campaign: "a", Lines: []string{
			"R 请问您对师傅的速度满意吗？", "C 好", "R 请问您对师傅的态度满意吗？", "C 好", "R 请问您对师傅的价格满意吗？", "C 好", "R 再见。",
		}}), `
 0 ordinary 请问您对师傅的速度满意吗？ ×20
 1 ordinary 请问您对师傅的态度满意吗？ ×20
 2 ordinary 请问您对师傅的价格满意吗？ ×20
 3 goodbye 再见。 ×20
`},
		"scripts of one name in two instances are apart": {slices.Concat(
			handmade.Times(5, handmade.Call{Instance: "a", Script: "s", Lines: []string{"R 您好", "C 好", "R 再见。"}}),
			handmade.Times(5, handmade.Call{Instance: "b", Script: "s", Lines: []string{"R 您好", "C 好", "R 请稍等。", "C 好", "R 再见。"}}),
			handmade.Times(5, handmade.Call{Instance: "a", Lines: []string{"R 您好"}}),
			handmade.Times(5, handmade.Call{Instance: "b", Lines: []string{"R 您好"}}),
		), `
 0 ordinary 您好 ×5
 1 goodbye 再见。 ×5
 2 ordinary 您好 ×5
 3 ordinary 请稍等。 ×5
 4 goodbye 再见。 ×5
 5 goodbye 您好 ×5
 6 goodbye 您好 ×5
`},
		"the scripts of two robots are apart": {slices.Concat(
			handmade.Times(5, handmade.Call{Script: "s", Lines: []string{"R 您好", "C 好", "R 再见。"}}),
			handmade.Times(5, handmade.Call{Script: "t", Lines: []string{"R 您好", "C 好", "R 再见。"}}),
		), `
 0 ordinary 您好 ×5
 1 goodbye 再见。 ×5
 2 ordinary 您好 ×5
 3 goodbye 再见。 ×5
`},
	} {
		t.Run(name, func(t *testing.T) {
			g := nodes.Find(handmade.Corpus(tt.talks...))
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), shown(g)); diff != "" {
				t.Error(diff)
			}
			if g.Unscripted {
				t.Error("there is no script, want one")
			}
		})
	}
}

// A silence prompt is at the node of the line before it, also behind another one.
func TestLineNode(t *testing.T) {
	c := handmade.Corpus(questionnaire()...)
	g := nodes.Find(c)
	for i := range c.Lines {
		w := g.LineWording[i]
		if (w < 0) != (c.Texts[c.Lines[i].Text].Speaker != corpus.Robot) || (w < 0) != (g.LineNode[i] < 0) {
			t.Fatalf("line %d has wording %d and node %d", i, w, g.LineNode[i])
		}
		if w < 0 {
			continue
		}
		want := g.Wordings[w].Node
		if g.Wordings[w].Class == nodes.SilencePrompt {
			want = g.LineNode[i-1]
		}
		if g.LineNode[i] != want {
			t.Errorf("line %d is at node %d, want %d", i, g.LineNode[i], want)
		}
	}
}

func TestUnscripted(t *testing.T) {
	var talks []handmade.Call
	for i := range 300 {
		talks = append(talks, handmade.Call{Script: "people", Lines: []string{fmt.Sprintf("R 第%c句话", 'A'+i), "C 好"}})
	}
	talks = append(talks, handmade.Times(10, handmade.Call{Script: "robot", Lines: []string{"R 您好", "C 好"}})...)
	c := handmade.Corpus(talks...)
	g := nodes.Find(c)
	if people, robot := g.Robots[0], g.Robots[1]; !g.Unscripted || !people.Unscripted || robot.Unscripted {
		t.Errorf("unscripted: all %v, people %v, robot %v; want true, true, false", g.Unscripted, people.Unscripted, robot.Unscripted)
	}
	if len(g.Wordings) != 1 || len(g.Nodes) != 1 {
		t.Errorf("%d wordings and %d nodes, want those of the robot alone", len(g.Wordings), len(g.Nodes))
	}
}
