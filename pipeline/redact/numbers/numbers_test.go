package numbers_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/pipeline/redact/numbers"
	"callmill/pipeline/redact/span"
)

// conversation reads lines that begin with their speaker: R and C.
func conversation(text string) []span.Line {
	var call []span.Line
	for line := range strings.Lines(text) {
		speaker, said, _ := strings.Cut(strings.TrimSpace(line), " ")
		call = append(call, span.Line{Speaker: speaker, Text: said})
	}
	return call
}

// masked returns the texts of a conversation with labels, a line each.
func masked(f *numbers.Finder, call []span.Line) string {
	spans := span.Merge(f.Find(nil, call))
	var b strings.Builder
	for i, l := range call {
		n := 0
		for n < len(spans) && spans[n].Line == i {
			n++
		}
		fmt.Fprintf(&b, "%s %s\n", l.Speaker, span.Mask(l.Text, spans[:n]))
		spans = spans[n:]
	}
	return b.String()
}

func TestFind(t *testing.T) {
	f := numbers.New()
	for _, tc := range []struct{ name, call, want string }{
		{"figures", "C 打10020000001找我", "C 打[电话]找我"},
		{"full width", "C 打１００２０００００１３找我", "C 打[电话]找我"},
		{"spoken", "C 我的号是幺零零二零零零零零一三啊", "C 我的号是[电话]啊"},
		{"long forms", "C 壹零零贰零零零零零壹叁", "C [电话]"},
		{"fillers and pauses", "C 幺零零，呃，二零零零，那个，零零幺三", "C [电话]"},
		{"words that count", "C 幺双零二，三个八，四个零", "C [电话]"},
		{"misheard", "C 打腰零零二吧零零就零零六吧", "C 打[电话]吧"},
		{"the verb is no digit", "C 我要留的是幺零零三二一七七零六五", "C 我要留的是[电话]"},
		{"corrected", "C 一零零二六六，不对，是六八，幺九零五三", "C [电话]"},
		{"two", "C 10020000001或者10030000002", "C [电话]或者[电话]"},
		{"a list", "R 电话是58109988,58109989", "R 电话是[电话],[电话]"},
		{"country code", "C +86 100 2000 0001", "C [电话]"},
		{"area code", "C (0571)10000001", "C [电话]"},
		{"extension", "C 0571-10000001转8006", "C [电话]"},
		{
			"split over lines", "R 您请讲\nC 幺零零二\nR 嗯\nC 九零幺八\nR 好，您继续\nC 三六四",
			"R 您请讲\nC [电话]\nR 嗯\nC [电话]\nR 好，您继续\nC [电话]",
		},
		{
			"read back meanwhile", "C 幺零零二九零\nR 幺零零二九零\nC 幺八三六四",
			"C [电话]\nR [电话]\nC [电话]",
		},
		{"something else between", "C 八八八\nR 您要几份\nC 三份", "C 八八八\nR 您要几份\nC 三份"},
		{"identity card", "C 990101198503021231", "C [身份证]"},
		{"misheard identity card", "C 就就零二二三，一就七吧，幺幺零九零零四三", "C [身份证]"},
		{"its last character is X", "C 零零三三零幺幺九六六幺二三幺五七幺叉", "C [身份证]"},
		{"a card", "C 6229 9900 1234 5678", "C [银行卡]"},
		{"a card without checksum", "C 卡号6229990000123456780", "C 卡号[银行卡]"},
		{"plate", "C 京A·12345，还有沪ad00123", "C [车牌]，还有[车牌]"},
		{"plate said", "C 浙a，d，零零幺二七", "C [车牌]"},
		{"no plate", "R 沪A牌照办理条件", "R 沪A牌照办理条件"},
		{"mail", "C 发到wang.xl_88@163.com吧", "C 发到[邮箱]吧"},
		{"mail said", "C 邮箱是chen下划线jing艾特qq点com", "C 邮箱是[邮箱]"},
		{"website", "R 请登录www点huaxin点com查看", "R 请登录www点huaxin点com查看"},
		{"WeChat", "C 加我微信lily-0812，备注", "C 加我微信[微信]，备注"},
		{"no WeChat", "R 可以微信支付，加个微信吧", "R 可以微信支付，加个微信吧"},
		{"QQ", "C 扣扣号三六零零二七幺八五", "C 扣扣号[QQ]"},
		{"passport", "C 护照E00123457", "C 护照[护照]"},
		{"birthday", "C 我是一九七二年五月十八出生的", "C 我是[生日]出生的"},
		{"birthday asked for", "R 您的出生日期是\nC 八五年三月二号", "R 您的出生日期是\nC [生日]"},
		{"no birthday", "R 您2026年1月15日的订单", "R 您2026年1月15日的订单"},
		{"tail, and the amount beside it", "R 尾号4180的账户应还2180元", "R 尾号[尾号]的账户应还2180元"},
		{"two tails", "R 尾号4180和4181的账户", "R 尾号[尾号]和[尾号]的账户"},
		{"tail behind", "C 六六幺零结尾的那张卡", "C [尾号]结尾的那张卡"},
		{"the tail again", "R 尾号4180是吧\nC 不是4180", "R 尾号[尾号]是吧\nC 不是[尾号]"},
		{"code", "R 您的验证码是482913，五分钟内有效", "R 您的验证码是[验证码]，五分钟内有效"},
		{"code asked for", "R 请报一下验证码\nC 九零，二二，四七", "R 请报一下验证码\nC [验证码]"},
		{"order", "C 订单号2026113000012877", "C 订单号[编号]"},
		{"order with letters", "R 合同编号HT20260003187已生效", "R 合同编号[编号]已生效"},
		{"of no known kind", "C 是000127734590128吗", "C 是[号码]吗"},
		{"dates", "R 2026-11-30 09:30到2026/12/1，20261130", "R 2026-11-30 09:30到2026/12/1，20261130"},
		{"hours", "R 10:00-21:00 11:30-14:00", "R 10:00-21:00 11:30-14:00"},
		{"amounts", "R 累计10000000元，1,380,000.00元", "R 累计10000000元，1,380,000.00元"},
		{"ranges", "R 人均500-1000元，票价是100-150的", "R 人均500-1000元，票价是100-150的"},
		{"years", "R 2019、2020、2021都有", "R 2019、2020、2021都有"},
		{"lists", "R 59、79、129元三档", "R 59、79、129元三档"},
		{"counts", "C 一二三四五六七，七天了", "C 一二三四五六七，七天了"},
		{"service lines", "R 请拨95588、12306或400-820-0000", "R 请拨95588、12306或400-820-0000"},
		{"labels are walls", "R 尾号[尾号]的账户1234", "R 尾号[尾号]的账户1234"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := masked(f, conversation(tc.call))
			if diff := cmp.Diff(tc.want+"\n", got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// settle masks until nothing is found.
func settle(t interface{ Fatalf(string, ...any) }, f *numbers.Finder, call []span.Line) []span.Line {
	for round := 0; ; round++ {
		spans := span.Merge(f.Find(nil, call))
		for _, s := range spans {
			text := call[s.Line].Text
			if s.Start < 0 || s.Start >= s.End || s.End > len(text) {
				t.Fatalf("span %+v of %q", s, text)
			}
			if utf8.ValidString(text) && !utf8.ValidString(text[s.Start:s.End]) {
				t.Fatalf("span %+v cuts a character of %q", s, text)
			}
		}
		if len(spans) == 0 {
			return call
		}
		if round > 50 {
			t.Fatalf("still finds %+v in %q", spans, call)
		}
		next := make([]span.Line, len(call))
		for i, l := range call {
			n := 0
			for n < len(spans) && spans[n].Line == i {
				n++
			}
			next[i] = span.Line{Speaker: l.Speaker, Text: span.Mask(l.Text, spans[:n])}
			spans = spans[n:]
		}
		call = next
	}
}

// pieces are what numbers are made of, and what is near them.
var pieces = []string{
	"1", "0", "2", "8", "100", "2026", "幺", "零", "一", "二", "三", "八", "吧", "是", "就", "腰", "溜", "叉", "X", "ex", "三个八", "双六", "十", "年", "月", "号", "日", "元", "万",
	"，", "、", " ", "-", ".", ":", "：", "(", ")", "/", "嗯", "那个", "不对", "转", "分机", "电话", "尾号", "验证码", "身份证", "微信", "QQ", "订单号", "生日", "出生", "结尾", "金额", "￥",
	"京", "沪", "进", "a", "B", "at", "@", "艾特", "点", "com", "下划线", "的", "我", "[电话]", "[尾号]", "[", "]", "\xff", "\xe4\xb8", "+86", "95588", "12306", "和",
}

func TestMaskedTextHoldsNothing(t *testing.T) {
	f := numbers.New()
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.Custom(func(t *rapid.T) span.Line {
			return span.Line{
				Speaker: rapid.SampledFrom([]string{"R", "C"}).Draw(t, "speaker"),
				Text:    strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 24).Draw(t, "text"), ""),
			}
		})
		settle(t, f, rapid.SliceOfN(line, 0, 6).Draw(t, "call"))
	})
}

