// Package audit writes the access log of a desk: who opened, searched and exported what.
//
// What many readers do at a time is appended together. An export is on disk before its
// first byte is sent. What was opened or searched is in the file before it is shown, so
// that it outlives the desk, and on disk within about a second of the next record: a
// sync for each page would be most of what a page costs. When the machine itself fails, the
// last second of reading may be missing, and no export.
//
// What cannot be written, on a full disk, is not shown: a log with gaps is none. Where
// one works alone, at a desk without login whose user can read the dataset's files
// anyway, pages are shown nevertheless, and say so; exports are refused there, too.
package audit

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"syscall"
	"time"
	"unicode/utf8"

	"callmill/pipeline/desk"
	"callmill/schema"
)

// Did of an [desk.Access].
const (
	Opened   = "opened"
	Searched = "searched"
	Exported = "exported"
)

// Options are how a log is kept.
type Options struct {
	// Alone is true where nobody logs in.
	Alone bool
	Now   func() time.Time
	Log   *slog.Logger
}

// Log is the access log of one desk. Safe for concurrent use.
type Log struct {
	desk    *desk.Desk
	o       Options
	writing sync.Mutex // held by who writes what waits
	synced  time.Time  // of the last sync; of who writes

	mu      sync.Mutex
	waiting []*entry
	failing bool
}

type entry struct {
	access *desk.Access
	done   bool // of who writes
	err    error
}

// New returns the log of a desk.
func New(d *desk.Desk, o Options) *Log { return &Log{desk: d, o: o} }

// unsynced is how long records lie in memory of the system while others follow.
const unsynced = time.Second

// Access writes a record, and returns when it may be shown what is recorded; a
// *RefusedError means that it may not.
func (l *Log) Access(a *desk.Access) error {
	mine := &entry{access: a}
	l.mu.Lock()
	l.waiting = append(l.waiting, mine)
	l.mu.Unlock()

	l.writing.Lock()
	if !mine.done { // else it was written with those of somebody before
		l.writeAll()
	}
	l.writing.Unlock()
	if mine.err == nil {
		return nil
	}
	if l.o.Alone && a.Did != Exported {
		return nil
	}
	return &RefusedError{mine.err}
}

// writeAll writes what waits. l.writing is held.
func (l *Log) writeAll() {
	l.mu.Lock()
	batch := l.waiting
	l.waiting = nil
	l.mu.Unlock()

	now := l.o.Now()
	since := now.Sub(l.synced)
	sync := since < 0 || since >= unsynced
	all := make([]*desk.Access, len(batch))
	for i, e := range batch {
		all[i] = e.access
		sync = sync || e.access.Did == Exported
	}
	err := l.desk.AccessAll(all, sync)
	if err == nil && sync {
		l.synced = now
	}
	l.note(err)
	for _, e := range batch {
		e.done, e.err = true, err
	}
}

// note logs when writing begins to fail, and when it works again: not each page.
func (l *Log) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil && !l.failing:
		l.o.Log.Error("access log cannot be written", "error", err)
	case err == nil && l.failing:
		l.o.Log.Info("access log is written again")
	}
	l.failing = err != nil
}

// Failing reports whether the last record could not be written, so that pages that are
// shown nevertheless can say so.
func (l *Log) Failing() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failing
}

// FailingText says so.
var FailingText = schema.Text{
	EN: "The access log cannot be written: what is opened now is not recorded, and nothing can be exported.",
	ZH: "访问记录无法写入：现在打开的页面没有记录，也不能导出。",
}

// RefusedError means that something may not be shown, for that cannot be recorded.
type RefusedError struct{ err error }

func (e *RefusedError) Error() string { return "write the access log: " + e.err.Error() }

func (e *RefusedError) Unwrap() error { return e.err }

// Text says why, to who asked.
func (e *RefusedError) Text() schema.Text {
	if errors.Is(e.err, syscall.ENOSPC) || errors.Is(e.err, syscall.EDQUOT) {
		return schema.Text{
			EN: "The disk is full, so that it cannot be recorded who opens or exports what; nothing is shown until there is room.",
			ZH: "磁盘已满，无法写入访问记录，因此暂时不能查看或导出。",
		}
	}
	return schema.Text{
		EN: "The access log cannot be written, so that nothing is shown or exported. Whoever runs the desk finds the reason in its log.",
		ZH: "访问记录无法写入，因此暂时不能查看或导出。原因见服务日志，请联系管理员。",
	}
}

// Words stands for the words of a search in the log: how many characters they have, and
// none of them, for they may be a name, or what somebody said.
func Words(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("[%d]", utf8.RuneCountInString(text))
}
