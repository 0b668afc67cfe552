package numbers

import (
	"slices"
	"strings"

	"callmill/pipeline/redact/numbers/form"
	"callmill/pipeline/redact/numbers/words"
	"callmill/pipeline/redact/span"
)

// gapOf returns what a token between two digits is.
func gapOf(what uint8) uint8 {
	switch what {
	case words.Blank:
		return form.Blank
	case words.Pause:
		return form.Pause
	case words.Corr:
		return form.Correction
	case words.Newline:
		return form.Line
	}
	return form.Fill
}

const (
	// A number does not go on after so many tokens that are no digit of it.
	longestGap = 10
	// So many digits are looked at for forms that are worth more than one long
	// number.
	longestForm = 40
	// In stretches of more digits than a list of twenty numbers has, only known forms
	// are looked for: none is longer than this.
	longestList  = 256
	longestKnown = 21
	// Stretches of more digits than this are not searched for characters that only
	// may be digits.
	longestSearch = 64
	// So many characters that may be digits or not are tried both ways.
	mostDoubts = 3
	// So many characters beside a number are tried as digits of it.
	mostEdges = 3
)

// cutCosts are what it costs to end one number and begin another at a gap: fillers
// stand within numbers, and so do figures beside numerals.
var cutCosts = [...]float64{form.None: -1.5, form.Fill: -1.2, form.Line: -0.3}

// element is a digit of a stretch.
type element struct {
	token  int // of Finder.tokens
	value  byte
	gap    uint8 // the strongest thing before it
	sep    byte  // the sign that alone is the gap: - . / , · ; 0: another or more
	soft   bool
	common bool
	figure bool
}

// region is a stretch of digits that may be one number or several.
type region struct {
	all      []element // with those at the edges that may be digits
	from, to int       // the hard ones and what is between them
	context  span.Kind
	asked    bool // the context is a line before

	tried   []element // a variant of it
	best    []piece
	pieces  []piece
	score   []float64
	cut     []int // where the piece ends that ends at an element, begins
	kinds   []span.Kind
	form    form.Form
	retaken form.Form // form without what was taken back
}

// piece is a part of a stretch that is one number.
type piece struct {
	first, last int // tokens
	kind        span.Kind
	digits      string
}

// stretches appends the numbers of the lines that were read.
func (f *Finder) stretches(dst []span.Span, call []span.Line) []span.Span {
	t := f.tokens
	previous := piece{last: -1} // the last number or short run before
	for i := 0; i < len(t); {
		if t[i].What != words.Digit && t[i].What != words.Soft {
			i++
			continue
		}
		end := f.gather(i)
		if end < 0 {
			// Only what it could bridge with could make it more, had it begun later.
			i++
			if all := f.region.all; len(all) > longestBridged {
				i = max(i, all[len(all)-longestBridged].token)
			}
			continue
		}
		var last piece
		dst, last = f.settle(dst, call, previous)
		if last.last >= 0 {
			previous = last
		}
		i = end
	}
	return dst
}

// gather makes the region of what begins at a token. It returns the token after it,
// -1 if there is no hard digit in it.
func (f *Finder) gather(i int) (end int) {
	t, r := f.tokens, &f.region
	r.all = r.all[:0]
	gap, sep, gaps := form.None, byte(0), 0
	hard := 0
	end = -1
	k := i
loop:
	for ; k < len(t); k++ {
		switch t[k].What {
		case words.Digit, words.Soft:
			for n := range t[k].Times {
				e := element{token: k, value: t[k].Value, soft: t[k].What == words.Soft, common: t[k].Common, figure: t[k].Written}
				if n == 0 {
					e.gap, e.sep = gap, sep
				}
				r.all = append(r.all, e)
			}
			if t[k].What == words.Digit {
				hard++
			}
			gap, sep, gaps, end = form.None, 0, 0, k+1
		case words.Cross, words.Letter:
			if hard < 3 || t[k].What == words.Letter && !f.isCross(k) || gap >= form.Correction {
				break loop
			}
			r.all = append(r.all, element{token: k, value: 'X', gap: gap})
			end = k + 1
			if t[k].What == words.Letter && t[k].Value == 'E' {
				r.all[len(r.all)-1].token = k + 1
				end = k + 2
			}
			break loop
		case words.Blank, words.Pause, words.Fill, words.Corr, words.Newline:
			if gaps++; gaps > longestGap {
				break loop
			}
			sep = 0
			if v := t[k].Value; gap == form.None && (t[k].What == words.Blank && v != ' ' && v != '(' && v != ')' || v == '/' || v == ',') {
				sep = v
			}
			gap = max(gap, gapOf(t[k].What))
		default:
			next := f.bridge(k)
			if next < 0 {
				break loop
			}
			gap, sep, k = max(gap, form.Fill), 0, next-1
		}
	}
	if hard == 0 {
		return -1
	}
	r.from, r.to = 0, len(r.all)
	for r.all[r.from].soft {
		r.from++
	}
	for r.all[r.to-1].soft {
		r.to--
	}
	return end
}

