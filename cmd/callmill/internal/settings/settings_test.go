package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"callmill/cmd/callmill/internal/exit"
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
		{"--pii", "mask"},
	} {
		err := parsed(t, args...).Check()
		if exit.Code(t.Context(), err) != exit.Usage || !strings.HasPrefix(err.Error(), args[0]) {
			t.Errorf("%q: %v", args, err)
		}
	}
	if err := parsed(t).Check(); err != nil {
		t.Error(err)
	}
}
