package texts_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/pipeline/redact/numbers"
	"callmill/pipeline/redact/span"
	"callmill/pipeline/redact/texts"
	"callmill/pipeline/simulate"
	"callmill/schema"
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

func script(call []span.Line) string {
	var b strings.Builder
	for _, l := range call {
		b.WriteString(l.Speaker + " " + l.Text + "\n")
	}
	return b.String()
}

func TestMask(t *testing.T) {
	job := &schema.Job{
		Contacts: []schema.Contact{{Name: "王伟", Honorific: "先生", PhoneNumber: "10023570044", ReferenceID: "HT20260003187"}},
	}
	m := texts.New()
	m.Of(job)
	call := conversation(strings.Join([]string{
		"R 您好，请问是王伟先生吗？",
		"C 我是王维，号码是幺零零二三五七零零四四",
		"R 您尾号3106的账户应还2180元，合同编号HT20260003187",
		"C 打给李医生10030000002吧",
		"R 好的，再见",
	}, "\n"))
	want := strings.Join([]string{
		"R 您好，请问是[姓名]吗？",
		"C 我是[姓名]，号码是[电话]",
		"R 您尾号[尾号]的账户应还2180元，合同编号[编号]",
		"C 打给[姓名][电话]吧",
		"R 好的，再见",
	}, "\n") + "\n"
	if !m.Mask(call) {
		t.Error("nothing changed")
	}
	if diff := cmp.Diff(want, script(call)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if m.Mask(call) {
		t.Errorf("masked again: %s", script(call))
	}
	if m.Mask(nil) || m.Mask(conversation("R 您好\nC 嗯")) {
		t.Error("what holds nothing changed")
	}
}

// pieces are what personal data is made of, and what is near it.
var pieces = []string{
	"王伟", "王维", "王先生", "老王", "李医生", "张", "伟", "先生", "幺零零二三五", "七零零四四", "10023570044", "HT2026", "0003187", "八", "吧", "三个八", "2026", "年", "月", "号", "元",
	"，", "。", " ", "-", "嗯", "不对", "尾号", "验证码", "微信", "电话", "转", "浙江省", "杭州市", "文三路", "幸福小区", "栋", "单元", "室", "路", "交叉口", "京A", "@", "点com",
	"[电话]", "[姓名]", "[", "]", "我是", "叫", "的", "\xff",
}

// Whatever was said: what was masked stays as it is, for the job and for any other.
func TestMaskTwice(t *testing.T) {
	job := &schema.Job{
		Contacts: []schema.Contact{{Name: "王伟", Honorific: "先生", PhoneNumber: "10023570044", ReferenceID: "HT20260003187"}},
		Extras:   []schema.Extra{{Key: "address", Value: "杭州市文三路8号"}},
	}
	m := texts.New()
	m.Of(job)
	m.Mask(nil)
	rapid.Check(t, func(t *rapid.T) { maskTwice(t, m, drawn(t)) })
}

func drawn(t *rapid.T) []span.Line {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) span.Line {
		return span.Line{
			Speaker: rapid.SampledFrom([]string{"R", "C"}).Draw(t, "speaker"),
			Text:    strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 16).Draw(t, "text"), ""),
		}
	}), 0, 6).Draw(t, "call")
}

func maskTwice(t interface{ Fatalf(string, ...any) }, m *texts.Masker, call []span.Line) {
	before := script(call)
	m.Mask(call)
	once := script(call)
	if m.Mask(call) || script(call) != once {
		t.Fatalf("%q became %q, and then %q", before, once, script(call))
	}
}

// What numbers calls harmless is so for all layers, but for what the job says.
func TestHarmlessHoldsNothing(t *testing.T) {
	m := texts.New()
	figures := rapid.StringMatching(`[0-9.,:/()+*#% -]{0,12}|20[0-9]{2}-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?)?`)
	rapid.Check(t, func(t *rapid.T) {
		text := figures.Draw(t, "text")
		if found := m.Find(nil, []span.Line{{Text: text}}); numbers.Harmless(text) && len(found) > 0 {
			t.Fatalf("%q: found %v", text, found)
		}
	})
}

func FuzzMask(f *testing.F) {
	f.Add("王伟，幺零零二三五\n嗯\n七零零四四")
	f.Add("我是王维 杭州市文三路8号[电话]1234")
	for k := range nonsense {
		f.Add(calls(k, 200)[0][0].Text)
	}
	m := texts.New()
	m.Of(&schema.Job{Contacts: []schema.Contact{{Name: "王伟", PhoneNumber: "10023570044"}}})
	f.Fuzz(func(t *testing.T, text string) {
		var call []span.Line
		for i, l := range strings.Split(text, "\n") {
			call = append(call, span.Line{Speaker: string("RC"[i%2]), Text: l})
		}
		maskTwice(t, m, call)
	})
}

// What was masked of whole calls stays as it is: lines far apart do not make a number
// of each other.
func TestMaskCallsTwice(t *testing.T) {
	w, err := simulate.New(simulate.Options{People: 1500, Seed: 5, Misheard: 8})
	if err != nil {
		t.Fatal(err)
	}
	m := texts.New()
	masked := 0
	for i := range w.Len() {
		job, _ := w.Job(i)
		m.Of(job)
		for _, task := range job.Tasks {
			var call []span.Line
			for _, turn := range task.Turns {
				call = append(call, span.Line{Speaker: turn.Speaker, Text: turn.Script})
			}
			if m.Mask(call) {
				masked++
			}
			once := script(call)
			if m.Mask(call) {
				t.Errorf("masked again:\n%s-> %s", once, script(call))
			}
		}
	}
	if masked < 500 {
		t.Errorf("%d calls had anything to mask, want at least 500", masked)
	}
}
