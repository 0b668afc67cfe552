package worker

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"callmill/pipeline/worker"
	"callmill/schema"
)

// Memory and processor time are of a process. So some tests run this one as a worker of
// its own, whose mode is in this variable and whose key is in the file of the other.
const (
	childMode = "WORKER_TEST_MODE"
	childKey  = "WORKER_TEST_KEY"
)

// childModes are decode and flatten, and the same with what they make thrown away.
var childModes = map[string]func(context.Context, *options) error{
	"decode":  func(ctx context.Context, o *options) error { return o.decode(ctx) },
	"flatten": func(ctx context.Context, o *options) error { return o.flatten(ctx) },
	"decode, thrown away": func(ctx context.Context, o *options) error {
		d, err := o.decoding()
		if err != nil {
			return err
		}
		nowhere := func(schema.Key, []byte) error { return nil }
		return worker.Decode(ctx, o.Stdin, o.Stdout, func(in *worker.Input, _ worker.Emit) error {
			return d.input(ctx, in, nowhere)
		}, d.json)
	},
	"flatten, thrown away": func(ctx context.Context, o *options) error {
		f, err := o.flattening()
		if err != nil {
			return err
		}
		return worker.Flatten(ctx, o.Stdin, o.Stdout, thrownAway{f}, f.json)
	},
}

// thrownAway is a reducer whose results are thrown away.
type thrownAway struct{ *flattening }

func (t thrownAway) Reduce(key []byte, records [][]byte) (*worker.Result, error) {
	_, err := t.flattening.Reduce(key, records)
	t.Release()
	return nil, err
}

func TestMain(m *testing.M) {
	mode := os.Getenv(childMode)
	if mode == "" {
		os.Exit(m.Run())
	}
	o := &options{Program: Program{Stdin: os.Stdin, Stdout: os.Stdout, Version: func() string { return "" }, Decoder: newDecoder, Limited: true}}
	o.add(pflag.NewFlagSet("", pflag.ContinueOnError))
	o.instance, o.key = "i", os.Getenv(childKey)
	o.run = run{id: "r", started: "2026-01-31T00:00:00Z"}
	err := childModes[mode](context.Background(), o)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status, _ := os.ReadFile("/proc/self/status") // on Linux
	os.Stderr.Write(status)
}

// used is what a worker used.
type used struct {
	processor time.Duration
	memory    int64 // at most; 0 where the system does not say
	written   int64 // bytes of output
}

// runChild runs a worker in a mode on the stream in a file, and has another process read
// what it writes.
func runChild(t testing.TB, mode, stream string) (u used) {
	t.Helper()
	in, err := os.Open(stream)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	reader, count := exec.CommandContext(t.Context(), "wc", "-c"), new(bytes.Buffer)
	reader.Stdin, reader.Stdout = r, count
	if err := reader.Start(); err != nil {
		t.Fatal(err)
	}
	r.Close()
	status := new(bytes.Buffer) // its rusage begins with the memory that this process has
	c := exec.CommandContext(t.Context(), os.Args[0])
	c.Env = append(os.Environ(), childMode+"="+mode, childKey+"="+keyFile(t))
	c.Stdin, c.Stdout, c.Stderr = in, w, status
	err = c.Run()
	w.Close()
	if err != nil {
		t.Fatal(err, status)
	}
	if err := reader.Wait(); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fscan(count, &u.written); err != nil {
		t.Fatal(err)
	}
	if _, after, ok := strings.Cut(status.String(), "VmHWM:"); ok {
		if _, err := fmt.Sscan(after, &u.memory); err != nil { // kB
			t.Fatal(err)
		}
		u.memory <<= 10
	}
	u.processor = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	return u
}
