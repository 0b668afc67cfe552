package masked_test

import (
	"testing"

	"callmill/cmd/callmill-review/internal/masked"
)

func TestNumber(t *testing.T) {
	for _, tt := range []struct{ number, want string }{
		{"13812345678", "138****5678"},
		{"+86 138 1234 5678", "+86 138 **** 5678"},
		{"021-58109988", "021-****9988"},
		{"58109988", "****9988"},
		{"95588", "***88"},
		{"110", "***"},
		{"[电话]", "[电话]"},
		{"", ""},
		{"***", "***"},
		{"１３８１２３４５６７８", "１３８****５６７８"},
		{"0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef"},
	} {
		if got := masked.Number(tt.number); got != tt.want {
			t.Errorf("Number(%q) = %q, want %q", tt.number, got, tt.want)
		}
	}
}

func TestName(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"王建国", "王**"}, {"王芳", "王**"}, {"王", "王**"}, {" ", ""}, {"", ""}, {"[姓名]", "[姓名]"}, {"Ann Lee", "A**"},
	} {
		if got := masked.Name(tt.name); got != tt.want {
			t.Errorf("Name(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestDigits(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "",
		"好的":                      "好的",
		"尾号4180，应还2180元":          "尾号4180，应还2180元",
		"打13812345678":            "打138********",
		"138 1234-5678吧":          "138 ****-****吧",
		"幺三八一二三四五六七八":             "幺三八＊＊＊＊＊＊＊＊",
		"13812345678，10012345678": "138********，100********",
		"１３８１２３４５６７８":             "１３８＊＊＊＊＊＊＊＊",
		"123456 7":                "123*** *",
		"\xff1381234567\xff":      "\xff138*******\xff",
		"工号123456":                "工号123456",
		"二零二六年一月三十一日上午十点": "二零二六年一月三十一日上午十点",
	} {
		if got := masked.Digits(text); got != want || len(got) != len(text) {
			t.Errorf("Digits(%q) = %q, want %q", text, got, want)
		}
	}
}
