package pattern

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// What differs from call to call, and how it is spelled.
var (
	surnames = []string{"张", "李", "王", "赵", "欧阳", "万", "钟", "陆"} // not 周: 周三 is ambiguous
	givens   = []string{"三", "四", "一凡", "伟", "小明", "秀英", "点点", "元"}

	ways = map[string][]string{
		Date: {
			"2020年1月15日", "1月15号", "12月3日", "２０２０年１月", "2020-01-15", "2020/1/5", "15日", "二零二零年十二月三十一日",
			"一月十五号", "周三", "星期天", "礼拜一", "十五日", "2020.01.15",
		},
		Time: {
			"下午3点半", "15:30", "三点", "９：０５", "上午十点一刻", "8点", "晚上八点二十", "23:59:59", "3点15分", "三点零五分",
			"中午一点", "八时三十分", "十二点整",
		},
		Amount: {
			"1200元", "3.5万元", "￥99", "一千二百块", "1,200.50元", "两百块钱", "１２００元", "$5", "100美元", "5元3角", "三万五千元",
		},
		Num: {
			"3", "42", "010-58109988", "13912345678", "１２３", "一百二十", "幺三八", "4.5", "1,200", "3万", "三点五", "20%", "百分之二十", "十五",
		},
	}

	phrases = []string{
		"您好，", "请问是", "吗？", "您的账单", "，请在", "之前还款，", "合计", "，谢谢！", "，为您推荐", "，地址在", "，第一次来电，",
		"。万一有事，", "、", " ", "（", "）", "，欢迎再次来电。",
	}
)

// drawCall draws what a line says of one call: a name, and a spelling for each
// slot.
func drawCall(t *rapid.T, label string, slots []string) (name, honorific string, values []string) {
	surname := rapid.SampledFrom(surnames).Draw(t, label+" surname")
	name = surname + rapid.SampledFrom(givens).Draw(t, label+" given name")
	title := rapid.SampledFrom(titles[:]).Draw(t, label+" title")
	honorific = rapid.SampledFrom([]string{"", surname + title, title}).Draw(t, label+" honorific")
	for _, slot := range slots {
		if slot == Name {
			values = append(values, rapid.SampledFrom([]string{name, surname + title, name + title}).Draw(t, label+" called"))
			continue
		}
		values = append(values, rapid.SampledFrom(ways[slot]).Draw(t, label+" "+slot))
	}
	return name, honorific, values
}

// One node of the flow has the same pattern in every call.
func TestPatternIsTheSameInEveryCall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slots := rapid.SliceOfN(rapid.SampledFrom([]string{Name, Date, Time, Amount, Num}), 1, 5).Draw(t, "slots")
		between := rapid.SliceOfN(rapid.SampledFrom(phrases), len(slots)+1, len(slots)+1).Draw(t, "phrases")

		want := between[0]
		for i, slot := range slots {
			want += slot + between[i+1]
		}
		for _, label := range []string{"one", "two"} {
			name, honorific, values := drawCall(t, label, slots)
			line := between[0]
			for i, v := range values {
				line += v + between[i+1]
			}
			if got := patternOf(line, name, honorific); got != want {
				t.Fatalf("pattern of %q to %q (%q)\n got %q\nwant %q", line, name, honorific, got, want)
			}
		}
	})
}

// pieces are what the rules are made of, so that drawn lines meet their edge
// cases.
var pieces = []string{
	"零", "一", "二", "两", "三", "五", "九", "幺", "十", "百", "千", "万", "亿", "点", "半", "分", "钟", "时", "刻", "整", "元", "块", "钱", "角", "毛",
	"年", "月", "日", "号", "周", "星期", "天", "次", "个", "百分之", "下午", "早", "的", "了", "旦", "起", "0", "1", "12", "30", "2020", "５", "：",
	":", "-", ".", ",", "，", "。", "%", "￥", "$", "{", "}", "{num}", "{time}", "{name}", "张", "三", "先生", "点点", "次仁", "a", " ", "\xff", "〇",
	"小时", "位", "期", "期", "级", "第", "统", "一", "有", "四", "四周", "人", "台", "山", "两头", "性", "单元", "楼", "层",
}

func drawLine(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, label), "")
}

func drawName(t *rapid.T, label string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 3).Draw(t, label), "")
}

// A pattern is its own pattern, for any line and names.
func TestPatternIsItsOwn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkPattern(t, drawLine(t, "line"), drawName(t, "name"), drawName(t, "honorific"))
	})
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func checkPattern(t failer, line, name, honorific string) {
	t.Helper()
	once := patternOf(line, name, honorific)
	if twice := slotsOf(once, name, honorific); twice != once {
		t.Fatalf("line %q to %q (%q)\n  once %q\n twice %q", line, name, honorific, once, twice)
	}
	if strings.ContainsAny(once, "0123456789０１２３４５６７８９") && !strings.ContainsAny(name+honorific, "0123456789０１２３４５６７８９") {
		t.Fatalf("line %q to %q (%q): pattern %q has digits", line, name, honorific, once)
	}
	if utf8.ValidString(line) && !utf8.ValidString(once) {
		t.Fatalf("line %q to %q (%q): pattern %q is not UTF-8", line, name, honorific, once)
	}
	// The text between slots is in the line, in this order.
	rest := strings.NewReplacer("{", "｛", "}", "｝").Replace(line)
	for _, kept := range splitSlots(once) {
		at := strings.Index(rest, kept)
		if at < 0 {
			t.Fatalf("line %q to %q (%q): pattern %q has %q, the line has not", line, name, honorific, once, kept)
		}
		rest = rest[at+len(kept):]
	}
}

func splitSlots(pattern string) []string {
	for _, slot := range []string{Name, Date, Time, Amount} {
		pattern = strings.ReplaceAll(pattern, slot, Num)
	}
	return strings.Split(pattern, Num)
}

func FuzzPattern(f *testing.F) {
	f.Add("您好张三先生，您在2020年1月15日下午3点半的订单合计一千二百块，电话010-58109988", "张三", "张先生")
	f.Add("周三次仁一点一点点三元梅园五块五", "次仁", "点点")
	f.Add("{name}{num}{{num}}千万万一百分之三点一起", "{name", "um}")
	f.Add("\xff3\xe4\xb8", "\xff", "\xe4\xb8\x80\xe4")
	f.Fuzz(func(t *testing.T, line, name, honorific string) { checkPattern(t, line, name, honorific) })
}
