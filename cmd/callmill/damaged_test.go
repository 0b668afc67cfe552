package main

import (
	"slices"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/dataset"
	"callmill/pipeline/dataset/tables"
)

// TestDamagedArchives: each damaged archive is a reject of its own that names
// its file and holds the archive. Converting it again or replaying it changes
// nothing.
func TestDamagedArchives(t *testing.T) {
	archives := map[string]string{"a.json.gz": "\x1f\x8b\x08\x00\x00\x00\x00\x00", "b.json.gz": "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02"}
	in := write(t, archives)
	data := convert(t, exit.Published, in)
	for range 2 {
		d, err := dataset.View(data)
		if err != nil {
			t.Fatal(err)
		}
		var origins []string
		for r, err := range tables.Rejects(d) {
			if err != nil {
				t.Fatal(err)
			}
			origins = append(origins, r.Origin)
			if raw := archives[r.Origin]; string(r.Raw) != raw || r.RawBytes != int64(len(raw)) || !strings.HasSuffix(r.Reason, "the archive ends in the middle") {
				t.Errorf("reject of %s: %s; raw %q of %d bytes", r.Origin, r.Reason, r.Raw, r.RawBytes)
			}
		}
		if slices.Sort(origins); !slices.Equal(origins, []string{"a.json.gz", "b.json.gz"}) {
			t.Errorf("rejects of %q", origins)
		}
		runMain(t, exit.Done, "replay", data, "--progress", "none")
		runMain(t, exit.Published, "convert", in, "--out", data, "--progress", "none")
	}
}
