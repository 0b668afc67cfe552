package numbers

import (
	"strings"

	"callmill/pipeline/redact/numbers/form"
	"callmill/pipeline/redact/numbers/words"
	"callmill/pipeline/redact/span"
)

// accounts appends what has letters: addresses of mail, plates, passports, accounts,
// orders. The tokens of what it finds end numbers from then on.
func (f *Finder) accounts(dst []span.Span, call []span.Line) []span.Span {
	letters := false
	for i, k := range f.tokens {
		letters = letters || k.What == words.Letter || k.What == words.At || k.What == words.Province && i+1 < len(f.tokens) && f.soundsLetter(call, i, i+1)
	}
	if !letters {
		return dst
	}
	t := f.tokens
	f.signs(call)
	for i := 0; i < len(t); i++ {
		if t[i].What == words.At || t[i].What == words.Letter && f.saysAt(i) {
			if first, last, found := f.mail(call, i); found {
				dst = f.take(dst, call, first, last, span.Email)
				i = last
			}
		}
	}
	for i := 0; i < len(t); i++ {
		switch t[i].What {
		case words.Province:
			if last, found := f.vehicle(call, i); found {
				dst = f.take(dst, call, i, last, span.Plate)
				i = last
			}
		}
	}
	for i := 0; i < len(t); i++ {
		// Letters that say what follows: QQ, vx, SN码.
		if t[i].What == words.Letter && (i == 0 || t[i-1].What != words.Letter) {
			text := call[t[i].Line].Text
			if n, _ := f.TriggerAt(text, t[i].Start); n > 0 && !letterAt(text, t[i].Start+n) {
				for k := i; k < len(t) && t[k].Line == t[i].Line && t[k].Start < t[i].Start+n; k++ {
					t[k].What = words.Other
				}
			}
		}
	}
	for i := 0; i < len(t); {
		if t[i].What != words.Letter && t[i].What != words.Digit && t[i].What != words.Under && t[i].What != words.Soft {
			i++
			continue
		}
		if i > 0 && t[i-1].What == words.Dot {
			for i < len(t) && t[i].What == words.Letter {
				i++ // of a website
			}
			if i < len(t) && t[i].What != words.Letter {
				i++
			}
			continue
		}
		first, last, next := f.account(i)
		if first >= 0 {
			if kind := f.nameAccount(call, first, last); kind != "" {
				if kind == span.Email {
					last = f.domain(last)
				}
				dst = f.take(dst, call, first, last, kind)
			}
		}
		i = max(next, i+1)
	}
	return dst
}

// hosts are who keeps mail, in the letters and digits of their domains.
var hosts = [...]string{"QQ", "163", "126", "139", "189", "GMAIL", "SINA", "SOHU", "OUTLOOK", "HOTMAIL", "FOXMAIL", "YAHOO", "ICLOUD", "YEAH", "ALIYUN", "LIVE", "MSN", "21CN", "TOM"}

