// Package form decides what a sequence of digits is by its form and by what is said
// of it: a number of a phone, a card, an order, or a date, a range, a list.
package form

import (
	"callmill/pipeline/redact/span"
)

// Verdict is what a sequence of digits is taken for.
type Verdict struct {
	Kind  span.Kind // "" for what stays
	Score float64   // how well its form and what is said of it fit; more is better
}

// What context says that is no kind.
const (
	Amount span.Kind = "amount"
	Nobody span.Kind = "none"
	Part   span.Kind = "part" // of a phone number
)

// What may be between two digits, the weaker first.
const (
	None uint8 = iota
	Blank
	Pause
	Fill
	Correction
	Line
)

// Form is a sequence of digits that may be one number.
type Form struct {
	Digits  []byte // '0' to '9', and 'X' at the end
	Groups  []int  // how many of them stand without anything between them
	Gap     uint8  // the strongest thing between them: 0 or one of newline, corr, fill, pause, blank
	Hyphens bool   // all gaps are one hyphen, stroke, dot or comma
	Sep     byte   // the sign that all gaps are; 0 if they differ
	Written bool   // all are figures
	Softs   int    // sound like digits
	Asked   bool   // the context is a line before
	Context span.Kind

	Corrected int // digits before the last correction; 0 if there is none
}

// Begin makes a form one of no digits.
func (f *Form) Begin(context span.Kind, asked bool) {
	*f = Form{Digits: f.Digits[:0], Groups: f.Groups[:0], Hyphens: true, Written: true, Context: context, Asked: asked}
}

// Add appends a digit with the strongest thing before it, and the sign that this is,
// if it is one alone. The digit may only sound like one, or be a figure.
func (f *Form) Add(digit byte, gap uint8, sep byte, soft, figure bool) {
	i := len(f.Digits)
	f.Digits = append(f.Digits, digit)
	if i == 0 || gap > None {
		f.Groups = append(f.Groups, 0)
		if i > 0 {
			f.Gap, f.Hyphens = max(f.Gap, gap), f.Hyphens && sep != 0
			if len(f.Groups) == 2 {
				f.Sep = sep
			} else if f.Sep != sep {
				f.Sep = 0
			}
			if gap == Correction {
				f.Corrected = i
			}
		}
	}
	f.Groups[len(f.Groups)-1]++
	f.Written = f.Written && (figure || digit == 'X')
	if soft {
		f.Softs++
	}
}

// What a form is worth. A number of a known form is worth more than what it is
// made of; a rest of a few digits costs what keeps it from being cut off.
const (
	rest    = -1.5
	Some    = 0.3 // a long number of no known form
	perForm = -0.6
	perSame = -3 // where context speaks of one number
)

// More returns what it costs to take digits for one number more: little where several
// may be listed, much where context speaks of an account, a card, an order.
func More(context span.Kind) float64 {
	switch context {
	case span.ID, span.BankCard, span.IDCard, span.Passport, span.QQ, span.WeChat, span.Code:
		return perSame
	}
	return perForm
}

