package forget

import (
	"errors"
	"fmt"
	"os"

	"callmill/cmd/callmill/internal/settings"
	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/redact"
)

// View opens a dataset for reading, also one that has not published anything yet: people
// ask to be erased before the first night, too. No dataset at all is a usage error.
func View(dir string) (*dataset.Dataset, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, exit.WithHint(exit.Usagef("there is no dataset in %s", dir), "name the folder that runs are given with --out")
	}
	d, err := dataset.View(dir)
	if errors.Is(err, dataset.ErrEmpty) {
		return dataset.Unpublished(dir)
	}
	return d, err
}

// unpublished returns a usage error for what cannot be noted ahead of the first snapshot.
// What can are tombstones, of numbers, reference ids and days: a job is known by its
// instance, too, which nobody names.
func (o *Options) unpublished(d *dataset.Dataset) error {
	if len(o.Jobs) == 0 {
		return nil
	}
	return exit.WithHint(exit.Usagef("nothing is published in %s yet: --job fits no job that is known", d.Path()),
		"name the person with --phone or --reference-id: this is noted, and whatever comes of them is left out")
}

// noted says what becomes of those who are meant while nothing is published.
func (w *work) noted(d *dataset.Dataset) string {
	until := "until " + w.Until
	if w.Before != "" && len(w.Numbers)+len(w.References) == 0 {
		until = "before " + w.Before
	}
	return fmt.Sprintf("nothing is published in %s yet: whatever comes of calls %s is left out", d.Path(), until)
}

// settingsOf returns the settings of a dataset: of one that has published nothing those of
// a first run without flags, which takes nothing out of what it receives.
func settingsOf(d *dataset.Dataset) dataset.Settings {
	if m := d.Manifest(); m != nil {
		return m.Settings
	}
	return dataset.Settings{TimeZone: settings.TimeZone, PII: redact.Keep}
}
