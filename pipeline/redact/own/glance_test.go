package own_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/redact/own"
	"callmill/pipeline/redact/span"
	"callmill/pipeline/simulate"
	"callmill/schema"
)

// searched returns what is found if nothing can be told at a glance: every line is
// searched for everything.
func searched(f *own.Finder, call []span.Line) []span.Span {
	var looks []*own.Look
	for _, l := range call {
		look := f.Look(l.Text)
		for i := range look.Sounds {
			look.Sounds[i] = 1<<64 - 1
		}
		for i := range look.Pairs {
			look.Pairs[i] = 1<<64 - 1
		}
		look.Said, look.Open, look.Pet, look.Tailed = 1<<64-1, true, true, true
		look.Row, look.Sure = 1000, 1000
		looks = append(looks, &look)
	}
	return f.FindLooked(nil, call, looks)
}

// A glance only saves time: whatever is said, what is found is what a search of every
// line finds.
func TestGlanceMissesNothing(t *testing.T) {
	jobs := []*schema.Job{
		{
			Contacts: []schema.Contact{{Name: "王伟", Honorific: "先生", PhoneNumber: "10023570044", ReferenceID: "HT20260003187"}},
			Extras:   []schema.Extra{{Key: "address", Value: "杭州市文三路8号3幢2单元501"}, {Key: "birthday", Value: "1991-05-03"}},
		},
		{Contacts: []schema.Contact{{Name: "欧阳志强", PhoneNumber: "+86 10030000002"}, {Name: "Jack"}}, Extras: []schema.Extra{{Key: "plate", Value: "京A00K45"}, {Key: "tail", Value: "0044"}}},
		{Contacts: []schema.Contact{{Name: "那是然", PhoneNumber: "05710000001"}, {Name: "李雪"}}},
	}
	pieces := strings.Fields(`王 伟 王维 先生 欧阳 自强 志 强 Jack 那 是 这个 那个 然后 就是 嗯 呃 老 小 阿 姓 雪 雪雪 李 里 叫
		幺零零 二三五 七零零四四 0044 10 八 吧 腰 三个八 HT 2026 0003187 京 A 零零K四五 尾号 后四位 元 日 点 吗
		杭州市 文三路 文山路 八 号 三 幢 二单元 五零一 1991 年 五月 三号 ， 。 ？ - · [电话] 的`)
	pieces = append(pieces, " ", "")
	f := own.New()
	rapid.Check(t, func(t *rapid.T) {
		f.Job(rapid.SampledFrom(jobs).Draw(t, "job"))
		call := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) span.Line {
			text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 10).Draw(t, "text"), "")
			return span.Line{Speaker: rapid.SampledFrom([]string{"R", "C"}).Draw(t, "speaker"), Text: text}
		}), 1, 4).Draw(t, "call")
		if got, want := f.Find(nil, call), searched(f, call); !slices.Equal(got, want) {
			t.Fatalf("%q: at a glance %v, searched %v", call, got, want)
		}
	})

	w, err := simulate.New(simulate.Options{People: 600, Seed: 9, Misheard: 8})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for i := range w.Len() {
		job, _ := w.Job(i)
		f.Job(job)
		for _, task := range job.Tasks {
			var call []span.Line
			for _, turn := range task.Turns {
				call = append(call, span.Line{Speaker: turn.Speaker, Text: turn.Script})
			}
			got, want := f.Find(nil, call), searched(f, call)
			if found += len(got); !slices.Equal(got, want) {
				t.Errorf("%q: at a glance %v, searched %v", call, got, want)
			}
		}
	}
	if found < 300 {
		t.Errorf("%d findings, want at least 300", found)
	}
}
