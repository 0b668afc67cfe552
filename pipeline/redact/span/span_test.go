package span_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callmill/pipeline/redact/span"
)

func TestLabels(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range span.Kinds() {
		label := span.Label(k)
		if seen[label] {
			t.Errorf("two kinds are labelled %s", label)
		}
		seen[label] = true
		if got := span.Of(label); got != k {
			t.Errorf("Of(%s) = %q, want %q", label, got, k)
		}
		if got := span.LabelAt("在"+label, len("在")); got != len(label) {
			t.Errorf("LabelAt finds %d bytes of %s, want %d", got, label, len(label))
		}
		if strings.ContainsFunc(label, func(r rune) bool { return '0' <= r && r <= '9' }) {
			t.Errorf("%s holds a digit: a finder may take it for a number", label)
		}
	}
	if len(seen) != 15 {
		t.Errorf("%d kinds, want 15", len(seen))
	}
	for _, text := range []string{"", "[", "[电话", "[ 电话]", "[手机]", "【电话】", "电话]"} {
		if k := span.Of(text); k != "" {
			t.Errorf("%q is the label of %s", text, k)
		}
		if start, end := span.NextLabel(text, 0); start != len(text) || end != len(text) {
			t.Errorf("a label in %q, at %d to %d", text, start, end)
		}
	}
}

func TestMerge(t *testing.T) {
	own := func(line, start, end int, k span.Kind) span.Span {
		return span.Span{Line: line, Start: start, End: end, Kind: k, Layer: span.Own}
	}
	number := func(line, start, end int, k span.Kind) span.Span {
		return span.Span{Line: line, Start: start, End: end, Kind: k, Layer: span.Numbers}
	}
	other := func(line, start, end int, k span.Kind) span.Span {
		return span.Span{Line: line, Start: start, End: end, Kind: k, Layer: span.Others}
	}
	for name, tc := range map[string]struct{ spans, want []span.Span }{
		"none": {nil, nil},
		"sorted by place": {
			[]span.Span{number(1, 0, 3, span.Tail), number(0, 9, 12, span.Code), number(0, 0, 3, span.Phone)},
			[]span.Span{number(0, 0, 3, span.Phone), number(0, 9, 12, span.Code), number(1, 0, 3, span.Tail)},
		},
		"touching stay apart": {
			[]span.Span{number(0, 0, 3, span.Phone), other(0, 3, 6, span.Name)},
			[]span.Span{number(0, 0, 3, span.Phone), other(0, 3, 6, span.Name)},
		},
		"the stronger layer names the union": {
			[]span.Span{other(0, 0, 30, span.Address), own(0, 27, 33, span.Name)},
			[]span.Span{own(0, 0, 33, span.Name)},
		},
		"of one layer the longer": {
			[]span.Span{number(0, 0, 4, span.Tail), number(0, 2, 13, span.Phone)},
			[]span.Span{number(0, 0, 13, span.Phone)},
		},
		"of the same place the first": {
			[]span.Span{number(0, 0, 4, span.Tail), number(0, 0, 4, span.Code)},
			[]span.Span{number(0, 0, 4, span.Tail)},
		},
		"a chain": {
			[]span.Span{number(0, 0, 5, span.Tail), number(0, 4, 9, span.Code), number(0, 8, 20, span.Phone), number(1, 0, 9, span.ID)},
			[]span.Span{number(0, 0, 20, span.Phone), number(1, 0, 9, span.ID)},
		},
		"empty ones go": {
			[]span.Span{number(0, 4, 4, span.Tail), number(0, 7, 5, span.Tail), number(0, 8, 9, span.Code)},
			[]span.Span{number(0, 8, 9, span.Code)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := span.Merge(tc.spans)
			if diff := cmp.Diff(tc.want, got); diff != "" && len(tc.want)+len(got) > 0 {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestMask(t *testing.T) {
	of := func(text, part string, k span.Kind) span.Span {
		at := strings.Index(text, part)
		return span.Span{Start: at, End: at + len(part), Kind: k}
	}
	const text = "我是张三，电话10020000001，别打[电话]了"
	for name, tc := range map[string]struct {
		spans []span.Span
		want  string
	}{
		"nothing":        {nil, text},
		"two":            {[]span.Span{of(text, "张三", span.Name), of(text, "10020000001", span.Phone)}, "我是[姓名]，电话[电话]，别打[电话]了"},
		"the whole text": {[]span.Span{{Start: 0, End: len(text), Kind: span.Number}}, "[号码][电话][号码]"},
		"a label":        {[]span.Span{of(text, "[电话]", span.Name)}, text},
		"within a label": {[]span.Span{of(text, "话]", span.Name)}, text},
		"out of a label": {[]span.Span{of(text, "话]了", span.Name)}, "我是张三，电话10020000001，别打[电话][姓名]"},
		"into a label":   {[]span.Span{of(text, "打[电", span.Name)}, "我是张三，电话10020000001，别[姓名][电话]了"},
		"within a character": {
			[]span.Span{{Start: 1, End: 2, Kind: span.Name}},
			"[姓名]是张三，电话10020000001，别打[电话]了",
		},
		"beyond the text": {[]span.Span{{Start: len(text) - len("了"), End: len(text) + 9, Kind: span.Name}}, "我是张三，电话10020000001，别打[电话][姓名]"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := span.Mask(text, tc.spans); got != tc.want {
				t.Errorf("Mask gives\n%s, want\n%s", got, tc.want)
			}
		})
	}
}

// Whatever the spans: labels stay, what no span covers stays, and the result is
// text if its source was.
func TestMaskKeepsWhatIsOutside(t *testing.T) {
	piece := rapid.SampledFrom([]string{"张", "1", "[", "]", "[电话]", "[QQ]", "[身份证]", "电话", "x", "，"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(piece).Draw(t, "text"), "")
		spans := span.Merge(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) span.Span {
			start := rapid.IntRange(-1, len(text)+1).Draw(t, "start")
			return span.Span{Start: start, End: start + rapid.IntRange(0, 12).Draw(t, "length"), Kind: span.Plate}
		}), 0, 4).Draw(t, "spans"))
		got := span.Mask(text, spans)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is not UTF-8", got)
		}
		if again := span.Mask(got, []span.Span{{End: len(got), Kind: span.Code}}); strings.ReplaceAll(again, "[验证码]", "") != labelsOf(got) {
			t.Fatalf("%q masked whole is %q", got, again)
		}
		// Each label of the source is in the result, in order.
		rest := got
		for at := 0; ; {
			start, end := span.NextLabel(text, at)
			if start == len(text) {
				break
			}
			_, after, found := strings.Cut(rest, text[start:end])
			if !found {
				t.Fatalf("%q lost %s of %q", got, text[start:end], text)
			}
			rest, at = after, end
		}
		if len(spans) == 0 && got != text {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

// labelsOf returns the labels of a text.
func labelsOf(text string) string {
	var b strings.Builder
	for at := 0; at < len(text); {
		start, end := span.NextLabel(text, at)
		b.WriteString(text[start:end])
		at = end
	}
	return b.String()
}
