// Package desk is the folder of a quality desk: what people said of calls, and who
// looked at what. It lies in a dataset as desk/, or elsewhere where several share it,
// and is the same for every program that writes there.
//
//	reviews.jsonl  a verdict, a score, a note on a hit, a call or all calls of a filter;
//	               what became of a finding
//	access.jsonl   who opened, searched or exported what, and when
//
// Both are JSON Lines, [Review] and [Access], appended to and never changed in place: of
// several reviews of one thing by one person the last one counts, and all are kept. The
// file is opened, locked (flock) and synced for each record, so that a file that was
// replaced meanwhile, without somebody who was erased, is the one that is appended to,
// and what was acknowledged is on disk. Many accesses may be appended at once, and
// without waiting for the disk.
//
// Files are 0600 and the folder 0700. No record holds what was said in a call, but a
// note may: it is a person's own words.
package desk

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode"

	"callmill/pipeline/internal/durable"
)

// Names of the files.
const (
	ReviewsFile = "reviews.jsonl"
	AccessFile  = "access.jsonl"
)

// Verdicts of a review.
const (
	Right        = "right"
	Wrong        = "wrong"
	Misheard     = "transcription_wrong" // what was heard is wrong, so nothing else can be told
	Open         = "open"                // states of a finding
	HandedOver   = "handed_over"
	Dismissed    = "dismissed"
	AboutHit     = "hit" // what a review is about
	AboutCall    = "call"
	AboutFilter  = "filter"
	AboutFinding = "finding"
)

// Call names a call, or with TurnIndex a line of it; without a task it is the job.
type Call struct {
	InstanceID string `json:"instance_id"`
	JobID      string `json:"job_id"`
	TaskID     string `json:"task_id,omitempty"`
	TurnIndex  *int32 `json:"turn_index,omitempty"`
}

// Review is a line of reviews.jsonl: what one person said of one thing.
type Review struct {
	At    string `json:"at"` // RFC 3339, UTC, with milliseconds
	By    string `json:"by"`
	About string `json:"about"` // hit, call, filter or finding
	// Call is what a hit or a call is; Rule with its version what hit.
	Call *Call  `json:"call,omitempty"`
	Rule string `json:"rule,omitempty"`
	// Filter is what was selected, as the desk spells it, and Snapshot where.
	Filter   string `json:"filter,omitempty"`
	Snapshot string `json:"snapshot,omitempty"`
	// Finding is the id of a finding, State what became of it, To whom it was handed.
	Finding string `json:"finding,omitempty"`
	State   string `json:"state,omitempty"`
	To      string `json:"to,omitempty"`

	Verdict string   `json:"verdict,omitempty"`
	Score   *float64 `json:"score,omitempty"`
	Note    string   `json:"note,omitempty"`
}

// Access is a line of access.jsonl.
type Access struct {
	At  string `json:"at"`
	By  string `json:"by"`
	Did string `json:"did"` // opened, searched, exported
	// What is the page or the kind of list; Call is the call that was opened.
	What string `json:"what"`
	Call *Call  `json:"call,omitempty"`
	// Filter is what was selected, and search words redacted; ContactKey stands for a
	// number that was searched for.
	Filter     string `json:"filter,omitempty"`
	ContactKey string `json:"contact_key,omitempty"`
	Snapshot   string `json:"snapshot,omitempty"`
	Rows       int64  `json:"rows,omitempty"` // that were exported
}

