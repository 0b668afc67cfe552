// Package verdicts holds the reviews of a desk in memory: who said what of a hit, a call
// or all calls of a filter, and what became of findings. It counts what can be counted
// of them: how often a rule is right, and how far people who looked at the same thing
// agree.
//
// The file stays the only truth. Other processes append to it, and callmill forget
// replaces it: a [Book] looks before each answer, reads what came since, and begins anew
// where the file is another one, so that what was forgotten there is not in memory
// either. The order is that of the file: clocks jump, and what was appended later was
// said later.
package verdicts

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"callmill/pipeline/desk"
)

// maxLine is the longest line that is taken for a record. Those that the desk writes are
// far shorter.
const maxLine = 1 << 20

// markSize is how much before the end of what was read tells whether a file is still
// the same: inodes are used again.
const markSize = 1 << 12

// Book is the reviews of a desk. Safe for concurrent use. What its methods return is
// the caller's, but Call and Score of a review are shared and must not be changed.
type Book struct {
	desk *desk.Desk
	path string

	mu      sync.Mutex
	file    fs.FileInfo // that was read; nil: there was none
	read    int64       // bytes of it
	mark    [sha256.Size]byte
	err     error
	reviews []desk.Review
	at      index
}

// index says where reviews are that are asked for, as indexes in the order of the file.
type index struct {
	call map[callKey][]int32
	user map[string][]int32
	rule map[string][]int32 // by the name, without version
}

// callKey is a call without the line.
type callKey struct{ instance, job, task string }

func keyOf(c *desk.Call) callKey { return callKey{c.InstanceID, c.JobID, c.TaskID} }

// Open reads the reviews of a desk. There need not be any.
func Open(d *desk.Desk) (*Book, error) {
	b := &Book{desk: d, path: filepath.Join(d.Dir(), desk.ReviewsFile)}
	b.forget()
	return b, b.Refresh()
}

// Add appends a review to the file. It is on disk, and known here, when Add returns nil.
// An error means that it is not known to be kept: a full disk, a folder that cannot be
// written, or something that is not a review.
func (b *Book) Add(r *desk.Review) error {
	if err := b.desk.Review(r); err != nil {
		return err
	}
	// The file has it, so that a failure to read it back is one of the next answer.
	_ = b.Refresh()
	return nil
}

// Refresh reads what was appended since, as every answer does. Where there is nothing it
// costs a stat. An error leaves what was read before.
func (b *Book) Refresh() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refresh()
	return b.err
}

// Err returns why the file could not be read for the last answer, which then was of what
// had been read before; nil: it could.
func (b *Book) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

func (b *Book) refresh() {
	b.err = b.catchUp()
	if b.err != nil {
		b.err = fmt.Errorf("read reviews: %w", b.err)
	}
}

func (b *Book) forget() {
	b.file, b.read, b.reviews = nil, 0, nil
	b.at = index{map[callKey][]int32{}, map[string][]int32{}, map[string][]int32{}}
}

// catchUp reads what was appended since, or all of a file that is not the one that was
// read.
func (b *Book) catchUp() (err error) {
	now, err := os.Lstat(b.path) // as whoever writes it, who follows no link
	if errors.Is(err, fs.ErrNotExist) {
		b.forget()
		return nil
	}
	if err != nil {
		return err
	}
	if !now.Mode().IsRegular() { // a pipe would not even be opened
		return fmt.Errorf("%s is not a file", b.path)
	}
	if b.file != nil && os.SameFile(b.file, now) && now.Size() == b.file.Size() && now.ModTime().Equal(b.file.ModTime()) {
		return nil
	}
	file, err := os.Open(b.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if now, err = file.Stat(); err != nil {
		return err
	}
	if !now.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file", b.path)
	}
	same, err := b.isSame(file, now)
	if err != nil {
		return err
	}
	if !same {
		b.forget()
	}
	if err := b.take(file); err != nil {
		return err
	}
	if b.mark, err = markAt(file, b.read); err != nil {
		return err
	}
	b.file = now
	return nil
}

// isSame reports whether a file is the one that was read, with at most more at its end.
func (b *Book) isSame(file *os.File, now fs.FileInfo) (bool, error) {
	if b.file == nil || !os.SameFile(b.file, now) || now.Size() < b.read {
		return false, nil
	}
	mark, err := markAt(file, b.read)
	return mark == b.mark, err
}

