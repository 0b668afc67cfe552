package rules

import (
	"strings"
	"time"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/rules/outline"
	"callmill/cmd/callmill-review/internal/rules/scan"
	"callmill/pipeline/dataset/optout"
)

// Limits of what a condition may ask, against slips of the pen.
const (
	maxLines   = 10_000
	maxSilence = time.Hour
)

// asked is what a condition says, before its patterns have numbers: sound may come after
// the words that it is for.
type asked struct {
	any, all, none, of []string
	ofMin              int
	regex, notRegex    []string
	regexLine          int
	like               []string
	likeMin            float64
	wish, sound, join  bool
	except             []string
}

func (r *reader) condition(what string, v outline.Value) Condition {
	c := Condition{Rule: -1, Role: AnyRole, Bit: -1}
	var a asked
	r.mapping(what, v, []key{
		{"role", func(v outline.Value) { c.Role = r.role(what+": role", v) }},
		{"any", func(v outline.Value) { a.any = r.texts(what+": any", v) }},
		{"all", func(v outline.Value) { a.all = r.texts(what+": all", v) }},
		{"none", func(v outline.Value) { a.none = r.texts(what+": none", v) }},
		{"n_of", func(v outline.Value) { r.nOf(what+": n_of", v, &a) }},
		{"regex", func(v outline.Value) { a.regex, a.regexLine = r.texts(what+": regex", v), v.Line }},
		{"not_regex", func(v outline.Value) { a.notRegex, a.regexLine = r.texts(what+": not_regex", v), v.Line }},
		{"like", func(v outline.Value) { r.like(what+": like", v, &a) }},
		{"opt_out", func(v outline.Value) { a.wish = r.yes(what+": opt_out", v) }},
		{"sound", func(v outline.Value) { a.sound = r.yes(what+": sound", v) }},
		{"across", func(v outline.Value) { a.join = r.yes(what+": across", v) }},
		{"first", func(v outline.Value) { c.First = r.number(what+": first", v, 1, maxLines) }},
		{"last", func(v outline.Value) { c.Last = r.number(what+": last", v, 1, maxLines) }},
		{"times", func(v outline.Value) { c.Times = r.number(what+": times", v, 2, maxLines) }},
		{"before", func(v outline.Value) { r.anchor(what+": before", Before, v, &c) }},
		{"after", func(v outline.Value) { r.anchor(what+": after", After, v, &c) }},
		{"around", func(v outline.Value) { r.anchor(what+": around", Around, v, &c) }},
		{"same", func(v outline.Value) { r.anchor(what+": same", Same, v, &c) }},
		{"repeat", func(v outline.Value) { r.repeat(what+": repeat", v, &c, &a) }},
		{"silence", func(v outline.Value) { r.silence(what+": silence", v, &c) }},
		{"results", func(v outline.Value) { c.Results = r.results(what+": results", v) }},
	})
	if v.Kind == outline.Mapping {
		r.finish(what, v, &c, a)
	}
	return c
}

// finish turns what is asked of lines into operators, and refuses what makes no sense
// together.
func (r *reader) finish(what string, v outline.Value, c *Condition, a asked) {
	line := v.Line
	ofLines := len(a.any)+len(a.all)+len(a.none)+len(a.of)+len(a.regex)+len(a.notRegex)+len(a.like) > 0 || a.wish
	asks := ofLines || c.Repeat != nil || c.Silence != nil
	switch {
	case len(v.Fields) == 0:
		r.fail(line, "%s is empty", what)
		return
	case len(c.Results) > 0:
		if len(v.Fields) > 1 {
			r.fail(line, "%s: results are of a call, not of a line: make the other keys a condition of their own", what)
		}
		return
	case !asks && len(c.Anchors) == 0:
		r.fail(line, "%s asks for nothing: want any, all, n_of, none, regex, not_regex, like, opt_out, repeat, silence, results, or a place such as after", what)
		return
	case c.First > 0 && c.Last > 0:
		r.fail(line, "%s: first and last: want one of them, and another condition", what)
	case a.join && (c.Repeat != nil || c.Silence != nil || c.Times > 0 || !ofLines):
		r.fail(line, "%s: across is for any, all, none, n_of, regex, not_regex and like only", what)
	case a.sound && !ofLines:
		r.fail(line, "%s: sound, but no words that could sound like others", what)
	}
	r.checkRegexes(what, a)
	if c.Repeat != nil {
		c.Repeat.Except = -1
		if len(a.except) > 0 {
			c.Repeat.Except = r.bit(Operators{Any: r.keywords(a.except, false)})
		}
	}
	if !ofLines {
		return
	}
	o := Operators{
		Any: r.keywords(a.any, a.sound), All: r.keywords(a.all, a.sound), None: r.keywords(a.none, a.sound),
		Of: r.keywords(a.of, a.sound), OfMin: a.ofMin,
		Regex: r.regexes(a.regex, a.sound), NotRegex: r.regexes(a.notRegex, a.sound),
		LikeMin: a.likeMin, Sound: a.sound,
	}
	for _, s := range a.like {
		o.Like = append(o.Like, PhraseOf(s, a.sound))
	}
	if a.wish {
		for _, rule := range optout.List("wish") {
			o.Wishes = append(o.Wishes, r.pattern(scan.Pattern{Regex: rule.Pattern}))
		}
	}
	if !a.join {
		c.Bit = r.bit(o)
		return
	}
	c.Across = r.split(o)
}

