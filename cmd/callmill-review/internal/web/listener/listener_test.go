package listener

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for address, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080", "127.1.2.3:0": "127.1.2.3:0", "[::1]:80": "[::1]:80", "localhost:8080": "127.0.0.1:8080",
		"[::ffff:127.0.0.1]:80": "[::ffff:127.0.0.1]:80",
		"":                      "", ":8080": "", "0.0.0.0:80": "", "[::]:80": "", "192.0.2.1:80": "", "example.com:80": "", "127.0.0.1": "",
		"127.0.0.1:99999": "", "127.0.0.1:-1": "", "[::ffff:192.0.2.1]:80": "", "2130706433:80": "",
	} {
		got, err := Check(address)
		var refused *AddressError
		if got != want || (want == "") != errors.As(err, &refused) {
			t.Errorf("%q: got %q, %v, want %q", address, got, err, want)
		}
	}
}

func TestSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.sock")
	first, err := Socket(path)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o660 {
		t.Errorf("mode %v, %v, want 0660", info.Mode(), err)
	}
	if _, err := Socket(path); err == nil {
		t.Error("a socket that is listened on was replaced")
	}
	unix, ok := first.(*net.UnixListener)
	if !ok {
		t.Fatalf("a listener of type %T", first)
	}
	unix.SetUnlinkOnClose(false) // as after kill -9
	if err := unix.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := Socket(path)
	if err != nil {
		t.Fatalf("a stale socket: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
	if err := os.WriteFile(path, []byte("a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Socket(path); err == nil {
		t.Error("a file was replaced")
	}
}

// What cannot be listened on is said once, with what helps.
func TestRefused(t *testing.T) {
	l, err := Loopback("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, err = Loopback(l.Addr().String())
	var taken *ListenError
	if !errors.As(err, &taken) || taken.Hint() == "" || strings.Count(err.Error(), "listen") != 1 {
		t.Errorf("a port in use: %v", err)
	}
	if _, err := Socket("/" + strings.Repeat("x", 200)); err == nil || !strings.Contains(err.Error(), "201 bytes") {
		t.Errorf("a long path: %v", err)
	}
	if _, err := Socket(filepath.Join(t.TempDir(), "none", "desk.sock")); !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), "listen") != 1 {
		t.Errorf("no folder: %v", err)
	}
}