// Check returns an error where a review is not one.
func (r *Review) Check() error {
	switch {
	case r.At == "" || r.By == "":
		return errors.New("a review says when and by whom")
	case (r.About == AboutHit || r.About == AboutCall) && (r.Call == nil || r.Call.JobID == ""):
		return fmt.Errorf("a review of a %s names the call", r.About)
	case r.About == AboutFilter && r.Filter == "":
		return errors.New("a review of a filter has the filter")
	case r.About == AboutFinding && (r.Finding == "" || r.State != Open && r.State != HandedOver && r.State != Dismissed):
		return fmt.Errorf("a review of a finding names it, and its state: %s, %s or %s", Open, HandedOver, Dismissed)
	case r.About != AboutHit && r.About != AboutCall && r.About != AboutFilter && r.About != AboutFinding:
		return fmt.Errorf("invalid about %q: want %s, %s, %s or %s", r.About, AboutHit, AboutCall, AboutFilter, AboutFinding)
	case r.Verdict != "" && r.Verdict != Right && r.Verdict != Wrong && r.Verdict != Misheard:
		return fmt.Errorf("invalid verdict %q: want %s, %s or %s", r.Verdict, Right, Wrong, Misheard)
	}
	return nil
}

// Desk is the folder. It keeps nothing open; safe for concurrent use, also by several
// processes.
type Desk struct{ dir string }

// In returns the desk in a folder, which need not exist.
func In(dir string) *Desk { return &Desk{dir} }

// Dir returns the folder.
func (d *Desk) Dir() string { return d.dir }

// Review appends a review; it is on disk when Review returns nil.
func (d *Desk) Review(r *Review) error {
	if err := r.Check(); err != nil {
		return fmt.Errorf("keep review: %w", err)
	}
	return d.append(ReviewsFile, true, r)
}

// Access appends to the access log.
func (d *Desk) Access(a *Access) error { return d.append(AccessFile, true, a) }

// AccessAll appends records to the access log, all of them at once; with sync they are on
// disk when it returns nil, without it the system may still hold them.
func (d *Desk) AccessAll(all []*Access, sync bool) error {
	records := make([]any, len(all))
	for i, a := range all {
		records[i] = a
	}
	return d.append(AccessFile, sync, records...)
}

func (d *Desk) append(name string, sync bool, records ...any) (err error) {
	var lines []byte
	for _, record := range records {
		line, err := json.Marshal(record)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		lines = append(append(lines, line...), '\n')
	}
	if err := durable.MkdirAll(durable.OS{}, d.dir, 0o700); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	file, err := d.lock(name)
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := endTornLine(file); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if _, err := file.Write(lines); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if !sync {
		return nil
	}
	return file.Sync()
}

// lock opens a file for appending, making it where there is none, and locks it. Closing
// it ends the lock. One that was replaced while this waited is opened again.
func (d *Desk) lock(name string) (*os.File, error) {
	path := filepath.Join(d.dir, name)
	for {
		_, missing := os.Lstat(path)
		file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE|syscall.O_NOFOLLOW, 0o600)
		if err != nil {
			return nil, err
		}
		if errors.Is(missing, fs.ErrNotExist) {
			if err := durable.SyncDir(durable.OS{}, d.dir); err != nil {
				return nil, errors.Join(err, file.Close())
			}
		}
		for {
			if err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX); !errors.Is(err, syscall.EINTR) {
				break
			}
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), file.Close())
		}
		held, err := file.Stat()
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		if now, err := os.Lstat(path); err == nil && os.SameFile(held, now) {
			return file, nil
		}
		if err := file.Close(); err != nil {
			return nil, err
		}
	}
}

// endTornLine ends what a crash left of a line, so that the next one is whole.
func endTornLine(file *os.File) error {
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil || end == 0 {
		return err
	}
	var last [1]byte
	if _, err := file.ReadAt(last[:], end-1); err != nil || last[0] == '\n' {
		return err
	}
	_, err = file.Write([]byte{'\n'})
	return err
}

// Reviews reads the reviews, in the order in which they were appended. What a crash left
// of a line is passed over.
func (d *Desk) Reviews() iter.Seq2[*Review, error] { return read[Review](d, ReviewsFile) }

// Accesses reads the access log in the same way.
func (d *Desk) Accesses() iter.Seq2[*Access, error] { return read[Access](d, AccessFile) }

