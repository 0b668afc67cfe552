package dataset

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"callmill/pipeline/internal/durable"
)

// Key returns the secret of the dataset's contact keys: that of its key file,
// which is created where there is none. file, where not "", is a file with the
// key to use; one that is not the dataset's own is a [*SettingError].
//
// The key is the file's text without the white space around it.
func (d *Dataset) Key(file string) ([]byte, error) {
	path := d.Path(keyFile)
	own, err := readKey(d.fs, path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	missing := err != nil
	key := own
	if file != "" {
		if key, err = readKey(d.fs, file); err != nil {
			return nil, err
		}
		if !missing && !bytes.Equal(key, own) {
			return nil, &SettingError{Setting: "key", Own: "its own key file", Given: file}
		}
	}
	if !missing {
		if file == "" && d.checkKey(key) != nil {
			return nil, fmt.Errorf("read %s: it is not the key of the published contact keys: restore the right one", path)
		}
		return key, d.checkKey(key)
	}
	if key == nil && d.manifest != nil {
		return nil, fmt.Errorf("read %s: it is missing; give the key with --key: without it contact keys would not match those published", path)
	}
	if key == nil {
		key = []byte(newKey())
	}
	if err := d.checkKey(key); err != nil {
		return nil, err
	}
	return key, durable.WriteFile(d.fs, path, append(bytes.Clone(key), '\n'), 0o600)
}

// ExposedKey returns the path and the mode of the dataset's key file where others
// than its owner have access: somebody gave it, or the mount decides modes itself.
func (d *Dataset) ExposedKey() (path string, mode fs.FileMode, exposed bool) {
	path = d.Path(keyFile)
	info, err := d.fs.Stat(path)
	if err != nil {
		return "", 0, false
	}
	mode = info.Mode().Perm()
	return path, mode, mode&0o077 != 0
}

// ReadKey reads the key of the dataset in dir.
func ReadKey(dir string) ([]byte, error) {
	d := newDataset(dir, Options{})
	return readKey(d.fs, d.Path(keyFile))
}

func (d *Dataset) checkKey(key []byte) error {
	if d.manifest != nil && d.manifest.Settings.KeyID != KeyID(key) {
		return &SettingError{Setting: "key", Own: "key " + d.manifest.Settings.KeyID, Given: "key " + KeyID(key)}
	}
	return nil
}

func newKey() string {
	var secret [32]byte
	rand.Read(secret[:])
	return hex.EncodeToString(secret[:])
}

func readKey(fsys durable.FS, path string) ([]byte, error) {
	text, err := durable.ReadFile(fsys, path)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	key := bytes.TrimSpace(text)
	if len(key) == 0 {
		return nil, fmt.Errorf("read key: %s is empty", path)
	}
	return key, nil
}

// KeyID identifies a key without revealing it.
func KeyID(key []byte) string {
	return hex.EncodeToString(hmac.New(sha256.New, key).Sum(nil))[:16]
}

// SettingError means that a given setting is not the dataset's own.
type SettingError struct{ Setting, Own, Given string }

func (e *SettingError) Error() string {
	return fmt.Sprintf("--%s is %s, but the dataset's is %s", e.Setting, e.Given, e.Own)
}