// signs makes signs of mail of what was heard for them: dot, a t, (at); and of the word
// before the domain of somebody who keeps mail: 在qq点com.
func (f *Finder) signs(call []span.Line) {
	t := f.tokens
	isLetter := func(i int, v byte) bool { return i >= 0 && i < len(t) && t[i].What == words.Letter && t[i].Value == v }
	bound := func(i int) bool {
		return i < 0 || i >= len(t) || t[i].What != words.Letter && t[i].What != words.Digit && t[i].What != words.Under
	}
	for i := range t {
		switch {
		case isLetter(i, 'D') && isLetter(i+1, 'O') && isLetter(i+2, 'T') && bound(i-1) && bound(i+3) && i > 0:
			t[i].What = words.Dot
			t[i].End, t[i+1].End = t[i+2].End, t[i+2].End
			t[i+1].What, t[i+2].What = words.Blank, words.Blank
			t[i+1].Value, t[i+2].Value = '-', '-'
			for k := i + 3; k < len(t) && t[k].What == words.Blank; k++ {
				t[k].Value = '-'
			}
			for k := i - 1; k > 0 && t[k].What == words.Blank; k-- {
				t[k].Value = '-'
			}
		case isLetter(i, 'A') && bound(i-1) && i+2 < len(t) && t[i+1].What == words.Blank && t[i+1].Value == ' ' && isLetter(i+2, 'T') && bound(i+3) && f.hosted(i+3) > 0,
			isLetter(i, 'A') && isLetter(i+1, 'T') && bound(i-1) && bound(i+2) && i > 0 && t[i-1].Value == '(' && i+2 < len(t) && t[i+2].Value == ')':
			t[i].What = words.At
			for k := i + 1; k < len(t) && (k <= i+2 || t[k].What == words.Blank); k++ {
				t[k].What, t[k].Value = words.Blank, '-'
			}
			if i > 0 && t[i-1].Value == '(' {
				t[i-1].Value = '-'
			}
		case isLetter(i, 'A') && bound(i-1) && bound(i+1) && i > 1 && t[i-2].Line == t[i].Line && f.hosted(i+1) > 0 && strings.HasPrefix(call[t[i].Line].Text[t[i-2].Start:], "圈"):
			t[i].What = words.At // 圈 a qq点com
			t[i-1].What, t[i-2].What = words.Blank, words.Blank
			t[i-1].Value, t[i-2].Value = '-', '-'
		}
	}
	for i := 1; i+2 < len(t); i++ {
		// 艾特 in whatever characters, before a domain.
		if t[i].Line < 0 || t[i].What == words.At || t[i].What == words.Digit || t[i].What == words.Blank || t[i-1].Line != t[i].Line || t[i+1].Start != t[i].End || !inAccount(t[i-1]) && t[i-1].What != words.Pause && t[i-1].What != words.Fill {
			continue
		}
		text := call[t[i].Line].Text
		if _, is := words.SoundsLike(text, t[i].Start, "ai", "ei", "a"); !is && t[i].Value != 'A' {
			continue
		}
		if n, is := words.SoundsLike(text, t[i+1].Start, "te", "ta", "tai", "tei", "de"); !is || t[i+1].End-t[i+1].Start != n || !f.dotted(call, i+2) {
			continue
		}
		t[i].What, t[i].End = words.At, t[i+1].End
		t[i+1].What, t[i+1].Value = words.Blank, '-'
	}
	for i := 1; i+2 < len(t); i++ {
		if t[i-1].What == words.At || t[i].What != words.Letter && t[i].What != words.Digit || !bound(i-1) {
			continue
		}
		if f.hosted(i) == 0 || t[i].Line != t[i-1].Line {
			continue
		}
		sign := t[i-1]
		switch word := call[sign.Line].Text[sign.Start:sign.End]; {
		case word == "#" || word == "在" || word == "爱" || word == "埃" || word == "唉" || word == "艾" || word == "特" || word == "圈" || word == "的":
			if i >= 2 && inAccount(t[i-2]) && f.before(call[sign.Line].Text, 0, sign.Start) == span.Email || word == "#" && i >= 2 && inAccount(t[i-2]) {
				t[i-1].What = words.At
			}
		}
	}
}

// dotted says whether a domain may begin at a token: letters or digits with a dot, said
// or misheard, after them.
func (f *Finder) dotted(call []span.Line, k int) bool {
	t := f.tokens
	n := 0
	for ; k < len(t) && n < 24; n++ {
		switch {
		case inAccount(t[k]), t[k].What == words.Host, t[k].What == words.Blank && t[k].Value != '.', n == 0 && t[k].What == words.Pause:
			k++
			continue
		case t[k].What == words.Dot, t[k].Value == '.', f.soundsDot(call, k):
			return n > 0
		}
		return false
	}
	return false
}

// soundsDot says whether a token sounds like 点 and the end of a domain follows.
func (f *Finder) soundsDot(call []span.Line, k int) bool {
	t := f.tokens
	if t[k].Line < 0 || t[k].What != words.Other && t[k].What != words.Soft || k+1 == len(t) {
		return false
	}
	text := call[t[k].Line].Text
	n, is := words.SoundsLike(text, t[k].Start, "dian", "tian")
	return is && n == t[k].End-t[k].Start && (f.topLevel(k+1) || t[k+1].What == words.TLD || f.soundsTop(text, t[k+1].Start) > 0)
}