// longestBridge is how many tokens of any words may stand within a number, and
// longestBridged how many digits before them.
const (
	longestBridge  = 8
	longestBridged = 15
)

// bridge returns the token at which the digits of the region go on behind words that
// mean nothing to a number, -1 if they do not: only where both together are exactly a
// mobile number or an identity card, and the first alone is not.
func (f *Finder) bridge(k int) (next int) {
	t, r := f.tokens, &f.region
	if len(r.all) < 3 || len(r.all) > longestBridged || k > 0 && t[k-1].What == words.Newline {
		return -1
	}
	var d [20]byte
	n := 0
	for _, e := range r.all {
		d[n], n = e.value, n+1
	}
	if d[0] != '1' && n < 6 {
		return -1
	}
	next = k
	for next < len(t) && next-k <= longestBridge && t[next].What != words.Digit {
		if t[next].What == words.Letter || t[next].Value == '[' || t[next].Value == ':' {
			return -1
		}
		next++
	}
	if next == len(t) || next-k > longestBridge {
		return -1
	}
	for i := next; i < len(t); i++ {
		switch t[i].What {
		case words.Digit, words.Soft:
			for range t[i].Times {
				if n == len(d) {
					return -1
				}
				d[n], n = t[i].Value, n+1
			}
			continue
		case words.Blank, words.Pause, words.Fill:
			continue
		}
		break
	}
	if n == 11 && form.Mobile(d[:n]) || n == 18 && form.CheckID(d[:n]) {
		return next
	}
	return -1
}

// isCross says whether a letter is the X at the end of an identity card: no other
// follows. EX is how it is heard.
func (f *Finder) isCross(k int) bool {
	t := f.tokens
	if t[k].Value == 'E' && k+1 < len(t) && t[k+1].What == words.Letter {
		k++
	}
	return t[k].Value == 'X' && (k+1 == len(t) || t[k+1].What != words.Letter && t[k+1].What != words.Digit)
}

// settle decides about the region, and appends its numbers.
func (f *Finder) settle(dst []span.Span, call []span.Line, previous piece) ([]span.Span, piece) {
	r, t := &f.region, f.tokens
	none := piece{last: -1}
	f.trim(call)
	if r.from >= r.to {
		return dst, none
	}
	last := t[r.all[r.to-1].token]
	n := r.to - r.from
	counted := f.Counted(call[last.Line].Text, last.End, n >= 7)
	if counted && r.to < len(r.all) && r.all[r.to].gap == form.None && f.atEnd(call, r.to) {
		counted = false // 亿 for 一
	}
	if counted && n < 7 || n < 3 && r.to == len(r.all) && r.from == 0 {
		return dst, none
	}
	inherited := f.learn(call, previous)
	if counted && r.context != span.Phone {
		return dst, none
	}
	f.search(call)
	f.lone(call)
	if len(r.best) == 0 {
		return dst, piece{last: r.all[r.to-1].token, kind: ""}
	}
	f.restarts(previous)
	f.hotlines(inherited)
	lastPiece := none
	for i := range r.best {
		p := &r.best[i]
		lastPiece = *p
		if p.kind == "" {
			if a, b := t[p.first], t[p.last]; len(p.digits) >= 4 && a.Line == b.Line {
				f.left = append(f.left, left{p.digits, span.Span{Line: a.Line, Start: a.Start, End: b.End, Layer: span.Numbers}})
			}
			continue
		}
		dst = f.emit(dst, call, p)
		if len(p.digits) >= 4 && len(f.echoes) < mostEchoes {
			f.echoes = append(f.echoes, echo{p.digits, p.kind})
		}
	}
	return dst, lastPiece
}

