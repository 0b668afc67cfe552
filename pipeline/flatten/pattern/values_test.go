package pattern

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func ExampleReplacer_AddValue() {
	r := NewReplacer(Call{Honorific: "李女士"})
	r.AddValue("address", "幸福路12号")
	r.AddValue("amount", "1200.50")
	fmt.Printf("%s\n", r.Append(nil, "李女士您好，送到幸福路12号，货款1200.50元，15号前"))
	// Output:
	// {name}您好，送到{=address}，货款{=amount}元，{num}号前
}

// newReplacer returns a Replacer with values: key, value, key, value …
func newReplacer(call Call, parameters ...string) *Replacer {
	r := NewReplacer(call)
	for pair := range slices.Chunk(parameters, 2) {
		r.AddValue(pair[0], pair[1])
	}
	return r
}

func TestValues(t *testing.T) {
	list := func(pairs ...string) []string { return pairs }
	tests := []struct {
		name       string
		parameters []string
		line, want string
	}{
		{"two values", list("doctor", "何医生", "dept", "眼科"), "何医生的眼科门诊，眼科在二楼", "{=doctor}的{=dept}门诊，{=dept}在{num}楼"},
		{"white space around it is not said", list("dept", "\t眼科 "), "眼科门诊", "{=dept}门诊"},
		{"empty", list("a", "", "b", " "), "您好 ，", "您好 ，"},
		{"one character", list("a", "的", "b", "1", "c", "三"), "您的1号，三天", "您的{num}号，{num}天"},
		{"marks only", list("a", "，请", "b", "……", "c", "**"), "您好，请等……**", "您好{=a}等……**"},
		{"common words", list("a", "今天", "b", "先生", "c", "TRUE", "d", "是"), "先生今天是TRUE", "先生今天是TRUE"},
		{"letters as they are", list("a", "Vip"), "vip，Vip", "vip，{=a}"},

		// Longest first.
		{"one within another", list("a", "人民医院", "b", "市人民医院东门"), "到市人民医院东门，人民医院", "到{=b}，{=a}"},
		{"one begins with another", list("a", "幸福", "b", "幸福路", "c", "幸福路12号"), "幸福路12号，幸福路1号，幸福", "{=c}，{=b}{num}号，{=a}"},
		{"overlapping", list("a", "朝阳区", "b", "阳区建国路"), "朝阳区建国路，朝阳区", "朝{=b}，{=a}"},
		{"overlapping, with a shorter one that fits", list("a", "甲乙丙丁", "b", "甲乙", "c", "丁戊己庚辛"), "甲乙丙丁戊己庚辛", "{=b}丙{=c}"},
		{"equally long", list("a", "甲乙丙", "b", "乙丙丁"), "甲乙丙丁", "{=a}丁"},
		{"repeated", list("a", "哈哈"), "哈哈哈哈哈", "{=a}{=a}哈"},
		{"the same value twice", list("z", "眼科", "dept", "眼科", "k", "眼科"), "眼科", "{=dept}"},

		// Before the other slots.
		{"a date", list("visit", "1月15日"), "您1月15日来，16日", "您{=visit}来，{date}"},
		{"the end of a date", list("day", "15日"), "1月15日，15日", "{date}{=day}，{=day}"},
		{"an amount", list("fee", "15.00"), "15.00元，15.001元，115.00元", "{=fee}元，{amount}，{amount}"},
		{"a time", list("clock", "14点30分"), "14点30分，4点30分", "{=clock}，{time}"},
		{"the contact's name", list("customer", "张三"), "张三您好，张三先生，张先生，张三丰", "{=customer}您好，{=customer}，{name}，{=customer}丰"},
		{"longer than the contact's name", list("customer", "张三家"), "张三家，张三", "{=customer}，{name}"},

		// Not cut out of numbers and words.
		{"digits", list("n", "12"), "12天，2012年，12号，120，1.12，12.5，12:30，1,12，A12，12万，还有12", "{=n}天，{date}，{=n}号，{num}，{num}，{num}，{time}，{num},{=n}，A{num}，{num}，还有{=n}"},
		{"full-width digits", list("n", "１２"), "１２天，２０１２年，1２1２，１２.５", "{=n}天，{date}，{num}，{num}"},
		{"a phone number's end", list("n", "8899"), "010-58108899，8899-1，尾号8899", "{num}，{num}，尾号{=n}"},
		{"numerals", list("n", "三天"), "三天，十三天，第三天", "{=n}，{num}天，第{=n}"},
		{"numerals only", list("n", "十五"), "十五天，二十五天，十五万，十五", "{=n}天，{num}天，{num}，{=n}"},
		{"letters", list("n", "app"), "打开app，apple，app2，Snapp", "打开{=n}，apple，app{num}，Snapp"},
		{"between Chinese characters", list("n", "A12"), "坐A12路", "坐{=n}路"},

		// Slots are unambiguous.
		{"braces in a key", list("a{b}", "眼科", "}", "骨科"), "眼科骨科", "{=a｛b｝}{=｝}"},
		{"a key that is a slot's name", list("name", "眼科", "{num}", "骨科", "", "妇科"), "眼科骨科妇科", "{=name}{=｛num｝}{=}"},
		{"digits, numerals and names in a key", list("张三1月", "眼科", "=a", "骨科"), "眼科骨科", "{=张三1月}{==a}"},
		{"a value with braces", list("a", "{b}"), "{b}，{=a}", "{=a}，｛=a｝"},
		{"a value that is a key", list("a", "眼科", "眼科", "=a"), "眼科{=a}", "{=a}｛{=眼科}｝"},

		// Bounds.
		{"a long value", list("a", strings.Repeat("长", maxValue/3)), "说" + strings.Repeat("长", maxValue/3), "说{=a}"},
		{"too long a value", list("a", strings.Repeat("长", maxValue/3+1)), "说" + strings.Repeat("长", maxValue/3+1), "说" + strings.Repeat("长", maxValue/3+1)},
		{"half a character", list("a", "\xb8\xad科", "b", "科"), "中科", "中科"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newReplacer(Call{Name: "张三", Honorific: "张先生"}, tt.parameters...)
			got := string(r.Append(nil, tt.line))
			if got == "" {
				got = tt.line
			}
			if got != tt.want {
				t.Errorf("pattern of %q\n got %q\nwant %q", tt.line, got, tt.want)
			}
		})
	}
}