// soundsTop returns the length of what sounds like com at a byte of a text, 0 if nothing
// does.
func (f *Finder) soundsTop(text string, i int) int {
	n, is := words.SoundsLike(text, i, "kang", "kan", "kong", "ken", "keng", "kao", "kou", "ka", "gang", "gong")
	if !is {
		return 0
	}
	if m, is := words.SoundsLike(text, i+n, "mu", "me", "men", "mo", "ma", "m"); is {
		n += m
	}
	return n
}

// hosted returns the token after the domain of somebody who keeps mail that begins at a
// place, blanks before it aside; 0 if there is none.
func (f *Finder) hosted(i int) int {
	t := f.tokens
	for i < len(t) && t[i].What == words.Blank {
		i++
	}
	for _, h := range hosts {
		k := i
		for k < len(t) && k-i < len(h) && t[k].Value == h[k-i] && (t[k].What == words.Letter || t[k].What == words.Digit) {
			k++
		}
		if k-i == len(h) && k < len(t) && (t[k].What == words.Dot || t[k].What == words.Blank && (t[k].Value == '.' || t[k].Value == '-')) {
			return k
		}
	}
	return 0
}

// take appends a span for each line of some tokens, and makes them no part of
// anything else.
func (f *Finder) take(dst []span.Span, call []span.Line, first, last int, kind span.Kind) []span.Span {
	dst = f.emit(dst, call, &piece{first: first, last: last, kind: kind})
	for i := first; i <= last; i++ {
		if f.tokens[i].What != words.Newline {
			f.tokens[i].What, f.tokens[i].Value = words.Other, 0
		}
	}
	return dst
}

// saysAt says whether letters at a place may be the word at; it stands alone or
// between others.
func (f *Finder) saysAt(i int) bool {
	t := f.tokens
	return i > 0 && t[i].Value == 'A' && i+2 < len(t) && t[i+1].What == words.Letter && t[i+1].Value == 'T' && t[i+1].Start == t[i].End
}

// inAccount says whether a token may be a part of a name of an account.
func inAccount(k words.Token) bool {
	switch k.What {
	case words.Letter, words.Digit, words.Soft, words.Under:
		return true
	}
	return false
}

// longestMail is how many tokens a side of an address of mail may have.
const longestMail = 96

