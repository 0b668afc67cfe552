package parquetio

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"callmill/schema"
)

// TestLinesMakeNoDifference: a file of rows that share lines has the bytes of
// one whose rows know of none, also where dictionaries are full, row groups
// end, and numbers are those of several who count.
func TestLinesMakeNoDifference(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: runs thousands of random cases")
	}
	random := rand.New(rand.NewPCG(1, 2))
	for _, test := range []struct {
		name    string
		lines   int
		longest int // words
	}{
		{"few lines", 50, 10},
		{"many lines", 20_000, 10},
		{"long lines fill the dictionaries", 3000, 120},
	} {
		t.Run(test.name, func(t *testing.T) {
			lines := make([]*schema.Line, test.lines)
			for n := range lines {
				words := make([]string, random.IntN(test.longest)+1)
				for i := range words {
					words[i] = fmt.Sprint("词", random.IntN(1<<uint(random.IntN(20))), "词")
				}
				script := strings.Join(words, "")
				lines[n] = &schema.Line{Number: int32(n / 2), Script: script, Tokens: words, Chars: 1, Pattern: script}
				switch n % 40 {
				case 0:
					lines[n].Pattern = "{num}" + words[0]
				case 1:
					lines[n].Number = -1
				case 2:
					lines[n].Number = 1 << 30
				}
			}
			with := make([]schema.TurnRow, rowGroupRows+1000)
			without := make([]schema.TurnRow, len(with))
			for i := range with {
				line := lines[random.IntN(len(lines))]
				row := schema.TurnRow{JobID: "job", TurnIndex: int32(i), Script: line.Script, Tokens: line.Tokens, Chars: line.Chars}
				switch random.IntN(5) {
				case 0:
					row.Pattern = "{name}" + line.Tokens[0]
				case 1:
					row.Pattern = line.Pattern
				}
				without[i], with[i] = row, row
				if random.IntN(4) > 0 {
					with[i].Line = line
				}
			}
			var want, got bytes.Buffer
			if err := Write(&want, without); err != nil {
				t.Fatal(err)
			}
			if err := Write(&got, with); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(want.Bytes(), got.Bytes()) {
				t.Errorf("%d bytes without lines, with them %d others", want.Len(), got.Len())
			}
		})
	}
}

// TestOwnPatternsAreNotRemembered: a pattern that is not the line's own would
// hold on to the block it was read from, and be of no use to other rows.
func TestOwnPatternsAreNotRemembered(t *testing.T) {
	line := &schema.Line{Number: 2, Script: "您好", Tokens: []string{"您好"}, Chars: 2, Pattern: "您好"}
	w, err := NewWriter[schema.TurnRow](&Compressor{})
	if err != nil {
		t.Fatal(err)
	}
	w.Reset(&bytes.Buffer{})
	for i := range 2*batchRows + 1 { // the last batch stays
		row, err := w.Next()
		if err != nil {
			t.Fatal(err)
		}
		*row = schema.TurnRow{Script: line.Script, Tokens: line.Tokens, Chars: 2, Pattern: fmt.Sprint("{name}", i), Line: line}
	}
	for _, c := range w.columns {
		want := 0
		if c.path[0] == "script" || c.path[0] == "tokens" {
			want = 1
		}
		if c.texts != nil && len(c.texts.lines.places) != want {
			t.Errorf("%s: %d places are remembered, want %d", c.path[0], len(c.texts.lines.places), want)
		}
	}
}
