// Package users is the file of people who may use a quality desk: a name, a role and
// the hash of a password each.
//
// The file is text, a line for a user: the name, the role and the hash, with spaces
// between. Empty lines and lines that begin with # are nobody. Passwords are hashed by
// argon2id, which is written as in the PHC string format. The file is 0600; it is changed
// under a lock and replaced as a whole, by whichever program, and read again when it
// changed: who was removed is a user no more, and a role holds at once. One that cannot be
// read lets nobody in.
package users

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"unicode"
	"unicode/utf8"

	"callmill/schema"
)

// Role is what a user may do; each may do what those before may.
type Role int

// The roles. A viewer looks, and sees numbers masked; a reviewer gives verdicts; an exporter
// takes lists with him, and sees who contacts are.
const (
	Viewer Role = iota
	Reviewer
	Exporter
)

var roles = [...]struct {
	name string
	said schema.Text
}{
	Viewer:   {"viewer", schema.Text{EN: "viewer", ZH: "查看"}},
	Reviewer: {"reviewer", schema.Text{EN: "reviewer", ZH: "质检"}},
	Exporter: {"exporter", schema.Text{EN: "exporter", ZH: "导出"}},
}

// String returns the role as it is written in the file and in flags.
func (r Role) String() string {
	if r < 0 || int(r) >= len(roles) {
		return fmt.Sprintf("Role(%d)", int(r))
	}
	return roles[r].name
}

// Text returns what a role is called on a page.
func (r Role) Text() schema.Text {
	if r < 0 || int(r) >= len(roles) {
		return schema.Text{}
	}
	return roles[r].said
}

// ParseRole returns the role of a name.
func ParseRole(name string) (Role, error) {
	var names []string
	for r := range roles {
		if roles[r].name == name {
			return Role(r), nil
		}
		names = append(names, roles[r].name)
	}
	return 0, fmt.Errorf("invalid role %q: want one of %s", name, strings.Join(names, ", "))
}

// User is a line of the file.
type User struct {
	Name string
	Role Role
	hash string
}

// Stamp changes with the password: what was begun with another one has another stamp.
func (u *User) Stamp() string { return u.hash }

// longestName is how many characters a name may have.
const longestName = 64

// CheckName returns an error where a name may not be one: it is written in the file, in
// reviews and in the access log.
func CheckName(name string) error {
	if name == "" {
		return errors.New("a name has a character at least")
	}
	if n := utf8.RuneCountInString(name); n > longestName {
		return fmt.Errorf("a name has %d characters at most, got %d", longestName, n)
	}
	for i, r := range name {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if !letter && (i == 0 || !strings.ContainsRune("._-@", r)) || r == utf8.RuneError {
			return fmt.Errorf("invalid name %q: it begins with a letter or a digit, and has letters, digits and . _ - @ alone", name)
		}
	}
	return nil
}

// How long a password is: one that is not paired with something else has to be long, and
// nothing is asked of its characters (NIST SP 800-63B). The upper bound is for who sends
// megabytes to be hashed.
const (
	leastPassword = 12
	mostPassword  = 1024 // bytes
)

// CheckPassword returns an error where a password is too weak for a user of a name.
func CheckPassword(name, password string) error {
	chars := []rune(password)
	distinct := map[rune]bool{}
	for _, r := range chars {
		distinct[r] = true
	}
	switch {
	case !utf8.ValidString(password):
		return errors.New("the password is not UTF-8")
	case len(chars) < leastPassword:
		return fmt.Errorf("a password has %d characters at least, this one has %d", leastPassword, len(chars))
	case len(password) > mostPassword:
		return fmt.Errorf("a password has %d bytes at most", mostPassword)
	case len(distinct) < 5:
		return errors.New("the password repeats a few characters: take several words instead")
	case strings.Contains(strings.ToLower(password), strings.ToLower(name)) && len(chars)-utf8.RuneCountInString(name) < leastPassword/2:
		return errors.New("the password is little more than the name")
	case strings.ContainsFunc(password, unicode.IsControl):
		return errors.New("the password has a control character")
	}
	return nil
}

// LineError means that a line of the file is no user.
type LineError struct {
	Path   string
	Line   int
	Reason string
}

func (e *LineError) Error() string {
	return fmt.Sprintf("read users: %s line %d: %s", e.Path, e.Line, e.Reason)
}

// Hint says what helps.
func (e *LineError) Hint() string {
	return "a line is NAME ROLE HASH; remove it, and add the user again"
}

// mostUsers is how many users a file has: a file of more is none of ours.
const mostUsers = 10_000

