package handover_test

import (
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/cmd/callmill-review/internal/handover"
	"callmill/cmd/callmill-review/internal/nodes"
	"callmill/cmd/callmill-review/internal/nodes/effect"
	"callmill/cmd/callmill-review/internal/veil"
	"callmill/schema"
)

func source(masks bool) (*handover.Source, handover.Place) {
	before := handmade.Call{Script: "还款", Version: "1.0", Campaign: "a", Day: 1, Lines: []string{"R 您是本人吗？", "C 是", "R 您的账单到期了，请还款。", "C 好", "R 再见。"}}
	after := handmade.Call{Script: "还款", Version: "1.1", Campaign: "b", Day: 2, Lines: []string{"R 您是本人吗？", "C 是", "R 您的账单到期了，请您务必还款。", "C 我 的 电话 是 13812345678", "!"}}
	kept := after
	kept.Lines = []string{"R 您是本人吗？", "C 是", "R 您的账单到期了，请您务必还款。", "C 好", "R 再见。"}
	calls := append(handmade.Times(40, before), handmade.Times(25, after)...)
	c := handmade.Corpus(append(calls, handmade.Times(15, kept)...)...)
	s := &handover.Source{Corpus: c, Graph: nodes.Find(c), Selected: handmade.All(c), Lang: schema.Chinese}
	if masks {
		s.Mask = veil.New()
	}
	for w := range s.Graph.Wordings {
		if s.Graph.Wordings[w].Pattern == "您的账单到期了，请您务必还款。" {
			return s, handover.Place{Node: s.Graph.Wordings[w].Node, Wording: int32(w), Event: effect.HungUp}
		}
	}
	return s, handover.Place{Node: -1}
}

func TestGather(t *testing.T) {
	s, at := source(true)
	wordings := s.Wordings(at)
	if len(wordings) != 2 || !wordings[1].Marked || wordings[1].Calls != 40 || wordings[1].HungUp.K != 25 || !wordings[1].HungUp.Compared || wordings[1].HungUp.Z < 5 || wordings[1].Versions != "1.1" || len(wordings[1].Parts) < 3 {
		t.Errorf("wordings %+v", wordings)
	}
	calls := s.Calls(s.Lost(at), at.Wording)
	if len(calls) != 10 || len(calls[0].Lines) != 4 || !calls[0].Lines[2].Marked || calls[0].Lines[1].Pause != "1.0" || calls[0].Lines[3].Speaker != "客户" {
		t.Errorf("%d calls %+v", len(calls), calls[0])
	}
	replies := s.Replies(at)
	if len(replies) < 2 || replies[0].N != 25 || replies[0].Of != 40 {
		t.Errorf("replies %+v", replies)
	}
	for _, said := range []string{calls[0].Lines[3].Text, replies[0].Text} {
		if strings.Contains(said, "138") {
			t.Errorf("%q is not masked", said)
		}
	}
}

// Nobody was lost there: the calls are those that came there.
func TestGatherNothingLost(t *testing.T) {
	s, at := source(false)
	at.Wording = s.Graph.Nodes[at.Node].Wordings[0]
	if s.Graph.Wordings[at.Wording].Pattern == "您的账单到期了，请您务必还款。" {
		at.Wording = s.Graph.Nodes[at.Node].Wordings[1]
	}
	if calls := s.Lost(at); len(calls) != 10 {
		t.Errorf("%d calls, want ten", len(calls))
	}
}
