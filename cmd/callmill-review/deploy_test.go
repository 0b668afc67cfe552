//go:build cgo

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
)

// deployed is the text of a file of deploy/.
func deployed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// setting returns the value of a setting of a unit that is given once.
func setting(t *testing.T, unit, name string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^`+name+`=(.*)$`).FindAllStringSubmatch(unit, -1)
	if len(found) != 1 {
		t.Fatalf("%s is given %d times", name, len(found))
	}
	return found[0][1]
}

// The unit's command line can be parsed, what it writes is writable and no more, and the
// proxy speaks to its socket, under its name.
func TestDeployedUnit(t *testing.T) {
	unit, proxy := deployed(t, "callmill-review.service"), deployed(t, "nginx.conf")
	words := strings.Fields(setting(t, unit, "ExecStart"))
	if words[0] != "/usr/local/bin/callmill-review" {
		t.Errorf("it runs %s", words[0])
	}
	c, rest, err := newRoot(&environment{}).Find(words[1:])
	if err != nil {
		t.Fatal(err)
	}
	if err := c.ParseFlags(rest); err != nil || c.Name() != "serve" || c.Flags().NArg() != 1 {
		t.Fatalf("%q: %v", words, err)
	}
	flag := func(name string) string { return c.Flags().Lookup(name).Value.String() }
	data := c.Flags().Arg(0)
	if got, want := setting(t, unit, "ReadWritePaths"), filepath.Join(data, "desk"); flag("desk") != "" || got != want {
		t.Errorf("it may write in %s, want %s", got, want)
	}
	if read := strings.Fields(setting(t, unit, "ReadOnlyPaths")); !slices.ContainsFunc(read, func(p string) bool { return strings.HasPrefix(data, p+"/") }) ||
		!slices.Contains(read, filepath.Dir(flag("users"))) || setting(t, unit, "ProtectSystem") != "strict" {
		t.Errorf("it may write beside it: read-only are %q", read)
	}
	if socket := flag("socket"); filepath.Dir(socket) != "/run/"+setting(t, unit, "RuntimeDirectory") || !strings.Contains(proxy, "server unix:"+socket+";") {
		t.Errorf("the socket %s is not the proxy's", socket)
	}
	hosts, err := c.Flags().GetStringArray("host")
	if err != nil || len(hosts) != 1 || strings.Count(proxy, "server_name "+hosts[0]+";") != 2 {
		t.Errorf("hosts %q are not those of the proxy, %v", hosts, err)
	}
	for _, header := range []string{"Host $http_host", "X-Forwarded-Proto $scheme", "X-Forwarded-For $remote_addr"} {
		if !strings.Contains(proxy, "proxy_set_header "+header+";") {
			t.Errorf("the proxy does not set %s", header)
		}
	}
	if strings.Count(proxy, "{") != strings.Count(proxy, "}") {
		t.Error("blocks of the proxy do not end")
	}
	if got := setting(t, unit, "RestartPreventExitStatus"); got != "2" || exit.Usage != 2 {
		t.Errorf("exit code %s is not tried again", got)
	}
	// What it tells root to type can be parsed, too.
	told := regexp.MustCompile(`(?m)^#   callmill-review (.*)$`).FindAllStringSubmatch(unit, -1)
	if len(told) == 0 {
		t.Error("it does not say how to add a user")
	}
	for _, command := range told {
		c, rest, err := newRoot(&environment{}).Find(strings.Fields(command[1]))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.ParseFlags(rest); err != nil || c.Args(c, c.Flags().Args()) != nil || !strings.Contains(command[1], flag("users")) {
			t.Errorf("%s: %v", command[1], err)
		}
	}
}

// systemd itself knows every setting, and gives the service an exposure of at most 2.0,
// of 10.
func TestDeployedUnitIsHardened(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("needs systemd-analyze")
	}
	analyze := exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", "deploy/callmill-review.service")
	out, err := analyze.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Overall exposure level") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, bad := range []string{"Unknown", "Failed to parse", "Invalid", "ignoring"} {
		if strings.Contains(string(out), bad) {
			t.Errorf("%s", out)
		}
	}
}
