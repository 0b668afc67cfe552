package secret

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/erased"
)

// opened returns a dataset without a snapshot, and the path of a file with another key.
func opened(t *testing.T) (d *dataset.Dataset, file string) {
	t.Helper()
	d, err := dataset.Open(t.Context(), filepath.Join(t.TempDir(), "data"), dataset.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	file = filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(" given to every run \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return d, file
}

// TestFirstRun: the first run makes a key, unless it is given one, which stays where it
// is.
func TestFirstRun(t *testing.T) {
	d, file := opened(t)
	if key, err := ForRun(d, file); err != nil || string(key) != "given to every run" {
		t.Fatalf("key %q, error %v", key, err)
	}
	if _, err := os.Stat(Path(d)); !os.IsNotExist(err) {
		t.Fatalf("the key was copied into the dataset: %v", err)
	}
	if key, err := Of(d, ""); key != nil || err != nil {
		t.Fatalf("key %q, error %v before there is one", key, err)
	}
	made, err := ForRun(d, "")
	if err != nil || len(made) != 64 {
		t.Fatalf("key %q, error %v", made, err)
	}
	if again, err := ForRun(d, ""); err != nil || string(again) != string(made) {
		t.Fatalf("key %q, error %v, want %q", again, err, made)
	}
	if path, mode, exposed := Exposed(d); exposed {
		t.Errorf("%s has mode %o", path, mode)
	}
	if err := os.Chmod(Path(d), 0o640); err != nil {
		t.Fatal(err)
	}
	if _, mode, exposed := Exposed(d); !exposed || mode != 0o640 {
		t.Errorf("mode %o, exposed %v", mode, exposed)
	}
}

// TestLaterRuns: published contact keys need the key that they were made with.
func TestLaterRuns(t *testing.T) {
	d, file := opened(t)
	id := dataset.KeyID([]byte("given to every run"))
	fails := func(name, file, says string) {
		t.Helper()
		_, err := find(d, id, file)
		var key *Error
		var setting *dataset.SettingError
		if err == nil || !errors.As(err, &key) && !errors.As(err, &setting) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: error %v, want one that says %q", name, err, says)
		}
	}
	if key, err := find(d, id, file); err != nil || string(key) != "given to every run" {
		t.Errorf("the key that was given: %q, error %v", key, err)
	}
	fails("a lost key", "", "--key is missing")
	other := filepath.Join(t.TempDir(), "other")
	for name, text := range map[string]string{"a foreign key": "other", "an empty file": " \n"} {
		if err := os.WriteFile(other, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		fails(name, other, map[string]string{"other": "but the dataset's is key", " \n": "is empty"}[text])
	}
	fails("no file", filepath.Join(t.TempDir(), "none"), "no such file")
	if err := os.WriteFile(Path(d), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	fails("a foreign key in the dataset", "", "is not the key of the published contact keys")
	if key, err := find(d, id, file); err != nil || string(key) != "given to every run" {
		t.Errorf("the right key beside a foreign one: %q, error %v", key, err)
	}
}

// TestShort: a key that can be guessed is refused, unless contact keys were made with it.
func TestShort(t *testing.T) {
	d, file := opened(t)
	for _, key := range []string{"123456", "fifteen bytes..", "sixteen bytes..."} {
		if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		short := len(key) < MinLength
		refused := func(name string, got []byte, err error) {
			t.Helper()
			var e *Error
			if is := errors.As(err, &e) && strings.Contains(e.Error(), "too few") && e.Hint() != ""; is != short || !short && string(got) != key {
				t.Errorf("%s, %q: key %q, error %v", name, key, got, err)
			}
		}
		got, err := Read(file)
		refused("of a lake", got, err)
		got, err = ForRun(d, file)
		refused("of a new dataset", got, err)
		if err := os.WriteFile(Path(d), []byte(key), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err = ForRun(d, "")
		refused("left in a new dataset", got, err)
		for name, from := range map[string]string{"its own": "", "given": file} {
			if got, err := find(d, dataset.KeyID([]byte(key)), from); err != nil || string(got) != key {
				t.Errorf("%s, of a dataset that was made with it, %q: key %q, error %v", name, key, got, err)
			}
		}
	}
}

// TestDestroyed: there is no key again.
func TestDestroyed(t *testing.T) {
	d, file := opened(t)
	if err := d.Erased().Tighten(erased.Policy{Key: erased.KeyDestroyed}); err != nil {
		t.Fatal(err)
	}
	if key, err := ForRun(d, ""); key != nil || err != nil {
		t.Errorf("key %q, error %v", key, err)
	}
	if _, err := ForRun(d, file); err == nil || !strings.Contains(err.Error(), "was destroyed") {
		t.Errorf("a key that is given: %v", err)
	}
	if _, err := os.Stat(Path(d)); !os.IsNotExist(err) {
		t.Errorf("a key was made: %v", err)
	}
}