// mail returns the tokens of the address of mail whose @ is at a place.
func (f *Finder) mail(call []span.Line, i int) (first, last int, found bool) {
	t := f.tokens
	first = -1
	gaps := 0
	for k := i - 1; k >= max(0, i-longestMail); k-- {
		switch {
		case inAccount(t[k]) && !t[k].Common:
			first, gaps = k, 0
		case t[k].What == words.Blank && k > 0 && t[k].Start < t[k-1].End:
			// Of a dot that is spelled.
		case t[k].What == words.Dot, t[k].What == words.Blank && t[k].Value != '(' && t[k].Value != ')':
			gaps++
		case t[k].What == words.Pause && digitsIn(t[k:i]) >= 7:
			gaps = 99 // enough for a name
		case t[k].What == words.Pause, t[k].What == words.Fill, t[k].What == words.Case, t[k].What == words.Newline:
			gaps++
		case k == i-1 && t[k].What == words.Other && t[k].End-t[k].Start == len("的") && k > 0 && inAccount(t[k-1]) && t[k].Value == "的"[0]:
			gaps++
		case t[k].Common && k > 0 && t[k-1].What != words.Other && inAccount(t[k-1]) && t[k-1].End == t[k].Start && (first == k+1 || k == i-1):
			first = k
		default:
			gaps = 99
		}
		if gaps > 4 {
			break
		}
	}
	if first < 0 {
		return 0, 0, false
	}
	if t[first].Value == 'W' && first+2 < i && t[first+1].Value == 'W' && t[first+2].Value == 'W' {
		return 0, 0, false // a website
	}
	// The domain: labels with dots between them.
	k := i + 1
	glued := t[i].What == words.Letter
	if glued {
		k++
	}
	last = -1
	dots, inLabel, final := 0, 0, 0 // final: letters of the last label
loop:
	for ; k < min(len(t), i+longestMail); k++ {
		switch {
		case t[k].What == words.TLD && dots > 0:
			return first, k, true
		case dots > 0 && inLabel == 0 && t[k].Line >= 0 && (t[k].What == words.Other || t[k].What == words.Soft) && f.soundsTop(call[t[k].Line].Text, t[k].Start) > 0:
			end := t[k].Start + f.soundsTop(call[t[k].Line].Text, t[k].Start)
			for k+1 < len(t) && t[k+1].Line == t[k].Line && t[k+1].End <= end {
				k++
			}
			return first, k, true
		case inLabel > 0 && f.soundsDot(call, k):
			dots, inLabel, final = dots+1, 0, 0
		case t[k].What == words.Letter, (t[k].What == words.Digit || t[k].What == words.Soft && !t[k].Common) && (dots == 0 || dotWithin(t[k+1:], 6)):
			inLabel++
			last = k
			if t[k].What == words.Letter {
				final++
			}
		case t[k].What == words.Host && inLabel == 0:
			inLabel, final, last = 2, 2, k
		case t[k].What == words.Dot, t[k].What == words.Blank && t[k].Value == '.', t[k].What == words.Pause && dots == 0 && k+1 < len(t) && t[k+1].What == words.Letter && inLabel > 0:
			if inLabel == 0 {
				break loop
			}
			dots, inLabel, final = dots+1, 0, 0
		case t[k].What == words.Blank && t[k].Value == '-':
		case t[k].What == words.Newline && (inLabel == 0 || k+1 < len(t) && t[k+1].What == words.Dot):
		case t[k].What == words.Other && inLabel == 0 && dots == 0 && f.named8(k) > 0:
			k = f.named8(k) - 1 // 群星点cn
			inLabel, last = 2, k
		case t[k].What == words.Pause && inLabel > 0 && dots > 0 && k+1 < len(t) && t[k+1].What == words.Letter && (k+2 == len(t) || t[k+2].What != words.Letter) && spelled(t[:k]):
		case t[k].What == words.Blank && t[k].Value == ' ' && dots == 0 && inLabel > 0 && f.topLevel(k+1):
			dots, inLabel, final = 1, 0, 0 // 163 com
		case (t[k].What == words.Pause || t[k].What == words.Fill) && (inLabel == 0 || k+1 < len(t) && t[k+1].What == words.Dot):
		case t[k].What == words.Blank && t[k].Value == ' ', t[k].What == words.Fill && inLabel == 0:
			// Letters said one by one, or a blank around a sign.
			if dots > 0 && inLabel > 1 && k+1 < len(t) && t[k+1].What != words.Dot && t[k+1].Value != '.' && (t[k+1].What != words.Letter || k+2 < len(t) && t[k+2].What == words.Letter) {
				break loop
			}
		default:
			break loop
		}
	}
	return first, last, last > 0 && (dots > 0 && final+inLabel >= 2 || !glued && dots == 0)
}

// named8 returns the token of the dot that ends a label of a domain in up to eight
// characters that are no letters; 0 if none does.
func (f *Finder) named8(k int) int {
	t := f.tokens
	for n := 0; n < 8 && k+2 < len(t); n++ {
		if t[k].What != words.Other && t[k].What != words.Soft && t[k].What != words.Province {
			return 0
		}
		if k++; t[k].What == words.Dot && t[k+1].What == words.Letter {
			return k
		}
	}
	return 0
}

// topLevel says whether the end of a domain, and nothing else, begins at a token.
func (f *Finder) topLevel(k int) bool {
	t := f.tokens
	for _, w := range [...]string{"COM", "CN", "NET", "ORG"} {
		n := 0
		for k+n < len(t) && n < len(w) && t[k+n].What == words.Letter && t[k+n].Value == w[n] {
			n++
		}
		if n == len(w) && (k+n == len(t) || t[k+n].What != words.Letter && t[k+n].What != words.Digit) {
			return true
		}
	}
	return false
}