// split makes operators of lines, each a bit, of operators for several lines together.
func (r *reader) split(o Operators) *Across {
	var a Across
	bits := func(patterns []int) (list []int) {
		for _, p := range patterns {
			list = append(list, r.bit(Operators{Any: []int{p}}))
		}
		return list
	}
	atLeast := func(n int, list []int) {
		if len(list) > 0 {
			a.Some = append(a.Some, Some{list, n})
		}
	}
	a.All = bits(o.All)
	a.None = append(bits(o.None), bits(o.NotRegex)...)
	atLeast(1, bits(o.Any))
	atLeast(o.OfMin, bits(o.Of))
	atLeast(1, bits(o.Regex))
	if len(o.Like) > 0 {
		atLeast(1, []int{r.bit(Operators{Like: o.Like, LikeMin: o.LikeMin, Sound: o.Sound})})
	}
	if len(o.Wishes) > 0 {
		atLeast(1, []int{r.bit(Operators{Wishes: o.Wishes})})
	}
	return &a
}

func (r *reader) bit(o Operators) int {
	r.book.Operators = append(r.book.Operators, o)
	return len(r.book.Operators) - 1
}

func (r *reader) pattern(p scan.Pattern) int {
	i, ok := r.patterns[p]
	if !ok {
		i = len(r.list)
		r.patterns[p] = i
		r.list = append(r.list, p)
	}
	return i
}

func (r *reader) keywords(words []string, sound bool) (list []int) {
	for _, w := range words {
		if w != "" {
			list = append(list, r.pattern(scan.Pattern{Keyword: w, Sound: sound}))
		}
	}
	return list
}

func (r *reader) regexes(regexes []string, sound bool) (list []int) {
	for _, x := range regexes {
		if x != "" {
			list = append(list, r.pattern(scan.Pattern{Regex: x, Sound: sound}))
		}
	}
	return list
}

func (r *reader) checkRegexes(what string, a asked) {
	for _, list := range [][]string{a.regex, a.notRegex} {
		for _, x := range list {
			if err := (scan.Pattern{Regex: x}).Check(); x != "" && err != nil {
				r.fail(a.regexLine, "%s: %v", what, err)
			}
		}
	}
}

func (r *reader) role(what string, v outline.Value) int {
	switch r.choice(what, v, "robot", "contact", "agent", "any") {
	case 0:
		return corpus.Robot
	case 1:
		return corpus.Contact
	case 2:
		return corpus.Other
	}
	return AnyRole
}

func (r *reader) nOf(what string, v outline.Value, a *asked) {
	r.mapping(what, v, []key{
		{"n", func(v outline.Value) { a.ofMin = r.number(what+": n", v, 1, maxLines) }},
		{"of", func(v outline.Value) { a.of = r.texts(what+": of", v) }},
	})
	switch {
	case v.Kind != outline.Mapping:
	case a.ofMin == 0 || len(a.of) == 0:
		r.fail(v.Line, "%s: want n: and of:", what)
	case a.ofMin > len(a.of):
		r.fail(v.Line, "%s: %d of %d words can never be there", what, a.ofMin, len(a.of))
	}
}

