// Package identity makes up personal data: numbers of phones, cards and
// documents, accounts, birthdays. All of it is drawn with dice and looks real, and
// none of it is anybody's: each kind has a gap in its numbering that this package
// stays in. The functions say which.
package identity

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"callmill/pipeline/simulate/dice"
)

// Phones is how many mobile numbers there are.
//
// Mobile numbers in China begin with 13 to 19; 10, 11 and 12 begin short service
// numbers (10086, 110, 12306), and local numbers begin with 2 to 8 (Numbering Plan
// of Telecommunications Networks, Ministry of Industry and Information Technology).
// So made-up mobile numbers have eleven digits beginning with 1002 to 1007, and
// local ones begin with 00.
const Phones = 60_000_000

// PhoneAt returns mobile number n, from 0 to Phones-1.
func PhoneAt(n uint64) string { return strconv.FormatUint(100_20_000_000+n%Phones, 10) }

// Kinds are the kinds of personal data that a world knows. Names and addresses come
// from word lists, the others are made here.
var Kinds = []string{
	"name", "phone", "id_card", "bank_card", "plate", "email", "wechat", "qq", "passport",
	"birthday", "tail", "code", "address", "id", "number",
}

// kinds are the makers of values by the name of their kind.
var kinds = map[string]func(*dice.Dice) string{
	"phone": phone, "id_card": idCard, "bank_card": bankCard, "plate": plate, "email": email,
	"wechat": weChat, "qq": qq, "passport": passport, "birthday": birthday,
	"tail": tail, "code": code, "id": order, "number": number,
}

// Made reports whether Make makes values of a kind.
func Made(kind string) bool { return kinds[kind] != nil }

// Make returns a value of a kind as it is written, such as 12 or 2001-02-03. It
// panics for a kind that Made does not know.
func Make(kind string, d *dice.Dice) string { return kinds[kind](d) }

// phone returns a mobile number, now and then a local one with its area code.
func phone(d *dice.Dice) string {
	if d.Percent(88) {
		return PhoneAt(uint64(d.Below(Phones)))
	}
	area := [...]string{"010", "021", "025", "028", "0571", "0755", "0574", "0731", "0371"}[d.Below(9)]
	return area + "00" + digits(d, 6)
}

// idCard returns the number of a resident identity card (GB 11643) with its check
// digit (MOD 11-2 of ISO 7064). The place is one that GB/T 2260 does not assign.
func idCard(d *dice.Dice) string {
	place := [...]string{"00", "38", "47", "58", "66", "78", "99"}[d.Below(7)]
	day := bornOn(d)
	body := place + digits(d, 4) + day.Format("20060102") + fmt.Sprintf("%03d", d.Between(1, 998))
	return body + string(checkDigit(body))
}

// checkDigit returns the last character of an identity number that begins with 17
// digits: 0 to 9 or X.
func checkDigit(body string) byte {
	sum := 0
	for i := range 17 {
		sum += int(body[i]-'0') * (1 << (17 - i) % 11)
	}
	return "10X98765432"[sum%11]
}

// bankCard returns a card number of 16 or 19 digits with its check digit (ISO/IEC
// 7812, Luhn). Issuers of cards begin with 3 to 6; 0 is not assigned to any, and
// 9999 is no country's.
func bankCard(d *dice.Dice) string {
	begin := [...]string{"00", "0800", "9999"}[d.Below(3)]
	length := 19
	if d.Percent(40) {
		length = 16
	}
	body := begin + digits(d, length-1-len(begin))
	return body + string(luhn(body))
}

// luhn returns the check digit of a card number without it.
func luhn(body string) byte {
	sum := 0
	for i := range len(body) {
		n := int(body[len(body)-1-i] - '0')
		if i%2 == 0 {
			n *= 2
		}
		sum += n/10 + n%10
	}
	return byte('0' + (10-sum%10)%10)
}

