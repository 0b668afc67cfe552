package published_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"callmill/cmd/callmill-review/internal/published"
	"callmill/pipeline/simulate"
)

// A world is published once for each way and its flags.
func TestPublishedOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: builds the binary")
	}
	worlds := published.In(t.TempDir())
	o := simulate.Options{People: 60, Seed: 3}
	pulled, world := worlds.Pulled(t, o)
	again, _ := worlds.Pulled(t, o)
	masked, _ := worlds.Pulled(t, o, "--pii", "mask")
	converted, _ := worlds.Converted(t, o)
	if pulled != again || pulled == masked || pulled == converted || masked == converted {
		t.Errorf("pulled to %s, then %s, masked to %s, converted to %s", pulled, again, masked, converted)
	}
	if head := world.TruthHead(); head.World.Seed != 3 || len(head.Planted) == 0 {
		t.Errorf("the head of the truth is %+v", head)
	}
	for _, dir := range []string{pulled, masked, converted} {
		if found, err := filepath.Glob(filepath.Join(dir, "latest", "turns", "*")); err != nil || len(found) == 0 {
			entries, _ := os.ReadDir(dir)
			t.Errorf("%s has no turns: %v, %v", dir, entries, err)
		}
	}
}

// No code, query, rule or list of the command names a campaign of those that are held
// out: what finds their causes was not made for them.
func TestHeldOutCampaignsAreNotNamed(t *testing.T) {
	const command, heldOut = "../..", "../../../../pipeline/simulate/testdata/heldout"
	var names []string
	files, err := filepath.Glob(filepath.Join(heldOut, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("held-out campaigns %v: %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^(campaign|name|script|company) (\S+)$`).FindAllStringSubmatch(string(text), -1) {
			if m[1] == "campaign" {
				m[2] = strconv.Quote(m[2]) // else a word of English
			}
			names = append(names, m[2])
		}
	}
	err = filepath.WalkDir(command, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, name := range names {
			if strings.Contains(string(text), name) {
				t.Errorf("%s names the held-out campaign %s", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
