//go:build cgo

package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"callmill/cmd/callmill-review/internal/live"
	"callmill/cmd/callmill-review/internal/rules"
	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/cmd/callmill-review/internal/web/audit"
	"callmill/cmd/callmill-review/internal/web/guard"
	"callmill/cmd/callmill-review/internal/web/listener"
	"callmill/cmd/callmill-review/internal/web/plain"
	"callmill/cmd/callmill-review/internal/web/recording"
	"callmill/cmd/callmill-review/internal/web/site"
	"callmill/cmd/callmill-review/internal/web/users"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/desk"
	"callmill/schema"
)

// Options are how a desk is served.
type Options struct {
	Dir    string // of the dataset
	Desk   string // folder of reviews and access log
	Listen string // address of the loopback
	Socket string // path of a Unix socket, in place of Listen
	Hosts  []string
	Users  *users.File // nil: nobody logs in, which a socket does not permit
	Local  string      // name of the user then

	Recording recording.Template
	Key       []byte // of contact keys; nil: unknown
	Rules     *rules.Book
	Lang      schema.Language
	Mask      bool
	Memory    int64             // of calls in memory, in bytes; 0: see live.Options
	Limit     func(bytes int64) // see live.Options

	Now func() time.Time
	Log *slog.Logger
	// Listening is called with the URL, or the socket, when requests are answered: by a
	// page that says that the snapshot is being loaded, first.
	Listening func(where string)
	// Loaded is called when the pages are there; nil: nobody is told.
	Loaded func(snapshot string, took time.Duration)
}

// HeavyAtATime is how many questions that take long are computed at the same time.
const HeavyAtATime = live.HeavyAtATime

const (
	refreshReviews = 10 * time.Second // what callmill forget removed leaves the memory, too
	longestEnd     = 8 * time.Second  // of requests that are under way when the desk is stopped
)

// Serve serves a desk until ctx ends, and then what is under way. It listens at once and
// shows a page that says so until the snapshot is loaded. The error is that of a
// listener, of loading or of the server, a usage error where the options cannot be; nil
// where ctx ended.
func Serve(ctx context.Context, o Options) error {
	g, err := o.guard()
	if err != nil {
		return exit.AsUsage(err)
	}
	l, where, err := o.listen()
	if err != nil {
		return err
	}
	var pages atomic.Pointer[http.Handler]
	begun := o.Now()
	waiting := http.Handler(loading(begun, o.Now))
	pages.Store(&waiting)
	server := guard.Server(g.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*pages.Load()).ServeHTTP(w, r) })), o.Log)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	o.Listening(where)

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	loaded := make(chan error, 1)
	go func() {
		loaded <- o.run(ctx, g.LogsIn(), func(s *site.Site) {
			handler := s.Handler()
			pages.Store(&handler)
			if o.Loaded != nil {
				night := s.Live.Take()
				defer night.Release()
				o.Loaded(night.Name, o.Now().Sub(begun))
			}
		}, server)
	}()
	ended := <-served // by an error, or because run shut it down
	cancel()
	if errors.Is(ended, http.ErrServerClosed) {
		ended = nil
	}
	return errors.Join(ended, <-loaded)
}

// guard returns what stands before the pages.
func (o *Options) guard() (*guard.Guard, error) {
	if o.Socket != "" && o.Users == nil {
		return nil, errors.New("a socket is for several people: it needs a file of users")
	}
	return guard.New(guard.Options{Hosts: o.Hosts, Proxied: o.Socket != "", Users: o.Users, Local: o.Local, Now: o.Now, Log: o.Log})
}

func (o *Options) listen() (l net.Listener, where string, err error) {
	if o.Socket != "" {
		l, err = listener.Socket(o.Socket)
		return l, o.Socket, err
	}
	if l, err = listener.Loopback(o.Listen); err != nil {
		return nil, "", err
	}
	return l, "http://" + l.Addr().String() + "/", nil
}

// run loads the snapshot, hands over the pages and follows what is published, until ctx
// ends. Then it shuts the server down and lets go of everything, in this order: the last
// requests read the last night.
func (o *Options) run(ctx context.Context, login bool, ready func(*site.Site), server *http.Server) (err error) {
	shut := func() error {
		ending, cancel := context.WithTimeout(context.Background(), longestEnd)
		defer cancel()
		if err := server.Shutdown(ending); err != nil {
			return server.Close() // they had their time
		}
		return nil
	}
	follower, err := live.Open(ctx, o.Dir, live.Options{Memory: o.Memory, Mask: o.Mask, Rules: o.Rules, Now: o.Now, Log: o.Log, Limit: o.Limit})
	if err != nil {
		if ctx.Err() != nil {
			err = nil
		}
		return errors.Join(err, shut())
	}
	d := desk.In(o.Desk)
	book, err := verdicts.Open(d)
	if err != nil {
		return errors.Join(fmt.Errorf("read the reviews in %s: %w", o.Desk, err), shut(), follower.Close())
	}
	s := site.New(site.Options{
		Dir: o.Dir, Live: follower, Desk: d, Verdicts: book, Audit: audit.New(d, audit.Options{Alone: !login, Now: o.Now, Log: o.Log}), Recording: o.Recording, Key: o.Key, Local: o.Local,
		Who: guard.Who, Login: login, Lang: o.Lang, Now: o.Now, Log: o.Log, Book: o.Rules, Mask: o.Mask,
	})
	Pages(s)
	ready(s)
	following, ending := context.WithCancel(ctx)
	defer ending()
	followed := make(chan error, 1)
	go func() { followed <- follower.Run(following) }()
	for ctx.Err() == nil && err == nil {
		select {
		case <-ctx.Done():
		case err = <-followed:
			followed <- nil
			if err == nil {
				err = errors.New("the dataset is not followed any more")
			}
		case <-time.After(refreshReviews):
			if e := book.Refresh(); e != nil {
				o.Log.ErrorContext(ctx, "read the reviews", "error", e.Error())
			}
		}
	}
	if ctx.Err() != nil {
		err = nil
	}
	err = errors.Join(err, shut())
	ending()
	if e := <-followed; ctx.Err() == nil {
		err = errors.Join(err, e)
	}
	return errors.Join(err, follower.Close())
}

// loading is the page that there is until the snapshot is loaded. It loads itself again.
func loading(begun time.Time, now func() time.Time) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Refresh", "1")
		w.Header().Set("Retry-After", "1")
		seconds := max(0, int(now().Sub(begun).Seconds()))
		page := plain.Refusal{Status: http.StatusServiceUnavailable, Title: schema.Text{ZH: "正在载入", EN: "Loading"}, Text: schema.Text{
			ZH: fmt.Sprintf("正在把快照读入内存（已 %d 秒）。读完后本页会自动打开。", seconds),
			EN: fmt.Sprintf("The snapshot is being read into memory (%d s so far). This page opens by itself when that is done.", seconds),
		}}
		page.Write(w, r)
	}
}
