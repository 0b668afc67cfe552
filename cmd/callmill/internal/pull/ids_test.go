package pull

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
)

func TestReadIDs(t *testing.T) {
	cases := []struct {
		name, text string
		ids        []string
		want       string // the error
	}{
		{name: "a line each", text: "a\nb\n", ids: []string{"a", "b"}},
		{name: "no end of the last line", text: "a\nb", ids: []string{"a", "b"}},
		{name: "lines of Windows, with a byte order mark", text: "\ufeffa\r\nb\r\n", ids: []string{"a", "b"}},
		{name: "twice", text: "b\na\nb\n", ids: []string{"b", "a"}},
		{name: "nothing on a line, and comments", text: "# of the complaint\n\n  a \t\n\n", ids: []string{"a"}},
		{name: "an id that is not a UUID", text: "job/17:甲#2\n", ids: []string{"job/17:甲#2"}},
		{name: "a table", text: "a,b\n", want: `FILE:1: invalid id "a,b"`},
		{name: "two on a line", text: "a\nb c\n", want: `FILE:2: invalid id "b c"`},
		{name: "quotes", text: "\"a\"\n", want: `FILE:1: invalid id "\"a\""`},
		{name: "UTF-16", text: "a\x00\n\x00", want: `FILE:1: invalid id "a\x00"`},
		{name: "another encoding", text: "\xc4\xe3\n", want: `FILE:1: invalid id "\xc4\xe3"`},
		{name: "a whole file on a line", text: strings.Repeat("a", 300), want: "FILE:1: invalid id "},
		{name: "nothing", text: "# none\n", want: "FILE holds no ids"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "ids")
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			ids, err := readIDs(file)
			if c.want == "" {
				if err != nil || !slices.Equal(ids, c.ids) {
					t.Errorf("%q (%v), want %q", ids, err, c.ids)
				}
				return
			}
			if prefix := "--jobs: " + strings.Replace(c.want, "FILE", file, 1); err == nil || !strings.HasPrefix(err.Error(), prefix) {
				t.Errorf("%q (%v), want the error %s", ids, err, prefix)
			}
			if code := exit.Code(t.Context(), err); code != exit.Usage {
				t.Errorf("exit code %d", code)
			}
		})
	}
}
