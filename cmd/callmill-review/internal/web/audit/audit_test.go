package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/pipeline/desk"
	"callmill/schema"
)

func record(by, did string, i int) *desk.Access {
	return &desk.Access{At: "2026-01-24T01:02:03.000Z", By: by, Did: did, What: fmt.Sprint("page ", i)}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// What is written at the same time is all there, each record once and whole.
func TestMany(t *testing.T) {
	dir := t.TempDir()
	l := audit.New(desk.In(dir), audit.Options{Now: time.Now, Log: quiet()})
	const readers, pages = 20, 30
	var running sync.WaitGroup
	for n := range readers {
		running.Go(func() {
			for i := range pages {
				did := audit.Opened
				if i%10 == 0 {
					did = audit.Exported
				}
				if err := l.Access(record(fmt.Sprint("reader ", n), did, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	next := map[string]int{} // the records of a reader are in order: he waits for each
	for a, err := range desk.In(dir).Accesses() {
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprint("page ", next[a.By]); a.What != want {
			t.Errorf("%s: %s, want %s", a.By, a.What, want)
		}
		next[a.By]++
	}
	if len(next) != readers {
		t.Errorf("%d readers", len(next))
	}
	for by, n := range next {
		if n != pages {
			t.Errorf("%s: %d pages, want %d", by, n, pages)
		}
	}
}

// What cannot be recorded is refused; alone, only exports are.
func TestCannotWrite(t *testing.T) {
	for _, tt := range []struct {
		alone   bool
		did     string
		refused bool
	}{
		{false, audit.Opened, true}, {false, audit.Searched, true}, {false, audit.Exported, true},
		{true, audit.Opened, false}, {true, audit.Searched, false}, {true, audit.Exported, true},
	} {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		var logged bytes.Buffer
		l := audit.New(desk.In(filepath.Join(file, "desk")), audit.Options{Alone: tt.alone, Now: time.Now, Log: slog.New(slog.NewTextHandler(&logged, nil))})
		err := l.Access(record("li", tt.did, 1))
		refused, ok := errors.AsType[*audit.RefusedError](err)
		if ok != tt.refused {
			t.Errorf("%+v: %v", tt, err)
		}
		if ok && !strings.Contains(refused.Text().In(schema.English), "access log cannot be written") {
			t.Errorf("%+v says %q", tt, refused.Text().In(schema.English))
		}
		_ = l.Access(record("li", tt.did, 2))
		if n := strings.Count(logged.String(), "cannot be written"); n != 1 || !l.Failing() {
			t.Errorf("%+v: logged %d times: %s", tt, n, logged.String())
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if err := l.Access(record("li", tt.did, 3)); err != nil || l.Failing() {
			t.Errorf("%+v: with a disk that works again: %v", tt, err)
		}
	}
}

func TestWords(t *testing.T) {
	for text, want := range map[string]string{"": "", "王建国": "[3]", "13812345678": "[11]"} {
		if got := audit.Words(text); got != want {
			t.Errorf("Words(%q) = %q, want %q", text, got, want)
		}
	}
}

// BenchmarkAccess is a page of one of 20 readers, for whom nothing else takes time.
func BenchmarkAccess(b *testing.B) {
	for _, did := range []string{audit.Opened, audit.Exported} {
		b.Run(did, func(b *testing.B) {
			l := audit.New(desk.In(b.TempDir()), audit.Options{Now: time.Now, Log: quiet()})
			b.SetParallelism(10)
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if err := l.Access(record("li", did, 1)); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
	b.Run("each synced", func(b *testing.B) {
		d := desk.In(b.TempDir())
		b.SetParallelism(10)
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if err := d.Access(record("li", audit.Opened, 1)); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
