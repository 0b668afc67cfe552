package simulate

import (
	_ "embed"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"callmill/pipeline/simulate/identity"
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

// Campaigns from outside replace the built-in ones, their lists those of the same
// names, and their errors name file and line.
func TestCampaignsFromOutside(t *testing.T) {
	outside := fstest.MapFS{
		"small.txt":         {Data: []byte(small)},
		"words/names.txt":   {Data: []byte("list family_name\n- 蔺\nlist given_male\n- 铎\nlist given_female\n- 窈\n")},
		"slips/digits.txt":  {Data: []byte("幺 妖\n")},
		"README.md":         {Data: []byte("no campaign")},
		"words/more/no.txt": {Data: []byte("no list")},
	}
	w, err := New(Options{People: 60, Campaigns: outside})
	if err != nil {
		t.Fatal(err)
	}
	for i := range w.Len() {
		job, truth := w.Job(i)
		if name := job.Contacts[0].Name; truth.Campaign != "tiny" || strings.Trim(name, "蔺铎窈") != "" {
			t.Fatalf("job %d is of campaign %s and calls %s", i, truth.Campaign, name)
		}
	}
	for _, test := range []struct{ file, text, want string }{
		{"small.txt", "campaign tiny\nshare x\n", `simulate: small.txt:2: invalid share "x"`},
		{"small.txt", "\xff", "simulate: small.txt: invalid UTF-8"},
		{"words/names.txt", "list family_name\n- {nobody}\n", `simulate: words/names.txt:2: unknown list or parameter "nobody"`},
		{"words/names.txt", "list family_name\n- {city}\n", "simulate: words: missing list family_name of bare words"},
		{"slips/digits.txt", "十一 腰\n", "simulate: slips/digits.txt: 十一 is not one character"},
		{"other.txt", small, "simulate: small.txt: duplicate campaign tiny"},
	} {
		files := maps.Clone(outside)
		files[test.file] = &fstest.MapFile{Data: []byte(test.text)}
		if _, err := New(Options{Campaigns: files}); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s = %q:\n got %v\nwant %s", test.file, test.text, err, test.want)
		}
	}
	if _, err := New(Options{Campaigns: fstest.MapFS{}}); err == nil || !strings.Contains(err.Error(), "no campaigns, want files *.txt") {
		t.Errorf("an empty folder: %v", err)
	}
}

// A campaign from outside may plant all that the built-in ones have.
func TestPlantsFromOutside(t *testing.T) {
	text := strings.Replace(small, "- 好{due:spoken}\n", "- {act:promise}好{due:spoken}\nlist curse act=abuse\n- 呸\n", 1)
	text = strings.Replace(text, "param due date 1-5\n", "param due date 1-5\nparam shop pick goods unlisted\n", 1)
	text = strings.Replace(text, "say 再见。", "say 请到{shop}旁边，再见。", 1)
	text += `
plant reported number=1 from=50 answer=40
plant tired said=fine hangup=0
plant curse says=curse:50
plant rude node=bye breach=line
`
	w, err := New(Options{People: 300, Campaigns: fstest.MapFS{"small.txt": {Data: []byte(text)}}})
	if err != nil {
		t.Fatal(err)
	}
	planted := map[string]Planted{}
	for _, p := range w.Planted() {
		planted[p.Kind] = p
	}
	if p := planted["reported"]; p.Campaign != "tiny" || p.Number != callingNumbers[0].number || p.From != "2026-01-25" || p.To != "2026-01-31" || p.Size["answer"] != 40 {
		t.Errorf("planted %+v", p)
	}
	if planted["tired"].Said != "fine" || planted["curse"].Size["says"] != 50 || planted["rude"].Size["breach"] != 1 || planted["rude"].Node != "bye" {
		t.Errorf("planted %+v", planted)
	}
	acts, causes, unlisted := map[string]int{}, map[string]int{}, 0
	for i := range w.Len() {
		_, truth := w.Job(i)
		unlisted += len(truth.Unlisted)
		for _, c := range truth.Causes {
			causes[c.Kind]++
		}
		for _, task := range truth.Tasks {
			for _, turn := range task.Turns {
				for _, act := range turn.Acts {
					acts[act]++
				}
			}
		}
	}
	if acts["promise"] < 20 || acts["abuse"] < 20 || causes["curse"] != acts["abuse"] || causes["rude"] < 20 || causes["reported"] < 20 || unlisted != w.Len() {
		t.Errorf("acts %v, causes %v, %d values that no extra has", acts, causes, unlisted)
	}
}

