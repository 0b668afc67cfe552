package span

import "strings"

// Kind is what a span of personal data is. The zero value is none.
type Kind string

// The kinds, with the names that truth files give them.
const (
	Name     Kind = "name"      // of a person, with a title or without
	Phone    Kind = "phone"     // of any network
	IDCard   Kind = "id_card"   // number of a resident identity card
	BankCard Kind = "bank_card" // number of a bank card or an account
	Plate    Kind = "plate"     // of a vehicle
	Email    Kind = "email"
	WeChat   Kind = "wechat" // account at WeChat
	QQ       Kind = "qq"     // number at QQ
	Passport Kind = "passport"
	Birthday Kind = "birthday"
	Tail     Kind = "tail"    // last digits of a number, said to be them
	Code     Kind = "code"    // one-time code or password
	Address  Kind = "address" // with a number
	ID       Kind = "id"      // of an order, a policy, a contract
	Number   Kind = "number"  // long, of no kind that is known
)

// labels are what stands in a text for a span of each kind.
var labels = []struct {
	kind  Kind
	label string
}{
	{Name, "[姓名]"},
	{Phone, "[电话]"},
	{IDCard, "[身份证]"},
	{BankCard, "[银行卡]"},
	{Plate, "[车牌]"},
	{Email, "[邮箱]"},
	{WeChat, "[微信]"},
	{QQ, "[QQ]"},
	{Passport, "[护照]"},
	{Birthday, "[生日]"},
	{Tail, "[尾号]"},
	{Code, "[验证码]"},
	{Address, "[地址]"},
	{ID, "[编号]"},
	{Number, "[号码]"},
}

// Kinds returns all kinds, in the order of the constants.
func Kinds() []Kind {
	kinds := make([]Kind, len(labels))
	for i, l := range labels {
		kinds[i] = l.kind
	}
	return kinds
}

// Label returns what is written in place of a span of a kind, such as [电话]; of
// what is no kind, the label of Number.
func Label(k Kind) string {
	for _, l := range labels {
		if l.kind == k {
			return l.label
		}
	}
	return "[号码]"
}

// Of returns the kind whose label a whole text is, "" if it is none.
func Of(text string) Kind {
	for _, l := range labels {
		if l.label == text {
			return l.kind
		}
	}
	return ""
}

// LabelAt returns the length of the label that begins at byte i of a text, 0 if
// none does.
func LabelAt(text string, i int) int {
	if i < 0 || i >= len(text) || text[i] != '[' {
		return 0
	}
	for _, l := range labels {
		if strings.HasPrefix(text[i:], l.label) {
			return len(l.label)
		}
	}
	return 0
}

// NextLabel returns where the first label at or after a byte of a text begins and
// ends; both are len(text) if there is none.
func NextLabel(text string, from int) (start, end int) {
	for from < len(text) {
		i := strings.IndexByte(text[from:], '[')
		if i < 0 {
			break
		}
		if n := LabelAt(text, from+i); n > 0 {
			return from + i, from + i + n
		}
		from += i + 1
	}
	return len(text), len(text)
}