// learn sets what is said of the region. It returns the kind of the number before,
// if the two are joined by 和 or the like.
func (f *Finder) learn(call []span.Line, previous piece) (inherited span.Kind) {
	r, t := &f.region, f.tokens
	first, last := t[r.all[r.from].token], t[r.all[r.to-1].token]
	text := call[first.Line].Text
	floor := 0
	if previous.last >= 0 && t[previous.last].Line == first.Line {
		floor = t[previous.last].End
		if connects(text[floor:first.Start]) {
			inherited = previous.kind
		}
	}
	r.asked = false
	r.context = f.before(text, floor, first.Start)
	if r.context == "" {
		r.context = inherited
	}
	if r.context == "" {
		r.context = f.after(call[last.Line].Text, last.End)
	}
	few := r.to-r.from < 7
	switch r.context {
	case "":
		if floor == 0 {
			switch k := f.asked(call, first.Line, first.Start); k {
			case span.Plate, span.Email, "":
			case span.Tail, span.Code, form.Part, form.Amount, form.Nobody:
				r.context, r.asked = k, true
			default:
				if !few || f.alone(call, r.all[r.from].token, r.all[r.to-1].token) {
					r.context, r.asked = k, true
				}
			}
		}
	case span.Phone, span.BankCard, span.IDCard:
		// 身份证 may only say where the last digits that were asked for are read from.
		if few && floor == 0 {
			if k := f.asked(call, first.Line, first.Start); k == span.Tail || k == form.Part || k == r.context {
				r.context, r.asked = k, true
			}
		}
	}
	if r.context == "" && f.Paid(text, first.Start) {
		r.context = form.Amount
	}
	return inherited
}

// lone makes six spoken digits a code that are all a speaker says: he reads it from
// the message he got.
func (f *Finder) lone(call []span.Line) {
	r := &f.region
	if r.context != "" || len(r.best) != 1 || r.best[0].kind != "" || len(r.best[0].digits) != 6 {
		return
	}
	p := &r.best[0]
	for _, e := range f.echoes {
		if strings.Contains(e.digits, p.digits) {
			return // repeats has it
		}
	}
	if t := f.tokens; t[p.first].Written || t[p.last].Written {
		return
	}
	if f.alone(call, p.first, p.last) {
		p.kind = span.Code
	}
}

// mostAround is how many tokens that mean nothing may be around a number.
const mostAround = 128

// alone says whether some tokens are all that their lines say, but for words that
// mean nothing.
func (f *Finder) alone(call []span.Line, first, last int) bool {
	if len(f.tokens)-(last-first) > mostAround {
		return false
	}
	for i, k := range f.tokens {
		if i >= first && i <= last {
			continue
		}
		switch k.What {
		case words.Blank, words.Pause, words.Fill, words.Newline:
		default:
			if text := call[k.Line].Text; !f.IsAcknowledged(text, k.Start) {
				return false
			}
		}
	}
	return true
}

// connects says whether what is between two numbers says that they are of one kind.
func connects(between string) bool {
	switch between {
	case "和", "跟", "、", "或", "或者", "以及", "还有", "，", ",", "与", "及", "还有一个", "和尾号", "，还有", "；", ";", "/":
		return true
	}
	return false
}

// trim leaves out figures at the ends of the region that belong to what is around
// it: a date, an amount.
func (f *Finder) trim(call []span.Line) {
	r, t := &f.region, f.tokens
	last := t[r.all[r.to-1].token]
	if r.to == len(r.all) && f.Counted(call[last.Line].Text, last.End, false) {
		// The last group is counted: 13900001111 3个. So are those it is joined with:
		// 1,380,000.00元.
		end := r.to
		for k := r.to - 1; k >= r.from && r.to-k <= 5; k-- {
			if e := r.all[k]; e.gap > form.None || k == r.from && r.to < end {
				r.to = k
				if e.sep == 0 || !e.figure {
					break
				}
			}
		}
		r.all = r.all[:r.to]
		for r.to > r.from && r.all[r.to-1].soft {
			r.to--
		}
	}
}

