package spoken_test

import (
	"strings"
	"testing"

	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/spoken"
)

// Whatever the manner, the digits of a value are there, in their order.
func TestTell(t *testing.T) {
	heard := strings.NewReplacer("零", "0", "一", "1", "幺", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7",
		"八", "8", "九", "9", "叉", "X", "艾克斯", "X", "x", "X", "腰", "1",
		"呃", "", "嗯", "", "那个", "", "然后", "", "额", "", "啊", "", "，", "", " ", "", "-", "")
	teller := &spoken.Teller{Homophones: map[rune][]string{'幺': {"腰"}}, Misheard: 50}
	d := dice.New(1, 1, 1)
	for kind, value := range map[string]string{
		"phone": "10021234517", "id_card": "99010119900312001X", "bank_card": "0012345678901234567", "tail": "1234", "code": "113355",
	} {
		for _, manner := range append([]string{""}, spoken.Manners...) {
			lines, misheard := 0, 0
			for range 200 {
				got := ""
				_, parts := teller.Tell(kind, value, manner, d)
				for _, p := range parts {
					if p.Text == "" {
						t.Fatalf("%s %s: an empty line in %+v", kind, manner, parts)
					}
					got += heard.Replace(p.Text)
					misheard += p.Misheard
				}
				if got != value {
					t.Fatalf("%s %s: %+v is %s, want %s", kind, manner, parts, got, value)
				}
				lines = max(lines, len(parts))
			}
			if manner == spoken.Split && len(value) > 6 && lines < 2 || manner != spoken.Split && manner != "" && lines > 1 {
				t.Errorf("%s %s: %d lines", kind, manner, lines)
			}
			if want := manner != spoken.Written && strings.Contains(value, "1"); want != (misheard > 0) {
				t.Errorf("%s %s: %d digits misheard", kind, manner, misheard)
			}
		}
	}
}

func TestTellBirthday(t *testing.T) {
	teller, d := &spoken.Teller{}, dice.New(1, 1, 2)
	got := map[string]bool{}
	for range 300 {
		_, parts := teller.Tell("birthday", "1990-03-12", "", d)
		got[parts[0].Text] = true
	}
	for _, want := range []string{"1990-03-12", "19900312", "1990年3月12日", "一九九零年三月十二号", "九零年三月十二"} {
		if !got[want] {
			t.Errorf("never told as %s: %v", want, got)
		}
	}
}

func TestTellAccounts(t *testing.T) {
	teller, d := &spoken.Teller{}, dice.New(1, 1, 3)
	for range 50 {
		_, parts := teller.Tell("email", "0wang_li@163.com", spoken.Spoken, d)
		got := parts[0].Text
		if strings.ContainsAny(got, "@._") || !strings.HasPrefix(got, "零wang下划线li") {
			t.Fatalf("told as %s", got)
		}
	}
}
