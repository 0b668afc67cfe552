package corpus_test

import (
	"slices"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/corpus/handmade"
	"callmill/pipeline/calendar"
)

func TestRobots(t *testing.T) {
	c := handmade.Corpus(
		handmade.Call{Instance: "a", Script: "s"}, handmade.Call{Instance: "b", Script: "s"}, handmade.Call{Instance: "a"},
		handmade.Call{Instance: "a", Script: "s"}, handmade.Call{Instance: "b"},
	)
	of, robots := c.Robots()
	if want := []int32{0, 1, 2, 0, 3}; !slices.Equal(of, want) {
		t.Errorf("robots of calls %v, want %v", of, want)
	}
	var names []string
	for _, r := range robots {
		names = append(names, c.RobotName(r))
	}
	if want := []string{"s @a", "s @b", "@a", "@b"}; !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
}

// Where there is one instance, it needs no mention.
func TestRobotNameOfOneInstance(t *testing.T) {
	c := handmade.Corpus(handmade.Call{Instance: "a", Script: "s"})
	if got := c.RobotName(c.Calls[0].RobotKey()); got != "s" {
		t.Errorf("the robot is %q, want s", got)
	}
}

func TestRefs(t *testing.T) {
	day := calendar.Day(20472)
	c := handmade.Corpus(handmade.Call{Instance: "a", Day: day}, handmade.Call{Instance: "b", Day: day})
	want := []corpus.Ref{{Instance: "b", Job: "job1", Task: "task1", JobDate: day}, {Instance: "a", Job: "job0", Task: "task0", JobDate: day}}
	if got := c.Refs([]int32{1, 0}); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
