package built

import (
	"bytes"
	"runtime/debug"
	"strings"
	"testing"
)

func TestPrint(t *testing.T) {
	const hash = "5ba7d9dfdabe4f2f9cb564b94b40862bb4fa48c7"
	vcs := func(settings ...string) (list []debug.BuildSetting) {
		for _, s := range settings {
			key, value, _ := strings.Cut(s, "=")
			list = append(list, debug.BuildSetting{Key: key, Value: value})
		}
		return list
	}
	cases := []struct {
		name string
		info debug.BuildInfo
		want []string // lines
	}{
		{
			name: "a build that recorded nothing, such as go run",
			want: []string{"callmill (devel)", "commit unknown", "date unknown"},
		},
		{
			name: "a work tree",
			info: debug.BuildInfo{Settings: vcs("vcs=git", "vcs.revision="+hash, "vcs.time=2026-11-29T13:34:50Z", "vcs.modified=false")},
			want: []string{"callmill (devel)", "commit " + hash, "date 2026-11-29T13:34:50Z"},
		},
		{
			name: "a work tree with changes",
			info: debug.BuildInfo{Settings: vcs("vcs.revision="+hash, "vcs.time=2026-11-29T13:34:50Z", "vcs.modified=true")},
			want: []string{"commit " + hash + "-dirty"},
		},
		{
			name: "a tag, and a library that is replaced",
			info: debug.BuildInfo{
				Main: debug.Module{Version: "v1.2.3"},
				Deps: []*debug.Module{{Path: "a", Version: "v1.0.0"}, {Path: "b", Version: "v1.0.0", Replace: &debug.Module{Path: "c", Version: "v2.0.0"}}},
			},
			want: []string{"callmill v1.2.3", "a v1.0.0", "c v2.0.0"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := Print(&out, &c.info); err != nil {
				t.Fatal(err)
			}
			for _, line := range c.want {
				if !strings.Contains("\n"+out.String(), "\n"+line+"\n") {
					t.Errorf("no line %q in\n%s", line, &out)
				}
			}
		})
	}
}