// markAt returns a hash of what is before an offset.
func markAt(file *os.File, offset int64) ([sha256.Size]byte, error) {
	before := make([]byte, min(offset, markSize))
	if _, err := file.ReadAt(before, offset-int64(len(before))); err != nil && !errors.Is(err, io.EOF) {
		return [sha256.Size]byte{}, err
	}
	return sha256.Sum256(before), nil
}

// take reads the lines after those that were read. One that does not end yet is left
// for later: somebody is writing it, or a crash left it and the next writer ends it.
func (b *Book) take(file *os.File) error {
	if _, err := file.Seek(b.read, io.SeekStart); err != nil {
		return err
	}
	r := bufio.NewReaderSize(file, 1<<16)
	for {
		line, size, err := nextLine(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		b.read += size
		b.keep(line)
	}
}

// nextLine returns a line with its end, and its size; an empty one for a line that is
// too long, and io.EOF for one that does not end.
func nextLine(r *bufio.Reader) (line []byte, size int64, err error) {
	for {
		part, err := r.ReadSlice('\n')
		size += int64(len(part))
		if size <= maxLine {
			line = append(line, part...)
		} else {
			line = nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, size, err
		}
	}
}

// keep adds a line, unless it is not a review.
func (b *Book) keep(line []byte) {
	var r desk.Review
	if line = bytes.TrimSpace(line); len(line) == 0 || json.Unmarshal(line, &r) != nil || r.Check() != nil {
		return
	}
	i := int32(len(b.reviews))
	b.reviews = append(b.reviews, r)
	b.at.user[r.By] = append(b.at.user[r.By], i)
	if r.Call != nil {
		b.at.call[keyOf(r.Call)] = append(b.at.call[keyOf(r.Call)], i)
	}
	if name, _ := RuleOf(r.Rule); name != "" && r.About == desk.AboutHit {
		b.at.rule[name] = append(b.at.rule[name], i)
	}
}

// pick returns reviews by their indexes.
func (b *Book) pick(at []int32) []desk.Review {
	var picked []desk.Review
	for _, i := range at {
		picked = append(picked, b.reviews[i])
	}
	return picked
}

// Of returns the reviews of a call and of its hits, in order. The line of call is not
// looked at.
func (b *Book) Of(call desk.Call) []desk.Review {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refresh()
	return b.pick(b.at.call[keyOf(&call)])
}

// By returns all that somebody said, in order.
func (b *Book) By(user string) []desk.Review {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refresh()
	return b.pick(b.at.user[user])
}

// All returns all reviews, in order.
func (b *Book) All() []desk.Review {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refresh()
	return append([]desk.Review(nil), b.reviews...)
}

// Where returns the reviews that are meant, in order. meant is called while the book is
// locked, and must not ask it.
func (b *Book) Where(meant func(*desk.Review) bool) []desk.Review {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refresh()
	var of []desk.Review
	for i := range b.reviews {
		if meant(&b.reviews[i]) {
			of = append(of, b.reviews[i])
		}
	}
	return of
}

// Findings returns what was said of findings, by their ids, each in order.
func (b *Book) Findings() map[string][]desk.Review {
	found := map[string][]desk.Review{}
	for _, r := range b.Where(func(r *desk.Review) bool { return r.About == desk.AboutFinding }) {
		found[r.Finding] = append(found[r.Finding], r)
	}
	return found
}

// OfRule returns the reviews of a rule's hits, in order. The rule is a name, or
// "name@version" for those of that version alone.
func (b *Book) OfRule(rule string) []desk.Review {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refresh()
	name, version := RuleOf(rule)
	var of []desk.Review
	for _, i := range b.at.rule[name] {
		if version == "" || b.reviews[i].Rule == rule {
			of = append(of, b.reviews[i])
		}
	}
	return of
}

// Precision says how often the hits of a rule are right. The rule is as in [Book.OfRule].
func (b *Book) Precision(rule string) Precision { return PrecisionOf(b.OfRule(rule)) }

// Agreement says how far people agree on what they both looked at, among the reviews
// that are meant; nil: all.
func (b *Book) Agreement(meant func(*desk.Review) bool) Agreement {
	if meant == nil {
		return AgreementOf(b.All())
	}
	return AgreementOf(b.Where(meant))
}