// Values are those of the present job.
func TestResetValues(t *testing.T) {
	r := newReplacer(Call{}, "dept", "眼科")
	r.Append(nil, "眼科")
	r.AddValue("road", "幸福路")
	if got := string(r.Append(nil, "眼科幸福路")); got != "{=dept}{=road}" {
		t.Errorf("after AddValue: %q", got)
	}
	r.ResetValues()
	r.AddValue("road", "和平路")
	if got := string(r.Append(nil, "眼科幸福路和平路")); got != "眼科幸福路{=road}" {
		t.Errorf("after ResetValues: %q", got)
	}
}

// A pattern is no more than some times as long as its line, however long the
// keys are.
func TestLongKeys(t *testing.T) {
	line := strings.Repeat("甲乙", 1000)
	r := newReplacer(Call{}, strings.Repeat("k", 100_000), "甲乙", "short", "甲乙甲乙")
	got := r.Append(nil, line)
	if len(got) > 10*len(line) || !strings.HasPrefix(string(got), "{=short}") {
		t.Errorf("%d bytes of pattern, %d of line: %.30s", len(got), len(line), got)
	}
}

// What is replaced is what looking for each value, the longest first, replaces.
func TestValuesLongestFirst(t *testing.T) {
	alphabet := rapid.SampledFrom([]string{"甲", "乙", "丙", "1", "2", "三", "a", "."})
	text := func(t *rapid.T, label string, max int) string {
		return strings.Join(rapid.SliceOfN(alphabet, 0, max).Draw(t, label), "")
	}
	rapid.Check(t, func(t *rapid.T) {
		list := make([]string, rapid.IntRange(0, 30).Draw(t, "values"))
		r := NewReplacer(Call{})
		for i := range list {
			list[i] = text(t, "value", 6)
			r.AddValue("", list[i])
		}
		line := text(t, "line", 60)

		r.values.find(line)
		var got [][2]int
		for _, m := range r.values.taken {
			got = append(got, [2]int{int(m.start), int(m.end)})
		}
		if want := longestFirst(line, list); !slices.Equal(got, want) {
			t.Fatalf("values %q in %q: found %v, want %v", list, line, got, want)
		}
	})
}

