// Package secret is the key of a dataset's contact keys: where it lies, whether it is
// the right one, and that no run may have it again once it was destroyed.
//
// The key is a file outside the dataset that every run is given, which is the way to
// have the tables without the key. A first run that is given none makes one, and
// leaves it in the dataset, in the file key. It is the file's text without the white
// space around it.
//
// Numbers are few enough to be tried one by one, so contact keys hide them only as well
// as the key is hard to guess. One of fewer than [MinLength] bytes is refused, unless
// published contact keys were made with it.
package secret

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
	"callmill/pipeline/internal/durable"
)

// MinLength is how many bytes a key has at least. Those that a dataset makes itself have
// 64, the digits of 32 random bytes.
const MinLength = 16

// Error means that there is no key to use. It is for whoever called to mend.
type Error struct{ says, hint string }

func (e *Error) Error() string { return e.says }

// Hint says how to mend it.
func (e *Error) Hint() string { return e.hint }

// Of returns the key of a dataset: that in file, or where file is "" that in the
// dataset. It is nil where there is none yet, and where it was destroyed; Destroyed
// tells. A key that the published contact keys were not made with is a
// [*dataset.SettingError] where it was given; it is an [*Error] where it lies in the
// dataset, as are a key that is lost, a file that cannot be read, and a key for a
// dataset whose own was destroyed.
func Of(d *dataset.Dataset, file string) ([]byte, error) {
	id := ""
	if m := d.Manifest(); m != nil {
		id = m.Settings.KeyID
	}
	return find(d, id, file)
}

// find is Of for a dataset whose contact keys were made with the key with an id, ""
// where there are none.
func find(d *dataset.Dataset, id, file string) ([]byte, error) {
	destroyed, err := Destroyed(d)
	switch {
	case err != nil:
		return nil, err
	case destroyed && file != "":
		return nil, &Error{"--key: the key of this dataset was destroyed, for good", "omit the flag: contact_key stays NULL; or write to another folder"}
	case destroyed:
		return nil, nil
	}
	if file != "" {
		key, err := readAny(file)
		switch {
		case err != nil:
			return nil, err
		case id == "":
			return key, checkLength(key, "--key: "+file)
		case id != dataset.KeyID(key):
			return nil, &dataset.SettingError{Setting: "key", Own: "key " + id, Given: fmt.Sprintf("%s (key %s)", file, dataset.KeyID(key))}
		}
		return key, nil
	}
	path := Path(d)
	key, err := read(d.FS(), path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && id == "":
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return nil, &Error{
			fmt.Sprintf("--key is missing: the contact keys were made with key %s, which is not in the dataset", id),
			"give the file that the runs before were given; without it contact keys would not match those published",
		}
	case err != nil:
		return nil, fmt.Errorf("read key: %w", err)
	case id != "" && id != dataset.KeyID(key):
		return nil, &Error{
			fmt.Sprintf("%s is not the key of the published contact keys, which is key %s", path, id),
			"restore the right one, or give it with --key",
		}
	case id == "": // one that somebody left there: those made here are long enough
		return key, checkLength(key, path)
	}
	return key, nil
}

// ForRun is Of for a run, which needs a key: where there is none yet it makes one and
// leaves it in the dataset.
func ForRun(d *dataset.Dataset, file string) ([]byte, error) {
	key, err := Of(d, file)
	if key != nil || err != nil {
		return key, err
	}
	if destroyed, err := Destroyed(d); destroyed || err != nil {
		return nil, err
	}
	var random [32]byte
	rand.Read(random[:])
	key = []byte(hex.EncodeToString(random[:]))
	return key, durable.WriteFile(d.FS(), Path(d), append(bytes.Clone(key), '\n'), 0o600)
}

// Destroyed reports whether the key of a dataset was destroyed.
func Destroyed(d *dataset.Dataset) (bool, error) {
	policy, err := d.Erased().Policy()
	return policy.Key == erased.KeyDestroyed, err
}

// Path returns where the key lies that a dataset has itself.
func Path(d *dataset.Dataset) string { return d.Path(dataset.KeyFile) }

// Read reads a file with a key, as --key names it. That it cannot be read, or is too
// short, is an [*Error].
func Read(file string) ([]byte, error) {
	key, err := readAny(file)
	if err == nil {
		err = checkLength(key, "--key: "+file)
	}
	return key, err
}

// readAny is Read of a key of any length.
func readAny(file string) ([]byte, error) {
	key, err := read(durable.OS{}, file)
	if err != nil {
		return nil, &Error{says: fmt.Sprintf("--key: %v", err)}
	}
	return key, nil
}

// checkLength returns an [*Error] where a key that nothing was made with yet is too short.
// where says which one it is.
func checkLength(key []byte, where string) error {
	if len(key) >= MinLength {
		return nil
	}
	return &Error{
		fmt.Sprintf("%s has %d bytes, too few for a key: want %d or more", where, len(key), MinLength),
		"`openssl rand -hex 32` makes one; of a short one all can be tried, and then all numbers",
	}
}

func read(fsys durable.FS, path string) ([]byte, error) {
	text, err := durable.ReadFile(fsys, path)
	if err != nil {
		return nil, err
	}
	key := bytes.TrimSpace(text)
	if len(key) == 0 {
		return nil, fmt.Errorf("%s is empty", path)
	}
	return key, nil
}

// Exposed returns the path and the mode of the key file in a dataset where others than
// its owner have access: somebody gave it, or the mount decides modes itself.
func Exposed(d *dataset.Dataset) (path string, mode fs.FileMode, exposed bool) {
	path = Path(d)
	info, err := d.FS().Stat(path)
	if err != nil {
		return "", 0, false
	}
	mode = info.Mode().Perm()
	return path, mode, mode&0o077 != 0
}
