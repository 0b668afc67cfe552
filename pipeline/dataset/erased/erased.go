// Package erased is the folder erased/ of a dataset: what must outlive a rollback.
// A snapshot that is rolled back to brings its own rows, settings and coverage
// back, but never a person who was erased, a looser policy, a forgotten opt-out or a
// destroyed key. So this lies beside the snapshots and belongs to none.
//
//	erased/             0700, its files 0600
//	  secret            64 hexadecimal digits: the key of every digest here
//	  policy.json       the strictest policy ever published
//	  tombstones.jsonl  who was erased: digests, no names
//	  replaced.json     which snapshot stands for which since an erasure
//	  opt_outs.jsonl    opt-outs whose jobs are gone
//	  holds.json        jobs that retention leaves alone
//	  open/<id>.json    erasures that were begun and have not ended
//	  receipts/<day>-<id>.json  those that have
//
// The secret is not the key of the contact keys, so that tombstones and opt-outs
// still work when that one is destroyed. A digest is the first 32 hexadecimal digits
// of the HMAC-SHA256, with the secret, of a kind and values, see [Store.Digest].
//
// Days are text, 2026-01-31, in the time zone of the dataset: they compare as text
// does. Numbers are normalized by the caller, by package redact: their digits alone.
//
// Every file is replaced whole and atomically. Only the holder of the dataset's lock
// writes; reading needs none. The package knows nothing of datasets, so that package
// dataset can ask it.
package erased

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"

	"callmill/pipeline/internal/durable"
)

// Dir is the name of the folder inside that of the dataset.
const Dir = "erased"

const (
	secretFile     = "secret"
	policyFile     = "policy.json"
	tombstonesFile = "tombstones.jsonl"
	replacedFile   = "replaced.json"
	optOutsFile    = "opt_outs.jsonl"
	holdsFile      = "holds.json"
	openDir        = "open"
	receiptsDir    = "receipts"

	dirMode  fs.FileMode = 0o700
	fileMode fs.FileMode = 0o600
)

// Store is the folder erased/ of a dataset, which need not exist. What it returns
// without one is what a dataset has that never erased anything. It keeps no state but
// the secret; not safe for concurrent use.
type Store struct {
	fs     durable.FS
	dir    string
	secret []byte
}

// In returns the store of the dataset in a folder.
func In(fsys durable.FS, dataset string) *Store {
	return &Store{fs: fsys, dir: filepath.Join(dataset, Dir)}
}

// Path returns the path of something in the folder.
func (s *Store) Path(elements ...string) string {
	return filepath.Join(append([]string{s.dir}, elements...)...)
}

// IsOwn reports whether a path inside the folder, with slashes, is one that this
// package writes, leftovers of a crash excepted.
func IsOwn(path string) bool { return ownPath.MatchString(path) }

var ownPath = regexp.MustCompile(`^(secret|policy\.json|tombstones\.jsonl|replaced\.json|opt_outs\.jsonl|holds\.json|open(/[^/]+\.json)?|receipts(/[^/]+\.json)?)$`)

