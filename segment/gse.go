package segment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/go-ego/gse"
	"github.com/go-ego/gse/hmm"
)

// GSE cuts with the gse library itself: the reference Segmenter is measured
// against, some twenty times slower. It takes a second and 200 MB to make.
// It is safe for concurrent use.
type GSE struct {
	words *gse.Segmenter
	hmm   bool
	id    string
	lines sync.Pool // of *line
}

// loadModel fills the model's tables, which are globals of gse, once: filling
// them again while another goroutine cuts would be a data race.
var loadModel = sync.OnceFunc(func() { hmm.LoadModel() })

// NewGSE loads gse's dictionary of simplified Chinese and the user's words.
// An error names the dictionary and the line.
func NewGSE(o Options) (*GSE, error) {
	user, err := parseDicts(o.Dicts)
	if err != nil {
		return nil, err
	}
	words := &gse.Segmenter{SkipLog: true, NotLoadHMM: true}
	if o.HMM {
		loadModel()
	}
	// gse keeps the first of two equal words: the user's come first.
	if len(user) > 0 {
		if err := words.LoadDictStr(gseFormat(user)); err != nil {
			return nil, fmt.Errorf("load user words into gse: %w", err)
		}
	}
	if err := words.LoadDictEmbed("zh_s"); err != nil {
		return nil, fmt.Errorf("load gse's dictionary: %w", err)
	}
	return &GSE{
		words: words,
		hmm:   o.HMM,
		id:    fingerprint("gse/"+gse.Version, hashTokens(words.Dict.Tokens), user, o.HMM),
		lines: sync.Pool{New: func() any { return new(line) }},
	}, nil
}

// Cut appends the byte length of each word of script to dst, in order; the
// lengths add up to len(script). It works for any bytes, also for such that
// are no UTF-8.
func (s *GSE) Cut(dst []int32, script string) []int32 {
	l := s.lines.Get().(*line)
	l.split(script)
	// A NUL would meet the trie's own end marker: gse takes 中\x00 for a word.
	text := strings.ReplaceAll(script, "\x00", "\x01")
	x := 0
	for _, word := range s.words.Cut(text, s.hmm) {
		// gse hands words back in lower case and damaged bytes as U+FFFD, but
		// code point for code point, so counting leads back to the script.
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
			freq, _, _ := s.words.Find(word)
			return freq > 0
		}
	}
	return true
}

// Fingerprint identifies engine, dictionaries, model and layer: segmenters
// with equal fingerprints cut alike.
func (s *GSE) Fingerprint() string { return s.id }

// gseFormat spells words as gse's loader reads them.
func gseFormat(words []userWord) string {
	var b strings.Builder
	for _, w := range words {
		fmt.Fprintf(&b, "%s %v\n", w.text, w.freq)
	}
	return b.String()
}

func hashTokens(tokens []gse.Token) string {
	h := sha256.New()
	for i := range tokens {
		fmt.Fprintf(h, "%s %v\n", tokens[i].Text(), tokens[i].Freq())
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
