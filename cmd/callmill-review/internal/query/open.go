//go:build cgo

package query

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/views"
	"callmill/schema"
)

//go:embed sql/*.sql
var sources embed.FS

// Options are how a dataset is opened.
type Options struct {
	Memory  int64 // limit of what DuckDB holds, in bytes; 0: 400 MB
	Threads int   // 0: one per processor
	// Snapshot is the name of the one to open; "" is the one that is published.
	Snapshot string
}

// defaultMemory leaves room for a corpus of two million lines in a process of 700 MB.
const defaultMemory = 400 << 20

// DB is a snapshot opened for reading. It stays the same snapshot while later ones are
// published. Safe for concurrent use.
type DB struct {
	db       *sql.DB
	dir      string
	name     string // of the snapshot
	snapshot string // its folder
	manifest *dataset.Manifest
	zone     *time.Location

	dictionaries func() ([]dataset.Dictionary, error) // those of the dataset

	scriptsNamed bool // else chatbots or scenarios stand for scripts
}

// Open opens a snapshot of the dataset in the folder dir.
func Open(ctx context.Context, dir string, o Options) (*DB, error) {
	data, err := dataset.View(dir)
	if err != nil {
		return nil, err
	}
	if o.Snapshot != "" && o.Snapshot != data.Name() {
		if data, err = data.At(o.Snapshot); err != nil {
			return nil, err
		}
	}
	settings := data.Manifest().Settings
	zone, err := time.LoadLocation(settings.TimeZone)
	if err != nil {
		return nil, fmt.Errorf("open dataset %s: %w", dir, err)
	}
	if v := data.Manifest().Versions(); v.Format < dataset.FormatVersion {
		return nil, &OlderError{Dir: dir, Format: v.Format}
	}
	snapshot, err := filepath.Abs(data.SnapshotDir())
	if err != nil {
		return nil, err
	}
	threads := cmp.Or(o.Threads, runtime.GOMAXPROCS(0))
	connector, err := duckdb.NewConnector(fmt.Sprintf("?threads=%d&memory_limit=%dB&temp_directory=&autoload_known_extensions=false&autoinstall_known_extensions=false",
		threads, cmp.Or(o.Memory, defaultMemory)), nil)
	if err != nil {
		return nil, fmt.Errorf("open DuckDB: %w", err)
	}
	d := &DB{db: sql.OpenDB(connector), dir: dir, name: data.Name(), snapshot: snapshot, manifest: data.Manifest(), zone: zone, dictionaries: data.Dictionaries}
	if err := d.prepare(ctx, data.Manifest().OptOuts.Path != ""); err != nil {
		return nil, errors.Join(fmt.Errorf("open dataset %s: %w", dir, err), d.Close())
	}
	return d, nil
}

// prepare makes the views of the snapshot and then locks what may be read.
func (d *DB) prepare(ctx context.Context, optOuts bool) error {
	ours, err := source("setup")
	if err != nil {
		return err
	}
	// A pattern with escaped wildcards is compared as it is, each file that it matches again.
	folder := d.snapshot + string(filepath.Separator)
	setup := "SET allowed_directories = [" + literal(folder) + ", " + literal(views.Pattern(folder)) + "];\n" +
		"SET enable_external_access = false;\n" +
		withoutComments(views.SQL(d.snapshot, schema.English, optOuts)) +
		";\n" + ours + "SET lock_configuration = true;"
	if _, err := d.db.ExecContext(ctx, setup); err != nil {
		return d.explain(ctx, "views", err)
	}
	return d.each(ctx, "naming", nil, func(v []driver.Value) error {
		d.scriptsNamed = v[0].(bool)
		return nil
	})
}

// withoutComments takes out the comments on views and columns, which take 80 ms.
func withoutComments(sql string) string {
	var kept strings.Builder
	for line := range strings.Lines(sql) {
		if !strings.HasPrefix(line, "COMMENT ON ") {
			kept.WriteString(line)
		}
	}
	return kept.String()
}

// Close ends all questions.
func (d *DB) Close() error { return d.db.Close() }

// Snapshot returns the name of the snapshot.
func (d *DB) Snapshot() string { return d.name }

// Manifest returns that of the snapshot, which is not to be changed.
func (d *DB) Manifest() *dataset.Manifest { return d.manifest }

// Zone returns the time zone of the dataset's days and hours.
func (d *DB) Zone() *time.Location { return d.zone }

// OlderError means that a dataset is of a format that lacks columns which are needed.
type OlderError struct {
	Dir    string
	Format int
}

func (e *OlderError) Error() string {
	return fmt.Sprintf("open dataset %s: format %d lacks columns that are needed", e.Dir, e.Format)
}

// Hint says how to get them.
func (e *OlderError) Hint() string {
	return "any run of this callmill that publishes brings it up to date, such as `callmill rewrite`"
}

// GoneError means that the snapshot was removed while it was read.
type GoneError struct{ Snapshot string }

func (e *GoneError) Error() string {
	return fmt.Sprintf("snapshot %s was removed while it was read", e.Snapshot)
}

// Hint says what helps.
func (e *GoneError) Hint() string {
	return "run the command again: it reads the snapshot that is published now"
}

// explain returns what an error of DuckDB is due to, for the question that was asked.
func (d *DB) explain(ctx context.Context, question string, err error) error {
	if err == nil {
		return nil
	}
	var found *duckdb.Error
	switch _, missing := os.Stat(d.snapshot); {
	case ctx.Err() != nil:
		err = ctx.Err()
	case missing != nil:
		err = &GoneError{d.Snapshot()}
	case errors.As(err, &found) && found.Type == duckdb.ErrorTypeOutOfMemory:
		err = &MemoryError{err}
	case errors.As(err, &found) && isMissing(found.Msg) && d.superseded(): // its files go one after the other
		err = &GoneError{d.Snapshot()}
	case errors.As(err, &found) && strings.Contains(found.Msg, ".parquet"):
		err = &FileError{dir: d.dir, err: err}
	}
	return fmt.Errorf("read %s: %w", strings.ReplaceAll(question, "_", " "), err)
}

// isMissing reports whether an error of DuckDB says that a file is not there.
func isMissing(message string) bool {
	return strings.Contains(message, ".parquet") && (strings.Contains(message, "No files found") || strings.Contains(message, "No such file"))
}

// superseded reports whether another snapshot is published than the one that is read.
func (d *DB) superseded() bool {
	latest, err := dataset.Latest(d.dir)
	return err == nil && latest != "" && latest != d.Snapshot()
}

// MemoryError means that DuckDB needs more memory than it may have.
type MemoryError struct{ err error }

func (e *MemoryError) Error() string {
	first, _, _ := strings.Cut(e.err.Error(), "\n")
	return first
}

func (e *MemoryError) Unwrap() error { return e.err }

// Hint says what helps.
func (e *MemoryError) Hint() string {
	return "ask for fewer days with --from and --to, or give it more with --memory 2GB"
}

// FileError means that a file of the snapshot cannot be read.
type FileError struct {
	dir string
	err error
}

func (e *FileError) Error() string {
	first, _, _ := strings.Cut(e.err.Error(), "\n")
	return "a file is damaged or missing: " + first
}

func (e *FileError) Unwrap() error { return e.err }

// Hint says what helps.
func (e *FileError) Hint() string {
	return "run the command again, in case the snapshot was removed while it was read; `callmill verify " + quote.Shell(e.dir) + "` says what is damaged"
}

// source returns an embedded file.
func source(name string) (string, error) {
	text, err := sources.ReadFile("sql/" + name + ".sql")
	return string(text), err
}

// literal returns a string literal of SQL.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