// search finds the best way to cut the region, with the characters at its edges
// and those in it that may be digits or not.
func (f *Finder) search(call []span.Line) {
	r := &f.region
	r.best = r.best[:0]
	n := r.to - r.from
	if len(r.all) > longestSearch {
		f.cuts(r.all[r.from:r.to])
		r.best = append(r.best, r.pieces...)
		return
	}
	var doubts []int
	for i := r.from; i < r.to && len(doubts) < mostDoubts && !f.spent(); i++ {
		if r.all[i].common {
			doubts = append(doubts, i)
		}
	}
	if n < 3 && r.from == 0 && r.to == len(r.all) {
		return
	}
	best := -1e9
	for left := 0; left <= mostEdges && left <= r.from; left++ {
		if left > 0 && f.spent() {
			break
		}
		if left > 0 && (r.all[r.from-left+1].gap > form.Blank || f.isNone(call, r.from-left)) {
			break
		}
		for right := 0; right <= mostEdges && r.to+right <= len(r.all); right++ {
			if right > 0 && (r.all[r.to+right-1].gap > form.Blank || f.spent()) {
				break
			}
			for drop := range 1 << len(doubts) {
				r.tried = r.tried[:0]
				penalty := 0.0
				gap := form.None
				for i := r.from - left; i < r.to+right; i++ {
					e := r.all[i]
					if k := slices.Index(doubts, i); k >= 0 && drop&(1<<k) != 0 {
						gap = max(gap, e.gap, form.Fill)
						penalty += 0.12
						continue
					}
					e.gap, gap = max(e.gap, gap), form.None
					if i < r.from || i >= r.to {
						penalty += 0.2
						outer, left := r.from-left, true
						if i >= r.to {
							outer, left = r.to+right-1, false
						}
						if (!e.common || left && says(r.context) && f.named(call, outer) || !left && e.value != '8' && f.atEnd(call, i)) && (says(r.context) || n >= 7) && f.atEdge(call, outer, left) {
							penalty -= 0.4
							if e.common {
								penalty -= 0.3
							}
						}
						if e.common {
							penalty += 0.3
						}
						if n < 7 && !says(r.context) {
							penalty += 2 // they do not make few digits many
						}
					}
					r.tried = append(r.tried, e)
				}
				if score := f.cuts(r.tried) - penalty; score > best {
					best = score
					r.best = append(r.best[:0], r.pieces...)
				}
			}
		}
	}
}

// atEdge says whether nothing but a pause or the end of the line is beyond a
// character beside a number, or on the left a word that says what the number is.
func (f *Finder) atEdge(call []span.Line, i int, left bool) bool {
	k := f.tokens[f.region.all[i].token]
	text := call[k.Line].Text
	if !left {
		rest := text[k.End:]
		return rest == "" || strings.HasPrefix(rest, "，") || strings.HasPrefix(rest, "。") || strings.HasPrefix(rest, ",")
	}
	if i := f.region.all[i].token; i == 0 || f.tokens[i-1].What == words.Fill {
		return true
	}
	before := text[:k.Start]
	if before == "" || strings.HasSuffix(before, "是") || strings.HasSuffix(before, "，") || strings.HasSuffix(before, ",") || strings.HasSuffix(before, "：") || strings.HasSuffix(before, ":") {
		return true
	}
	t := f.Nearest(text, max(0, k.Start-3*8), k.Start)
	return t.Kind != "" && t.End == k.Start
}

// named says whether a word directly before a character says what the number is, or
// 是 does.
func (f *Finder) named(call []span.Line, i int) bool {
	k := f.tokens[f.region.all[i].token]
	text := call[k.Line].Text
	t := f.Nearest(text, max(0, k.Start-3*8), k.Start)
	return t.Kind != "" && t.End == k.Start || strings.HasSuffix(text[:k.Start], "是")
}

// atEnd says whether a character is the last of its line.
func (f *Finder) atEnd(call []span.Line, i int) bool {
	k := f.tokens[f.region.all[i].token]
	return k.End == len(call[k.Line].Text)
}

// isNone says whether an element left of a number is no digit: 是, but after another
// one, and the end of a word that says what the number is.
func (f *Finder) isNone(call []span.Line, i int) bool {
	const is = "是"
	k := f.tokens[f.region.all[i].token]
	text := call[k.Line].Text
	if text[k.Start:k.End] == is {
		return !strings.HasSuffix(text[:k.Start], is)
	}
	t := f.Nearest(text, max(0, k.Start-3*6), k.End)
	return t.Kind != "" && t.End == k.End
}

