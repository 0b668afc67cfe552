package flatten

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"callmill/schema"
)

// Whether the flow of a call came to its end is known to SearchTask alone. Without
// it, the robot's last two lines tell: a service robot ends a call with a formula.
// The formulas are those of Chinese telephone service, not of any script; each
// stands for its spelling in traditional characters, too.
//
// Nothing before a line's last question is how it ends: "那我们明天再见，可以吗？"
// waits for an answer. Behind it,
//
//   - a farewell counts anywhere;
//   - a wish or a courtesy counts in the last clause, where no business follows, for
//     "感谢您的接听，我是" begins a call. In the robot's first line a courtesy never
//     counts, and a wish if there is more than a greeting before it: some calls are
//     a notice of one line.
//
// In the last line but one, a wish counts unless the last line asks, and a courtesy
// only if the last line says nothing: "感谢您的配合。" also leads to the next subject.

// farewell is a text that is said in parting only, unless one of the characters
// follows.
type farewell struct{ text, unless string }

var farewells = inBoth([]farewell{
	{"再见", "面到您你我他她它一时的之"}, // 再见面, 再见到您
	{"再会", "面员议有"},         // 再会面
	{"拜拜", "神佛祖年菩"},
	{"回见", "面证"},
	{"晚安", "排全静装检心置顿"}, // 今晚安排
	{"不打扰了", "吧"},
	{"不打扰您了", "吧"},
	{"不打扰你了", "吧"},
	{"不再打扰", ""},
	{"不多打扰", ""},
})

// inBoth adds the farewells in traditional characters.
func inBoth(simplified []farewell) []farewell {
	for _, f := range simplified {
		if text := traditional.Replace(f.text); text != f.text {
			simplified = append(simplified, farewell{text, traditional.Replace(f.unless)})
		}
	}
	return simplified
}

// traditional replaces the characters of the formulas that are written otherwise.
var traditional = strings.NewReplacer(
	"个", "個", "为", "為", "举", "舉", "会", "會", "体", "體", "与", "與", "关", "關", "务", "務", "劳", "勞", "占", "佔", "参", "參", "听", "聽", "员", "員", "周", "週",
	"复", "復", "头", "頭", "静", "靜", "顿", "頓", "帮", "幫", "顾", "顧", "愿", "願", "扰", "擾", "挂", "掛", "拨", "撥", "择", "擇", "断", "斷", "时", "時", "来", "來",
	"机", "機", "样", "樣", "欢", "歡", "气", "氣", "沟", "溝", "点", "點", "烦", "煩", "电", "電", "系", "繫", "结", "結", "给", "給", "联", "聯", "荣", "榮", "见", "見",
	"议", "議", "询", "詢", "话", "話", "误", "誤", "请", "請", "谅", "諒", "谢", "謝", "贵", "貴", "购", "購", "这", "這", "里", "裡", "选", "選", "间", "間", "问", "問",
	"随", "隨", "顺", "順", "风", "風", "馈", "饋", "吗", "嗎", "证", "證", "装", "裝", "临", "臨",
)

// parting are the texts of the farewells.
var parting = func() *lexicon {
	var texts []string
	for _, f := range farewells {
		texts = append(texts, f.text)
	}
	return newLexicon(texts...)
}()

var wishes = newLexicon(
	"祝您", "祝你", "祝愿", "祝各位", "祝大家", "祝全家", "祝贵", "生活愉快", "工作愉快", "周末愉快", "旅途愉快", "购物愉快",
	"工作顺利", "一切顺利", "身体健康", "一路平安", "一路顺风", "多保重", "注意身体", "早点休息", "早日康复",
)