// Sweep removes what a crash left of a write.
func (s *Store) Sweep() error {
	for _, folder := range []string{"", openDir, receiptsDir} {
		entries, err := durable.ReadDir(s.fs, s.Path(folder))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range entries {
			if !durable.IsTemp(e.Name()) {
				continue
			}
			if err := s.fs.Remove(s.Path(folder, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// secretDigits is how many hexadecimal digits the secret has.
const secretDigits = 64

// ErrNoSecret means that there are digests and the secret that made them is gone:
// nobody who was erased can be recognised any more.
var ErrNoSecret = errors.New("the secret of the digests is missing: restore erased/secret from a backup")

// loadSecret reads the secret, or makes it where there never was one.
func (s *Store) loadSecret(make bool) error {
	if s.secret != nil {
		return nil
	}
	text, err := durable.ReadFile(s.fs, s.Path(secretFile))
	if err == nil {
		secret := strings.TrimSpace(string(text))
		if raw, err := hex.DecodeString(secret); err != nil || len(raw) != secretDigits/2 {
			return fmt.Errorf("read %s: it is not %d hexadecimal digits: restore it from a backup", s.Path(secretFile), secretDigits)
		}
		s.secret = []byte(secret)
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read the secret of erasures: %w", err)
	}
	for _, name := range []string{tombstonesFile, optOutsFile} {
		if _, err := s.fs.Lstat(s.Path(name)); err == nil {
			return fmt.Errorf("read %s: %w", s.Path(name), ErrNoSecret)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if !make {
		return nil
	}
	var random [secretDigits / 2]byte
	rand.Read(random[:])
	secret := hex.EncodeToString(random[:])
	if err := s.write([]byte(secret+"\n"), secretFile); err != nil {
		return err
	}
	s.secret = []byte(secret)
	return nil
}

// Kinds of digests: none of one kind is equal to one of another.
const (
	kindJob       = "job"
	kindNumber    = "number"
	kindReference = "reference"
	kindContact   = "contact"
)

// Digests of what an erasure names. Each makes the secret where there is none.

// JobDigest returns the digest of a job.
func (s *Store) JobDigest(instance, jobID string) (string, error) {
	return s.Digest(kindJob, instance, jobID)
}

// JobIDDigest returns the digest of the id of a job, of whatever instance.
func (s *Store) JobIDDigest(jobID string) (string, error) { return s.Digest("job-id", jobID) }

// NumberDigest returns the digest of a normalized number.
func (s *Store) NumberDigest(number string) (string, error) { return s.Digest(kindNumber, number) }

// ReferenceDigest returns the digest of a reference id.
func (s *Store) ReferenceDigest(reference string) (string, error) {
	return s.Digest(kindReference, reference)
}

// ContactDigest returns the digest of a contact key, by which a person is found where
// the numbers are masked.
func (s *Store) ContactDigest(key string) (string, error) { return s.Digest(kindContact, key) }

// Digest returns the digest of values under a kind.
func (s *Store) Digest(kind string, values ...string) (string, error) {
	if err := s.loadSecret(true); err != nil {
		return "", err
	}
	return digest(s.secret, kind, values...), nil
}

// digestBytes is how much of the HMAC a digest is: enough for no two of a billion to
// be the same, and half of what a list of a million jobs would weigh.
const digestBytes = 16

func digest(secret []byte, kind string, values ...string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(kind))
	for _, v := range values {
		mac.Write([]byte{0})
		mac.Write([]byte(v))
	}
	return hex.EncodeToString(mac.Sum(nil)[:digestBytes])
}

// write replaces a file, making its folder where there is none.
func (s *Store) write(data []byte, elements ...string) error {
	path := s.Path(elements...)
	if err := durable.MkdirAll(s.fs, filepath.Dir(path), dirMode); err != nil {
		return err
	}
	return durable.WriteFile(s.fs, path, data, fileMode)
}

func (s *Store) writeJSON(v any, elements ...string) error {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Errorf("write %s: %w", s.Path(elements...), err)
	}
	return s.write(append(text, '\n'), elements...)
}

// readJSON reads a file into v, which stays as it is where there is none.
func (s *Store) readJSON(v any, elements ...string) error {
	text, err := durable.ReadFile(s.fs, s.Path(elements...))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("read %s: damaged: %w", s.Path(elements...), err)
	}
	return nil
}

// readLines reads a file with a JSON value in each line.
func readLines[T any](s *Store, name string) ([]T, error) {
	text, err := durable.ReadFile(s.fs, s.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []T
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			return nil, fmt.Errorf("read %s:%d: damaged: %w", s.Path(name), n, err)
		}
		list = append(list, v)
	}
	return list, nil
}

func writeLines[T any](s *Store, name string, list []T) error {
	var text []byte
	for _, v := range list {
		line, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("write %s: %w", s.Path(name), err)
		}
		text = append(append(text, line...), '\n')
	}
	return s.write(text, name)
}

// list returns the names, without .json, of the files in a folder, in order.
func (s *Store) list(folder string) ([]string, error) {
	entries, err := durable.ReadDir(s.fs, s.Path(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok && !durable.IsTemp(e.Name()) {
			names = append(names, name)
		}
	}
	return names, nil
}