// An entry without words says nothing: no turn has it for a cause.
func TestPlantWithoutWords(t *testing.T) {
	text := strings.Replace(small, "- 好{due:spoken}\n", "- 好{due:spoken}\nlist curse act=abuse\n- [|]\n", 1) + "\nplant curse says=curse:100\n"
	w, err := New(Options{People: 300, Campaigns: fstest.MapFS{"small.txt": {Data: []byte(text)}}})
	if err != nil {
		t.Fatal(err)
	}
	answered := 0
	for i := range w.Len() {
		_, truth := w.Job(i)
		if len(truth.Causes) > 0 {
			t.Fatalf("job %d has the causes %+v, but nothing was said", i, truth.Causes)
		}
		for _, task := range truth.Tasks {
			answered += min(len(task.Turns), 1)
		}
	}
	if answered < 50 {
		t.Errorf("%d calls have a dialogue, want at least 50", answered)
	}
}

// The example of campaigns/README.md says personal data of every kind.
func TestExampleOfReadme(t *testing.T) {
	readme, err := os.ReadFile("campaigns/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(readme), "    adds told 30\n")
	if !found {
		t.Fatal("campaigns/README.md has no example")
	}
	example, _, _ = strings.Cut(example, "\n\n")
	text := strings.Replace(small, "node greet", "adds told 100\n"+strings.ReplaceAll(example, "    ", "")+"\nnode greet", 1)
	w, err := New(Options{People: 400, Campaigns: fstest.MapFS{"small.txt": {Data: []byte(text)}}})
	if err != nil {
		t.Fatal(err)
	}
	kinds, said := map[string]int{}, map[string]int{}
	for i := range w.Len() {
		_, truth := w.Job(i)
		for _, task := range truth.Tasks {
			for _, turn := range task.Turns {
				said[turn.Said]++
				for _, span := range turn.Spans {
					kinds[span.Kind+span.Of]++
				}
			}
		}
	}
	for _, kind := range append(slices.Clone(identity.Kinds[1:]), "nameown", "namebare", "nametitled") {
		if kinds[kind] == 0 {
			t.Errorf("nobody says a %s: %v", kind, kinds)
		}
	}
	if said["listens"] == 0 || said["told"] == 0 {
		t.Errorf("said: %v", said)
	}
}

func TestWordErrors(t *testing.T) {
	tests := []struct{ file, text, want string }{
		{"words/contact.txt", "list filler\n- 嗯\nlist filler\n", `words/contact.txt:3: duplicate list "filler"`},
		{"words/contact.txt", "- 嗯\n", "words/contact.txt:1: entry outside a list"},
		{"words/contact.txt", "list filler mood=angry\n- 嗯\n", `words/contact.txt:1: unknown mood "angry"`},
		{"words/contact.txt", "list filler\n- 嗯\n", "missing list hello"},
		{"words/names.txt", "list family_name\n- 王{given_male}\nlist given_male\n- 一\nlist given_female\n- 二\nlist person\n- 三\nlist person_bare\n- 四\nlist person_titled\n- 五\n", "missing list family_name of bare words"},
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

// FuzzCampaign: a campaign file is either an error, or its calls end, and the truth
// quotes them.
func FuzzCampaign(f *testing.F) {
	f.Add(small)
	for _, name := range []string{"campaigns/renewal.txt", "campaigns/arrears.txt"} {
		body, err := data.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(body))
	}
	f.Add(strings.Replace(small, "- 好{due:spoken}", "- {made:phone:split}{/heard_it}对{/}\n-9 {/}{of:bare}{at}\nlist heard_it\n- {heard:phone}\nlist at span=address\n- 路{/heard_it}{o:1-9}号", 1))
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
			job, truth := w.Job(i)
			for k, task := range job.Tasks {
				if len(task.Turns) != len(truth.Tasks[k].Turns) {
					t.Fatalf("a call of %d turns, %d in the truth", len(task.Turns), len(truth.Tasks[k].Turns))
				}
				for n, turn := range task.Turns {
					for _, span := range truth.Tasks[k].Turns[n].Spans {
						if turn.Script[span.Start:span.End] != span.Text || span.Text == "" || turn.Script == "" {
							t.Fatalf("%q has the span %+v", turn.Script, span)
						}
					}
				}
			}
		}
	})
}
