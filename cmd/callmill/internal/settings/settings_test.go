package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/flatten"
)

// parsed returns the flags of a command line.
func parsed(t *testing.T, args ...string) *Flags {
	t.Helper()
	f, flags := &Flags{}, pflag.NewFlagSet("", pflag.ContinueOnError)
	f.Add(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestAdoptOfANewDataset(t *testing.T) {
	dict := filepath.Join(t.TempDir(), "words.txt")
	if err := os.WriteFile(dict, []byte("云上催收台 100 n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	plain, err := parsed(t).Adopt(dataset.Nothing(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	l, err := parsed(t, "--timezone", "Asia/Tokyo", "--dict", dict).Adopt(dataset.Nothing(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	s := l.Settings
	if s.TimeZone != "Asia/Tokyo" || l.Location.String() != s.TimeZone || s.Segmenter != "fast" || s.PII != "keep" || s.Derivation != flatten.Version {
		t.Errorf("the settings are %+v", s)
	}
	if len(l.Dicts) != 1 || len(s.Dictionaries) != 1 || l.Dicts[0].Name != s.Dictionaries[0] || l.Dicts[0].Origin != dict {
		t.Errorf("the dictionaries are %v, loaded %v", s.Dictionaries, l.Dicts)
	}
	if l.Derives(plain.Settings) || !l.Derives(s) {
		t.Error("words of a dictionary derive the same rows as none")
	}
}

// What an older callmill derived is derived again; what a newer one did is refused.
func TestLoadForOtherVersions(t *testing.T) {
	plain, err := parsed(t).Adopt(dataset.Nothing(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change  func(*dataset.Settings)
		derives bool
		newer   bool
	}{
		"the same":         {func(*dataset.Settings) {}, true, false},
		"older derivation": {func(s *dataset.Settings) { s.Derivation-- }, false, false},
		"newer derivation": {func(s *dataset.Settings) { s.Derivation++ }, false, true},
		"older outcomes":   {func(s *dataset.Settings) { s.Outcomes-- }, false, false},
		"newer outcomes":   {func(s *dataset.Settings) { s.Outcomes++ }, false, true},
		"older words":      {func(s *dataset.Settings) { s.Words = "fast/0 words/x marks/0 unicode/15.0.0" }, false, false},
		"newer words":      {func(s *dataset.Settings) { s.Words = "fast/99 words/x marks/1 unicode/15.0.0" }, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			m := &dataset.Manifest{Extent: dataset.Extent{Settings: plain.Settings}}
			c.change(&m.Settings)
			l, err := loadFor(m, m.Settings, nil)
			if errors.Is(err, dataset.ErrNewerFormat) != c.newer {
				t.Fatal(err)
			}
			if err == nil && l.Derives(m.Settings) != c.derives {
				t.Errorf("derives the same: %v, want %v", !c.derives, c.derives)
			}
		})
	}
}

func TestSame(t *testing.T) {
	own := dataset.Settings{TimeZone: "Asia/Shanghai", Segmenter: "fast", PII: "keep"}
	if err := same(own, own); err != nil {
		t.Error(err)
	}
	for flag, change := range map[string]func(*dataset.Settings){
		"timezone":  func(s *dataset.Settings) { s.TimeZone = "Asia/Tokyo" },
		"segmenter": func(s *dataset.Settings) { s.Segmenter = "gse" },
		"hmm":       func(s *dataset.Settings) { s.HMM = true },
		"pii":       func(s *dataset.Settings) { s.PII = "mask" },
		"dict":      func(s *dataset.Settings) { s.Dictionaries = []string{"a.txt"} },
	} {
		asked := own
		change(&asked)
		if err := same(own, asked); err == nil || !strings.HasPrefix(err.Error(), "--"+flag+" is ") {
			t.Errorf("--%s differs: %v", flag, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, args := range [][]string{
		{"--timezone", ""},
		{"--timezone", "Local"},
		{"--timezone", "Asia/Atlantis"},
		{"--segmenter", "jieba"},
		{"--pii", "hide"},
	} {
		err := parsed(t, args...).Check()
		if exit.Code(t.Context(), err) != exit.Usage || !strings.HasPrefix(err.Error(), fmt.Sprintf("invalid %s %q: want ", args[0], args[1])) {
			t.Errorf("%q: %v", args, err)
		}
	}
	if err := parsed(t).Check(); err != nil {
		t.Error(err)
	}
}
