package segment

import (
	"slices"
	"strings"
	"testing"
)

// cutter is what both engines are.
type cutter interface {
	Cut(dst []int32, script string) []int32
	Fingerprint() string
}

// wordsOf cuts script and fails the test where the lengths do not add up to it.
func wordsOf(t testing.TB, s cutter, script string) []string {
	t.Helper()
	var out []string
	rest := script
	for _, n := range s.Cut(nil, script) {
		if n <= 0 || int(n) > len(rest) {
			t.Fatalf("Cut(%q): a word of %d bytes where %d are left", script, n, len(rest))
		}
		out = append(out, rest[:n])
		rest = rest[n:]
	}
	if rest != "" {
		t.Fatalf("Cut(%q): %q is in no word", script, rest)
	}
	return out
}

// wantWords checks that script is cut as want, a text with words between bars.
func wantWords(t *testing.T, s cutter, want string) {
	t.Helper()
	list := strings.Split(want, "|")
	script := strings.Join(list, "")
	if got := wordsOf(t, s, script); !slices.Equal(got, list) {
		t.Errorf("Cut(%q)\n got %q\nwant %q", script, got, list)
	}
}
