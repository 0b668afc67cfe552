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
