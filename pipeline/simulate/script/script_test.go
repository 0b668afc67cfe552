package script_test

import (
	_ "embed"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"callmill/pipeline/simulate/script"
)

//go:embed testdata/small.txt
var small string // the smallest campaign that is valid

// readCampaign reads a campaign of that text, with the words of the simulation.
func readCampaign(t testing.TB, text string) (*script.Campaign, error) {
	t.Helper()
	words, err := script.ReadVocabulary("words", os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"tiny.txt": {Data: []byte(text)}}
	return script.ReadCampaign(files, "tiny.txt", words, 12)
}

func TestCampaign(t *testing.T) {
	if _, err := readCampaign(t, strings.Replace(small, "node bye", "say@2.0 您好！\nnode bye", 1)); err == nil {
		t.Error("a wording of an unknown version is no error")
	}
	text := strings.Replace(small, "version 1.0 0\n", "version 1.0 0\nversion 2.0 50\n", 1)
	c, err := readCampaign(t, strings.Replace(text, "reply fine", "say@2.0 您好！\nreply fine", 1))
	if err != nil {
		t.Fatal(err)
	}
	if c.VersionAt(49) != 0 || c.VersionAt(50) != 1 {
		t.Errorf("versions %d and %d, want 0 and 1", c.VersionAt(49), c.VersionAt(50))
	}
	first := c.First
	if got := first.Say(1); len(first.Say(0)) == 1 || len(got) != 1 || got[0].Text != "您好！" {
		t.Errorf("version 2.0 says %+v", got)
	}
	if first.Ends != script.NodeWaits || len(first.Replies) != 3 || !first.Replies[2].Aside || first.Replies[0].To != c.GiveUp {
		t.Errorf("the first node is %+v", first)
	}
	if !c.Calls(6, 11) || c.Calls(6, 12) || c.Calls(0, 8) {
		t.Error("the campaign calls from 9 to 12, every day")
	}
}

// Each number below the weight of a list belongs to one entry, by its weight.
func TestWeights(t *testing.T) {
	words, err := script.ReadVocabulary("words", fstest.MapFS{"words/a.txt": {Data: []byte("list a\n-3 x\n-1 y\n")}})
	if err != nil {
		t.Fatal(err)
	}
	list, drawn := words.Lookup("a"), ""
	for n := range list.Weight() {
		drawn += list.At(n)[0].Text
	}
	if drawn != "xxxy" {
		t.Errorf("drew %s, want xxxy", drawn)
	}
}

