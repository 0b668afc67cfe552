package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// tally counts what readers did. Safe for concurrent use.
type tally struct {
	mu    sync.Mutex
	pages map[string]*page
}

// page is what is known of a kind of page.
type page struct {
	took   []time.Duration
	bytes  int64
	most   int      // bytes of the largest
	errors []string // the first ones
	failed int
}

const shownErrors = 3

func (t *tally) add(kind string, took time.Duration, bytes int, failure string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.pages[kind]
	if p == nil {
		p = &page{}
		t.pages[kind] = p
	}
	p.took = append(p.took, took)
	p.bytes += int64(bytes)
	p.most = max(p.most, bytes)
	if failure == "" {
		return
	}
	p.failed++
	if len(p.errors) < shownErrors {
		p.errors = append(p.errors, failure)
	}
}

func (t *tally) failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range t.pages {
		if p.failed > 0 {
			return true
		}
	}
	return false
}

// print writes a row for each kind of page.
func (t *tally) print(to io.Writer) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "page\trequests\terrors\tp50 ms\tp95 ms\tmax ms\tmean kB\tmax kB\t")
	var errors []string
	for _, kind := range slices.Sorted(maps.Keys(t.pages)) {
		p := t.pages[kind]
		slices.Sort(p.took)
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t\n", kind, len(p.took), p.failed,
			p.quantile(0.5).Milliseconds(), p.quantile(0.95).Milliseconds(), p.quantile(1).Milliseconds(), p.bytes/int64(len(p.took))/1000, p.most/1000)
		errors = append(errors, p.errors...)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, e := range errors {
		fmt.Fprintln(to, "error:", e)
	}
	return nil
}

// quantile returns the smallest duration that a share of all does not exceed.
func (p *page) quantile(share float64) time.Duration {
	at := int(share*float64(len(p.took))+0.999999) - 1
	return p.took[min(max(at, 0), len(p.took)-1)]
}

// memory watches the resident memory of a process.
type memory struct {
	pid             int
	first, last, at int64 // kB: at first, at last, at most
}

func (m *memory) watch(ctx context.Context) {
	if m.pid == 0 {
		return
	}
	for {
		if now := m.now(); now > 0 {
			if m.first == 0 {
				m.first = now
			}
			m.last, m.at = now, max(m.at, now)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// now returns what is resident, in kB; 0 where it is not known.
func (m *memory) now() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kB, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kB
		}
	}
	return 0
}

func (m *memory) print(to io.Writer) {
	if m.pid != 0 {
		fmt.Fprintf(to, "resident memory: %d MB at first, %d MB at most, %d MB at last\n", m.first>>10, m.at>>10, m.last>>10)
	}
}
