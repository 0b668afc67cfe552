package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"callmill/cmd/callmill/internal/report"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/source"
)

// TestCloseFailsAfterPublishing: a dataset that cannot be closed once the run has
// published is a reason for exit code 3, not a failed run.
func TestCloseFailsAfterPublishing(t *testing.T) {
	in := write(t, map[string]string{"resp.json": `{"Jobs":[{"JobId":"a"}]}`})
	files, err := source.Open([]string{in}, source.Options{Instance: "x"})
	if err != nil {
		t.Fatal(err)
	}
	flags, set := &runFlags{}, pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.addOut(set)
	flags.add(set)
	if err := set.Parse([]string{"--out", filepath.Join(t.TempDir(), "data"), "--progress", "none"}); err != nil {
		t.Fatal(err)
	}
	o := &operation{command: "convert", flags: flags}
	o.open = func(_ context.Context, with opening) (*input, error) {
		finish := func(*report.Report, *dataset.Manifest) error { return with.dataset.Close() } // the second time fails
		return &input{source: files, decoder: newDecoder, finish: finish}, nil
	}
	var stdout bytes.Buffer
	err = o.execute(t.Context(), &environment{stdout: bufio.NewWriter(&stdout), stderr: io.Discard, log: exit.Log{Writer: io.Discard}, now: time.Now})
	if code := exit.Code(t.Context(), err); code != exit.Published || !strings.HasPrefix(stdout.String(), "published ") {
		t.Errorf("exit code %d, %v, and it says %q", code, err, &stdout)
	}
}