// spelled says whether the last token that counts is a letter for itself.
func spelled(t []words.Token) bool {
	n := len(t)
	return n >= 2 && t[n-1].What == words.Letter && (t[n-2].What == words.Pause || t[n-2].What == words.Dot || t[n-2].What == words.Blank)
}

// dotWithin says whether one of the next tokens is a dot, with digits before it.
func dotWithin(tokens []words.Token, most int) bool {
	for _, k := range tokens[:min(most, len(tokens))] {
		switch k.What {
		case words.Dot:
			return true
		case words.Digit, words.Soft:
		default:
			return k.What == words.Blank && k.Value == '.'
		}
	}
	return false
}

func digitsIn(tokens []words.Token) (n int) {
	for _, k := range tokens {
		if k.What == words.Digit {
			n++
		}
	}
	return n
}

// vehicle returns the last token of the plate that begins with the character of a
// province: GA 36, a letter and five or six more, of them letters but for two.
func (f *Finder) vehicle(call []span.Line, i int) (last int, found bool) {
	t := f.tokens
	k := i + 1
	for k < len(t) && (t[k].What == words.Blank || t[k].What == words.Pause || t[k].What == words.Case || t[k].What == words.Fill && !f.soundsLetter(call, i, k)) {
		k++
	}
	if k < len(t) && t[k].What != words.Letter && f.soundsLetter(call, i, k) {
		t[k].What, t[k].Value = words.Letter, 'A' // 鲁诶零零三六七
	}
	if k == len(t) || t[k].What != words.Letter || k+1 < len(t) && k > i+1 && t[k+1].What == words.Letter && t[k+1].Start == t[k].End && t[k].Line == t[i].Line && t[k-1].What != words.Blank && t[k-1].What != words.Pause {
		return 0, false
	}
	type part struct {
		token int
		soft  bool
		com   bool
	}
	var parts [12]part
	n, gaps, hard, softs := 0, 0, 0, 0
	for k++; k < len(t) && n < len(parts); k++ {
		switch t[k].What {
		case words.Letter, words.Digit, words.Soft:
			for range t[k].Times {
				if n < len(parts) {
					parts[n] = part{k, t[k].What == words.Soft, t[k].Common}
					n++
				}
			}
			gaps = 0
			continue
		case words.Blank, words.Pause, words.Fill, words.Newline, words.Case:
			if t[k].What == words.Fill && n == 0 && f.soundsLetter(call, i, k) {
				break
			}
			if gaps++; gaps <= 5 {
				continue
			}
		}
		if n == 0 && f.soundsLetter(call, i, k) {
			parts[n] = part{token: k}
			n++
			continue
		}
		break
	}
	for n > 5 && !(n == 6 && t[parts[0].token].What == words.Letter && t[parts[5].token].Value != '8' && parts[5].token == parts[4].token+1) && (parts[n-1].com || parts[n-1].soft && parts[n-1].token > parts[n-2].token+1) || n > 0 && n < 5 && parts[n-1].com {
		n--
	}
	text := call[t[i].Line].Text
	if n == 4 {
		z := t[parts[3].token]
		for _, s := range []string{"学", "警", "港", "澳", "挂", "领", "使"} {
			last := parts[3].token + 1
			for last < len(t) && (t[last].What == words.Blank || t[last].What == words.Pause) {
				last++
			}
			if last < len(t) && t[last].Line == z.Line && strings.HasPrefix(call[z.Line].Text[t[last].Start:], s) {
				return last, true
			}
		}
	}
	if n < 5 {
		return 0, false
	}
	take := 5
	if n >= 6 && (n == 6 || t[parts[0].token].What == words.Letter) {
		take = 6
	}
	for _, p := range parts[:take] {
		if t[p.token].What == words.Digit {
			hard++
		}
		if p.soft {
			softs++
		}
	}
	right := f.IsProvince(firstRune(text[t[i].Start:]))
	if k := f.Nearest(text, max(0, t[i].Start-3*4), t[i].End); k.Kind != "" && k.End == t[i].End {
		return 0, false // 微信
	}
	if hard+softs < 3 || softs > 3 && !right || n > 6 && !right {
		return 0, false
	}
	if n > take && t[parts[take].token].Start == t[parts[take-1].token].End && t[parts[take].token].What == words.Digit {
		return 0, false // more digits than a plate has
	}
	return parts[take-1].token, true
}

