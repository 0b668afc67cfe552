package users_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"callmill/cmd/callmill-review/internal/web/users"
)

const password = "correct horse battery"

func file(t testing.TB) *users.File {
	t.Helper()
	return cheap(filepath.Join(t.TempDir(), "users"))
}

// cheap is the file of a path whose passwords are hashed in no time.
func cheap(path string) *users.File {
	f := users.In(path)
	users.Cheap(f)
	return f
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFile(t *testing.T) {
	f := users.In(filepath.Join(t.TempDir(), "users"))
	if err := f.Remove("nobody"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed from no file: %v", err)
	}
	must(t, f.Add("李娜", users.Reviewer, password))
	must(t, f.Add("wang.wei", users.Viewer, password+" too"))
	info, err := os.Stat(f.Path())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	text, err := os.ReadFile(f.Path())
	must(t, err)
	if strings.Contains(string(text), "horse") || !strings.Contains(string(text), "李娜 reviewer $argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("file is\n%s", text)
	}
	list, err := f.List()
	if err != nil || len(list) != 2 || list[0].Name != "wang.wei" || list[1].Role != users.Reviewer {
		t.Errorf("list %v, %v", list, err)
	}
	for _, tt := range []struct {
		name, password string
		ok             bool
	}{
		{"李娜", password, true},
		{"李娜", password + " ", false},
		{"李娜", "", false},
		{"李娜", password + " too", false},
		{"wang.wei", password + " too", true},
		{"Wang.wei", password + " too", false},
		{"nobody", password, false},
		{"", "", false},
		{"李娜", strings.Repeat("x", 1<<20), false},
	} {
		u, err := f.Check(t.Context(), tt.name, tt.password)
		if err != nil || (u != nil) != tt.ok || tt.ok && u.Name != tt.name {
			t.Errorf("Check(%q, %.30q) = %v, %v", tt.name, tt.password, u, err)
		}
	}
	if err := f.Add("李娜", users.Viewer, password); !errors.Is(err, users.ErrExists) {
		t.Errorf("added twice: %v", err)
	}
	if err := f.Remove("nobody"); !errors.Is(err, users.ErrUnknown) {
		t.Errorf("removed nobody: %v", err)
	}
	if err := f.SetPassword("nobody", password); !errors.Is(err, users.ErrUnknown) {
		t.Errorf("password of nobody: %v", err)
	}
}

// What another program changes holds at once.
func TestChanges(t *testing.T) {
	f := file(t)
	other := cheap(f.Path())
	must(t, other.Add("li", users.Viewer, password))
	find := func() *users.User {
		t.Helper()
		u, err := f.Find("li")
		must(t, err)
		return u
	}
	first := find()
	if first == nil || first.Role != users.Viewer {
		t.Fatalf("found %v", first)
	}
	must(t, other.SetRole("li", users.Exporter))
	if u := find(); u.Role != users.Exporter || u.Stamp() != first.Stamp() {
		t.Errorf("with another role: %v", u)
	}
	must(t, other.SetPassword("li", password+"2"))
	if u := find(); u.Stamp() == first.Stamp() {
		t.Error("another password has the same stamp")
	}
	must(t, other.Remove("li"))
	if u := find(); u != nil {
		t.Errorf("removed, but found %v", u)
	}
	must(t, os.Remove(f.Path()))
	if _, err := f.Find("li"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a file: %v", err)
	}
	must(t, other.Add("li", users.Viewer, password))
	if u := find(); u == nil {
		t.Error("a file that is there again is not read")
	}
}

// A file that others can read or change, or that is none, lets nobody in.
func TestBadFiles(t *testing.T) {
	const hash = "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, tt := range []struct {
		name, text string
		mode       fs.FileMode
		want       string // of the error; "" for none
	}{
		{"good", "# one\n\nli viewer " + hash + "\n", 0o600, ""},
		{"read only", "li viewer " + hash, 0o400, ""},
		{"credential", "li viewer " + hash, 0o440, ""},
		{"readable", "li viewer " + hash, 0o644, "others can read"},
		{"writable", "li viewer " + hash, 0o660, "others can read or change"},
		{"words", "li viewer\n", 0o600, "line 1: 2 words"},
		{"role", "\nli admin " + hash, 0o600, `line 2: invalid role "admin"`},
		{"name", "../li viewer " + hash, 0o600, "line 1: invalid name"},
		{"twice", "li viewer " + hash + "\nli viewer " + hash, 0o600, "line 2: user li is there twice"},
		{"plain", "li viewer secret", 0o600, "none of argon2id"},
		{"bcrypt", "li viewer $2y$10$AAAAAAAAAAAAAAAAAAAAAA", 0o600, "none of argon2id"},
		{"short key", "li viewer " + hash[:len(hash)-20], 0o600, "damaged"},
		{"no key", "li viewer $argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$", 0o600, "damaged"},
		{"memory", "li viewer " + strings.Replace(hash, "m=64", "m=4294967295", 1), 0o600, "costs more"},
		{"no cost", "li viewer " + strings.Replace(hash, "t=1", "t=0", 1), 0o600, "damaged"},
		{"version", "li viewer " + strings.Replace(hash, "v=19", "v=16", 1), 0o600, "version"},
		{"NUL", "li\x00 viewer " + hash, 0o600, "invalid name"},
		{"large", strings.Repeat("#", 5<<20), 0o600, "too large"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := file(t)
			must(t, os.WriteFile(f.Path(), []byte(tt.text), 0o600))
			must(t, os.Chmod(f.Path(), tt.mode))
			u, err := f.Find("li")
			if tt.want == "" {
				if err != nil || u == nil {
					t.Errorf("found %v, %v", u, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || u != nil {
				t.Errorf("found %v, error %v, want %q", u, err, tt.want)
			}
			if _, err := f.Check(t.Context(), "li", password); err == nil {
				t.Error("the password is checked nevertheless")
			}
			if err := f.Remove("li"); err == nil {
				t.Error("the file is changed nevertheless")
			}
		})
	}
}

func TestCheckName(t *testing.T) {
	for name, ok := range map[string]bool{
		"li": true, "李娜": true, "li.na@example.com": true, "7": true, "a_b-c": true, "José": true,
		"": false, "li na": false, ".li": false, "-li": false, "@": false, "a:b": false, "a/b": false, "a\nb": false, "a\x00": false, "#li": false,
		"a\u202eb": false, "\xff": false, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false, "<b>": false,
	} {
		if err := users.CheckName(name); (err == nil) != ok {
			t.Errorf("CheckName(%q): %v", name, err)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	for password, ok := range map[string]bool{
		"correct horse": true, "质检部门的口令要长一些": false, "质检部门的口令要更长一些才好": true,
		"short": false, "": false, "aaaaaaaaaaaa": false, "abababababababab": false, "wang.wei1234": false,
		"tab\tin a password": false, "no\xffutf8 at all": false, strings.Repeat("long enough ", 100): false,
	} {
		if err := users.CheckPassword("wang.wei", password); (err == nil) != ok {
			t.Errorf("CheckPassword(%.40q): %v", password, err)
		}
	}
}

// Programs that change the file at a time lose nothing of each other.
func TestChangesAtOnce(t *testing.T) {
	f := file(t)
	must(t, f.Add("first", users.Viewer, password))
	const n = 8
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() {
			if err := cheap(f.Path()).Add(fmt.Sprint("user", i), users.Viewer, password); err != nil {
				t.Error(err)
			}
		})
	}
	for range 20 {
		if u, err := f.Find("first"); err != nil || u == nil {
			t.Errorf("meanwhile: %v, %v", u, err)
		}
	}
	running.Wait()
	if list, err := f.List(); err != nil || len(list) != n+1 {
		t.Errorf("%d users, %v", len(list), err)
	}
	entries, err := os.ReadDir(filepath.Dir(f.Path()))
	if err != nil || len(entries) != 1 {
		t.Errorf("left in the folder: %v, %v", entries, err)
	}
}

// Who waits for his turn can give up.
func TestCheckEnds(t *testing.T) {
	f := file(t)
	must(t, f.Add("li", users.Viewer, password))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 { // a free place may be taken first
		if _, err := f.Check(ctx, "li", password); errors.Is(err, context.Canceled) {
			return
		}
	}
	t.Error("a request that ended is checked every time")
}

// Whatever the file has in it, reading it ends with users or an error.
func TestAnyFile(t *testing.T) {
	f := file(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.SampledFrom([]string{"li", "viewer", " ", "\n", "#", "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAA$", "$", "\x00", "李", "exporter", ","}), 0, 20).Draw(t, "text")
		if err := os.WriteFile(f.Path(), []byte(strings.Join(text, "")), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := f.List()
		if err != nil && len(list) > 0 {
			t.Errorf("%d users with error %v", len(list), err)
		}
	})
}

func TestRole(t *testing.T) {
	for _, r := range []users.Role{users.Viewer, users.Reviewer, users.Exporter} {
		if got, err := users.ParseRole(r.String()); err != nil || got != r || r.Text().ZH == "" {
			t.Errorf("%v: %v, %v", r, got, err)
		}
	}
	if _, err := users.ParseRole("Viewer"); err == nil {
		t.Error("a role of another spelling")
	}
	if users.Viewer > users.Reviewer || users.Reviewer > users.Exporter {
		t.Error("roles are not in order")
	}
}
