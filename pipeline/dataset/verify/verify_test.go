package verify_test

import (
	"strings"
	"testing"
)

func TestWholeSnapshot(t *testing.T) {
	dir := newDataset(t)
	r := inspect(t, dir, options(dir))
	for _, f := range r.Findings {
		t.Errorf("%+v", f)
	}
	if len(r.LeftOut) > 0 || len(r.Notes) > 0 {
		t.Errorf("left out %q, notes %q", r.LeftOut, r.Notes)
	}
	var text strings.Builder
	check(t, r.Print(&text))
	t.Log(text.String())
}