func longestFirst(line string, list []string) (places [][2]int) {
	list = slices.DeleteFunc(slices.Clone(list), func(v string) bool { return !tells(v) })
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for length := len(line); length > 0; length-- {
		for start := 0; start+length <= len(line); start++ {
			end := start + length
			if !slices.Contains(list, line[start:end]) || !breaks(line, start) || !breaks(line, end) {
				continue
			}
			if !slices.ContainsFunc(places, func(p [2]int) bool { return p[0] < end && start < p[1] }) {
				places = append(places, [2]int{start, end})
			}
		}
	}
	slices.SortFunc(places, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	return places
}

// Of any line, keys and values: every brace is one of a slot, and the rules have
// nothing left to do.
func TestSlotsAreUnambiguous(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name, line := drawName(t, "name"), drawLine(t, "line")
		r := NewReplacer(Call{Name: name})
		keys := map[string]bool{}
		for range rapid.IntRange(0, 4).Draw(t, "values") {
			key := strings.ToValidUTF8(drawName(t, "key"), "")
			keys[strings.NewReplacer("{", "｛", "}", "｝").Replace(key)] = true
			r.AddValue(key, strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 3).Draw(t, "value"), ""))
		}
		once := string(r.Append(nil, line))
		if once == "" {
			once = line
		}
		if twice := string(r.appendSlots(nil, once)); twice != "" {
			t.Fatalf("line %q\n  once %q\n twice %q", line, once, twice)
		}
		if utf8.ValidString(line) && !utf8.ValidString(once) {
			t.Fatalf("line %q: pattern %q is not UTF-8", line, once)
		}
		for rest := once; strings.ContainsAny(rest, "{}"); {
			_, after, _ := strings.Cut(rest, "{")
			slot, after, ok := strings.Cut(after, "}")
			switch "{" + slot + "}" {
			case Name, Date, Time, Amount, Num:
			default:
				key, isValue := strings.CutPrefix(slot, "=")
				if !ok || !isValue || !keys[key] {
					t.Fatalf("line %q: pattern %q has a brace that is none of a slot", line, once)
				}
			}
			if strings.Contains(rest[:len(rest)-len(after)-len(slot)-2], "}") {
				t.Fatalf("line %q: pattern %q has a brace that is none of a slot", line, once)
			}
			rest = after
		}
	})
}

// BenchmarkValues replaces values of jobs with few and many of them, and of jobs
// made to make it slow. Time is linear in the length of the line: ns/byte is about
// equal for both lengths.
func BenchmarkValues(b *testing.B) {
	number := func(i int) string { return fmt.Sprintf("值%04d号", i) }
	repeat := func(i int) string { return strings.Repeat("a甲", i%256+1) }
	almost := func(i int) string { return strings.Repeat("甲", 300) + number(i) }
	for _, bm := range []struct {
		name   string
		values int
		value  func(i int) string
		piece  string
	}{
		{"none", 0, number, "您好，您的账单还没有还清"},
		{"6", 6, number, "您好，值0003号的账单"},
		{"10000", 10_000, number, "您好，值0003号的账单"},
		{"nested", 256, repeat, "a甲"},
		{"almost", 1000, almost, "甲"},
	} {
		for _, n := range []int{1000, 64_000} {
			b.Run(fmt.Sprintf("%s/%d", bm.name, n), func(b *testing.B) {
				r := NewReplacer(Call{Name: "张三"})
				for i := range bm.values {
					r.AddValue("key", bm.value(i))
				}
				line := strings.Repeat(bm.piece, n/len(bm.piece))
				dst := r.Append(nil, line)
				b.ReportAllocs()
				for b.Loop() {
					dst = r.Append(dst[:0], line)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(line)), "ns/byte")
			})
		}
	}
}