// plate returns a vehicle's plate (GA 36): a province, a letter that none of its
// cities has, and five characters, or six for electric cars.
func plate(d *dice.Dice) string {
	provinces := []rune("宁青藏琼贵甘吉蒙晋黑新闽皖")
	text := string(provinces[d.Below(len(provinces))]) + string("XYZ"[d.Below(3)])
	if d.Percent(30) {
		return text + string("DF"[d.Below(2)]) + digits(d, 5)
	}
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	at := d.Below(8) // of a letter among the digits; beyond: none
	for i := range 5 {
		if i == at {
			text += string(letters[d.Below(len(letters))])
		} else {
			text += digits(d, 1)
		}
	}
	return text
}

// syllables are what accounts are made of.
var syllables = [...]string{
	"wang", "li", "zhang", "liu", "chen", "yang", "zhao", "wu", "xiao", "hong", "lin", "mei", "hua", "ping",
	"wei", "jun", "ying", "dan", "feng", "yun", "hao", "tao", "xu", "bo", "ning", "qing", "yu", "rui",
}

func syllable(d *dice.Dice) string { return syllables[d.Below(len(syllables))] }

// email returns an address. Mailboxes at public providers begin with a letter or
// with 1 to 9, so one that begins with 0 is nobody's; example.com, example.net and
// example.org are reserved (RFC 2606).
func email(d *dice.Dice) string {
	name := syllable(d) + syllable(d)
	switch d.Below(3) {
	case 0:
		name += digits(d, d.Between(2, 4))
	case 1:
		name += [...]string{"_", ".", "-"}[d.Below(3)] + syllable(d)
	}
	switch n := d.Below(10); {
	case n < 4:
		return "0" + name + "@" + [...]string{"163.com", "126.com", "sina.com", "foxmail.com"}[d.Below(4)]
	case n < 6:
		return "00" + digits(d, d.Between(6, 8)) + "@qq.com"
	}
	return name + "@example." + [...]string{"com", "net", "org"}[d.Below(3)]
}

// weChat returns an account: six to twenty letters, digits and underscores that
// begin with a letter. There is no gap in these; two zeros before the digits are
// what hardly anybody chooses.
func weChat(d *dice.Dice) string {
	switch d.Below(4) {
	case 0:
		return syllable(d) + "00" + digits(d, d.Between(3, 5))
	case 1:
		return syllable(d) + "_" + syllable(d) + "00" + digits(d, 2)
	case 2:
		return initials(d) + "00" + digits(d, d.Between(4, 6))
	}
	return initials(d) + PhoneAt(uint64(d.Below(Phones)))
}

func initials(d *dice.Dice) string {
	const letters = "abcdefghjklmnpqrstwxyz"
	text := ""
	for range d.Between(1, 3) {
		text += string(letters[d.Below(len(letters))])
	}
	return text
}

// qq returns a number at QQ; none begins with 0.
func qq(d *dice.Dice) string { return "00" + digits(d, d.Between(6, 8)) }

// passport returns the number of an ordinary passport: E, a letter and seven
// digits. The letters I and O are not used.
func passport(d *dice.Dice) string { return "E" + string("IO"[d.Below(2)]) + digits(d, 7) }

func birthday(d *dice.Dice) string { return bornOn(d).Format(time.DateOnly) }

func bornOn(d *dice.Dice) time.Time {
	return time.Date(d.Between(1948, 2006), time.Month(d.Between(1, 12)), d.Between(1, 28), 0, 0, 0, 0, time.UTC)
}

func tail(d *dice.Dice) string { return digits(d, 4) }

// code returns a one-time code of four to six digits.
func code(d *dice.Dice) string { return digits(d, [...]int{4, 6, 6}[d.Below(3)]) }

// order returns the number of an order, a policy or a contract: a made-up
// company's own.
func order(d *dice.Dice) string {
	switch d.Below(3) {
	case 0:
		return "20" + digits(d, d.Between(12, 16))
	case 1:
		return [...]string{"YZ", "AT", "HX", "MS", "QC"}[d.Below(5)] + "00" + digits(d, d.Between(6, 11))
	}
	return "88" + digits(d, d.Between(8, 13))
}

// number returns a long number that belongs to nothing; no number of a network begins
// with 00.
func number(d *dice.Dice) string { return "00" + digits(d, d.Between(6, 9)) }

// digits returns n digits.
func digits(d *dice.Dice, n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + d.Below(10)))
	}
	return b.String()
}