// Judge decides what a form is.
func Judge(f *Form) Verdict {
	d, n := f.Digits, len(f.Digits)
	if n == 0 {
		return Verdict{}
	}
	if d[n-1] == 'X' {
		return judgeX(f)
	}
	v := Verdict{Kind: span.Number, Score: Some}
	better := func(kind span.Kind, score float64) {
		if score > v.Score {
			v = Verdict{kind, score}
		}
	}
	if n < 7 {
		return judgeShort(f)
	}
	switch {
	case n == 11 && Mobile(d):
		better(span.Phone, 4)
	case n == 11 && d[0] == '1':
		better(span.Phone, 2)
	case n == 13 && d[0] == '8' && d[1] == '6' && Mobile(d[2:]):
		better(span.Phone, 4.2)
	case n == 14 && d[0] == '0' && d[1] == '8' && d[2] == '6' && Mobile(d[3:]), n == 15 && d[0] == '0' && d[1] == '0' && d[2] == '8' && d[3] == '6' && Mobile(d[4:]):
		better(span.Phone, 4.2)
	case n == 12 && d[0] == '0' && Mobile(d[1:]):
		better(span.Phone, 3.6)
	}
	if d[0] == '0' && d[1] != '0' && landline(n, d) {
		better(span.Phone, 3.6)
	}
	if d[0] == '0' && d[1] == '0' && n >= 10 && n <= 15 && f.Context == span.Phone {
		better(span.Phone, 0.6) // another country
	}
	if (n == 7 || n == 8) && d[0] >= '2' {
		if len(f.Groups) == 1 {
			better(span.Phone, 1.5)
		} else {
			better(span.Phone, 0.35)
		}
	}
	if n == 18 && date(d[6:14]) {
		score := 3.5
		if CheckID(d) {
			score = 5
		}
		better(span.IDCard, score)
	}
	if n == 15 && shortDate(d[6:12]) && (f.Context == span.IDCard || province15(d)) {
		better(span.IDCard, 3)
	}
	if n >= 15 && n <= 19 {
		prefix := d[0] == '6' && d[1] == '2' || d[0] >= '3' && d[0] <= '6' && n <= 16
		if luhn(d) && n >= 16 {
			better(span.BankCard, 2.4)
			if n == 16 || n == 19 {
				better(span.BankCard, 3.9)
			}
		}
		if prefix && n >= 16 {
			better(span.BankCard, 2)
			if luhn(d) {
				better(span.BankCard, 4.5)
			}
			if fours(f.Groups) {
				better(span.BankCard, 4)
			}
		}
	}
	if n >= 12 && n <= 14 && Mobile(d[:11]) && f.Gap > Blank {
		better(span.Phone, 0.6) // digits said twice
	}
	v = inContext(f, v)
	if kept := stays(f, v); kept > 0 && kept >= v.Score {
		v = Verdict{Score: kept}
	}
	v.Score -= 0.15 * float64(f.Softs)
	if 10*f.Softs > 3*n+5 {
		v = Verdict{Score: 2 * rest}
	}
	return v
}

// MostRetaken is how many digits before a correction may be taken back.
const MostRetaken = 6

// JudgeRetaken decides what a form with a correction is: what was said before it is in
// part taken back. It uses the memory of another form.
func JudgeRetaken(f, left *Form) Verdict {
	best := Judge(f)
	digits, groups := left.Digits, left.Groups
	*left = *f
	for back := 1; back <= MostRetaken && back <= f.Corrected; back++ {
		digits = append(append(digits[:0], f.Digits[:f.Corrected-back]...), f.Digits[f.Corrected:]...)
		groups = append(groups[:0], len(digits))
		left.Digits, left.Groups = digits, groups
		if v := Judge(left); v.Kind != "" && v.Score-0.3-0.02*float64(back) > best.Score {
			best = Verdict{v.Kind, v.Score - 0.3 - 0.02*float64(back)}
		}
	}
	if best.Kind == span.Number && best.Score < 1 {
		best.Score = 1
	}
	return best
}

// JudgeX decides about a form that ends in X: only identity cards do.
func judgeX(f *Form) Verdict {
	d, n := f.Digits, len(f.Digits)
	switch {
	case n == 18 && date(d[6:14]):
		score := 4.0
		if CheckID(d) {
			score = 5.5
		}
		return Verdict{span.IDCard, score - 0.15*float64(f.Softs)}
	case n == 18:
		return Verdict{span.IDCard, 2}
	case n >= 15 && n <= 20:
		return Verdict{span.IDCard, 1}
	case n >= 3 && n <= 9 && (f.Context == span.Tail || f.Context == span.IDCard):
		return Verdict{span.Tail, 1}
	}
	return Verdict{Score: 3 * rest}
}

// JudgeShort decides about fewer digits than a number has: they go where context
// says what they are.
func judgeShort(f *Form) Verdict {
	n := len(f.Digits)
	v := Verdict{Score: rest}
	if service(f.Digits) {
		if f.Written {
			return Verdict{Score: 1}
		}
		return Verdict{Score: rest}
	}
	take := func(least int, best ...int) {
		if n < least {
			return
		}
		v = Verdict{f.Context, 0.8}
		for _, b := range best {
			if n == b {
				v.Score = 1.6
			}
		}
	}
	switch f.Context {
	case span.Tail:
		take(3, 4)
	case span.Code:
		take(3, 6)
		switch n {
		case 3:
			v.Score = 0.3
		case 4:
			v.Score = 1.2
		}
	case span.QQ:
		take(5)
	case span.WeChat:
		take(5)
	case span.ID:
		take(3)
	case Part:
		take(3)
		v.Kind = span.Phone
	case span.Phone:
		if f.Asked {
			take(3)
		}
	case span.BankCard, span.IDCard, span.Passport:
		if f.Asked || n >= 6 {
			take(3)
		}
	case span.Birthday:
		if n == 6 && shortDate(f.Digits) {
			v = Verdict{span.Birthday, 1.6}
		}
	}
	if v.Kind != "" {
		v.Score -= 0.15 * float64(f.Softs)
		if 10*f.Softs > 5*n {
			return Verdict{Score: rest}
		}
	}
	return v
}

