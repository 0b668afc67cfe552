package outline_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callmill/cmd/callmill-review/internal/rules/outline"
)

func TestRead(t *testing.T) {
	got, err := outline.Read("f", []byte("# said\nname: 要求\nwords: [别打, 110, no]\nwhen:\n  text: |\n    a\n    b\n  none:\n"))
	if err != nil {
		t.Fatal(err)
	}
	scalar := func(line int, s string) outline.Value { return outline.Value{Line: line, Text: s} }
	want := outline.Value{Kind: outline.Mapping, Line: 2, Fields: []outline.Field{
		{Key: "name", Line: 2, Value: scalar(2, "要求")},
		{Key: "words", Line: 3, Value: outline.Value{Kind: outline.List, Line: 3, Items: []outline.Value{scalar(3, "别打"), scalar(3, "110"), scalar(3, "no")}}},
		{Key: "when", Line: 4, Value: outline.Value{Kind: outline.Mapping, Line: 5, Fields: []outline.Field{
			{Key: "text", Line: 5, Value: scalar(5, "a\nb")},
			{Key: "none", Line: 8, Value: outline.Value{Kind: outline.Empty, Line: 8}},
		}}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A byte order mark, which some editors write, is no part of the file.
func TestByteOrderMark(t *testing.T) {
	got, err := outline.Read("f", []byte("\uFEFFname: 要求\n"))
	if err != nil || len(got.Fields) != 1 || got.Fields[0].Key != "name" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestReadErrors(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"open list", "a: 1\nb: [1, 2\n", "f:2: invalid YAML"},
		{"tab", "a:\n\tb: 1\n", "f:2: invalid YAML"},
		{"twice", "a: 1\nb: 1\na: 2\n", "f:3:"},
		{"alias", "a: &x 1\nb: *x\n", "f:1: invalid YAML: Anchor is not used here"},
		{"tag", "a: !!str 1\n", "f:1: invalid YAML: Tag is not used here"},
		{"two documents", "a: 1\n---\nb: 1\n", "f:3: several documents"},
		{"deep", strings.Repeat("[", 200000), "f:1: values lie in more than"},
		{"large", strings.Repeat("a", outline.MaxSize+1), "f:1: 1048577 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := outline.Read("f", []byte(tt.text))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("%v, want %s…", err, tt.want)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"a: 1", "a: [1, {b: c}]\nd: |\n  x", "- a\n- b: 2", "? [a]\n: b", "a: &x\nb: *x", "---\n...\n", "%YAML 1.2\n---\na"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, err := outline.Read("f", text)
		if at := (*outline.Error)(nil); err != nil && (!errors.As(err, &at) || at.File != "f" || at.Line < 1) {
			t.Errorf("%q: %v names no line", text, err)
		}
	})
}
