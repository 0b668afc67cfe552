//go:build cgo

package site

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/query"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/assets"
	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/recording"
	"callmill/cmd/callmill-review/internal/web/users"
	"callmill/pipeline/desk"
	"callmill/schema"
)

// Role is what somebody may do. Each may what those before may.
type Role = users.Role

// The roles.
const (
	Viewer   = users.Viewer   // sees numbers masked
	Reviewer = users.Reviewer // gives verdicts
	Exporter = users.Exporter // takes lists away
)

// Options are what a site is made of.
type Options struct {
	Dir       string // of the dataset
	Live      *live.Follower
	Desk      *desk.Desk
	Verdicts  *verdicts.Book
	Audit     *audit.Log         // the access log; nil: there is none
	Recording recording.Template // of the URLs of recordings; the zero one: there are none
	Key       []byte             // of contact keys; nil: unknown, numbers cannot be searched for
	Local     string             // name of the user where nobody logs in
	// Who says who asks; ok is false where nobody is logged in. nil: Local, as Exporter.
	Who   func(r *http.Request) (user string, role Role, ok bool)
	Login bool            // people log in, and can log out
	Lang  schema.Language // of who did not choose one; "": Chinese
	Now   func() time.Time
	Log   *slog.Logger
	Book  *rules.Book // the rules that Live looks for
	Mask  bool        // what is said is masked
}

// Site is the pages of a desk over one dataset. Pages are added before it serves; then
// it is safe for concurrent use.
type Site struct {
	Options
	mux    *http.ServeMux
	layout *template.Template
	assets *assets.Files

	mu    sync.Mutex
	pools map[*template.Template]*sync.Pool
}

// New returns a site with the pages that every site has: static files, help, health.
func New(o Options) *Site {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Lang == "" {
		o.Lang = schema.Chinese
	}
	static, err := assets.New(files, "static")
	if err != nil {
		panic(err) // they are embedded
	}
	s := &Site{Options: o, mux: http.NewServeMux(), assets: static, pools: map[*template.Template]*sync.Pool{}}
	own := s.Templates(files, "templates/*.html")
	s.layout = own
	s.mux.Handle("GET /static/", s.assets)
	s.mux.HandleFunc("GET /healthz", s.health)
	s.mux.HandleFunc("/", s.unknown)
	s.Page("GET /about", Viewer, func(w http.ResponseWriter, r *Request) error {
		return r.Render(w, own, "about", schema.Text{ZH: "帮助", EN: "Help"}, nil)
	})
	return s
}

// Handler returns what serves all pages.
func (s *Site) Handler() http.Handler { return assets.Compressed(s.mux) }

// health answers whoever watches the service: the name of the snapshot.
func (s *Site) health(w http.ResponseWriter, _ *http.Request) {
	night := s.Live.Take()
	defer night.Release()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok " + night.Name + "\n")) // the client is gone, else
}

// unknown is the page for paths that there are none for.
func (s *Site) unknown(w http.ResponseWriter, hr *http.Request) {
	s.serve(w, hr, Viewer, func(http.ResponseWriter, *Request) error {
		return NotFound(schema.Text{ZH: "没有这个页面", EN: "there is no such page"})
	})
}

// Page adds a page that is read: h is called with the night that is newest, which is held
// until h returns. Its error becomes a page: that of Usage and of package among 400, that
// of NotFound 404, an *answers.WorkingError a page that waits for the answer.
func (s *Site) Page(pattern string, role Role, h func(w http.ResponseWriter, r *Request) error) {
	path := pattern[strings.Index(pattern, "/"):]
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, hr *http.Request) {
		if to := s.canonical(hr); to != "" {
			s.chooseLanguage(w, hr)
			http.Redirect(w, hr, to, http.StatusSeeOther)
			return
		}
		s.serve(w, hr, role, func(w http.ResponseWriter, r *Request) error {
			r.page = path
			return h(w, r)
		})
	})
}

