package identity_test

import (
	"regexp"
	"testing"

	"callmill/pipeline/simulate/dice"
	"callmill/pipeline/simulate/identity"
)

// Each kind has its form, and stays in the gap of its numbering.
func TestMake(t *testing.T) {
	for kind, form := range map[string]string{
		"phone":     `^(100[2-7][0-9]{7}|0[1-9][0-9]{1,2}00[0-9]{6})$`,
		"id_card":   `^(00|38|47|58|66|78|99)[0-9]{4}(19|20)[0-9]{2}(0[1-9]|1[0-2])[0-2][0-9]{4}[0-9X]$`,
		"bank_card": `^(00|0800|9999)([0-9]{12,14}|[0-9]{15,17})$`,
		"plate":     `^[宁青藏琼贵甘吉蒙晋黑新闽皖][XYZ][0-9A-HJ-NP-Z]{5,6}$`,
		"email":     `^(0[a-z0-9._-]+@(163|126|sina|foxmail|qq)\.com|[a-z0-9._-]+@example\.(com|net|org))$`,
		"wechat":    `^[a-z][a-z0-9_]{4,19}$`,
		"qq":        `^00[0-9]{6,8}$`,
		"passport":  `^E[IO][0-9]{7}$`,
		"birthday":  `^(19|20)[0-9]{2}-[01][0-9]-[0-2][0-9]$`,
		"tail":      `^[0-9]{4}$`,
		"code":      `^[0-9]{4}([0-9]{2})?$`,
		"id":        `^[A-Z0-9]{10,18}$`,
		"number":    `^00[0-9]{6,9}$`,
	} {
		want := regexp.MustCompile(form)
		if !identity.Made(kind) {
			t.Errorf("%s is not made", kind)
			continue
		}
		d := dice.New(1, 2, 3)
		for range 2000 {
			if got := identity.Make(kind, d); !want.MatchString(got) {
				t.Fatalf("%s: %s", kind, got)
			}
		}
	}
	if identity.Made("name") || identity.Made("") {
		t.Error("names come from word lists")
	}
}

// The check digits are those of the standards: the sum of the digits with their
// weights is 1 modulo 11, and 0 modulo 10 in Luhn's.
func TestCheckDigits(t *testing.T) {
	d := dice.New(4, 5, 6)
	weights := [...]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1} // GB 11643-1999, table
	for range 500 {
		card, sum := identity.Make("id_card", d), 0
		for i := range card {
			n := int(card[i] - '0')
			if card[i] == 'X' {
				n = 10
			}
			sum += n * weights[i]
		}
		if sum%11 != 1 {
			t.Fatalf("identity card %s: sum %d modulo 11", card, sum%11)
		}
		bank := identity.Make("bank_card", d)
		sum = 0
		for i := range len(bank) {
			n := int(bank[len(bank)-1-i] - '0')
			if i%2 == 1 {
				if n *= 2; n > 9 {
					n -= 9
				}
			}
			sum += n
		}
		if sum%10 != 0 || len(bank) != 16 && len(bank) != 19 {
			t.Fatalf("bank card %s: sum %d modulo 10", bank, sum%10)
		}
	}
}