// service says whether a few digits are a line that everybody calls.
func service(d []byte) bool {
	switch string(d) {
	case "110", "112", "114", "117", "119", "120", "121", "122", "999":
		return true
	}
	if len(d) != 5 {
		return false
	}
	switch string(d[:2]) {
	case "95", "96":
		return true
	}
	switch string(d[:3]) {
	case "100", "116", "118", "123", "125":
		return true
	}
	return false
}

// Hotline says whether ten digits are a line that companies have: 400-, 800-.
func Hotline[T string | []byte](d T) bool {
	return len(d) == 10 && (d[0] == '4' || d[0] == '8') && d[1] == '0' && d[2] == '0'
}

// inContext changes the kind of a long number by what is said of it.
func inContext(f *Form, v Verdict) Verdict {
	n := len(f.Digits)
	known := v.Score >= 3 // by its form
	switch f.Context {
	case span.Phone, Part:
		if !known && n <= 15 {
			return Verdict{span.Phone, v.Score + 0.7}
		}
	case span.BankCard:
		if n >= 9 && n <= 21 && !(n == 18 && CheckID(f.Digits)) && v.Kind != span.Phone {
			return Verdict{span.BankCard, max(v.Score, 2) + 0.7}
		}
	case span.IDCard:
		if n >= 14 && n <= 20 {
			return Verdict{span.IDCard, max(v.Score, 1) + 0.7}
		}
	case span.ID:
		if known && f.Asked {
			return v // it answers something else
		}
		return Verdict{span.ID, 2.5}
	case span.QQ:
		if n <= 11 {
			return Verdict{span.QQ, 2.5}
		}
	case span.WeChat:
		return Verdict{span.WeChat, 2.5}
	case span.Passport:
		if n <= 10 {
			return Verdict{span.Passport, v.Score + 0.7}
		}
	case span.Code:
		if n <= 10 {
			return Verdict{span.Code, max(v.Score, 1) + 0.7}
		}
	case span.Tail:
		if n <= 8 {
			return Verdict{span.Tail, v.Score + 0.7}
		}
	case span.Birthday:
		if n == 8 && date(f.Digits) {
			return Verdict{span.Birthday, 3}
		}
	}
	return v
}

// stays returns how well a long form fits a date, a range, an Amount, a list or
// another thing that is nobody's, 0 if it does not.
func stays(f *Form, v Verdict) float64 {
	d, n := f.Digits, len(f.Digits)
	if Hotline(d) && f.Context != span.ID && f.Context != span.QQ {
		return 3.8
	}
	switch f.Context {
	case "", Amount, Nobody:
	default:
		// Only a date that is written as one is a date after 电话.
		if len(f.Groups) == 3 && f.Written && f.Hyphens && f.Groups[0] == 4 && dated(d, f.Groups) {
			return 3
		}
		return 0
	}
	if f.Written && len(f.Groups) == 3 && f.Groups[0] == 4 && dated(d, f.Groups) {
		return 3
	}
	if len(f.Groups) == 1 && n == 8 && date(d) {
		return 2
	}
	if v.Score >= 3 {
		return 0
	}
	if rising(d) && f.Softs == 0 {
		return 2
	}
	if f.Context == Amount && !f.Asked && n <= 10 && v.Score < 2 && len(f.Groups) == 1 {
		return 2
	}
	if !f.Written {
		return 0
	}
	if f.Sep == '.' && (len(f.Groups) == 2 || len(f.Groups) == 4 && max(f.Groups[0], f.Groups[1], f.Groups[2], f.Groups[3]) <= 3) {
		return 2 // a decimal, an address of the internet
	}
	if len(f.Groups) == 3 && f.Hyphens && f.Groups[0] <= 2 && f.Groups[1] <= 2 && f.Groups[2] == 4 && date([]byte{d[n-4], d[n-3], d[n-2], d[n-1], '0', '1', '0', '1'}) {
		return 2 // the year last
	}
	years, small, thousands := true, true, f.Groups[0] <= 3 && len(f.Groups) > 1
	at := 0
	for i, g := range f.Groups {
		years = years && g == 4 && (d[at] == '1' && d[at+1] == '9' || d[at] == '2' && d[at+1] == '0')
		small = small && g <= 2
		thousands = thousands && (i == 0 || g == 3)
		at += g
	}
	switch {
	case years && len(f.Groups) > 1:
		return 2.5
	case small && (f.Gap == Pause || len(f.Groups) >= 3):
		return 1
	case thousands && f.Gap == Pause:
		return 2.5
	case len(f.Groups) == 2 && f.Hyphens && f.Groups[0] <= 5 && f.Groups[1]-f.Groups[0] <= 1 && f.Groups[1] >= f.Groups[0]:
		a, b := value(d[:f.Groups[0]]), value(d[f.Groups[0]:])
		if b > a && b <= 20*a && (a%10 == 0 && b%10 == 0 || f.Context == Amount) {
			return 1.5
		}
	case len(f.Groups) > 2 && f.Gap == Pause:
		// A list of round amounts: 100、200、3000.
		at, round := 0, true
		for _, g := range f.Groups {
			at += g
			round = round && g <= 5 && (d[at-1] == '0' || d[at-1] == '9' || d[at-1] == '5')
		}
		if round {
			return 1
		}
	}
	return 0
}