func read[T any](d *Desk, name string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		text, err := os.ReadFile(filepath.Join(d.dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(nil, err)
			return
		}
		for line := range bytes.Lines(text) {
			record := new(T)
			if json.Unmarshal(line, record) != nil {
				continue
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}

// Someone says which records are about somebody who is erased.
type Someone struct {
	// Job reports whether a job is theirs, Key whether a contact key is; nil: none is.
	Job func(instanceID, jobID string) bool
	Key func(contactKey string) bool
	// Text reports whether a text, a note or a filter, names them; nil: none does.
	Text func(text []byte) bool
}

// names reports whether a record is about them: it is of their call, or of a number or
// words of theirs.
func (s *Someone) names(call *Call, key string, texts ...string) bool {
	if call != nil && s.Job != nil && s.Job(call.InstanceID, call.JobID) || key != "" && s.Key != nil && s.Key(key) {
		return true
	}
	for _, text := range texts {
		if text != "" && s.Text != nil && s.Text([]byte(text)) {
			return true
		}
	}
	return false
}

// filters reports whether a filter selects them: it is spelled as the query of a URL,
// where "job=ID" is "f=job%3DID", in which no id is found as it stands.
func (s *Someone) filters(filter string) bool {
	values, err := url.ParseQuery(filter)
	if err != nil {
		return false
	}
	for _, of := range values {
		for _, value := range of {
			if s.names(nil, "", value) || s.Key != nil && slices.ContainsFunc(words(value), s.Key) {
				return true
			}
		}
	}
	return false
}

// words are the letters and digits of a text that stand together, as contact keys do.
func words(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

// Review reports whether a review is about them.
func (s *Someone) Review(r *Review) bool {
	return s.names(r.Call, "", r.Note, r.Filter, r.Finding) || s.filters(r.Filter)
}

// Access reports whether a line of the access log is about them.
func (s *Someone) Access(a *Access) bool {
	return s.names(a.Call, a.ContactKey, a.Filter, a.What) || s.filters(a.Filter)
}

// Forget takes what is about somebody out of the desk, also under programs that append
// to it: their next record goes to the file without it. With dry nothing is written. It
// returns the files that changed, or would, and how many records went. A line that
// cannot be read goes, too. Done again it changes nothing more.
func (d *Desk) Forget(s *Someone, dry bool) (files []string, gone int64, err error) {
	for _, f := range []struct {
		name  string
		names func(line []byte) bool
	}{
		{ReviewsFile, func(line []byte) bool {
			var r Review
			return json.Unmarshal(line, &r) != nil || s.Review(&r)
		}},
		{AccessFile, func(line []byte) bool {
			var a Access
			return json.Unmarshal(line, &a) != nil || s.Access(&a)
		}},
	} {
		n, err := d.rewrite(f.name, f.names, dry)
		if err != nil {
			return files, gone, fmt.Errorf("rewrite %s: %w", filepath.Join(d.dir, f.name), err)
		}
		if gone += n; n > 0 {
			files = append(files, f.name)
		}
	}
	return files, gone, nil
}

// rewrite replaces a file by one without the lines that go, while nobody appends.
func (d *Desk) rewrite(name string, goes func(line []byte) bool, dry bool) (gone int64, err error) {
	path := filepath.Join(d.dir, name)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err := d.sweep(dry); err != nil {
		return 0, err
	}
	file, err := d.lock(name)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	var kept []byte
	for line := range bytes.Lines(text) {
		if goes(line) {
			gone++
			continue
		}
		kept = append(kept, line...)
	}
	if gone == 0 || dry {
		return gone, nil
	}
	return gone, durable.WriteFile(durable.OS{}, path, kept, 0o600)
}

// sweep removes what a crash left of a rewrite.
func (d *Desk) sweep(dry bool) error {
	entries, err := os.ReadDir(d.dir)
	for _, e := range entries {
		if err == nil && durable.IsTemp(e.Name()) && !dry {
			err = os.Remove(filepath.Join(d.dir, e.Name()))
		}
	}
	return err
}
