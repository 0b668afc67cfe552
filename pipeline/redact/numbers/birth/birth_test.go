package birth_test

import (
	"slices"
	"strings"
	"testing"

	"callmill/pipeline/redact/numbers/birth"
	"callmill/pipeline/redact/numbers/words"
	"callmill/pipeline/redact/span"
)

func TestFind(t *testing.T) {
	lists := words.Load()
	f := birth.Finder{Lists: lists}
	for _, test := range []struct{ call, want string }{
		{"C 农历六三年腊月廿八生的", "六三年腊月廿八"},
		{"C 孩子是二零二零年闰四月初三出生", "二零二零年闰四月初三"},
		{"C 两千年一月一号生的", "两千年一月一号"},
		{"C 我是九五年元旦生的", "九五年元旦"},
		{"C 我九三年大年初一生的", "九三年大年初一"},
		{"C 生日是0526", "0526"},
		{"C 她1987年2月生，今年三十九", "1987年2月"},
		{"C 过两天，七月三号，就是我生日了", "七月三号"},
		{"R 生日是哪天\nC 三月\nC 二十七", "三月 二十七"},
		{"R 请问您的出生年月\nC 七九年六月", "七九年六月"},
		{"C 孩子生日\nC 一八年六月一号", "一八年六月一号"},
		{"R 初始密码为您的出生年月日\nC 那就是八七零九幺二呗", "八七零九幺二"},
		{"C 七五年的老房子，九八年发大水", ""},
		{"C 我是七月份入职的，三月八号生效", ""},
		{"C 学生七月一号放假，师傅生病了，十二号来不了", ""},
		{"R 生日月双倍积分到十二月三十一号", ""},
	} {
		var call []span.Line
		var facts []words.Facts
		for line := range strings.Lines(test.call) {
			speaker, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
			call, facts = append(call, span.Line{Speaker: speaker, Text: text}), append(facts, lists.Look(text))
		}
		var got []string
		for _, s := range f.Find(nil, call, facts) {
			if s.Kind != span.Birthday || s.Layer != span.Numbers {
				t.Errorf("%q: %+v is no birthday", test.call, s)
			}
			got = append(got, call[s.Line].Text[s.Start:s.End])
		}
		if !slices.Equal(got, strings.Fields(test.want)) {
			t.Errorf("%q: found %q, want %q", test.call, got, test.want)
		}
	}
}
