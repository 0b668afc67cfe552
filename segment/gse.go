package segment

import (
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-ego/gse"
	"github.com/go-ego/gse/hmm"

	"callmill/segment/internal/trie"
)

// GSE cuts with the gse library itself: the reference Segmenter is measured
// against, some twenty times slower. It takes half a second and 160 MB to
// make. It is safe for concurrent use.
type GSE struct {
	// cut and find are what is used of the library's segmenter. No field may be
	// of one of its types: callers put GSE into an interface, and in a program
	// that uses reflect's Method the linker then keeps every exported method of
	// the types GSE holds, here the loaders and the dictionaries gse embeds,
	// Japanese above all: 32 MB.
	cut  func(text string, hmm ...bool) []string
	find func(word string) (freq float64, pos string, begins bool)

	hmm    bool
	passed int // lines of dictionaries
	id     string
	lines  sync.Pool // of *line
}

// loadModel fills the model's tables, which are globals of gse, once: filling
// them again while another goroutine cuts would be a data race.
var loadModel = sync.OnceFunc(func() { hmm.LoadModel() })

// NewGSE returns gse with the user's words and its own dictionary of simplified
// Chinese. An error names the dictionary and the line.
func NewGSE(o Options) (*GSE, error) {
	user, passed, err := parseDicts(o.Dicts)
	if err != nil {
		return nil, err
	}
	b, err := sharedBuiltin()
	if err != nil {
		return nil, err
	}
	library, err := newLibrary(b, user)
	if err != nil {
		return nil, err
	}
	if o.HMM {
		loadModel()
	}
	return &GSE{
		cut:    library.Cut,
		find:   library.Find,
		hmm:    o.HMM,
		passed: passed,
		id:     fingerprint("gse/"+gse.Version, b.Hash, user, o.HMM),
		lines:  sync.Pool{New: func() any { return new(line) }},
	}, nil
}

// newLibrary returns gse's segmenter with the user's words and those of b, the
// very words LoadDictEmbed("zh_s") would load; calling that would link the text
// of the dictionary as well. CalcToken is left out, which takes as long again:
// what it calculates is for Cut(text) and searching, not for Cut(text, hmm).
func newLibrary(b *builtin, user []userWord) (*gse.Segmenter, error) {
	library := &gse.Segmenter{Dict: gse.NewDict(), SkipLog: true, NotLoadHMM: true}
	// gse keeps the first of two equal words: the user's come first.
	for _, w := range user {
		if err := library.AddToken(w.text, w.freq); err != nil {
			return nil, fmt.Errorf("add user word %q to gse: %w", w.text, err)
		}
	}
	var text []rune
	for codes, word := range trie.All(b.Nodes) {
		text = text[:0]
		for _, c := range codes {
			text = append(text, b.Runes[c-1])
		}
		if err := library.AddToken(string(text), float64(b.Freqs[word-1])); err != nil {
			return nil, fmt.Errorf("add %q to gse: %w", string(text), err)
		}
	}
	return library, nil
}

// Cut appends the byte length of each word of script to dst, in order; the
// lengths add up to len(script). script may be any bytes, also invalid UTF-8.
func (s *GSE) Cut(dst []int32, script string) []int32 {
	l := s.lines.Get().(*line)
	l.split(script)
	// A NUL would meet the trie's own end marker: gse takes 中\x00 for a word.
	text := strings.ReplaceAll(script, "\x00", "\x01")
	x := 0
	for _, word := range s.cut(text, s.hmm) {
		// gse returns words in lower case and invalid bytes as U+FFFD, but code
		// point for code point, so counting maps them to the script.
		n := utf8.RuneCountInString(word)
		if n > 1 && s.isWord(word) {
			l.next[x] = int32(x + n)
		}
		x += n
	}
	dst = l.join(dst, s.hmm)
	if l.keep() {
		s.lines.Put(l)
	}
	return dst
}

// isWord tells words, of the dictionary or found by the model, from runs of
// letters, digits or marks that gse only keeps together.
func (s *GSE) isWord(word string) bool {
	for _, r := range word {
		if !unicode.Is(unicode.Han, r) {
			freq, _, _ := s.find(word)
			return freq > 0
		}
	}
	return true
}

// PassedOver returns how many lines of the user's dictionaries were passed over:
// see UserDict.Kept.
func (s *GSE) PassedOver() int { return s.passed }

// Fingerprint identifies engine, dictionaries, model and layer: segmenters
// with equal fingerprints cut alike.
func (s *GSE) Fingerprint() string { return s.id }
