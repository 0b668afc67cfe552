package exit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Log writes the messages of a command to stderr: as text, a line for the message
// and one for its hint, or as JSON, an object for both. In each, what URLs hold of
// user and password is masked. Not safe for concurrent use.
type Log struct {
	Writer io.Writer
	Name   string // of the command; "" is callmill
	Format Format
	Now    func() time.Time // dates the objects; nil is time.Now
	// Mask takes out of a message what must not be shown, such as passwords in URLs;
	// nil leaves messages as they are.
	Mask func(message string) string

	about []slog.Attr
}

// Format is how messages are written. It is a flag.
type Format string

// The formats there are; "" is [Text].
const (
	Text Format = "text"
	JSON Format = "json"
)

// Set parses a format. The value is unchanged where that fails.
func (f *Format) Set(text string) error {
	switch format := Format(text); format {
	case "", Text, JSON:
		*f = cmp.Or(format, Text)
		return nil
	}
	return fmt.Errorf("want %s or %s", Text, JSON)
}

func (f *Format) String() string { return string(*f) }

// Type is what help calls the value.
func (f *Format) Type() string { return "FORMAT" }

// About says what later messages are about, in those written as JSON: of each key the
// last value.
func (l *Log) About(key, value string) {
	l.about = slices.DeleteFunc(l.about, func(a slog.Attr) bool { return a.Key == key })
	l.about = append(l.about, slog.String(key, value))
}

// Complain prints why a command that ran with ctx returned err, a message for each
// reason, with at most one hint each.
func (l *Log) Complain(ctx context.Context, err error) {
	var unclean Unclean
	switch {
	case err == nil:
	case Interrupted(ctx, err):
		stopped := fmt.Sprintf("stopped by %s", caught(ctx))
		if l.Name == "" { // callmill publishes; other commands only read
			stopped += ", nothing was published"
		}
		l.say(slog.LevelError, stopped, Hint(err))
	case errors.As(err, &unclean):
		for _, r := range unclean {
			l.say(slog.LevelWarn, r.Says, r.Hint, append(requestIDs(r.RequestIDs), slog.String("reason", string(r.Code)))...)
		}
	default:
		l.say(slog.LevelError, err.Error(), Hint(err), requestIDs(idsOf(err))...)
	}
}

// Note prints a message that does not change the exit code.
func (l *Log) Note(what, hint string) { l.say(slog.LevelWarn, what, hint) }

// Tell prints what a command did, where its results alone are on stdout.
func (l *Log) Tell(what string) {
	if l.Format == JSON {
		l.say(slog.LevelInfo, what, "")
		return
	}
	fmt.Fprintln(l.Writer, l.masked(what))
}

func (l *Log) say(level slog.Level, what, hint string, more ...slog.Attr) {
	// errors.Join separates errors by line breaks; a message is one line.
	what, hint = l.masked(strings.ReplaceAll(what, "\n", "; ")), l.masked(hint)
	if l.Format == JSON {
		l.write(level, what, hint, more)
		return
	}
	fmt.Fprintf(l.Writer, "%s: %s\n", cmp.Or(l.Name, "callmill"), what)
	if hint != "" {
		fmt.Fprintf(l.Writer, "hint: %s\n", hint)
	}
}

func (l *Log) masked(message string) string {
	if l.Mask == nil {
		return message
	}
	return l.Mask(message)
}

// write writes a message as JSON. That stderr cannot be written is told nowhere.
func (l *Log) write(level slog.Level, what, hint string, more []slog.Attr) {
	now := time.Now
	if l.Now != nil {
		now = l.Now
	}
	record := slog.NewRecord(now().UTC(), level, what, 0)
	if hint != "" {
		record.AddAttrs(slog.String("hint", hint))
	}
	record.AddAttrs(more...)
	record.AddAttrs(l.about...)
	_ = slog.NewJSONHandler(l.Writer, nil).Handle(context.Background(), record)
}

// requestIDs is the part of a message that names requests of the API.
func requestIDs(ids []string) []slog.Attr {
	if len(ids) == 0 {
		return nil
	}
	return []slog.Attr{slog.Any("request_ids", ids)}
}

// idsOf returns the ids of the requests that an error is due to, each once.
func idsOf(err error) (ids []string) {
	if api, ok := err.(interface{ Request() string }); ok && api.Request() != "" {
		ids = append(ids, api.Request())
	}
	switch err := err.(type) {
	case interface{ Unwrap() error }:
		ids = append(ids, idsOf(err.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, e := range err.Unwrap() {
			ids = append(ids, idsOf(e)...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