func parse(path string, text []byte) ([]User, error) {
	var list []User
	seen := map[string]bool{}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		fields := strings.Fields(string(line))
		if len(fields) == 0 || fields[0][0] == '#' {
			continue
		}
		wrong := func(format string, args ...any) ([]User, error) {
			return nil, &LineError{path, n, fmt.Sprintf(format, args...)}
		}
		if len(fields) != 3 {
			return wrong("%d words, want a name, a role and a hash", len(fields))
		}
		role, err := ParseRole(fields[1])
		if err = errors.Join(CheckName(fields[0]), err); err != nil {
			return wrong("%v", err)
		}
		if _, err := parseHash(fields[2]); err != nil {
			return wrong("%v", err)
		}
		if seen[fields[0]] {
			return wrong("user %s is there twice", fields[0])
		}
		if len(list) == mostUsers {
			return wrong("more than %d users", mostUsers)
		}
		seen[fields[0]] = true
		list = append(list, User{fields[0], role, fields[2]})
	}
	return list, nil
}

// File is a file of users. Safe for concurrent use, also by several processes.
type File struct {
	path    string
	hashing chan struct{} // a place for each password that is hashed at a time
	usual   cost          // of new hashes

	mu    sync.Mutex
	state fs.FileInfo // of what was read; nil: nothing was
	users map[string]User
	cost  cost // what a user who does not exist costs
}

// hashings is how many passwords are hashed at a time, each in the memory of its hash:
// who waits, waits for a tenth of a second.
const hashings = 1

// In returns the file of a path, which need not exist.
func In(path string) *File {
	return &File{path: path, hashing: make(chan struct{}, hashings), usual: usual}
}

// Path returns where the file is.
func (f *File) Path() string { return f.path }

// List returns the users, sorted by name.
func (f *File) List() ([]User, error) {
	list, _, err := f.read()
	slices.SortFunc(list, func(a, b User) int { return strings.Compare(a.Name, b.Name) })
	return list, err
}

func (f *File) read() ([]User, fs.FileInfo, error) {
	file, err := os.Open(f.path)
	if err != nil {
		return nil, nil, fmt.Errorf("read users: %w", err)
	}
	defer file.Close() // it is only read
	state, err := file.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("read users: %w", err)
	}
	if err := checkMode(f.path, state); err != nil {
		return nil, nil, err
	}
	const mostBytes = 4 << 20
	text, err := io.ReadAll(io.LimitReader(file, mostBytes+1))
	if err == nil && len(text) > mostBytes {
		err = errors.New("too large for a file of users")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read users: %s: %w", f.path, err)
	}
	list, err := parse(f.path, text)
	return list, state, err
}

// ModeError means that others can read hashes, or change them.
type ModeError struct {
	Path string
	Mode fs.FileMode
}

func (e *ModeError) Error() string {
	return fmt.Sprintf("read users: %s has mode %04o: others can read or change it", e.Path, e.Mode.Perm())
}

// Hint says what helps.
func (e *ModeError) Hint() string { return "chmod 600 " + e.Path }

// checkMode refuses what a stranger can read or anybody else write. A group may read:
// that is how credentials of systemd come.
func checkMode(path string, state fs.FileInfo) error {
	if !state.Mode().IsRegular() {
		return fmt.Errorf("read users: %s is no regular file", path)
	}
	if state.Mode().Perm()&0o027 != 0 {
		return &ModeError{path, state.Mode()}
	}
	return nil
}

// Find returns a user as the file has him now, nil for a name it has not. The file is
// read when it is not the one that was read last.
func (f *File) Find(name string) (*User, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.refresh(); err != nil {
		return nil, err
	}
	u, ok := f.users[name]
	if !ok {
		return nil, nil
	}
	return &u, nil
}

// refresh reads the file where it changed. f.mu is held.
func (f *File) refresh() error {
	now, err := os.Stat(f.path)
	if err != nil {
		f.state = nil
		return fmt.Errorf("read users: %w", err)
	}
	if f.state != nil && unchanged(f.state, now) {
		return nil
	}
	f.state = nil // what cannot be read is read again
	list, state, err := f.read()
	if err != nil {
		return err
	}
	f.users, f.cost = make(map[string]User, len(list)), f.usual
	for i, u := range list {
		f.users[u.Name] = u
		if h, err := parseHash(u.hash); err == nil && i == 0 {
			f.cost = h.cost
		}
	}
	f.state = state
	return nil
}

// unchanged reports whether a file is the one that was read: it is replaced, never changed
// in place, but by an editor, which changes its times.
func unchanged(a, b fs.FileInfo) bool {
	x, okX := a.Sys().(*syscall.Stat_t)
	y, okY := b.Sys().(*syscall.Stat_t)
	return okX && okY && x.Ino == y.Ino && x.Dev == y.Dev && x.Size == y.Size && times(x) == times(y) && x.Mode == y.Mode
}