// letterNames are characters that speech recognition writes for the name of a letter.
const letterNames = "诶哎欸唉必比毕币逼碧西希谢地弟迪第帝伊易艾爱鸡记街杰接开凯尅恩嗯屁批皮秋求球啊踢提替梯优由维威歪外怀贼载吉"

// soundsLetter says whether a token is the name of a letter, in the plate whose province
// is at another, of which the words before it say that it is a plate.
func (f *Finder) soundsLetter(call []span.Line, province, k int) bool {
	p, t := f.tokens[province], f.tokens[k]
	if t.Line != p.Line || t.End-t.Start != len("诶") || t.What == words.Digit {
		return false
	}
	text := call[p.Line].Text
	if !strings.ContainsRune(letterNames, firstRune(text[t.Start:])) {
		return false
	}
	return f.before(text, 0, p.Start) == span.Plate || f.asked(call, p.Line, p.Start) == span.Plate
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

// account returns the tokens of the name that begins at a place, with a letter in it,
// and where to look for the next one. first is -1 if there is none.
func (f *Finder) account(i int) (first, last, next int) {
	t := f.tokens
	first, last = -1, -1
	letters := 0
	gap := form.None
	k := i
	for ; k < len(t); k++ {
		switch t[k].What {
		case words.Letter, words.Digit, words.Under:
			if gap >= form.Pause && gap != form.Line && first >= 0 && k > 0 && t[k].What == words.Digit && t[k].Written && longRun(t, k) {
				return done(first, last, letters, k)
			}
			if first < 0 {
				first = k
			}
			if t[k].What == words.Letter {
				letters++
			}
			last, gap = k, form.None
			continue
		case words.Soft:
			ends := k+1 == len(t) || t[k+1].What == words.Newline || t[k+1].What == words.Pause
			if first >= 0 && (!t[k].Common || ends && t[k].Value != '8' && (t[k-1].What == words.Digit || t[k-1].What == words.Soft)) {
				last, gap = k, form.None
			}
			continue
		case words.Blank:
			if first >= 0 && t[k].Value != '(' && t[k].Value != ')' {
				gap = max(gap, form.Blank)
				continue
			}
		case words.Pause, words.Fill, words.Case, words.Newline:
			if first >= 0 && k-last <= 4 {
				gap = max(gap, gapOf(t[k].What))
				continue
			}
		}
		break
	}
	return done(first, last, letters, k)
}

// domain returns the last token of the end of a domain that follows a name at once, or
// the last of the name: the sign before the domain was not heard.
func (f *Finder) domain(last int) int {
	t := f.tokens
	for last+2 < len(t) && (t[last+1].What == words.Dot || t[last+1].What == words.Newline && t[last+2].What == words.Letter && f.hosted(last+2) > 0) && t[last+2].What == words.Letter {
		for last += 2; last+1 < len(t) && t[last+1].What == words.Letter; last++ {
		}
	}
	return last
}

// letterAt says whether a letter of ASCII stands at a byte of a text.
func letterAt(text string, i int) bool {
	return i < len(text) && (text[i]|0x20 >= 'a' && text[i]|0x20 <= 'z' || text[i] == '_')
}

// longRun says whether nine or more figures begin at a place: a number of its own.
func longRun(t []words.Token, k int) bool {
	n := 0
	for ; k < len(t) && n < 9 && t[k].Written && t[k].What == words.Digit; k++ {
		n++
	}
	return n >= 9
}

func done(first, last, letters, next int) (int, int, int) {
	if letters == 0 || first < 0 {
		return -1, -1, next
	}
	return first, last, next
}

// nameAccount decides what letters and digits are: "" if they are nobody's.
func (f *Finder) nameAccount(call []span.Line, first, last int) span.Kind {
	t := f.tokens
	letters, digits, softs, lead, gaps := 0, 0, 0, 0, 0
	tight := true
	for k := first; k <= last; k++ {
		switch t[k].What {
		case words.Letter:
			letters++
			if digits+softs == 0 {
				lead++
			}
		case words.Digit:
			digits += int(t[k].Times)
		case words.Soft:
			softs++
		case words.Under:
		default:
			gaps++
			if t[k].Value != '-' || t[k].What != words.Blank {
				tight = false
			}
		}
	}
	n := letters + digits + softs
	a, z := t[first], t[last]
	if n < 4 || z.What == words.Letter && z.Value == 'X' && (letters == 1 || letters == 2 && last > first && t[last-1].What == words.Letter && t[last-1].Value == 'E') {
		return "" // too little, or the X at the end of an identity card
	}
	text := call[a.Line].Text
	// A passport has a form of its own: a letter and eight digits, or two and seven.
	if lead == letters && (letters == 1 && digits+softs == 8 || letters == 2 && digits+softs == 7) && strings.IndexByte("EDGSPKHCM", a.Value) >= 0 {
		switch ctx := f.around(call, first, last); {
		case ctx == span.Passport, ctx == "" && strings.IndexByte("EGDPS", a.Value) >= 0, ctx == span.Phone && a.Value == 'E':
			return span.Passport
		}
	}
	ctx := f.around(call, first, last)
	switch ctx {
	case span.Passport:
		if lead == letters && letters <= 2 && digits+softs >= 6 && digits+softs <= 9 {
			return span.Passport
		}
	case span.WeChat, span.QQ:
		if n >= 5 && n <= 30 && !(a.Line == z.Line && isWord(text[a.Start:z.End])) {
			return ctx
		}
	case span.Phone:
		if letters >= 3 && n >= 6 && lead >= 3 && a.Line == z.Line && tight && strings.Contains(text[:a.Start], "微信") {
			return span.WeChat // 微信号就是手机号，加我zhang_san88
		}
	case span.Tail:
		if digits >= 1 && n >= 3 && n <= 8 && tight {
			return ctx
		}
	case span.Email:
		if letters >= 2 && n >= 5 && !(a.Line == z.Line && isWord(text[a.Start:z.End])) {
			return ctx
		}
	case span.ID:
		if digits >= 3 && n >= 5 {
			return ctx
		}
	case span.Code:
		if digits >= 1 && n <= 12 && tight {
			return ctx
		}
	case span.Plate:
		if n >= 5 && n <= 7 && digits >= 3 {
			return ctx
		}
	}
	if ctx == form.Amount || ctx == form.Nobody {
		return ""
	}
	if lead > 0 && lead <= 6 && lead == letters && digits >= 7 && gaps <= 1 {
		return span.ID
	}
	if tight && digits >= 6 && n >= 12 {
		return span.ID
	}
	return ""
}

// around returns what is said of some tokens: before them, behind them, or in the
// lines before.
func (f *Finder) around(call []span.Line, first, last int) span.Kind {
	a, z := f.tokens[first], f.tokens[last]
	if k := f.before(call[a.Line].Text, 0, a.Start); k != "" {
		return k
	}
	if k := f.after(call[z.Line].Text, z.End); k != "" {
		return k
	}
	switch k := f.asked(call, a.Line, a.Start); {
	case k == "", f.Counted(call[z.Line].Text, z.End, false), !f.alone(call, first, last) && a.Start > 3*8:
		return ""
	default:
		return k
	}
}

// isWord says whether letters are a word that is said of WeChat and no account.
func isWord(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "wechat", "weixin", "app", "wifi", "hello", "apple", "iphone", "android", "vip", "pdf", "excel", "ok ok", "okok", "alipay":
		return true
	}
	return false
}
