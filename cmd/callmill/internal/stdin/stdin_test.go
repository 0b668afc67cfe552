package stdin

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
)

func TestUntilReadsAll(t *testing.T) {
	for name, r := range map[string]io.Reader{"at once": strings.NewReader("standard input"), "bytewise": iotest.OneByteReader(strings.NewReader("standard input"))} {
		if got, err := io.ReadAll(Until(t.Context(), r)); string(got) != "standard input" || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	wrong := errors.New("wrong")
	if _, err := io.ReadAll(Until(t.Context(), iotest.ErrReader(wrong))); !errors.Is(err, wrong) {
		t.Errorf("error %v, want %v", err, wrong)
	}
}

// TestUntilCancelled: a read that waits for a pipe ends with the context.
func TestUntilCancelled(t *testing.T) {
	from, to, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	defer to.Close() // ends the read
	ctx, cancel := context.WithCancel(t.Context())
	r := Until(ctx, from)
	if _, err := to.WriteString("a"); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 9)
	if n, err := r.Read(b); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	cancel()
	if _, err := r.Read(make([]byte, 9)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	r = Until(ctx, from)
	waiting := make(chan error, 1)
	go func() {
		_, err := r.Read(make([]byte, 9))
		waiting <- err
	}()
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
