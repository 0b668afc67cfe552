package nodes

import (
	"testing"

	"callmill/cmd/callmill-review/internal/corpus/handmade"
)

// Texts are equal but for a clause only if that clause stands at the same place: what is
// before and behind it does not run together, whatever the number of the robot.
func TestLikeButOneClause(t *testing.T) {
	var calls []handmade.Call
	for i := range 98 { // the byte of a robot's number may be a letter: 97 is a
		calls = append(calls, handmade.Call{Script: string(rune('一' + i)), Lines: []string{"R 您好"}})
	}
	calls[97].Lines = []string{"R x,店,a,y", "R x,a,厂,y", "R x,楼,a,y", "R x,a,店,y", "R x,a,楼,y"}
	f := &finder{c: handmade.Corpus(calls...)}
	f.number()
	for _, g := range f.likeButOneClause() {
		first := f.text(g.raws[0])
		for _, r := range g.raws {
			text := f.text(r)
			if text[:g.before] != first[:g.before] || text[len(text)-g.tail:] != first[len(first)-g.tail:] {
				t.Errorf("%q and %q are one group, before %d and behind %d bytes", first, text, g.before, g.tail)
			}
		}
	}
}