func (r *reader) like(what string, v outline.Value, a *asked) {
	a.likeMin = 0.8
	if v.Kind != outline.Mapping {
		a.like = r.texts(what, v)
		return
	}
	r.mapping(what, v, []key{
		{"lines", func(v outline.Value) { a.like = r.texts(what+": lines", v) }},
		{"least", func(v outline.Value) { a.likeMin = r.share(what+": least", v) }},
	})
	if len(a.like) == 0 {
		r.fail(v.Line, "%s: want lines:", what)
	}
}

func (r *reader) anchor(what string, where Where, v outline.Value, c *Condition) {
	an := Anchor{Where: where}
	name := v
	if v.Kind == outline.Mapping {
		name = outline.Value{Kind: outline.Empty, Line: v.Line}
		r.mapping(what, v, []key{
			{"condition", func(v outline.Value) { name = v }},
			{"hit", func(v outline.Value) { an.Hit = r.hit(what+": hit", v) }},
			{"lines", func(v outline.Value) { an.Lines = r.number(what+": lines", v, 1, maxLines) }},
		})
	}
	if name.Kind != outline.Scalar {
		r.fail(v.Line, "%s: want the name of a condition", what)
		return
	}
	i, err := r.resolve(name.Text)
	if err != nil {
		r.fail(name.Line, "%s: %v", what, err)
		return
	}
	an.Condition = i
	c.Anchors = append(c.Anchors, an)
}

func (r *reader) hit(what string, v outline.Value) int {
	switch v.Text {
	case "any":
		return 0
	case "last":
		return -1
	case "first":
		return 1
	case "0":
		r.fail(v.Line, "%s: invalid number \"0\": want any, 1 for the first, -1 for the last", what)
		return 0
	}
	return r.number(what, v, -maxLines, maxLines)
}

func (r *reader) repeat(what string, v outline.Value, c *Condition, a *asked) {
	rep := &Repeat{Like: 0.8, MinChars: 2}
	c.Repeat = rep
	if v.Kind != outline.Mapping {
		rep.Within = r.number(what, v, 1, maxRepeat)
		return
	}
	r.mapping(what, v, []key{
		{"within", func(v outline.Value) { rep.Within = r.number(what+": within", v, 1, maxRepeat) }},
		{"like", func(v outline.Value) { rep.Like = r.share(what+": like", v) }},
		{"min_chars", func(v outline.Value) { rep.MinChars = r.number(what+": min_chars", v, 1, maxLines) }},
		{"except", func(v outline.Value) { a.except = r.texts(what+": except", v) }},
	})
	if rep.Within == 0 {
		r.fail(v.Line, "%s: want within:, the number of lines of a speaker in which one is said again", what)
	}
}

// maxRepeat keeps comparisons of lines with those before them in bounds.
const maxRepeat = 50

func (r *reader) silence(what string, v outline.Value, c *Condition) {
	s := &Silence{}
	c.Silence = s
	if v.Kind != outline.Mapping {
		s.Min = r.duration(what, v)
		return
	}
	r.mapping(what, v, []key{
		{"min", func(v outline.Value) { s.Min = r.duration(what+": min", v) }},
		{"max", func(v outline.Value) { s.Max = r.duration(what+": max", v) }},
		{"after", func(v outline.Value) { s.Between = Between(r.choice(what+": after", v, "any", "same", "other")) }},
	})
	if s.Min == 0 && s.Max == 0 || s.Max > 0 && s.Max < s.Min {
		r.fail(v.Line, "%s: want min: or max:, such as 3s, the first below the second", what)
	}
}

func (r *reader) duration(what string, v outline.Value) int32 {
	d, err := time.ParseDuration(v.Text)
	if v.Kind != outline.Scalar || err != nil || d <= 0 || d > maxSilence {
		r.fail(v.Line, "%s: invalid duration %q: want one such as 3s or 1500ms, at most 1h", what, v.Text)
		return 1
	}
	return int32(d.Milliseconds())
}

func (r *reader) results(what string, v outline.Value) []string {
	all := r.texts(what, v)
	for _, s := range all {
		if name, _, ok := strings.Cut(s, "="); s != "" && (!ok || name == "") {
			r.fail(v.Line, "%s: invalid result %q: want name=content, or name=* for any content", what, s)
		}
	}
	return all
}