// cuts finds the best way to cut elements into numbers, and puts these into
// region.pieces. It returns how good that is.
func (f *Finder) cuts(elements []element) float64 {
	r := &f.region
	n := len(elements)
	r.score, r.cut, r.kinds = r.score[:0], r.cut[:0], r.kinds[:0]
	for range n + 1 {
		r.score, r.cut, r.kinds = append(r.score, -1e9), append(r.cut, -1), append(r.kinds, "")
	}
	r.score[0] = 0
	more, longest := form.More(r.context), longestForm
	if n > longestList {
		longest = longestKnown
	}
	for from := range n {
		if from > 0 && !cuttable(elements, from) {
			continue
		}
		s := r.score[from]
		if from > 0 {
			s += more + cutCosts[elements[from].gap]
		}
		r.form.Begin(r.context, r.asked)
		// A number may be too long only where none that is shorter ends.
		for end, tried := from+1, 0; end <= n && (tried == 0 || end-from <= longest); end++ {
			e := &elements[end-1]
			r.form.Add(e.value, e.gap, e.sep, e.soft, e.figure)
			if end < n && !cuttable(elements, end) {
				continue
			}
			tried++
			// Of two that are as good the shorter last number is meant.
			if v := f.judge(end - from); s+v.Score >= r.score[end] {
				r.score[end], r.cut[end], r.kinds[end] = s+v.Score, from, v.Kind
			}
		}
	}
	r.pieces = r.pieces[:0]
	for end := n; end > 0; end = r.cut[end] {
		from := r.cut[end]
		r.pieces = append(r.pieces, piece{elements[from].token, elements[end-1].token, r.kinds[end], digits(elements[from:end])})
	}
	slices.Reverse(r.pieces)
	return r.score[n]
}

// cuttable says whether one number may end and another begin before an element.
func cuttable(elements []element, i int) bool {
	e, before := elements[i], elements[i-1]
	return e.gap > form.None || e.value == 'X' || e.figure != before.figure && !e.soft && !before.soft && e.token != before.token
}

func digits(elements []element) string {
	b := make([]byte, len(elements))
	for i, e := range elements {
		b[i] = e.value
	}
	return string(b)
}

// judge decides what the n elements of the form are as one number.
func (f *Finder) judge(n int) form.Verdict {
	r := &f.region
	if n > longestForm {
		return form.Verdict{Kind: span.Number, Score: form.Some}
	}
	f.judged++
	if r.form.Sep == '*' && r.form.Gap > form.None && !says(r.context) {
		return form.Verdict{} // 190*120*75 is a size
	}
	if r.form.Corrected == 0 || n < 5 || f.spent() {
		return form.Judge(&r.form)
	}
	f.judged += form.MostRetaken
	return form.JudgeRetaken(&r.form, &r.retaken)
}

// restarts gives short runs before a number the kind of it where they begin like
// it: the speaker began once more, or took back what he said.
func (f *Finder) restarts(previous piece) {
	r := &f.region
	for i := 1; i < len(r.best); i++ {
		p, before := r.best[i], &r.best[i-1]
		if before.kind == "" && p.kind != "" && len(p.digits) >= 7 && len(before.digits) >= 3 && len(before.digits) < 7 && alike(before.digits, p.digits) {
			before.kind = p.kind
		}
	}
}

// hotlines gives the lines of a company that are listed with other numbers the kind
// of these.
func (f *Finder) hotlines(inherited span.Kind) {
	r := &f.region
	listed := inherited == span.Phone
	for _, p := range r.best {
		listed = listed || p.kind == span.Phone
	}
	for i := range r.best {
		if p := &r.best[i]; listed && p.kind == "" && form.Hotline(p.digits) {
			p.kind = span.Phone
		}
	}
}

// alike says whether a run is the beginning of a number, but perhaps for its last
// digit.
func alike(short, long string) bool {
	n := len(short) - 1
	return n >= 2 && len(long) > n && short[:n] == long[:n]
}

// emit appends a span for each line that a number is in.
func (f *Finder) emit(dst []span.Span, call []span.Line, p *piece) []span.Span {
	t := f.tokens
	first, last := p.first, p.last
	first, last = f.widen(call, p, first, last)
	for i := first; i <= last; {
		if t[i].What == words.Newline {
			i++
			continue
		}
		k, from, to := i, -1, -1
		for ; k <= last && t[k].What != words.Newline; k++ {
			switch t[k].What {
			case words.Blank, words.Pause, words.Fill, words.Corr, words.Case, words.Other:
				if k != first && k != last {
					continue
				}
			}
			if from < 0 {
				from = t[k].Start
			}
			to = t[k].End
		}
		if from >= 0 {
			dst = append(dst, span.Span{Line: t[i].Line, Start: from, End: to, Kind: p.kind, Layer: span.Numbers})
		}
		i = k
	}
	return dst
}

