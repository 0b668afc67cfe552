package glance

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"

	"callmill/schema"
)

// The z-score of one word, computed by hand: said 30 of 1,000 times in failed
// dialogues and 10 of 2,000 times in others.
func TestStandOut(t *testing.T) {
	failed := map[string]int64{"没听懂": 30, "好的": 970}
	others := map[string]int64{"没听懂": 10, "好的": 1990}
	words := standOut(failed, others)
	if len(words) != 1 || words[0].Text != "没听懂" || words[0].InFailed != 30 || words[0].InOthers != 10 {
		t.Fatalf("words %+v, want only 没听懂", words)
	}
	want := (math.Log(70.0/(4000-70)) - math.Log(50.0/(5000-50))) / math.Sqrt(1.0/70+1.0/50)
	if got := words[0].Z; math.Abs(got-want) > 1e-12 {
		t.Errorf("z %v, want %v", got, want)
	}
}

func TestNothingStandsOutInEqualHalves(t *testing.T) {
	half := map[string]int64{"好的": 100, "嗯": 50, "不用": 20}
	if words := standOut(half, half); len(words) > 0 {
		t.Errorf("words %+v, want none", words)
	}
}

// TestFitsATerminal prints extreme values: long names, wide characters, huge and
// zero counts.
func TestFitsATerminal(t *testing.T) {
	for _, g := range []*Glance{
		{},
		{
			Jobs: 1e9, Tasks: 1e9, Turns: 1e10, Dialed: 1e9, Connected: 1e9, Answered: 1e9, Failed: 1e9, Judged: 1e9, HungUp: 1e8,
			Outcomes: []Count{{strings.Repeat("长", 40), 999_999}, {schema.EndedUnknown, 999_999_998}, {"busy", 1}},
			Words:    []Word{{strings.Repeat("长", 40), 99.9, 9_999_999, 9_999_999}},
			Nodes:    []Node{{"s", strings.Repeat("您好，", 60), 99_999_999, 9_999_999, 99_999.9}},
		},
	} {
		for _, lang := range []schema.Language{schema.English, schema.Chinese} {
			var out bytes.Buffer
			if err := g.Print(&out, "callmill-demo/latest", lang); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(out.String(), "%!") {
				t.Errorf("%s: verbs and values differ:\n%s", lang, &out)
			}
			for line := range strings.Lines(out.String()) {
				if columns := runewidth.StringWidth(strings.TrimRight(line, "\n")); columns > width {
					t.Errorf("%d columns: %q", columns, line)
				}
			}
		}
	}
	if fmt.Sprint(mostFrequent(map[string]int64{"b": 1, "a": 1, "c": 2}, 2)) != "[{c 2} {a 1}]" {
		t.Error("the most frequent are not in order")
	}
}
