package simulate

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"callmill/pipeline/simulate/script"
)

// withFile is the embedded data with one file changed.
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

// small is the smallest campaign that makes sense.
const small = `campaign tiny
name 小活动
script 小话术
company 小公司
share 1
hours 9-12
numbers 1
version 1.0 0
param due date 1-5
unheard 没听清。
silence 喂？
giveup bye
hushed bye
any busy 1 -> bye
list fine
- 好{due:spoken}
node greet 开场
say 您好，{honorific}，{due}可以吗？
reply fine 10 -> bye
reply optout 1 -> bye
node bye 结束
say 再见。
end
`

func TestCampaignErrors(t *testing.T) {
	tests := []struct{ old, new, want string }{
		{"share 1\n", "share many\n", `tiny.txt:5: share "many" is not a number from 1 to 10000`},
		{"hours 9-12\n", "hours 12-9\n", `tiny.txt:6: "12-9" is not a range like 3-28`},
		{"hours 9-12\n", "hours 9-25\n", "tiny.txt:6: hours 9-25 are not within a day"},
		{"numbers 1\n", "numbers 99\n", `tiny.txt:7: calling number "99" is not from 1 to 12`},
		{"version 1.0 0\n", "version 1.0 5\n", "tiny.txt:8: version 1.0 does not follow the one before it; the first begins at 0"},
		{"param due date 1-5", "param due moon 1-5", `tiny.txt:9: kind of parameter "moon" is unknown`},
		{"param due date 1-5", "param due date 1-999", "tiny.txt:9: date 1-999 is more than 366"},
		{"giveup bye", "giveup by", `tiny.txt:1: node "by" does not exist`},
		{"any busy 1 -> bye", "any bussy 1 -> bye", "tiny.txt:14: there is no list, nor a parameter, of the name bussy"},
		{"- 好{due:spoken}", "- 好{due:sung", "tiny.txt:16: { without }"},
		{"- 好{due:spoken}", "- [好|行", "tiny.txt:16: [ without ]"},
		{"- 好{due:spoken}", "- 好{fine}", "tiny.txt:15: list fine contains itself"},
		{"- 好{due:spoken}\n", "", "tiny.txt:15: list fine is empty"},
		{"say 您好，{honorific}", "say 您好，{city}", "tiny.txt:18: a robot's line may only vary by"},
		{"reply fine 10 -> bye", "reply fine ten -> bye", `tiny.txt:19: weight "ten" is not a number from 1 to 10000`},
		{"reply fine 10 -> bye", "reply fine 10 bye", "tiny.txt:19: a reply reads: reply LIST WEIGHT -> NODE"},
		{"reply fine 10 -> bye", "reply fine 10 -> nowhere", `tiny.txt:19: node "nowhere" does not exist`},
		{"node bye 结束", "node bye 结束\nnode bye 再结束", "tiny.txt:22: node bye is defined twice"},
		{"end\n", "end\nnode lost 迷路\nsay 有人吗\nend\n", "tiny.txt:24: node lost is never reached"},
		{"end\n", "next bye\n", "tiny.txt:17: no way leads from node greet to an end"},
		{"end\n", "end\nplant doom node=bye hangup=lots\n", `tiny.txt:24: hangup: "lots" is not a number from 0 to 60000`},
		{"end\n", "end\nplant doom version=2.0\n", `tiny.txt:24: version "2.0" is not declared`},
		{"end\n", "finish\n", `tiny.txt:23: "finish" is not known`},
		{"campaign tiny", "campaign 小", `tiny.txt:1: campaign "小" is not named in small letters, two at least`},
		{"campaign tiny", "campaign delivery", "tiny.txt: campaign delivery is there twice"},
		{"name 小活动\n", "\xff\n", "tiny.txt: is not UTF-8"},
		{"name 小活动\n", "", "tiny.txt:1: campaign, name, script and company must be given"},
	}
	for _, test := range tests {
		if !strings.Contains(small, test.old) {
			t.Fatalf("%q is not in the campaign", test.old)
		}
		files := withFile(t, "campaigns/tiny.txt", func(string) string { return strings.Replace(small, test.old, test.new, 1) })
		_, err := newWorld(Options{}, files)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q for %q:\n got %v\nwant %s", test.new, test.old, err, test.want)
		}
	}
}

func TestWordErrors(t *testing.T) {
	tests := []struct{ file, text, want string }{
		{"words/contact.txt", "list filler\n- 嗯\nlist filler\n", "words/contact.txt:3: list filler is defined twice"},
		{"words/contact.txt", "- 嗯\n", "words/contact.txt:1: entry outside of a list"},
		{"words/contact.txt", "list filler mood=angry\n- 嗯\n", `words/contact.txt:1: mood "angry" is unknown`},
		{"words/contact.txt", "list filler\n- 嗯\n", "list hello is missing"},
		{"words/names.txt", "list family_name\n- 王{given_male}\nlist given_male\n- 一\nlist given_female\n- 二\nlist person\n- 三\n", "list family_name of bare words is missing"},
		{"slips/homophones.txt", "还款\n", "slips/homophones.txt:1: a pair reads: word other-word"},
	}
	for _, test := range tests {
		files := withFile(t, test.file, func(string) string { return test.text })
		if test.file == "words/contact.txt" {
			// The other files need lists of this one only through campaigns.
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

// The embedded scripts are as large as scripts are.
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

// Every version of every script has groups of its own.
func TestScriptVersionsAreUsed(t *testing.T) {
	w, err := New(Options{Jobs: 2000})
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

// Whatever is written in a campaign file, it is refused with a reason or its
// calls can be played to their end.
func FuzzCampaign(f *testing.F) {
	f.Add(small)
	for _, name := range []string{"campaigns/renewal.txt", "campaigns/arrears.txt"} {
		body, err := data.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(body))
	}
	// Nodes that go round in circles.
	f.Add(strings.Replace(small, "reply fine 10 -> bye", "reply fine 10 -> round\nnode round 转圈\nsay 再问一遍\nback\nnode other 其他\nsay 嗯\nend", 1))
	f.Fuzz(func(t *testing.T, text string) {
		files := withFile(t, "campaigns/fuzz.txt", func(string) string { return text })
		for name := range files {
			if path.Dir(name) == "campaigns" && name != "campaigns/fuzz.txt" {
				delete(files, name)
			}
		}
		w, err := newWorld(Options{Jobs: 30}, files)
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
