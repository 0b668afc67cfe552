package spoken

import (
	"slices"
	"strings"

	"callmill/pipeline/simulate/dice"
)

// The manners in which a value is told.
const (
	Written = "written" // as the recogniser writes what it takes for a number: 10021234567
	Spoken  = "spoken"  // digit by digit: 幺零零二…
	Mixed   = "mixed"   // some groups of digits written, some spoken
	Fillers = "fillers" // with 呃, 那个 between the groups
	Split   = "split"   // over two or three lines
)

// Manners are all of them.
var Manners = []string{Written, Spoken, Mixed, Fillers, Split}

// Teller tells values the way contacts do, and the way a recogniser hears them.
type Teller struct {
	// Homophones are what the recogniser may write for a spoken digit, such as 腰
	// for 幺.
	Homophones map[rune][]string
	// Misheard is how many of a hundred spoken digits it gets wrong.
	Misheard int
}

// Part is what is told in one line.
type Part struct {
	Text     string
	Misheard int // how many digits are homophones
}

// Tell returns the lines in which a value of a kind is told in a manner; "" draws
// one that suits the kind. A value that is too short to be split is not: the first
// result is the manner in which it was told.
func (t *Teller) Tell(kind, value, manner string, d *dice.Dice) (string, []Part) {
	if manner == "" {
		manner = drawManner(kind, d)
	}
	if kind == "birthday" {
		if manner != Written {
			manner = Spoken
		}
		return manner, []Part{t.birthday(value, manner, d)}
	}
	groups := grouped(kind, value, d)
	if len(groups) < 2 && manner != Written {
		manner = Spoken
	}
	one := "幺"
	if d.Percent(20) {
		one = "一"
	}
	speaks := manner == Spoken || manner != Written && d.Percent(65)
	between := ""
	if manner == Written && digitsOnly(value) && len(groups) > 1 && d.Percent(12) {
		between = [...]string{" ", "-"}[d.Below(2)]
	}
	cut := len(groups) // groups before it are on the first line
	if manner == Split {
		cut = 1 + d.Below(len(groups)-1)
	}
	parts := []Part{{}}
	for i, group := range groups {
		if manner == Split && (i == cut || i > cut && d.Percent(30)) {
			parts = append(parts, Part{})
		}
		part := &parts[len(parts)-1]
		if part.Text != "" {
			if manner == Fillers && d.Percent(70) {
				part.Text += fillers[d.Below(len(fillers))]
			}
			part.Text += between
		}
		if manner == Mixed {
			speaks = i%2 == 0
		}
		if speaks {
			t.spell(part, kind, group, one, d)
		} else {
			part.Text += group
		}
	}
	return manner, parts
}

// fillers are what is said between the groups of a number.
var fillers = [...]string{"呃", "嗯", "那个", "然后", "额", "啊", "，"}

// drawManner draws a manner that suits a kind: short values and plates are told at
// once.
func drawManner(kind string, d *dice.Dice) string {
	n := d.Below(100)
	switch kind {
	case "tail", "code", "plate", "birthday", "email", "passport", "wechat":
		if n < 50 {
			return Written
		}
		return Spoken
	}
	switch {
	case n < 34:
		return Written
	case n < 66:
		return Spoken
	case n < 76:
		return Mixed
	case n < 87:
		return Fillers
	}
	return Split
}

// grouped returns the groups in which a value is told.
func grouped(kind, value string, d *dice.Dice) []string {
	var sizes []int
	switch {
	case kind == "phone" && value[0] == '1':
		sizes = []int{3, 4, 4}
	case kind == "phone":
		sizes = []int{len(value) - 8, 4, 4}
	case kind == "id_card" && d.Percent(50):
		sizes = []int{6, 4, 4, 4}
	case kind == "id_card":
		sizes = []int{3, 3, 8, 4}
	case kind == "bank_card":
		sizes = []int{4, 4, 4, 4, 3}
	case len(value) < 7 || kind == "plate" || kind == "email" || kind == "wechat" || kind == "passport":
		return []string{value}
	default:
		sizes = []int{4, 4, 4, 4, 4}
	}
	var groups []string
	for _, n := range sizes {
		if n = min(n, len(value)); n > 0 {
			groups, value = append(groups, value[:n]), value[n:]
		}
	}
	if value != "" {
		groups = append(groups, value)
	}
	return groups
}

// spell adds the characters of a group as they are said.
func (t *Teller) spell(part *Part, kind, group, one string, d *dice.Dice) {
	for i, r := range group {
		switch {
		case r >= '0' && r <= '9':
			said := digitWords[r-'0']
			if r == '1' {
				said = one
			}
			if t.Misheard > 0 && d.Percent(t.Misheard) {
				if other := t.Homophones[[]rune(said)[0]]; len(other) > 0 {
					said = other[d.Below(len(other))]
					part.Misheard++
				}
			}
			part.Text += said
		case r == 'X' && kind == "id_card" && i == len(group)-1:
			part.Text += [...]string{"X", "x", "叉", "艾克斯"}[d.Below(4)]
		case r == '@':
			part.Text += [...]string{"艾特", "艾特", " at ", "圈a"}[d.Below(4)]
		case r == '.':
			part.Text += "点"
		case r == '_':
			part.Text += "下划线"
		case r == '-':
			part.Text += [...]string{"杠", "减号", "横杠"}[d.Below(3)]
		default:
			part.Text += string(r)
		}
	}
}

// birthday tells a day such as 1990-03-12.
func (t *Teller) birthday(value, manner string, d *dice.Dice) Part {
	year, month, day := value[:4], strings.TrimLeft(value[5:7], "0"), strings.TrimLeft(value[8:], "0")
	if manner == Written {
		switch d.Below(4) {
		case 0:
			return Part{Text: value}
		case 1:
			return Part{Text: value[:4] + value[5:7] + value[8:]}
		case 2:
			return Part{Text: year + "年" + month + "月" + day + "号"}
		}
		return Part{Text: year + "年" + month + "月" + day + "日"}
	}
	if d.Percent(40) {
		year = year[2:]
	}
	var part Part
	t.spell(&part, "birthday", year, "一", d)
	part.Text += "年" + Number(atoi(month)) + "月" + Number(atoi(day))
	part.Text += [...]string{"号", "号", "日", ""}[d.Below(4)]
	return part
}

// atoi returns the value of one or two digits.
func atoi(digits string) int {
	n := 0
	for _, r := range digits {
		n = n*10 + int(r-'0')
	}
	return n
}

func digitsOnly(text string) bool {
	return !slices.ContainsFunc([]byte(text), func(c byte) bool { return c < '0' || c > '9' })
}