// fours says whether digits are grouped as they stand on a card.
func fours(groups []int) bool {
	for i, g := range groups {
		if g != 4 && (i < len(groups)-1 || g > 4) {
			return false
		}
	}
	return len(groups) >= 4
}

func value(d []byte) (n int) {
	for _, c := range d {
		n = 10*n + int(c-'0')
	}
	return n
}

// rising says whether digits count up or down by one, or are one digit, from the
// first to the last, as nobody's number does: a count aloud.
func rising(d []byte) bool {
	up := true
	for i := 1; i < len(d) && up; i++ {
		up = d[i] == d[i-1]+1
	}
	down := true
	for i := 1; i < len(d) && down; i++ {
		down = d[i] == d[i-1]-1
	}
	return up && d[0] == '1' || down
}

// Mobile says whether eleven digits are of a mobile phone: 13 to 19, and 100, which
// has not been assigned and stands in examples.
func Mobile(d []byte) bool {
	return len(d) == 11 && d[0] == '1' && (d[1] >= '3' || d[1] == '0' && d[2] == '0')
}

// landline says whether digits begin with an area code (010, 02x, 0xxx) and go on
// with seven or eight digits.
func landline(n int, d []byte) bool {
	if d[1] == '1' || d[1] == '2' {
		return n == 11 || n == 10
	}
	return n == 11 || n == 12
}

// date says whether eight digits are a day of the years that living people, cards and
// calls know.
func date(d []byte) bool {
	if len(d) != 8 {
		return false
	}
	year := value(d[:4])
	return year >= 1900 && year <= 2079 && day(value(d[4:6]), value(d[6:8]))
}

// shortDate says whether six digits are a day of some century.
func shortDate(d []byte) bool { return len(d) == 6 && day(value(d[2:4]), value(d[4:6])) }

func day(month, day int) bool { return month >= 1 && month <= 12 && day >= 1 && day <= 31 }

// dated says whether three groups are year, month and day.
func dated(d []byte, groups []int) bool {
	if groups[1] > 2 || groups[2] > 2 {
		return false
	}
	year := value(d[:4])
	return year >= 1900 && year <= 2079 && day(value(d[4:4+groups[1]]), value(d[4+groups[1]:]))
}

// province15 says whether digits begin with the code of a province (GB/T 2260).
func province15(d []byte) bool {
	return d[0] >= '1' && d[0] <= '6' && d[1] >= '1' && d[1] <= '6'
}

// CheckID says whether the last of eighteen digits is the check digit of the others:
// ISO 7064 MOD 11-2, as GB 11643 has it.
func CheckID(d []byte) bool {
	if len(d) != 18 {
		return false
	}
	sum := 0
	for i, c := range d[:17] {
		if c == 'X' {
			return false
		}
		sum += int(c-'0') * (1 << (17 - i) % 11)
	}
	return "10X98765432"[sum%11] == d[17]
}

// luhn says whether the last digit is the check digit of the others, as ISO/IEC 7812
// has it.
func luhn(d []byte) bool {
	sum := 0
	for i := range d {
		c := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			c *= 2
			if c > 9 {
				c -= 9
			}
		}
		sum += c
	}
	return sum%10 == 0
}