var courtesies = newLexicon(
	// Apologies for the call.
	"打扰了", "打扰您了", "打扰你了", "打扰到您", "不打扰", "添麻烦了", "占用您的时间", "耽误您的时间", "耽误您时间", "耽误你时间",
	// Answers to thanks.
	"客气", "不用谢", "不谢", "举手之劳", "荣幸", "帮到您", "为您效劳", "为您服务",
	// Invitations.
	"欢迎下次", "欢迎再次", "欢迎您再次", "欢迎您下次", "欢迎随时", "欢迎您随时", "欢迎光临", "欢迎您的光临", "欢迎您的到来", "欢迎您来",
	"欢迎来电", "欢迎致电", "期待您的", "期待与您", "期待和您", "恭候您", "等候您的",
	// The next contact.
	"再联系", "再次联系", "再与您联系", "再跟您联系", "再和您联系", "再打给", "再给您打", "再给您来电", "再给您去电", "再给您致电", "再致电", "再来电",
	"再聊", "再沟通", "再咨询", "回头联系", "给您回电", "给您回个电话", "随时联系", "随时致电", "随时来电", "随时拨打", "随时咨询", "随时找我", "再找我", "保持联系",
	// Hanging up.
	"您先忙", "你先忙", "您忙吧", "您去忙", "您慢走", "先挂了", "挂机了", "挂断了", "挂电话了", "先这样", "就这样", "先到这里", "就到这里", "到此结束",
	"结束通话", "结束本次通话", "结束此次通话", "通话结束",
)

// Thanks for the call are as good as a wish; those for help with it are a courtesy;
// others, as for an answer or for waiting, are neither.
var (
	thanks        = newLexicon("感谢", "谢谢", "多谢")
	thanksForCall = newLexicon("接听", "来电", "致电", "惠顾", "光临")
	thanksForHelp = newLexicon(
		"配合", "支持", "理解", "谅解", "参与", "反馈", "信任", "关注", "时间", "合作", "使用", "选择", "咨询", "建议", "意见",
	)
)

// asking are what questions have at their ends or beginnings.
var asking = newLexicon("？", "?", "吗", "请问", "好不好", "行不行", "是不是", "能不能", "可不可以")

// neutral are clauses that say nothing, and may follow a wish or a courtesy.
var neutral = [...]string{
	"谢谢", "谢谢您", "谢谢你", "感谢", "感谢您", "非常感谢", "十分感谢", "多谢", "好", "好的", "好吧", "好嘞", "好好", "嗯", "嗯嗯", "是的", "行", "那", "哈", "哎",
	"先生", "女士", "謝謝", "謝謝您", "謝謝你", "感謝", "感謝您", "非常感謝", "多謝",
}

// ending is how a line ends.
type ending int

const (
	endsOpen ending = iota // none of the others
	endsEmpty
	endsAsking
	endsWithCourtesy
	endsWithWish
	endsWithFarewell
)

// flowEnded returns whether the flow of a call came to its end, and where that is
// known from; nil and "" if nothing tells.
func flowEnded(t *schema.Task) (ended *bool, source string) {
	if t.Facts.ReachedEnd != nil {
		return copyOf(t.Facts.ReachedEnd), schema.FlowEndedAPI
	}
	var lines [3]string // the robot's last ones, the last first
	n := 0
	for i := len(t.Turns) - 1; i >= 0 && n < len(lines); i-- {
		if t.Turns[i].Speaker == schema.SpeakerRobot {
			lines[n] = t.Turns[i].Script
			n++
		}
	}
	switch n {
	case 0:
		return nil, ""
	case 1:
		return new(endingOf(lines[0], true) >= endsWithCourtesy), schema.FlowEndedInferred
	}
	last := endingOf(lines[0], false)
	if last < endsWithCourtesy {
		counts := endsWithWish
		switch last {
		case endsAsking:
			counts = endsWithFarewell
		case endsEmpty:
			counts = endsWithCourtesy
		}
		if before := endingOf(lines[1], n == 2); before >= counts {
			last = before
		}
	}
	return new(last >= endsWithCourtesy), schema.FlowEndedInferred
}

// endingOf returns how a line of the robot ends; first says that it is the robot's
// first.
func endingOf(line string, first bool) ending {
	end, asks := line, false
	for {
		_, after := asking.find(end)
		if after < 0 {
			break
		}
		end, asks = end[after:], true
	}
	if saysFarewell(end) {
		return endsWithFarewell
	}
	ends := endingOfClauses(end, first && !asks)
	if asks && ends < endsAsking {
		return endsAsking
	}
	return ends
}

