// Package guard stands before the pages of a quality desk. What comes through is a request
// for this host, of this site's own pages, in a method and a size that some page is for,
// of somebody who may be here; and what goes back says to the browser what the page may do.
//
// In this order: a request gets an id for the log, a panic becomes a page without details,
// headers are set, then the host is checked (against names that are made to point here),
// method, path and sizes, requests of other sites, whether somebody is logged in, and how
// many requests are under way. A refusal is a page in words.
package guard

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"callmill/cmd/callmill-review/internal/web/plain"
	"callmill/cmd/callmill-review/internal/web/session"
	"callmill/cmd/callmill-review/internal/web/users"
	"callmill/schema"
)

// Options are what a guard lets through.
type Options struct {
	// Hosts are the names under which the desk is asked for, with or without a port, beside
	// those of the loopback where it listens there.
	Hosts []string
	// Proxied is true where the desk listens on a Unix socket behind a proxy, which does TLS
	// and says whence requests come: X-Forwarded-Proto and X-Forwarded-For are believed,
	// and a request that did not come by TLS is refused.
	Proxied bool
	// Users are who may log in; nil: whoever gets here is Local, who may do everything.
	Users *users.File
	Local string
	// Sessions are how long a login holds; its Now is that below.
	Sessions session.Options

	Timeout time.Duration // of a request; 0: 60 s
	AtOnce  int           // requests under way; 0: 64
	Each    int           // of one user who logged in; 0: 8

	Now func() time.Time
	Log *slog.Logger
}

// Guard wraps the pages. Safe for concurrent use.
type Guard struct {
	o      Options
	hosts  map[string]bool
	cross  *http.CrossOriginProtection
	door   *session.Door // nil: nobody logs in
	places *places
}

// New returns a guard.
func New(o Options) (*Guard, error) {
	o.Timeout, o.AtOnce, o.Each = cmp.Or(o.Timeout, time.Minute), cmp.Or(o.AtOnce, 64), cmp.Or(o.Each, 8)
	o.Sessions.Now = o.Now
	g := &Guard{o: o, hosts: map[string]bool{}, cross: http.NewCrossOriginProtection(), places: newPlaces(o.AtOnce, o.Each)}
	for _, host := range o.Hosts {
		name, ok := hostName(host)
		if !ok {
			return nil, fmt.Errorf("invalid host %q: want a name or an address, with or without a port", host)
		}
		g.hosts[name] = true
	}
	if o.Proxied && len(o.Hosts) == 0 {
		return nil, errors.New("a desk behind a proxy needs the name under which it is asked for")
	}
	if o.Users != nil {
		if _, err := o.Users.List(); err != nil {
			return nil, err
		}
		g.door = &session.Door{
			Users: o.Users, Sessions: session.New(o.Users, o.Sessions), Throttle: session.NewThrottle(o.Now),
			Log: o.Log, Secure: g.secure, Address: g.address,
		}
	}
	return g, nil
}

// Server returns a server of pages with limits on time and on headers, which no handler can
// set.
func Server(pages http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           pages,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      3 * time.Minute, // of an export over a slow line
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // what strangers send
	}
}

// who is kept in the context of a request.
type who struct {
	request string
	user    string
	role    users.Role
	in      bool
}

type whoKey struct{}

// Identity returns who sent a request that came through a guard; not ok: nobody did.
func Identity(ctx context.Context) (user string, role users.Role, ok bool) {
	w, _ := ctx.Value(whoKey{}).(*who)
	if w == nil || !w.in {
		return "", users.Viewer, false
	}
	return w.user, w.role, true
}

// Who is Identity for a request.
func Who(r *http.Request) (user string, role users.Role, ok bool) { return Identity(r.Context()) }

// RequestID returns the id that a request has in the log, "" where it came through no
// guard.
func RequestID(ctx context.Context) string {
	if w, _ := ctx.Value(whoKey{}).(*who); w != nil {
		return w.request
	}
	return ""
}

// LogsIn reports whether users log in, so that pages offer to log out.
func (g *Guard) LogsIn() bool { return g.door != nil }

// Wrap returns the pages behind the guard.
func (g *Guard) Wrap(pages http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := g.o.Now()
		var id [6]byte
		_, _ = rand.Read(id[:]) // never fails, see crypto/rand
		someone := &who{request: hex.EncodeToString(id[:])}
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), whoKey{}, someone), g.o.Timeout)
		defer cancel()
		r = r.WithContext(ctx)
		answer := &answer{ResponseWriter: w}
		defer g.finish(answer, r, someone, begun)
		g.setHeaders(w.Header())
		if !g.pass(answer, r) {
			return
		}
		g.enter(answer, r, someone, pages)
	})
}

