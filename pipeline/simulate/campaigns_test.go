package simulate

import (
	_ "embed"
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"callmill/pipeline/simulate/script"
)

// withFile returns the embedded data with one file changed.
func withFile(t testing.TB, name string, change func(string) string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	err := fs.WalkDir(data, ".", func(at string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := data.ReadFile(at)
		files[at] = &fstest.MapFile{Data: body}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	if file := files[name]; file != nil {
		text = string(file.Data)
	}
	files[name] = &fstest.MapFile{Data: []byte(change(text))}
	return files
}

//go:embed script/testdata/small.txt
var small string // the smallest campaign that is valid

// Errors of campaigns name the file.
func TestCampaignErrors(t *testing.T) {
	for _, test := range []struct{ old, new, want string }{
		{"campaign tiny", "campaign delivery", "tiny.txt: duplicate campaign delivery"},
		{"share 1\n", "share many\n", `simulate: campaigns/tiny.txt:5: invalid share "many"`},
	} {
		files := withFile(t, "campaigns/tiny.txt", func(string) string { return strings.Replace(small, test.old, test.new, 1) })
		_, err := newWorld(Options{}, files)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q for %q:\n got %v\nwant %s", test.new, test.old, err, test.want)
		}
	}
}

func TestWordErrors(t *testing.T) {
	tests := []struct{ file, text, want string }{
		{"words/contact.txt", "list filler\n- 嗯\nlist filler\n", `words/contact.txt:3: duplicate list "filler"`},
		{"words/contact.txt", "- 嗯\n", "words/contact.txt:1: entry outside a list"},
		{"words/contact.txt", "list filler mood=angry\n- 嗯\n", `words/contact.txt:1: unknown mood "angry"`},
		{"words/contact.txt", "list filler\n- 嗯\n", "missing list hello"},
		{"words/names.txt", "list family_name\n- 王{given_male}\nlist given_male\n- 一\nlist given_female\n- 二\nlist person\n- 三\n", "missing list family_name of bare words"},
		{"slips/homophones.txt", "还款\n", "slips/homophones.txt:1: invalid pair: want WORD OTHER-WORD"},
	}
	for _, test := range tests {
		files := withFile(t, test.file, func(string) string { return test.text })
		if test.file == "words/contact.txt" {
			// The other word lists do not use lists of this file.
			for name := range files {
				if path.Dir(name) == "words" && name != test.file && name != "words/names.txt" {
					delete(files, name)
				}
			}
		}
		_, err := newWorld(Options{}, files)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s = %q:\n got %v\nwant %s", test.file, test.text, err, test.want)
		}
	}
}

// The embedded scripts have a realistic size.
func TestEmbeddedCampaigns(t *testing.T) {
	w, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.campaigns) < 8 {
		t.Errorf("%d campaigns, want at least 8", len(w.campaigns))
	}
	for _, c := range w.campaigns {
		if n := len(c.Nodes); n < 12 || n > 40 {
			t.Errorf("campaign %s has %d nodes, want 12 to 40", c.ID, n)
		}
		if len(c.Versions) < 2 {
			t.Errorf("campaign %s has %d versions, want several", c.ID, len(c.Versions))
		}
	}
}

// Every version of every script is used by a group.
func TestScriptVersionsAreUsed(t *testing.T) {
	w, err := New(Options{People: 2000})
	if err != nil {
		t.Fatal(err)
	}
	used := map[*script.Campaign]map[int]bool{}
	for _, g := range w.groups {
		if used[g.campaign] == nil {
			used[g.campaign] = map[int]bool{}
		}
		used[g.campaign][g.version] = true
	}
	for _, c := range w.campaigns {
		for i, v := range c.Versions {
			if !used[c][i] {
				t.Errorf("no group uses version %s of %s", v.Name, c.ID)
			}
		}
	}
}

// FuzzCampaign: a campaign file is either an error, or its calls end.
func FuzzCampaign(f *testing.F) {
	f.Add(small)
	for _, name := range []string{"campaigns/renewal.txt", "campaigns/arrears.txt"} {
		body, err := data.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(body))
	}
	// A loop of nodes.
	f.Add(strings.Replace(small, "reply fine 10 -> bye", "reply fine 10 -> round\nnode round 转圈\nsay 再问一遍\nback\nnode other 其他\nsay 嗯\nend", 1))
	f.Fuzz(func(t *testing.T, text string) {
		files := withFile(t, "campaigns/fuzz.txt", func(string) string { return text })
		for name := range files {
			if path.Dir(name) == "campaigns" && name != "campaigns/fuzz.txt" {
				delete(files, name)
			}
		}
		w, err := newWorld(Options{People: 30}, files)
		if err != nil {
			return
		}
		for i := range w.Len() {
			job, _ := w.Job(i)
			for _, task := range job.Tasks {
				if len(task.Turns) > maxTurns+10 {
					t.Fatalf("a call of %d turns", len(task.Turns))
				}
			}
		}
	})
}
