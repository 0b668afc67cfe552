package glance_test

import (
	"testing"

	"callmill/pipeline/redact/own/glance"
	"callmill/pipeline/redact/people"
)

func readings(name string) (all []glance.Reading) {
	for _, r := range name {
		all = append(all, glance.Read(r))
	}
	return all
}

func TestMayHear(t *testing.T) {
	table := glance.New(people.New())
	for _, tc := range []struct {
		text, name string
		want       bool
	}{
		{"我是王伟", "王伟", true},
		{"我是汪维", "王伟", true},     // by sound
		{"我是王，嗯，伟", "王伟", true},  // over what says nothing
		{"就是那个伟", "是伟", true},    // what says nothing may be a name
		{"伟大的王", "王伟", false},    // the other way round
		{"姓王的都很伟大", "王伟", false}, // not one after the other
		{"您好", "王伟", false},
	} {
		look := table.Look(tc.text)
		if got := look.MayHear(readings(tc.name)); got != tc.want {
			t.Errorf("%s in %s: %v, want %v", tc.name, tc.text, got, tc.want)
		}
	}
}

func TestMayTitle(t *testing.T) {
	table := glance.New(people.New())
	for text, want := range map[string]bool{"王先生您好": true, "汪先生您好": true, "老王在吗": true, "免贵姓王": true, "我姓汪": true, "王在那里": false, "隔壁那位": false} {
		look := table.Look(text)
		if got := look.MayTitle(readings("王")); got != want {
			t.Errorf("王 with a title in %s: %v, want %v", text, got, want)
		}
	}
}

func TestLookCountsDigits(t *testing.T) {
	table := glance.New(people.New())
	for _, tc := range []struct {
		text                         string
		numerals, letters, row, sure int32
		open                         bool
	}{
		{"我在家", 0, 0, 0, 0, false},
		{"幺零零，那个，23", 5, 0, 5, 5, true},
		{"幺零零腰八", 4, 0, 5, 4, true}, // 腰 sounds like 幺
		{"1月18日", 3, 0, 2, 2, false},
		{"HT20260003吧", 8, 2, 11, 10, true},
	} {
		look := table.Look(tc.text)
		if look.Numerals != tc.numerals || look.Letters != tc.letters || look.Row != tc.row || look.Sure != tc.sure || look.Open != tc.open {
			t.Errorf("%s: %+v, want %+v", tc.text, look, tc)
		}
	}
}