// finish makes a page of a panic, and logs the request: never its parameters, which may
// have what was searched for.
func (g *Guard) finish(w *answer, r *http.Request, someone *who, begun time.Time) {
	problem, half := recover(), w.status != 0
	if problem != nil && problem != http.ErrAbortHandler { //nolint:errorlint // it is that value
		g.o.Log.ErrorContext(r.Context(), "page", "request", someone.request, "method", r.Method, "path", printable(r.URL.Path),
			"panic", fmt.Sprint(problem), "stack", string(debug.Stack()))
		if !half {
			g.setHeaders(clearHeaders(w.Header()))
			refuse(w, r, http.StatusInternalServerError, schema.Text{EN: "Something is broken", ZH: "页面出错"}, schema.Text{
				EN: "This page cannot be shown. Its number below is in the log of the desk, with the reason.",
				ZH: "页面无法显示。下面的编号在服务日志中可以查到原因。",
			})
		}
	}
	g.o.Log.DebugContext(r.Context(), "request", "request", someone.request, "user", someone.user, "method", r.Method,
		"path", printable(r.URL.Path), "status", w.status, "bytes", w.bytes, "took", g.o.Now().Sub(begun))
	if problem != nil && (problem == http.ErrAbortHandler || half) { //nolint:errorlint // it is that value
		panic(http.ErrAbortHandler) // the connection ends, so that half a page is not taken for a whole one
	}
}

func clearHeaders(h http.Header) http.Header {
	clear(h)
	return h
}

// printable returns a path as it may stand in a log.
func printable(path string) string {
	const most = 200
	if len(path) > most {
		path = path[:most] + "…"
	}
	return strings.ToValidUTF8(path, "�")
}

// answer notes what was answered.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// setHeaders sets what holds for all pages; a page may set another Cache-Control.
func (g *Guard) setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
	// Addresses have contact keys and filters: they are not told to where a recording is.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
}

// enter lets a request to the pages whose user may be there.
func (g *Guard) enter(w http.ResponseWriter, r *http.Request, someone *who, pages http.Handler) {
	switch {
	case open(r.URL.Path):
	case g.door == nil:
		someone.user, someone.role, someone.in = g.o.Local, users.Exporter, true
	case r.URL.Path == session.LoginPath:
		pages = http.HandlerFunc(g.door.Login)
	case r.URL.Path == session.LogoutPath:
		pages = http.HandlerFunc(g.door.Logout)
	default:
		u, err := g.door.User(r)
		switch {
		case err != nil:
			g.o.Log.ErrorContext(r.Context(), "look up the user", "request", someone.request, "error", err)
			session.Unreadable(w, r)
			return
		case u == nil:
			g.door.Ask(w, r)
			return
		}
		someone.user, someone.role, someone.in = u.Name, u.Role, true
		// His own first: those of his requests that wait take no place of all.
		leave, ok := g.places.take(r.Context(), u.Name)
		if !ok {
			busy(w, r)
			return
		}
		defer leave()
	}
	leave, ok := g.places.take(r.Context(), "")
	if !ok {
		busy(w, r)
		return
	}
	defer leave()
	pages.ServeHTTP(w, r)
}

// open reports whether a path is for everybody: what a login page is made of, and whether
// the desk is there, which say nothing of the calls.
func open(path string) bool {
	return strings.HasPrefix(path, "/static/") || path == "/favicon.ico" || path == healthPath
}

const healthPath = "/healthz"

func busy(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "2")
	refuse(w, r, http.StatusServiceUnavailable, schema.Text{EN: "Too much at once", ZH: "请求过多"}, schema.Text{
		EN: "Many pages are being made at this moment. Please try again in two seconds.",
		ZH: "同时打开的页面过多，请两秒后重试。",
	})
}

// refuse writes the page that says why there is none.
func refuse(w http.ResponseWriter, r *http.Request, status int, title, text schema.Text) {
	refusal := plain.Refusal{Status: status, Title: title, Text: text, Request: RequestID(r.Context())}
	refusal.Write(w, r)
}

// secure reports whether a request came by TLS, which the proxy says.
func (g *Guard) secure(r *http.Request) bool {
	said := r.Header.Values("X-Forwarded-Proto")
	return g.o.Proxied && len(said) == 1 && said[0] == "https"
}

// address returns where a request came from: from a proxy the last address of its list, which
// is the one that it saw itself.
func (g *Guard) address(r *http.Request) string {
	if !g.o.Proxied {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			return ""
		}
		return host
	}
	all := r.Header.Values("X-Forwarded-For")
	if len(all) == 0 {
		return ""
	}
	list := all[len(all)-1]
	last := strings.TrimSpace(list[strings.LastIndexByte(list, ',')+1:])
	if net.ParseIP(last) == nil {
		return ""
	}
	return last
}