// mostForm is how long a form may be, in bytes.
const mostForm = 1 << 20

// Form adds what a form is sent to. h redirects to a page with See when it is done.
func (s *Site) Form(pattern string, role Role, h func(w http.ResponseWriter, r *Request) error) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, hr *http.Request) {
		hr.Body = http.MaxBytesReader(w, hr.Body, mostForm)
		if err := hr.ParseForm(); err != nil {
			s.serve(w, hr, role, func(http.ResponseWriter, *Request) error {
				return Usage(schema.Text{ZH: "表单无法读取或过长", EN: "the form cannot be read, or is too long"})
			})
			return
		}
		s.serve(w, hr, role, h)
	})
}

// longestAwaited is how long a request waits for the snapshot after one that was removed
// while it was read.
const longestAwaited = 20 * time.Second

// serve calls h with a request, and writes its error as a page. Where the snapshot was
// removed while h read it, as erasing does, h is called again with the next one.
func (s *Site) serve(w http.ResponseWriter, hr *http.Request, role Role, h func(w http.ResponseWriter, r *Request) error) {
	w.Header().Set("Cache-Control", "no-store")
	gone := s.try(w, hr, role, h, hr.Method != http.MethodGet && hr.Method != http.MethodHead)
	if gone == "" {
		return
	}
	s.await(hr.Context(), gone)
	s.try(w, hr, role, h, true)
}

// try serves a request with the newest snapshot. It returns the name of one that was
// removed meanwhile, and writes nothing then, unless it is the last try.
func (s *Site) try(w http.ResponseWriter, hr *http.Request, role Role, h func(w http.ResponseWriter, r *Request) error, last bool) (gone string) {
	night := s.Live.Take()
	defer night.Release()
	r := s.request(hr, night)
	if s.Who != nil {
		user, has, ok := s.Who(hr)
		if !ok {
			http.Redirect(w, hr, "/login?"+url.Values{"next": {hr.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
			return ""
		}
		r.User, r.Role = user, has
	}
	err := r.parse()
	if err == nil && r.Role < role {
		err = forbidden(role)
	}
	if err == nil {
		err = h(w, r)
	}
	var removed *query.GoneError
	switch {
	case errors.As(err, &removed) && !last:
		return night.Name
	case err != nil:
		r.fail(w, err)
	}
	return ""
}

// await waits until another snapshot than the one with a name is shown, or none is to be
// expected.
func (s *Site) await(ctx context.Context, name string) {
	ctx, cancel := context.WithTimeout(ctx, longestAwaited)
	defer cancel()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	for ctx.Err() == nil && s.Live.State().Err == nil {
		night := s.Live.Take()
		same := night.Name == name
		night.Release()
		if !same {
			return
		}
		select {
		case <-ctx.Done():
		case <-look.C:
		}
	}
}

// barPrefix is what the names of the fields of the filter bar begin with.
const barPrefix = "b."

// canonical returns where a request is redirected to: one that chooses a language, or
// that the filter bar sent, to its URL without these; "" for others.
func (s *Site) canonical(r *http.Request) string {
	q := r.URL.Query()
	bar := q.Has(barPrefix)
	if !bar && !q.Has("lang") {
		return ""
	}
	if bar {
		barQuery(q)
	}
	q.Del("lang")
	return here(r.URL.Path, q)
}

func here(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// hasSnapshot reports whether a snapshot, by a name that a URL gives, is still there.
func (s *Site) hasSnapshot(name string) bool {
	found, err := os.ReadDir(filepath.Join(s.Dir, "snapshots"))
	return err == nil && slices.ContainsFunc(found, func(e os.DirEntry) bool { return e.Name() == name })
}

// buffers are for pages, which are written when they are whole.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// logError logs what nobody expected, by the id that its page shows.
func (s *Site) logError(ctx context.Context, id string, r *http.Request, err error) {
	s.Log.ErrorContext(ctx, "request failed", "id", id, "method", r.Method, "path", r.URL.Path, "error", err.Error())
}
