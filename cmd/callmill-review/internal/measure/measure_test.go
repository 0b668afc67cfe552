package measure_test

import (
	"slices"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/corpus"
	"callmill/cmd/callmill-review/internal/measure"
)

func TestParse(t *testing.T) {
	for _, text := range []string{"answered", "failed", "hung_up", "not_understood", "transferred", "result:联系结果=号码错误", "result:a=b=c", "rule:辱骂"} {
		m, err := measure.Parse(text)
		if err != nil || m.String() != text {
			t.Errorf("Parse(%q) = %q, %v", text, m, err)
		}
	}
	for _, text := range []string{"", "fail", "result:", "result:联系结果", "result:=号码错误", "result:联系结果=", "rule:"} {
		if _, err := measure.Parse(text); err == nil || !strings.Contains(err.Error(), "want") {
			t.Errorf("Parse(%q) = %v, want an error that says what is wanted", text, err)
		}
	}
}

// corpusOf returns calls with facts and results, alternately of two scripts.
func corpusOf(calls ...corpus.Call) *corpus.Corpus {
	c := &corpus.Corpus{}
	c.Scripts.Add("one")
	c.Scripts.Add("two")
	for _, r := range []string{"联系结果=号码错误", "联系结果=本人", "免打扰=是"} {
		c.Results.Add(r)
	}
	c.Calls = calls
	return c
}

func TestValues(t *testing.T) {
	const answered = corpus.Connected | corpus.Answered
	c := corpusOf(
		corpus.Call{Script: 1, Facts: answered | corpus.FailureKnown | corpus.Failed | corpus.HungUp, Results: []corpus.Code{1}},
		corpus.Call{Script: 1, Facts: answered | corpus.FailureKnown, Results: []corpus.Code{2, 3}},
		corpus.Call{Script: 1, Facts: answered | corpus.Transferred | corpus.NotUnderstood},
		corpus.Call{Script: 2, Facts: answered | corpus.FailureKnown},
		corpus.Call{Script: 1, Facts: corpus.Connected, Results: []corpus.Code{1}},
	)
	const u, n, y = measure.Unknown, measure.No, measure.Yes
	hits := func(call int32) (hit, could bool) { return call == 0, call < 2 }
	for text, want := range map[string][]measure.Value{
		"answered":         {y, y, y, y, n},
		"failed":           {y, n, u, n, u}, // unknown whether it failed, not answered
		"hung_up":          {y, n, n, n, u},
		"not_understood":   {n, n, y, n, u},
		"transferred":      {n, n, y, n, u},
		"result:联系结果=号码错误": {y, n, n, u, u}, // script two gives no such result
		"result:免打扰=是":     {n, y, n, u, u},
		"result:联系结果=空号":   {u, u, u, u, u},
		"rule:r":           {u, u, u, u, u}, // nobody gave its hits
	} {
		m, err := measure.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Values(c); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	if got, want := measure.Rule("r", hits).Values(c), []measure.Value{y, n, u, u, u}; !slices.Equal(got, want) {
		t.Errorf("a rule: %v, want %v", got, want)
	}
}

func TestCheck(t *testing.T) {
	c := corpusOf()
	for text, want := range map[string]string{
		"failed":           "",
		"result:联系结果=号码错误": "",
		"result:联系结果=空号":   "号码错误, 本人",
		"result:意愿=有":      "免打扰, 联系结果",
	} {
		m, err := measure.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		err = m.Check(c)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	m := measure.Result("意愿", "有")
	if err := m.Check(&corpus.Corpus{}); err == nil {
		t.Error("a corpus without results has one")
	}
}