// Check returns the user of a name and a password, nil where one of the two is wrong,
// which takes as long whether there is such a user or not. Few passwords are hashed at a
// time; the others wait for their turn, or until ctx ends.
func (f *File) Check(ctx context.Context, name, password string) (*User, error) {
	if len(password) > mostPassword || len(name) > longestName*utf8.UTFMax {
		return nil, nil // no user has such a one
	}
	u, err := f.Find(name)
	if err != nil {
		return nil, err
	}
	select {
	case f.hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("check password: %w", context.Cause(ctx))
	}
	defer func() { <-f.hashing }()
	if u == nil {
		f.mu.Lock()
		c := f.cost
		f.mu.Unlock()
		nobody(c).matches(password)
		return nil, nil
	}
	h, err := parseHash(u.hash)
	if err != nil {
		return nil, err // parse has seen to it
	}
	if !h.matches(password) {
		return nil, nil
	}
	return u, nil
}

// Errors of changes.
var (
	ErrExists  = errors.New("there is such a user")
	ErrUnknown = errors.New("there is no such user")
)

// Add adds a user, and makes the file where there is none.
func (f *File) Add(name string, role Role, password string) error {
	if err := errors.Join(CheckName(name), CheckPassword(name, password)); err != nil {
		return fmt.Errorf("add user: %w", err)
	}
	hash, err := newHash(f.usual, password)
	if err != nil {
		return fmt.Errorf("add user %s: %w", name, err)
	}
	err = f.change(os.O_CREATE, func(list []User) ([]User, error) {
		if slices.ContainsFunc(list, func(u User) bool { return u.Name == name }) {
			return nil, ErrExists
		}
		return append(list, User{name, role, hash}), nil
	})
	if err != nil {
		return fmt.Errorf("add user %s to %s: %w", name, f.path, err)
	}
	return nil
}

// SetPassword gives a user another password, which ends his sessions.
func (f *File) SetPassword(name, password string) error {
	if err := CheckPassword(name, password); err != nil {
		return fmt.Errorf("set password of %s: %w", name, err)
	}
	hash, err := newHash(f.usual, password)
	if err == nil {
		err = f.changeOne(name, func(u *User) { u.hash = hash })
	}
	if err != nil {
		return fmt.Errorf("set password of %s in %s: %w", name, f.path, err)
	}
	return nil
}

// SetRole gives a user another role, which holds at once.
func (f *File) SetRole(name string, role Role) error {
	if err := f.changeOne(name, func(u *User) { u.Role = role }); err != nil {
		return fmt.Errorf("set role of %s in %s: %w", name, f.path, err)
	}
	return nil
}

func (f *File) changeOne(name string, by func(*User)) error {
	return f.change(0, func(list []User) ([]User, error) {
		i := slices.IndexFunc(list, func(u User) bool { return u.Name == name })
		if i < 0 {
			return nil, ErrUnknown
		}
		by(&list[i])
		return list, nil
	})
}

// Remove removes a user, which ends his sessions.
func (f *File) Remove(name string) error {
	err := f.change(0, func(list []User) ([]User, error) {
		kept := slices.DeleteFunc(slices.Clone(list), func(u User) bool { return u.Name == name })
		if len(kept) == len(list) {
			return nil, ErrUnknown
		}
		return kept, nil
	})
	if err != nil {
		return fmt.Errorf("remove user %s from %s: %w", name, f.path, err)
	}
	return nil
}

// change replaces the file by what by makes of its users, while no other program does.
// With os.O_CREATE it is made where there is none.
func (f *File) change(create int, by func([]User) ([]User, error)) (err error) {
	file, err := f.lock(create)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	list, state, err := f.read()
	if err != nil {
		return err
	}
	if list, err = by(list); err != nil {
		return err
	}
	var text bytes.Buffer
	text.WriteString("# Users of callmill-review: name, role, hash of the password. Changed by callmill-review user.\n")
	for _, u := range list {
		fmt.Fprintf(&text, "%s %s %s\n", u.Name, u.Role, u.hash)
	}
	return replace(f.path, text.Bytes(), state)
}

// lock opens and locks the file; closing it ends the lock. One that was replaced meanwhile
// is opened again.
func (f *File) lock(create int) (*os.File, error) {
	for {
		file, err := os.OpenFile(f.path, os.O_RDONLY|create|syscall.O_NOFOLLOW, 0o600)
		if err != nil {
			return nil, err
		}
		for {
			if err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX); !errors.Is(err, syscall.EINTR) {
				break
			}
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("lock %s: %w", f.path, err), file.Close())
		}
		held, err := file.Stat()
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		if now, err := os.Lstat(f.path); err == nil && os.SameFile(held, now) {
			return file, nil
		}
		if err := file.Close(); err != nil {
			return nil, err
		}
	}
}

// replace puts a file of the same owner in place of another, whole or not at all: root adds
// users to a file that the desk's own user reads.
func replace(path string, text []byte, before fs.FileInfo) error {
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*") // of mode 0600
	if err != nil {
		return err
	}
	if owner, ok := before.Sys().(*syscall.Stat_t); ok && (int(owner.Uid) != os.Geteuid() || int(owner.Gid) != os.Getegid()) {
		err = file.Chown(int(owner.Uid), int(owner.Gid))
	}
	if err == nil {
		_, err = file.Write(text)
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
