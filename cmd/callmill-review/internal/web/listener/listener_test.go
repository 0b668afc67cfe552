package listener

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
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
