//go:build cgo

package serve

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"callmill/cmd/callmill-review/internal/rules/file"
	"callmill/cmd/callmill-review/internal/web"
	"callmill/cmd/callmill-review/internal/web/listener"
	"callmill/cmd/callmill-review/internal/web/recording"
	"callmill/cmd/callmill-review/internal/web/users"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/language"
	"callmill/cmd/internal/quantity"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/secret"
	"callmill/schema"
)

// Process is what the command sees of the process.
type Process struct {
	Stderr io.Writer
	Log    *exit.Log // on Stderr
	Now    func() time.Time
	// Patience is called with how long requests may take to end after a signal.
	Patience func(time.Duration)
}

// serving is the flags of serve.
type serving struct {
	Process
	listen, socket, users, desk, recording, keyFile string
	hosts                                           []string
	mask                                            bool
	memory                                          quantity.Size
	book                                            file.Flag
	lang                                            language.Flag
}

// New returns the command.
func New(p Process) *cobra.Command {
	s := &serving{Process: p, memory: 600 << 20, lang: language.Flag(schema.Chinese)}
	c := &cobra.Command{
		Use:   "serve DIR",
		Short: "Serve all of it in the browser, with verdicts and hand-overs",
		Long: `Serve shows the dataset in the browser: what changed and stands out, the wordings of
scripts, what is not understood, calls, search, rules, samples. It follows what is
published, and changes nothing in the dataset; reviews and the access log are written
to the folder --desk.

It listens on the loopback, where nobody logs in. For other machines it listens on a Unix
socket behind a proxy that does TLS, and people log in: --socket, --users and --host, which
is the name that the proxy is asked for. See also callmill-review user.`,
		Example: `  callmill-review serve callmill-demo
  callmill-review serve data --listen 127.0.0.1:9000 --recording-url 'https://recordings.example.com/{call_id}.mp3'
  callmill-review serve data --socket /run/callmill/desk.sock --users /etc/callmill/users --host desk.example.com`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return s.run(c.Context(), args[0]) },
	}
	f := c.Flags()
	f.StringVar(&s.listen, "listen", "127.0.0.1:8080", "`ADDRESS` of the loopback to listen on; port 0: any")
	f.StringVar(&s.socket, "socket", "", "listen on the Unix socket `PATH` instead, behind a proxy; needs --users and --host")
	f.StringVar(&s.users, "users", "", "`FILE` of users, who log in (callmill-review user add)")
	f.StringArrayVar(&s.hosts, "host", nil, "`NAME` that the desk is asked for, beside the loopback's; repeatable")
	f.StringVar(&s.desk, "desk", "", "`FOLDER` of reviews and the access log (default DIR/desk)")
	f.StringVar(&s.recording, "recording-url", "", "`TEMPLATE` of the URL of a recording: {instance} {job} {task} {call_id} {number} {date}")
	f.StringVar(&s.keyFile, "key", "", "`FILE` with the secret behind contact_key, to search for numbers (default: the dataset's own)")
	f.BoolVar(&s.mask, "mask", false, "mask names, numbers and the like, whatever the dataset holds")
	f.Var(&s.memory, "memory", "how much the calls held in memory may take, the newest days first, e.g. 600MB; older days are read from the dataset")
	s.book.Add(f)
	s.lang.Add(f, "language of pages for those who have not chosen one: zh or en")
	return c
}

func (s *serving) run(ctx context.Context, dir string) error {
	lang, err := s.lang.Parse()
	if err != nil {
		return err
	}
	o := web.Options{
		Dir: dir, Desk: cmp.Or(s.desk, filepath.Join(dir, "desk")), Listen: s.listen, Socket: s.socket, Hosts: s.hosts,
		Local: userName(), Lang: lang, Mask: s.mask, Memory: int64(s.memory), Now: s.Now, Log: s.logger(),
		Listening: func(where string) {
			s.Log.Tell(fmt.Sprintf("%s  (Ctrl-C ends it)", where))
		},
		Loaded: func(snapshot string, took time.Duration) {
			s.Log.Tell(fmt.Sprintf("snapshot %s was loaded in %s", snapshot, took.Round(100*time.Millisecond)))
		},
	}
	if _, given := os.LookupEnv("GOMEMLIMIT"); !given {
		o.Limit = func(bytes int64) { debug.SetMemoryLimit(bytes) }
	}
	if _, given := os.LookupEnv("GOMAXPROCS"); !given {
		// The threads of questions that take long give way to others: pages need one to run on.
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + web.HeavyAtATime)
	}
	if s.memory < 64<<20 {
		return exit.Usagef("--memory must be at least 64MB, got %s", s.memory)
	}
	if s.recording != "" {
		if o.Recording, err = recording.Parse(s.recording); err != nil {
			return exit.Usagef("--recording-url: %w", err)
		}
	}
	if s.users != "" {
		o.Users = users.In(s.users)
	}
	switch {
	case s.socket == "":
		if _, err := listener.Check(s.listen); err != nil {
			return exit.AsUsage(err)
		}
	case s.users == "" || len(s.hosts) == 0:
		return exit.WithHint(exit.Usagef("--socket needs --users and --host"), "people log in behind the proxy: callmill-review user add")
	}
	if o.Rules, err = s.book.Read(); err != nil {
		return err
	}
	d, err := dataset.View(dir)
	if err != nil {
		return err // before somebody opens the page that says it is being loaded
	}
	if o.Key, err = secret.Of(d, s.keyFile); err != nil {
		if s.keyFile != "" {
			return exit.AsUsage(err) // it names the flag
		}
		s.Log.Note("numbers cannot be searched for: "+err.Error(), "--key FILE gives the secret behind contact_key")
	}
	s.Patience(10 * time.Second)
	return web.Serve(ctx, o)
}

func userName() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "local"
}

// logger returns a logger of what happens while pages are served, to stderr.
func (s *serving) logger() *slog.Logger {
	if s.Log.Format == exit.JSON {
		return slog.New(slog.NewJSONHandler(s.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(s.Stderr, nil))
}
