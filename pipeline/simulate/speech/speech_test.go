package speech_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/script"
	"callmill/pipeline/simulate/speech"
)

// lists returns word lists of a text besides those of the simulation.
func lists(t *testing.T, text string) *speech.Words {
	t.Helper()
	words, err := speech.ReadWords(os.DirFS(".."), fstest.MapFS{"words/test.txt": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func composer(words *speech.Words) *speech.Composer {
	c := speech.New(words)
	c.Person = &speech.Person{Name: "祁铎", Surname: "祁", Honorific: "祁先生", Phone: "10020000001"}
	c.Campaign = &script.Campaign{}
	c.Call(dice.New(1, 1, 1), dice.New(1, 2, 1))
	return c
}

// A line may have parts: they are lines of their own, each with its personal data,
// and the robot says a word between them.
func TestTell(t *testing.T) {
	words := lists(t, `list told
- 地址{place}，号码{own:phone:written}
list place span=address
- 柳荫街{/}九号{/mm}二楼
list mm
- 嗯，{heard:phone}
`)
	c := composer(words)
	c.Tell(words.Vocabulary.Lookup("told"))
	if c.Pending() != 4 {
		t.Errorf("%d lines are done, want 4", c.Pending())
	}
	done := c.Done()
	var got []string
	for _, line := range done {
		text := line.Text
		if line.Robot != "" {
			text = "robot: " + text[:len("嗯，")]
		}
		for _, s := range line.Spans {
			if line.Text[s.Start:s.End] != s.Text {
				t.Errorf("%q has the span %+v", line.Text, s)
			}
			text += "|" + s.Kind + s.Of
		}
		got = append(got, text)
	}
	want := "地址柳荫街|address\n九号|address\nrobot: 嗯，|phone\n二楼，号码10020000001|address|phoneown"
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("told\n%s\nwant\n%s", text, want)
	}
	if c.Pending() != 0 {
		t.Error("the lines are done twice")
	}
}

// What a robot repeats is what was told last, as it is written.
func TestHeard(t *testing.T) {
	words := lists(t, "list told\n- {own:phone:spoken}{/again}\nlist again\n- {heard:phone}对吗\n")
	c := composer(words)
	c.Misheard = 100
	c.Tell(words.Vocabulary.Lookup("told"))
	done := c.Done()
	if len(done) != 2 || done[0].Spans[0].Misheard == 0 || done[0].Spans[0].Manner != "spoken" || done[1].Text != "10020000001对吗" {
		t.Errorf("told %+v", done)
	}
}

// Mistakes of the recogniser leave personal data alone, but for those that are
// counted; words around it may change.
func TestUtter(t *testing.T) {
	words := lists(t, "list told\n- 我的电话是{made:phone}没有别的号码了\n- 我叫{name}\n")
	c := composer(words)
	misheard, changed := 0, 0
	for range 3000 {
		c.Utter(words.Vocabulary.Lookup("told"))
		for _, line := range c.Done() {
			for _, s := range line.Spans {
				if line.Text[s.Start:s.End] != s.Text {
					t.Fatalf("%q has the span %+v", line.Text, s)
				}
			}
		}
		text, spans := c.Text()
		for _, s := range spans {
			if text[s.Start:s.End] != s.Text {
				t.Fatalf("%q has the span %+v", text, s)
			}
			if s.Kind == "name" && (s.Text != "祁铎") != (s.Misheard > 0) {
				t.Fatalf("%q: %+v", text, s)
			}
			misheard += s.Misheard
		}
		if strings.Contains(text, "店话") || strings.Contains(text, "好吗") {
			changed++
		}
	}
	if misheard != 0 { // 祁 and 铎 are not among slips/names.txt, and no digit is misheard
		t.Errorf("%d characters of names were misheard", misheard)
	}
	if changed == 0 {
		t.Error("the recogniser never errs")
	}
	c.Person.Name = "王伟"
	for range 300 {
		c.Utter(words.Vocabulary.Lookup("told"))
		if _, spans := c.Text(); len(spans) > 0 && spans[0].Kind == "name" && spans[0].Misheard > 0 {
			misheard++
		}
	}
	if misheard == 0 {
		t.Error("the name is never misheard")
	}
}
