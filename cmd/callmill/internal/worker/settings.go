package worker

import (
	"context"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"callmill/cmd/callmill/internal/stdin"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/schema"
)

// description is what the command says of the settings it is given.
type description struct {
	Program  string           `json:"program"`
	Settings dataset.Settings `json:"settings"`
	// Flags are the flags that give these settings again, but for dictionaries and the
	// key, which are files.
	Flags    []string         `json:"flags"`
	Statuses []map[string]any `json:"statuses"` // rows: a column's value under its name, unless it is NULL
}

// print prints the settings.
func (o *options) print(ctx context.Context) error {
	unlisted, err := o.unlisted(ctx)
	if err != nil {
		return err
	}
	loaded, err := o.settings.Adopt(dataset.Nothing(""))
	if err != nil {
		return err
	}
	d := description{Program: "callmill " + o.Version(), Settings: loaded.Settings, Flags: flagsOf(loaded.Settings)}
	if o.key != "" {
		key, err := o.secret()
		if err != nil {
			return err
		}
		d.Settings.KeyID = dataset.KeyID(key)
	}
	for _, row := range schema.StatusRows(unlisted) {
		d.Statuses = append(d.Statuses, columnsOf(row))
	}
	encoder := json.NewEncoder(o.Stdout)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(&d)
}

// unlisted returns the statuses that were named and are not documented. A name may be
// of any length and have any character, so that arguments do not do.
func (o *options) unlisted(ctx context.Context) (names []string, err error) {
	if !o.statuses {
		return nil, nil
	}
	var given []string
	if err := json.NewDecoder(stdin.Until(ctx, o.Stdin)).Decode(&given); err != nil {
		return nil, exit.Usagef("read names of statuses from standard input: want a JSON array of strings: %w", err)
	}
	met := map[string]bool{}
	for _, name := range given {
		if outcome := schema.OutcomeOf(name); !outcome.Listed() && !met[name] {
			met[name] = true
			names = append(names, name)
		}
	}
	return names, nil
}

// flagsOf spells settings as flags.
func flagsOf(s dataset.Settings) []string {
	return []string{"--timezone", s.TimeZone, "--segmenter", s.Segmenter, "--hmm=" + strconv.FormatBool(s.HMM), "--pii", s.PII}
}

// columnsOf returns the values of a row by column, without those that are NULL.
func columnsOf(row any) map[string]any {
	columns := map[string]any{}
	for field, value := range reflect.ValueOf(row).Fields() {
		name, options, _ := strings.Cut(field.Tag.Get("parquet"), ",")
		if !strings.Contains(options, "optional") || !value.IsZero() {
			columns[name] = value.Interface()
		}
	}
	return columns
}