// saysFarewell reports whether a farewell is in a text.
func saysFarewell(text string) bool {
	for {
		at, after := parting.find(text)
		if after < 0 {
			return false
		}
		said := text[at:after]
		text = text[after:]
		next, _ := utf8.DecodeRuneInString(text)
		if text == "" {
			return true
		}
		for i := range farewells {
			if f := &farewells[i]; f.text == said && !strings.ContainsRune(f.unless, next) {
				return true
			}
		}
	}
}

// endingOfClauses returns how the last clause of a text that is not neutral ends
// it; first says that the text is the robot's first.
func endingOfClauses(text string, first bool) ending {
	for {
		text = strings.TrimRightFunc(text, isMark)
		if text == "" {
			return endsEmpty
		}
		clause := text
		if at := strings.LastIndexFunc(text, isMark); at >= 0 {
			_, size := utf8.DecodeRuneInString(text[at:])
			clause = text[at+size:]
		}
		text = text[:len(text)-len(clause)]
		switch {
		case slices.Contains(neutral[:], clause), isAddress(clause):
		case wishes.in(clause) && (!first || clauses(text) >= 2):
			return endsWithWish
		case first:
			return endsOpen
		case isThanks(clause, thanksForCall):
			return endsWithWish
		case courtesies.in(clause), isThanks(clause, thanksForHelp):
			return endsWithCourtesy
		default:
			return endsOpen
		}
	}
}

// isAddress reports whether a clause is a name with a title, such as 王先生.
func isAddress(clause string) bool {
	name, ok := strings.CutSuffix(clause, "先生")
	if !ok {
		name, ok = strings.CutSuffix(clause, "女士")
	}
	return ok && utf8.RuneCountInString(name) <= 4
}

// isThanks reports whether a clause gives thanks for one of the things.
func isThanks(clause string, things *lexicon) bool {
	_, after := thanks.find(clause)
	return after >= 0 && things.in(clause[after:])
}

// lexicon is a set of texts, to be looked for in one pass. Few characters of a line
// begin one of them, and most are told by their last byte.
type lexicon struct {
	begins [256]bool // by the last byte of a text's first character
	texts  map[rune][]string
}

func newLexicon(texts ...string) *lexicon {
	l := &lexicon{texts: map[rune][]string{}}
	for _, text := range texts {
		l.add(text)
		if other := traditional.Replace(text); other != text {
			l.add(other)
		}
	}
	return l
}

func (l *lexicon) add(text string) {
	first, _ := utf8.DecodeRuneInString(text)
	l.begins[byte(first)] = true
	if !slices.Contains(l.texts[first], text) {
		l.texts[first] = append(l.texts[first], text)
	}
}

// find returns where the first of the texts is in s, and where it ends; -1 and -1 if
// none is there.
func (l *lexicon) find(s string) (at, after int) {
	for i, r := range s {
		if !l.begins[byte(r)] {
			continue
		}
		for _, text := range l.texts[r] {
			if strings.HasPrefix(s[i:], text) {
				return i, i + len(text)
			}
		}
	}
	return -1, -1
}

// in reports whether one of the texts is in s.
func (l *lexicon) in(s string) bool {
	at, _ := l.find(s)
	return at >= 0
}

// clauses counts the clauses of a text.
func clauses(text string) (n int) {
	for range strings.FieldsFuncSeq(text, isMark) {
		n++
	}
	return n
}

// isMark reports whether a character is neither letter nor digit: punctuation, a
// symbol, white space.
func isMark(r rune) bool {
	if r >= '一' && r <= '\u9fff' { // most of what is said
		return false
	}
	return !unicode.In(r, unicode.Letter, unicode.Number, unicode.Mark)
}

// says reports whether a script has more than marks in it.
func says(script string) bool {
	return strings.IndexFunc(script, func(r rune) bool { return !isMark(r) }) >= 0
}