func TestCampaignErrors(t *testing.T) {
	tests := []struct{ old, new, want string }{
		{"share 1\n", "share many\n", `tiny.txt:5: invalid share "many": want a number from 1 to 10000`},
		{"hours 9-12\n", "hours 12-9\n", `tiny.txt:6: invalid range "12-9": want one such as 3-28`},
		{"hours 9-12\n", "hours 9-25\n", `tiny.txt:6: invalid hours "9-25": want hours of one day, such as 9-12`},
		{"numbers 1\n", "numbers 99\n", `tiny.txt:7: invalid calling number "99": want 1 to 12`},
		{"version 1.0 0\n", "version 1.0 5\n", "tiny.txt:8: version 1.0 does not start after its predecessor; the first starts at 0"},
		{"param due date 1-5", "param due moon 1-5", `tiny.txt:9: unknown kind of parameter "moon"`},
		{"param due date 1-5", "param due date 1-999", `tiny.txt:9: invalid date "1-999": want at most 366`},
		{"giveup bye", "giveup by", `tiny.txt:1: unknown node "by"`},
		{"any busy 1 -> bye", "any bussy 1 -> bye", `tiny.txt:14: unknown list or parameter "bussy"`},
		{"- 好{due:spoken}", "- 好{due:sung", "tiny.txt:16: unmatched {"},
		{"- 好{due:spoken}", "- [好|行", "tiny.txt:16: unmatched ["},
		{"- 好{due:spoken}", "- 好{fine}", "tiny.txt:15: list fine contains itself"},
		{"- 好{due:spoken}\n", "", "tiny.txt:15: list fine is empty"},
		{"say 您好，{honorific}", "say 您好，{city}", "tiny.txt:18: invalid line of the robot"},
		{"reply fine 10 -> bye", "reply fine ten -> bye", `tiny.txt:19: invalid weight "ten": want a number from 1 to 10000`},
		{"reply fine 10 -> bye", "reply fine 10 bye", "tiny.txt:19: invalid reply: want reply LIST WEIGHT -> NODE"},
		{"reply fine 10 -> bye", "reply fine 10 -> nowhere", `tiny.txt:19: unknown node "nowhere"`},
		{"node bye 结束", "node bye 结束\nnode bye 再结束", `tiny.txt:22: duplicate node "bye"`},
		{"end\n", "end\nnode lost 迷路\nsay 有人吗\nend\n", "tiny.txt:24: unreachable node lost"},
		{"end\n", "next bye\n", "tiny.txt:17: no path from node greet to an end"},
		{"end\n", "end\nplant doom node=bye hangup=lots\n", `tiny.txt:24: invalid hangup=lots: want a number from 0 to 60000`},
		{"end\n", "end\nplant doom version=2.0\n", `tiny.txt:24: unknown version "2.0"`},
		{"end\n", "end\nplant doom gap=100\n", `tiny.txt:24: invalid plant doom: breach, divert, favour and gap need node=`},
		{"end\n", "end\nplant doom node=bye breach=tone\n", `tiny.txt:24: invalid breach=tone: want breach=line`},
		{"end\n", "end\nplant doom number=13 answer=50\n", `tiny.txt:24: invalid number=13: want 1 to 12`},
		{"end\n", "end\nplant doom from=100 answer=50\n", `tiny.txt:24: invalid from=100: want a percentage of the days`},
		{"end\n", "end\nplant doom said=nobody hangup=5\n", `tiny.txt:24: unknown list or parameter "nobody"`},
		{"end\n", "end\nplant doom says=busy:often\n", `tiny.txt:24: invalid says=often: want a number from 0 to 60000`},
		{"- 好{due:spoken}", "- {act:Promise}好", `tiny.txt:16: invalid act "Promise": want at least two lower-case letters`},
		{"list fine", "list fine act=1", `tiny.txt:15: invalid act "1": want at least two lower-case letters`},
		{"end\n", "finish\n", `tiny.txt:23: unknown directive "finish"`},
		{"- 好{due:spoken}", "- 好{made:shoe}", `tiny.txt:16: no value of the kind "shoe" can be made up`},
		{"- 好{due:spoken}", "- 好{made:name}", `tiny.txt:16: no value of the kind "name" can be made up: use a list with span=name, or one of phone, id_card`},
		{"- 好{due:spoken}", "- 好{made:phone:sung}", `tiny.txt:16: unknown manner "sung": want one of written, spoken, mixed, fillers, split`},
		{"- 好{due:spoken}", "- 好{own:shoe}", "tiny.txt:16: unknown value {own:shoe}: want own:phone"},
		{"- 好{due:spoken}", "- 好{heard:phone:split}", "tiny.txt:16: {heard:phone} is as written: it takes no manner"},
		{"- 好{due:spoken}", "- 好{due:split}", "tiny.txt:16: unknown parameter {due:split}"},
		{"- 好{due:spoken}", "- 好{/due}", "tiny.txt:16: invalid break {/due}: want a list"},
		{"- 好{due:spoken}", "- 好{/nobody}", `tiny.txt:16: unknown list or parameter "nobody"`},
		{"- 好{due:spoken}", "- 好{/fine}", "tiny.txt:15: list fine contains itself"},
		{"- 好{due:spoken}", "- {of:nobody}好", `tiny.txt:16: unknown person "nobody": want own, titled, bare or surname`},
		{"list fine", "list fine span=title", `tiny.txt:15: unknown kind of personal data "title": want one of name, phone`},
		{"list fine", "list fine span=name of=me", `tiny.txt:15: unknown person "me"`},
		{"param due date 1-5", "param due made shoe", `tiny.txt:9: no value of the kind "shoe" can be made up`},
		{"param due date 1-5", "param due digits 5 shoe", `tiny.txt:9: unknown kind of personal data "shoe"`},
		{"any busy 1 -> bye", "adds busy", "tiny.txt:14: invalid adds: want adds LIST PERCENT"},
		{"any busy 1 -> bye", "adds busy 101", `tiny.txt:14: invalid adds "101": want a percentage`},
		{"any busy 1 -> bye", "misheard 101", `tiny.txt:14: invalid misheard "101": want a number from 0 to 100`},
		{"say 您好，{honorific}", "say 您好，{made:phone}", "tiny.txt:18: invalid line of the robot"},
		{"- 好{due:spoken}", "- {a}\nlist a\n- " + strings.Repeat("{b}", 101) + "\nlist b\n- " + strings.Repeat("{c}", 101) + "\nlist c\n- 啊", "an entry of list fine is made of more than 10000 pieces"},
		{"campaign tiny", "campaign 小", `tiny.txt:1: invalid campaign "小": want at least two lower-case letters`},
		{"name 小活动\n", "\xff\n", "tiny.txt: invalid UTF-8"},
		{"name 小活动\n", "", "tiny.txt:1: missing campaign, name, script or company"},
	}
	for _, test := range tests {
		if !strings.Contains(small, test.old) {
			t.Fatalf("%q is not in the campaign", test.old)
		}
		text := strings.Replace(small, test.old, test.new, 1)
		_, err := readCampaign(t, text)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q for %q:\n got %v\nwant %s", test.new, test.old, err, test.want)
		}
	}
}

func TestWordErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"list filler\n- 嗯\nlist filler\n", `words/a.txt:3: duplicate list "filler"`},
		{"- 嗯\n", "words/a.txt:1: entry outside a list"},
		{"list filler mood=angry\n- 嗯\n", `words/a.txt:1: unknown mood "angry"`},
		{"list filler clear=101\n- 嗯\n", "words/a.txt:1: invalid clear=101: want a percentage"},
		{"list filler\n- {other}\n", `words/a.txt:2: unknown list or parameter "other"`},
	}
	for _, test := range tests {
		_, err := script.ReadVocabulary("words", fstest.MapFS{"words/a.txt": {Data: []byte(test.text)}})
		if err == nil || err.Error() != test.want {
			t.Errorf("%q:\n got %v\nwant %s", test.text, err, test.want)
		}
	}
	pairs := fstest.MapFS{"pairs.txt": {Data: []byte("还款\n")}}
	if _, err := script.ReadPairs("pairs.txt", pairs); err == nil || err.Error() != "pairs.txt:1: invalid pair: want WORD OTHER-WORD" {
		t.Errorf("%v", err)
	}
}

// A list of a later layer replaces one of an earlier layer wherever it is used, and
// a file of pairs that of an earlier layer.
func TestLayers(t *testing.T) {
	below := fstest.MapFS{
		"words/a.txt": {Data: []byte("list greeting\n- {name_of}你好\nlist name_of\n- 老王\n")},
		"pairs.txt":   {Data: []byte("幺 腰\n")},
	}
	above := fstest.MapFS{
		"words/b.txt": {Data: []byte("list name_of span=name of=titled\n- {of:bare}祁铎\nlist more\n- {greeting}\n")},
		"pairs.txt":   {Data: []byte("八 吧\n")},
	}
	words, err := script.ReadVocabulary("words", below, above)
	if err != nil {
		t.Fatal(err)
	}
	name := words.Lookup("greeting").At(0)[0].List
	if got := name.At(0); name.Span != "name" || name.Of != "titled" || len(got) != 2 || got[1].Text != "祁铎" || name.Weight() != 10 {
		t.Errorf("name_of is %+v: %+v", name, got)
	}
	pairs, err := script.ReadPairs("pairs.txt", below, above)
	if err != nil || len(pairs) != 1 || pairs[0] != [2]string{"八", "吧"} {
		t.Errorf("pairs %v: %v", pairs, err)
	}
	above["words/c.txt"] = &fstest.MapFile{Data: []byte("list name_of\n- 谁\n")}
	if _, err := script.ReadVocabulary("words", below, above); err == nil || err.Error() != `words/c.txt:1: duplicate list "name_of"` {
		t.Errorf("twice in one layer: %v", err)
	}
}

func TestFileErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{strings.Repeat("# 长\n", 1<<19), "tiny.txt: 3145728 bytes, want at most 1048576"},
		{strings.Repeat("[", 1<<19), "tiny.txt:1: unknown directive"},
		{"list a\n- " + strings.Repeat("[", 1<<19), "tiny.txt:2: more than 20 brackets are open"},
		{"list a\n- [[[[", "tiny.txt:2: unmatched ["},
		{numbered("list l%d\n- 啊\n"), "tiny.txt:4001: more than 2000 lists"},
		{numbered("node n%d\n"), "tiny.txt:2001: more than 2000 nodes"},
		{"\ufeffcampaign tiny\n", "tiny.txt:1: missing campaign, name, script or company"},
	} {
		_, err := readCampaign(t, test.text)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%.20q: %.200v\nwant %s", test.text, err, test.want)
		}
	}
}

// numbered returns a text for each of 2,500 numbers.
func numbered(format string) string {
	var b strings.Builder
	for i := range 2500 {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}
