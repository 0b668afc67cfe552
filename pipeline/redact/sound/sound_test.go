package sound

import (
	"bytes"
	"cmp"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/mozillazg/go-pinyin"
)

var update = flag.Bool("update", false, "write the table again")

// TestTable holds the embedded table to the readings of go-pinyin.
func TestTable(t *testing.T) {
	for name, want := range build(t) {
		if *update {
			if err := os.WriteFile(name, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the readings of go-pinyin make; -update writes it again", name)
		}
	}
	if *update {
		return
	}
	for r := rune(0); r <= 0x20000; r++ {
		var got []string
		for _, s := range Append(nil, r) {
			got = append(got, s.String())
		}
		if want := readings(r); !slices.Equal(got, want) {
			t.Errorf("%c is read %q, want %q", r, got, want)
		}
		if len(got) > 0 != (Of(r) != 0) || len(got) > 0 && Of(r).String() != got[0] {
			t.Errorf("commonest reading of %c is %q, want the first of %q", r, Of(r), got)
		}
	}
}

// readings returns what go-pinyin says of a character of the table, without the
// readings that no Mandarin syllable is: ê, m, hng.
func readings(r rune) []string {
	if r < first || r > last {
		return nil
	}
	args := pinyin.Args{Style: pinyin.Normal, Heteronym: true}
	var list []string
	for _, s := range pinyin.SinglePinyin(r, args) {
		if strings.ContainsAny(s, "aeiouv") && isLetters(s) && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

func isLetters(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

// build makes the files of the table.
func build(t *testing.T) map[string][]byte {
	t.Helper()
	var names []string
	for r := rune(first); r <= last; r++ {
		names = append(names, readings(r)...)
	}
	slices.Sort(names)
	names = slices.Compact(names)

	number := map[string]uint16{}
	var lines, classOf []byte
	for i, name := range names {
		if len(name) >= width {
			t.Fatalf("syllable %q is too long", name)
		}
		number[name] = uint16(i + 1)
		lines = append(lines, name+strings.Repeat(" ", width-1-len(name))+"\n"...)
	}
	for _, name := range names {
		same := slices.IndexFunc(names, func(n string) bool { return class(n) == class(name) })
		classOf = append(classOf, byte((same+1)>>8), byte(same+1))
	}

	var indexed, listed []byte
	starts := map[string]uint16{}
	for r := rune(first); r <= last; r++ {
		entry := uint16(0)
		switch rs := readings(r); len(rs) {
		case 0:
		case 1:
			entry = number[rs[0]]
		default:
			key := strings.Join(rs, " ")
			start, ok := starts[key]
			if !ok {
				start = uint16(len(listed) / 2)
				starts[key] = start
				for i, s := range rs {
					n := number[s]
					if i+1 < len(rs) {
						n |= more
					}
					listed = append(listed, byte(n>>8), byte(n))
				}
			}
			entry = start | more
		}
		indexed = append(indexed, byte(entry>>8), byte(entry))
	}
	if len(listed)/2 > more {
		t.Fatalf("%d readings in lists: more than an entry can point into", len(listed)/2)
	}
	return map[string][]byte{"syllables.txt": lines, "index.bin": indexed, "lists.bin": listed, "classes.bin": classOf}
}

// class spells a syllable as its class is spelled.
func class(s string) string {
	for _, pair := range [][2]string{{"zh", "z"}, {"ch", "c"}, {"sh", "s"}, {"n", "l"}} {
		if rest, ok := strings.CutPrefix(s, pair[0]); ok {
			s = pair[1] + rest
			break
		}
	}
	for _, pair := range [][2]string{{"ing", "in"}, {"eng", "en"}, {"ang", "an"}} {
		if rest, ok := strings.CutSuffix(s, pair[0]); ok {
			s = rest + pair[1]
			break
		}
	}
	return s
}

func TestReadings(t *testing.T) {
	tests := []struct {
		r    rune
		want string
	}{
		{'王', "wang yu"}, {'伟', "wei"}, {'〇', "ling yuan xing"}, {'女', "nv ru"},
		{'单', "dan chan shan"}, {'a', ""}, {'，', ""}, {-1, ""}, {0x10ffff, ""}, {0x9fff, "xing"}, {0xa000, ""},
	}
	for _, tt := range tests {
		var got []string
		for _, s := range Append(nil, tt.r) {
			got = append(got, s.String())
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%c is read %q, want %q", tt.r, got, tt.want)
		}
	}
}

func TestClass(t *testing.T) {
	tests := []struct {
		a, b rune
		same bool
	}{
		{'宁', '林', true}, // ning, lin
		{'陈', '程', true}, // chen, cheng
		{'张', '臧', true}, // zhang, zang
		{'王', '万', true}, // wang, wan
		{'孙', '宋', false},
		{'高', '郭', false},
	}
	for _, tt := range tests {
		if got := Of(tt.a).Class() == Of(tt.b).Class(); got != tt.same {
			t.Errorf("%c (%v) and %c (%v) in one class: %v, want %v", tt.a, Of(tt.a), tt.b, Of(tt.b), got, tt.same)
		}
	}
	for s := range Syllable(Count() + 1) {
		c := s.Class()
		if c.Class() != c || cmp.Compare(c, s) > 0 {
			t.Errorf("class of %v is %v, whose class is %v", s, c, c.Class())
		}
	}
	if none := Syllable(Count() + 1); none.String() != "" || none.Class() != 0 {
		t.Errorf("a syllable beyond the last has the name %q and the class %v", none, none.Class())
	}
}

func TestNothingIsAllocated(t *testing.T) {
	var room [16]Syllable
	allocs := testing.AllocsPerRun(10, func() {
		for r := rune(0x4e00); r < 0x5000; r++ {
			if len(Append(room[:0], r)) > 0 {
				_ = Of(r).Class().String()
			}
		}
	})
	if allocs > 0 {
		t.Errorf("%v allocations, want none", allocs)
	}
}
