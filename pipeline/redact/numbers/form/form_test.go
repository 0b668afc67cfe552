package form_test

import (
	"testing"

	"pgregory.net/rapid"

	"callmill/pipeline/redact/numbers/form"
	"callmill/pipeline/redact/span"
)

// written returns figures as a form: groups are what blanks separate, with sep between.
func written(sep byte, groups ...string) *form.Form {
	f := &form.Form{Written: true, Hyphens: sep != 0 && sep != ' '}
	if len(groups) > 1 {
		f.Gap = form.Blank
		if sep == ',' {
			f.Gap = form.Pause
		}
		if f.Hyphens {
			f.Sep = sep
		}
	}
	for _, g := range groups {
		f.Digits, f.Groups = append(f.Digits, g...), append(f.Groups, len(g))
	}
	return f
}

func TestJudge(t *testing.T) {
	said := func(f *form.Form, context span.Kind) *form.Form {
		f.Context = context
		return f
	}
	for _, tc := range []struct {
		name string
		form *form.Form
		want span.Kind
	}{
		{"mobile", written(0, "10020000001"), span.Phone},
		{"in groups", written(' ', "100", "2000", "0001"), span.Phone},
		{"with the country", written(' ', "86", "10020000001"), span.Phone},
		{"landline", written('-', "0571", "10000001"), span.Phone},
		{"an identity card", written(0, "990101198503021231"), span.IDCard},
		{"with X", written(0, "99010119850302123X"), span.IDCard},
		{"a card of four groups", written(' ', "6229", "9900", "1234", "5678"), span.BankCard},
		{"a card that context names", said(written(0, "123456789012345678"), span.BankCard), span.BankCard},
		{"an order", said(written(0, "2026113000012877"), span.ID), span.ID},
		{"nothing known", written(0, "000127734590128"), span.Number},
		{"a tail", said(written(0, "4180"), span.Tail), span.Tail},
		{"a code", said(written(0, "482913"), span.Code), span.Code},
		{"few digits", written(0, "482913"), ""},
		{"a date", written('-', "2026", "11", "30"), ""},
		{"a date without signs", written(0, "20261130"), ""},
		{"a range", written('-', "1000", "2000"), ""},
		{"thousands", written(',', "1", "380", "000"), ""},
		{"years", written(',', "2019", "2020", "2021"), ""},
		{"a count", written(0, "1234567"), ""},
		{"a decimal", written('.', "120", "15515"), ""},
		{"an address of the internet", written('.', "192", "168", "100", "1"), ""},
		{"a hotline", written('-', "400", "820", "0000"), ""},
		{"a service line", said(written(0, "95588"), span.Phone), ""},
		{"an amount", said(written(0, "1380000"), form.Amount), ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := form.Judge(tc.form); got.Kind != tc.want {
				t.Errorf("Judge(%s in %v) = %+v, want kind %q", tc.form.Digits, tc.form.Groups, got, tc.want)
			}
		})
	}
}

// A number is worth more than two halves of it, whatever they are: it is never cut
// where nothing says so.
func TestOneIsBetterThanTwo(t *testing.T) {
	for _, whole := range []string{"10020000001", "057110000001", "990101198503021231", "6229990012345678", "6229990000123456783"} {
		v := form.Judge(written(0, whole))
		for i := 1; i < len(whole); i++ {
			a, b := form.Judge(written(0, whole[:i])), form.Judge(written(0, whole[i:]))
			if two := a.Score + b.Score + form.More(""); two > v.Score {
				t.Errorf("%s is worth %v, %s and %s are worth %v", whole, v.Score, whole[:i], whole[i:], two)
			}
		}
	}
}

// One wrong digit is found by either checksum.
func TestCheckID(t *testing.T) {
	for id, want := range map[string]bool{
		"11010519491231002X": true, // the example of GB 11643
		"110105194912310021": false,
		"44052418800101001":  false,
		"440524188001010014": true, // the other one
		"":                   false,
	} {
		if got := form.CheckID([]byte(id)); got != want {
			t.Errorf("CheckID(%s) = %v", id, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		id := []byte("440524188001010014")
		i := rapid.IntRange(0, len(id)-1).Draw(t, "place")
		id[i] = '0' + (id[i]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "more")))%10
		if form.CheckID(id) {
			t.Fatalf("%s is right", id)
		}
	})
}

func TestJudgeTakesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := written(rapid.SampledFrom([]byte{0, ' ', '-', '.', ',', '/'}).Draw(t, "sep"),
			rapid.SliceOfN(rapid.StringMatching(`[0-9]{1,12}`), 1, 4).Draw(t, "groups")...)
		if rapid.Bool().Draw(t, "cross") {
			f.Digits[len(f.Digits)-1] = 'X'
		}
		f.Context = rapid.SampledFrom(append(span.Kinds(), "", form.Amount, form.Nobody, form.Part)).Draw(t, "context")
		f.Softs = rapid.IntRange(0, len(f.Digits)).Draw(t, "softs")
		if v := form.Judge(f); v.Kind == form.Amount || v.Kind == form.Nobody || v.Kind == form.Part {
			t.Fatalf("%s is %q, which is no kind", f.Digits, v.Kind)
		}
	})
}
