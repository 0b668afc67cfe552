// Package listener opens what the desk listens on: an address of the loopback, or a Unix
// socket. No other network sees it: whoever wants that puts a proxy with TLS before the
// socket.
package listener

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"
)

// AddressError means that an address is not one of the loopback.
type AddressError struct{ Address, Reason string }

func (e *AddressError) Error() string {
	return fmt.Sprintf("invalid address %q: %s", e.Address, e.Reason)
}

// Hint says what helps.
func (e *AddressError) Hint() string {
	return "the desk listens on the loopback, e.g. 127.0.0.1:8080; for other machines give it --socket and --users, and put a proxy with TLS before the socket"
}

// Check returns an *AddressError for an address that is not of the loopback; otherwise
// the address as it is listened on.
func Check(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", &AddressError{address, "want HOST:PORT"}
	}
	switch host {
	case "":
		return "", &AddressError{address, "that is every network of this machine"}
	case "localhost":
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.Unmap().IsLoopback() {
		return "", &AddressError{address, "that is not the loopback"}
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return "", &AddressError{address, "no such port"}
	}
	return net.JoinHostPort(host, port), nil
}

// Loopback listens on an address of the loopback.
func Loopback(address string) (net.Listener, error) {
	checked, err := Check(address)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", checked)
	if err != nil {
		return nil, &ListenError{address, reason(err)}
	}
	return l, nil
}

// ListenError means that an address or a socket cannot be listened on.
type ListenError struct {
	Where string
	Err   error
}

func (e *ListenError) Error() string { return fmt.Sprintf("listen on %s: %v", e.Where, e.Err) }

// Unwrap returns the reason.
func (e *ListenError) Unwrap() error { return e.Err }

// Hint says what helps.
func (e *ListenError) Hint() string {
	switch {
	case errors.Is(e.Err, syscall.EADDRINUSE):
		return "another process listens there, maybe another desk: --listen 127.0.0.1:0 takes any port that is free"
	case errors.Is(e.Err, syscall.EACCES):
		return "ports below 1024 are for root: take a higher one"
	}
	return ""
}

// reason returns why it cannot be listened, without the address again.
func reason(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

// longestPath is how long the path of a Unix socket may be, in bytes.
const longestPath = len(syscall.RawSockaddrUnix{}.Path) - 1

// Socket listens on a Unix socket, which its owner and group may use, and which is
// removed when the listener is closed. One that nobody listens on any more is replaced.
// It is called while nothing else makes files: the mask of the process is narrowed.
func Socket(path string) (net.Listener, error) {
	if len(path) > longestPath {
		return nil, fmt.Errorf("listen on %s: the path has %d bytes, that of a socket at most %d", path, len(path), longestPath)
	}
	if err := removeStale(path); err != nil {
		return nil, fmt.Errorf("listen on %s: %w", path, err)
	}
	before := syscall.Umask(0o117)
	l, err := net.Listen("unix", path)
	syscall.Umask(before)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", path, reason(err))
	}
	return l, nil
}

func removeStale(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return errors.New("there is a file that is no socket")
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		return errors.Join(errors.New("another process listens there"), c.Close())
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("cannot see whether another process listens there: %w", err)
	}
	return os.Remove(path)
}
