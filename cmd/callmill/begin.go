package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/term"

	"callmill/cmd/callmill/internal/ping"
	"callmill/cmd/callmill/internal/recovery"
	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/internal/exit"
	"callmill/cmd/internal/quote"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/secret"
	"callmill/pipeline/progress"
)

// begin checks everything that was asked for, so that a usage error leaves
// nothing behind, then opens the dataset.
func (o *operation) begin(ctx context.Context, env *environment) (*dataset.Dataset, *settings.Loaded, error) {
	f := o.flags
	if err := f.check(); err != nil {
		return nil, nil, err
	}
	if env.limitMemory != nil {
		env.limitMemory(int64(f.memory))
	}
	var s *settings.Loaded
	seen, err := lookAt(f.out)
	if err == nil { // else opening it returns the error
		if s, err = o.settle(seen); err != nil {
			return nil, nil, err
		}
	}
	options := f.folder.Options
	options.Now = env.now
	d, err := recovery.Open(ctx, f.out, options)
	if err != nil {
		return nil, nil, err
	}
	if s != nil && d.Name() == seen.Name() {
		return d, s, nil
	}
	// Another run published while this one waited for the dataset.
	if s, err = o.settle(d); err != nil {
		return nil, nil, errors.Join(err, d.Close())
	}
	return d, s, nil
}

// settle returns the settings of a run that goes on from what d publishes. It
// checks all that was asked for, and changes nothing.
func (o *operation) settle(d *dataset.Dataset) (*settings.Loaded, error) {
	settle := o.flags.settings.Adopt
	if o.anew {
		settle = o.flags.settings.Change
	}
	s, err := settle(d)
	if err == nil {
		err = errors.Join(s.Allowed(d), o.flags.settings.Hold(d, s))
	}
	if err == nil && s.HasKeys() {
		_, err = secret.Of(d, o.flags.key)
	}
	if err == nil && o.check != nil {
		err = o.check(d, s)
	}
	return s, err
}

// lookAt returns a view of a dataset, also where nothing is published yet.
func lookAt(dir string) (*dataset.Dataset, error) {
	d, err := dataset.View(dir)
	if _, missing := os.Stat(dir); errors.Is(err, dataset.ErrEmpty) || errors.Is(missing, fs.ErrNotExist) {
		return dataset.Nothing(dir), nil
	}
	return d, err
}

// publishedIn returns the manifest of the snapshot that a folder publishes, nil
// for none.
func publishedIn(dir string) *dataset.Manifest {
	d, err := dataset.View(dir)
	if err != nil {
		return nil
	}
	return d.Manifest()
}

// progress returns what shows the progress of a run on stderr: as JSON, unless
// another way is asked for, where that is what the messages are.
func (env *environment) progress(mode progress.Mode) *progress.Progress {
	if mode == progress.Auto && env.log.Format == exit.JSON {
		mode = progress.JSON
	}
	file, ok := env.stderr.(*os.File)
	return progress.New(mode, env.stderr, ok && term.IsTerminal(int(file.Fd())), progress.Options{})
}

// monitor returns what --ping names, nil where it is not given.
func (f *runFlags) monitor() (*ping.Monitor, error) {
	m, err := ping.New(f.ping, ping.Options{Program: "callmill/" + version()})
	if err != nil {
		return nil, exit.Usagef("--ping: %w", err)
	}
	return m, nil
}

// notePing says that a ping was not delivered.
func (env *environment) notePing(err error) {
	if err != nil {
		env.log.Note(fmt.Sprintf("--ping was not delivered: %v", err), "see whether the URL is right and can be reached from here; the run does not depend on it")
	}
}

// noteKey says that others can read the dataset's key: contact keys made with it
// are then no better than the numbers.
func noteKey(env *environment, d *dataset.Dataset) {
	path, mode, exposed := secret.Exposed(d)
	if !exposed {
		return
	}
	env.log.Note(fmt.Sprintf("%s can be read by others, its mode is %04o: with it, numbers can be found for contact keys", path, mode),
		fmt.Sprintf("`chmod 600 %s`; on a mount that decides modes itself, mount it with others, e.g. file_mode=0600,dir_mode=0700 for CIFS", quote.Shell(path)))
}
