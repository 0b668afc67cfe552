package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"callmill/pipeline/internal/durable"
)

// Dictionary is a file of user words, kept in the dataset so that later runs
// cut the same words without being given it.
type Dictionary struct {
	Name   string // in dict/: the SHA-256 of the text and .txt
	Origin string // what to call it in errors
	Text   []byte
	Own    bool // it was read from the dataset
}

// Dictionaries reads the user dictionaries of the dataset's settings.
func (d *Dataset) Dictionaries() ([]Dictionary, error) {
	var dicts []Dictionary
	for _, name := range d.manifest.Settings.Dictionaries {
		path := d.Path(dictDir, name)
		text, err := durable.ReadFile(d.fs, path)
		if err != nil {
			return nil, fmt.Errorf("read the dataset's dictionary: %w", err)
		}
		sum := sha256.Sum256(text)
		if hex.EncodeToString(sum[:])+".txt" != name {
			return nil, fmt.Errorf("read %s: damaged: its content does not have the hash that it is named for", path)
		}
		dicts = append(dicts, Dictionary{Name: name, Origin: path, Text: text, Own: true})
	}
	return dicts, nil
}

// KeepDictionaries copies dictionaries into the dataset. A crash leaves files
// that no snapshot refers to; a later run with the same dictionaries uses them.
func (d *Dataset) KeepDictionaries(dicts []Dictionary) error {
	if len(dicts) == 0 {
		return nil
	}
	if err := durable.MkdirAll(d.fs, d.Path(dictDir), d.DirMode()); err != nil {
		return err
	}
	for _, dict := range dicts {
		path := d.Path(dictDir, dict.Name)
		if text, err := durable.ReadFile(d.fs, path); err == nil && bytes.Equal(text, dict.Text) {
			continue
		}
		if err := durable.WriteFile(d.fs, path, dict.Text, d.FileMode()); err != nil {
			return err
		}
	}
	return nil
}
