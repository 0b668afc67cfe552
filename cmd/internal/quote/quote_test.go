package quote

import (
	"os/exec"
	"testing"

	"pgregory.net/rapid"
)

func TestShell(t *testing.T) {
	for word, want := range map[string]string{
		"data":           "data",
		"/srv/call-mill": "/srv/call-mill",
		"":               "''",
		"my data":        "'my data'",
		"it's":           `'it'\''s'`,
		"$HOME":          "'$HOME'",
		"数据":             "'数据'",
	} {
		if got := Shell(word); got != want {
			t.Errorf("%q is quoted as %s, want %s", word, got, want)
		}
	}
}

// A shell reads the word that was quoted.
func TestShellReadsWhatIsQuoted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ -~]{0,20}`).Draw(t, "word")
		got, err := exec.Command("sh", "-c", "printf %s "+Shell(word)).Output()
		if err != nil || string(got) != word {
			t.Errorf("%q is read as %q (%v)", word, got, err)
		}
	})
}

func TestField(t *testing.T) {
	for text, want := range map[string]string{
		"催收 A":    "催收 A",
		"a\tb\nc": `"a\tb\nc"`,
		`say "a"`: `"say \"a\""`,
	} {
		if got := Field(text); got != want {
			t.Errorf("%q is printed as %s, want %s", text, got, want)
		}
	}
}