// widen extends a phone number to what belongs to it: +86, brackets around an area
// code, an extension.
func (f *Finder) widen(call []span.Line, p *piece, first, last int) (int, int) {
	t := f.tokens
	if p.kind == span.Code && last+1 < len(t) && t[last+1].Line == t[last].Line {
		switch call[t[last].Line].Text[t[last+1].Start:t[last+1].End] {
		case "井", "#", "＃", "*", "星":
			return first, last + 1
		}
	}
	if p.kind == span.Phone || p.kind == span.Number {
		first, last = f.counted(call, first, last)
	}
	if p.kind != span.Phone {
		return first, last
	}
	text := call[t[first].Line].Text
	if first > 0 && t[first-1].Line == t[first].Line && t[first-1].End == t[first].Start {
		switch text[t[first-1].Start:t[first-1].End] {
		case "+", "＋":
			first--
		case "(", "（":
			for k := first; k < last && t[k].Line == t[first].Line; k++ {
				if s := text[t[k].Start:t[k].End]; s == ")" || s == "）" {
					first--
					break
				}
			}
		}
	}
	if len(p.digits) >= 7 {
		last = f.extension(call, last)
	}
	return first, last
}

// counted extends a number to digits at its ends that are said as a count: 十三八, 一百三十八
// before the rest of it, 八千 after it.
func (f *Finder) counted(call []span.Line, first, last int) (int, int) {
	t := f.tokens
	text := call[t[first].Line].Text
	is := func(i int, of string) bool {
		return i >= 0 && i < len(t) && t[i].Line == t[first].Line && strings.ContainsRune(of, firstRune(text[t[i].Start:]))
	}
	if is(first-1, "十百") && t[first-1].End == t[first].Start {
		for first--; is(first-1, "一二三四五六七八九十百") && t[first-1].End == t[first].Start; first-- {
		}
	}
	if t[last].Line != t[first].Line {
		return first, last
	}
	k := last + 1
	if k < len(t) && t[k].What == words.Pause {
		k++
	}
	switch end := k + 2; {
	case is(last+1, "千百") && t[last+1].End == t[last].End+len("千") && (last+2 == len(t) || t[last+2].What == words.Pause):
		return first, last + 1
	case is(k, "一二两三四五六七八九") && is(k+1, "千百") && (end == len(t) || t[end].What == words.Pause || t[end].What == words.Newline):
		return first, k + 1
	}
	return first, last
}

// extension returns the last token of an extension that follows a number, or the
// last token of the number.
func (f *Finder) extension(call []span.Line, last int) int {
	t := f.tokens
	text := call[t[last].Line].Text
	k := last + 1
	for k < len(t) && (t[k].What == words.Blank || t[k].What == words.Pause) {
		k++
	}
	if k == len(t) || t[k].Line != t[last].Line {
		return last
	}
	var n int
	for _, w := range []string{"转分机号", "转分机", "分机号", "分机", "转接", "转"} {
		if len(text)-t[k].Start >= len(w) && text[t[k].Start:t[k].Start+len(w)] == w {
			n = len(w)
			break
		}
	}
	if n == 0 {
		return last
	}
	after := t[k].Start + n
	for k < len(t) && t[k].Line == t[last].Line && t[k].Start < after {
		k++
	}
	end, count := last, 0
	for ; k < len(t) && t[k].Line == t[last].Line; k++ {
		if t[k].What == words.Digit || t[k].What == words.Soft && !t[k].Common {
			end, count = k, count+int(t[k].Times)
		} else if t[k].What != words.Blank {
			break
		}
	}
	if count == 0 || count > 6 || f.Counted(text, t[end].End, false) {
		return last
	}
	return end
}

// mostEchoes is how many numbers of a conversation are looked for in what is left: no
// one repeats more.
const mostEchoes = 128

// echo is a number that was found.
type echo struct {
	digits string
	kind   span.Kind
}

// left is a short run that nothing said what it is.
type left struct {
	digits string
	span   span.Span
}

// repeats appends the short runs that were left and are the same as a number that was
// found, or a part of it: 尾号1234 … 是1234吗.
func (f *Finder) repeats(dst []span.Span) []span.Span {
	for _, l := range f.left {
		for _, e := range f.echoes {
			if strings.Contains(e.digits, l.digits) {
				l.span.Kind = e.kind
				dst = append(dst, l.span)
				break
			}
		}
	}
	return dst
}

// says says whether context names a kind.
func says(k span.Kind) bool { return k != "" && k != form.Amount && k != form.Nobody }