func FuzzFind(f *testing.F) {
	f.Add("幺零零二零零\n嗯\n零零零幺三")
	f.Add("浙A12345，6229 9900 1234 5678")
	f.Add("王 a_b 艾特 qq 点 com [电话")
	finder := numbers.New()
	f.Fuzz(func(t *testing.T, text string) {
		var call []span.Line
		for i, l := range strings.Split(text, "\n") {
			call = append(call, span.Line{Speaker: string("RC"[i%2]), Text: l})
		}
		settle(t, finder, call)
	})
}

// A line without numbers costs no memory, one with them little.
func TestFindAllocates(t *testing.T) {
	f := numbers.New()
	for _, tc := range []struct {
		call string
		most float64
	}{
		{"R 您好，请问是张三先生吗？\nC 嗯呢。休息好了就去吃饭。", 0},
		{"R 您2020年1月15日的订单共1200元", 4},
	} {
		call := conversation(tc.call)
		var dst []span.Span
		if n := testing.AllocsPerRun(100, func() { dst = f.Find(dst[:0], call) }); n > tc.most {
			t.Errorf("%v allocations for %q, want at most %v", n, tc.call, tc.most)
		}
	}
}

// Time is linear in the length of a line: nothing is tried in all ways.
func TestLongLines(t *testing.T) {
	f := numbers.New()
	for _, part := range pieces {
		call := []span.Line{{Speaker: "C", Text: strings.Repeat(part, 4_000)}, {Speaker: "C", Text: strings.Repeat("幺"+part, 2_000)}}
		f.Find(nil, call)
	}
}

// BenchmarkFind reads lines of a robot, nearly all without a number.
func BenchmarkFind(b *testing.B) {
	for _, bm := range []struct{ name, call string }{
		{"nothing", "R 您好，这里是云上催收台，请问是王先生吗？现在方便说话吗？\nC 嗯呢。休息好了就去吃饭。\nR 推荐您去北京新世界酒店或者北京贵州大厦住宿。\nC 好的，知道了"},
		{"amounts", "R 您2020年1月15日的订单共1200元，请尽快还款。\nC 我下个月十五号发了工资就还"},
		{"phones", "R 请问您方便留一个电话吗？\nC 幺零零二，呃，三四五，六七八九"},
	} {
		call := conversation(bm.call)
		b.Run(bm.name, func(b *testing.B) {
			f := numbers.New()
			var dst []span.Span
			b.ReportAllocs()
			for b.Loop() {
				dst = f.Find(dst[:0], call)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(call)), "ns/line")
		})
	}
}
