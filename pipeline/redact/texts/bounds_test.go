package texts_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/internal/growth"
	"callmill/pipeline/redact/span"
	"callmill/pipeline/redact/texts"
	"callmill/schema"
)

// nonsense are texts that no one says, but that a broken recognizer or a stranger may
// send: repeated, they make much work for one rule or another, which then had better be
// bounded. Each line of a call, or one line for all, is made of them.
var nonsense = []struct{ before, text, after string }{
	// Numbers that go on for ever, and may be cut everywhere.
	{"", "1", ""}, {"", "1.", ""}, {"", "1嗯", ""}, {"", "一1 ", ""}, {"", "1-1", ""}, {"", "(1", ""}, {"", "1--", ""},
	{"", "1，2，", ""}, {"", "1不对", ""}, {"", "是1", ""}, {"", "一腰", ""}, {"", "三个八", ""}, {"", "13900001111，", ""},
	{"腰腰腰", "1 1 1腰1 1 1 1腰1 1 1 1腰1 1 1 1腰腰腰元", ""}, {"腰腰腰", "1 2 3 4 5 6 7不对1 2腰3 4 5 6元", ""},
	{"尾号123", "腰", ""}, {"尾号123元", "腰腰腰腰，嘿", ""}, {"嗯嗯嗯嗯嗯嗯嗯嗯嗯", "100100嘿", ""},
	// Short numbers that many others may repeat.
	{"", "尾号1234，2345嘿", ""}, {"", "1999年1月1日", ""}, {"您的生日", "嗯", "1990"}, {"生日", "1990年", ""}, {"", "属1990年5月3日", ""},
	// Accounts.
	{"", "a", ""}, {"", "a1", ""}, {"", "at", ""}, {"", "at1", ""}, {"", "a@", ""}, {"", "a@b.", ""}, {"", "艾特", ""}, {"", "a艾特b点c", ""}, {"", "a点", ""},
	{"", "a t 163.com ", ""}, {"我的邮箱在这里你记一下小圈", "aqq点com", ""},
	{"", "京A1", ""}, {"", "京A12345", ""}, {"", "京", "A12345"},
	// Addresses.
	{"", "路1", ""}, {"", "1号", ""}, {"", "1号的", ""}, {"", "甲1栋", ""}, {"", "杭州市，", "文三路8号"}, {"", "建国路和文昌路路口", ""}, {"", "路和", ""},
	{"", "1号1栋。", "。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。。"}, {"", "灵号路", ""}, {"", "一百百之", ""},
	// People.
	{"", "王", ""}, {"", "王先生", ""}, {"", "先生", ""}, {"", "老王", ""}, {"", "姓王", ""}, {"", "邓磊和宋佳、", ""}, {"联系人", ": ", "王伟"}, {"", "王伟和", ""},
	// The person: every label makes the next part look like a name.
	{"", "志强", ""}, {"", "小强", ""}, {"", "王嗯伟", ""}, {"", "jack ", ""}, {"", "王嗯嗯嗯嗯嗯", ""}, {"", "10023570044 ", ""}, {"", "1002357", ""},
	{"", "HT2026", ""}, {"", "0044，", ""}, {"", "杭州市文三路", ""}, {"", "文三嗯", ""},
	// Labels, and what is none.
	{"", "[", ""}, {"", "[电话", ""}, {"", "1[电话]", ""}, {"", "[姓名]1", ""}, {"", "志强[", ""}, {"", "\xff", ""}, {"", "\xe4\xb8", ""},
}

// calls returns nonsense of about a length in bytes, as one line and as a call of many.
func calls(k, size int) [][]span.Line {
	n := nonsense[k]
	times := size / len(n.text)
	one := []span.Line{{Speaker: "C", Text: n.before + strings.Repeat(n.text, times) + n.after}}
	many := []span.Line{{Speaker: "C", Text: n.before}}
	for i := range times {
		many = append(many, span.Line{Speaker: string("CCR"[i%3]), Text: n.text})
	}
	return [][]span.Line{one, append(many, span.Line{Speaker: "C", Text: n.after})}
}

// person is a job with some of everything that is searched for.
func person() *schema.Job {
	return &schema.Job{
		Contacts: []schema.Contact{
			{Name: "王伟", Honorific: "先生", PhoneNumber: "10023570044", ReferenceID: "HT20260003187"}, {Name: "罗志强"}, {Name: "Jack"},
		},
		Extras: []schema.Extra{{Key: "address", Value: "杭州市文三路8号"}, {Key: "birthday", Value: "1991-05-03"}},
	}
}

// Whatever is said, masking it takes time in proportion to its length.
func TestLongTexts(t *testing.T) {
	m, size := texts.New(), 64<<10
	if testing.Short() {
		size /= 4
	}
	for k, n := range nonsense {
		for i, as := range []string{"a line", "lines"} {
			growth.CheckLinear(t, fmt.Sprintf("%q %q %q as %s", n.before, n.text, n.after, as), size, func(size int) {
				m.Of(person())
				m.Mask(calls(k, size)[i])
			})
		}
	}
}

// The same for a job that names very many people.
func TestManyValues(t *testing.T) {
	many := func(people int) *schema.Job {
		job := person()
		for i := range people {
			name := string([]rune{[]rune("王李张刘陈")[i%5], rune(0x4e00 + i%20000), rune(0x4e00 + i*7%20000)})
			job.Contacts = append(job.Contacts, schema.Contact{Name: name, PhoneNumber: fmt.Sprint(10020000000 + i*37), ContactID: fmt.Sprint("c-", i)})
			job.Extras = append(job.Extras, schema.Extra{Key: "address", Value: fmt.Sprint("杭州市文三路", i, "号")})
		}
		return job
	}
	most := 20_000
	if testing.Short() {
		most /= 4
	}
	jobs := map[int]*schema.Job{most: many(most), most / 4: many(most / 4)}
	m := texts.New()
	for k, n := range nonsense {
		growth.CheckLinear(t, fmt.Sprintf("%q %q %q", n.before, n.text, n.after), most, func(people int) {
			m.Of(jobs[people])
			m.Mask(calls(k, people)[0])
		})
	}
}

// What is masked only in part, since it takes too many rounds, stays as it is when it is
// masked once more.
func TestNonsenseTwice(t *testing.T) {
	m := texts.New()
	m.Of(person())
	rapid.Check(t, func(t *rapid.T) {
		var call []span.Line
		for range rapid.IntRange(1, 3).Draw(t, "parts") {
			k := rapid.IntRange(0, len(nonsense)-1).Draw(t, "nonsense")
			call = append(call, calls(k, rapid.IntRange(0, 300).Draw(t, "bytes"))[rapid.IntRange(0, 1).Draw(t, "as")]...)
		}
		maskTwice(t, m, call)
	})
}
