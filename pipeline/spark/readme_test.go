package spark

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPins: the documents name the versions that the tests run with.
func TestPins(t *testing.T) {
	pinned := readFile(t, "requirements.txt")
	iceberg := regexp.MustCompile(`org\.apache\.iceberg:[\w.:-]+`)
	want := iceberg.FindString(readFile(t, "../../.ci/run"))
	for _, name := range []string{"README.md", "../../README.md"} {
		text := readFile(t, name)
		install := regexp.MustCompile(`pip install (.*==.*)`).FindAllStringSubmatch(text, -1)
		if len(install) == 0 {
			t.Errorf("%s installs nothing", name)
		}
		for _, line := range install {
			for _, pin := range strings.Fields(line[1]) {
				if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(pin) + `(\s|$)`).MatchString(pinned) {
					t.Errorf("%s: %s is not in requirements.txt", name, pin)
				}
			}
		}
		found := iceberg.FindAllString(text, -1)
		if len(found) == 0 {
			t.Errorf("%s does not name Iceberg", name)
		}
		for _, coordinates := range found {
			if coordinates != want {
				t.Errorf("%s has %s, the tests %s", name, coordinates, want)
			}
		}
	}
}

// readme runs what README.md says under a heading, as on a fresh machine, but for
// what installs. The tables are those of the demo.
func readme(t *testing.T, s *session) {
	dir := filepath.Join(t.TempDir(), "callmill")
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		s.binary: "callmill", filepath.Join(repository, "pipeline"): "pipeline", s.warehouse: "lake",
	} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(from, filepath.Join(dir, to)); err != nil {
			t.Fatal(err)
		}
	}
	text := readFile(t, "README.md")
	_, section, _ := strings.Cut(text, "\n## Trying it\n")
	_, rest, _ := strings.Cut(section, "```sh\n")
	commands, _, _ := strings.Cut(rest, "```")
	commands = strings.ReplaceAll(commands, "CGO_ENABLED=0 go build -trimpath ./cmd/callmill && ", "")
	commands = regexp.MustCompile(`(?m)^(python3 -m venv|pip install) .*\n`).ReplaceAllString(commands, "")
	if !strings.HasPrefix(commands, "./callmill demo") {
		t.Fatalf("found these commands:\n%s", commands)
	}
	cmd := exec.Command("bash", "-e", "-c", commands)
	cmd.Dir = dir
	cmd.Env = append(s.environ(), "SPARK_CONF_DIR="+ivy(t, s.bench))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s\n%s", err, commands, out)
	}
	s.checkSame(t, filepath.Join(dir, "callmill-demo"), "calls")

	queries := regexp.MustCompile("(?ms)^```sql\n(.*?)^```").FindStringSubmatch(text)
	if queries == nil {
		t.Fatal("no queries")
	}
	tag := s.tag(t, "calls")
	for i, query := range strings.Split(strings.TrimSpace(queries[1]), ";\n") {
		query = regexp.MustCompile(`callmill_\d\w+-\w+`).ReplaceAllString(strings.TrimSuffix(query, ";"), tag)
		var got struct{ Rows [][]string }
		s.ask(t, "sql", map[string]any{"text": query}, &got)
		if len(got.Rows) == 0 || i == 0 && got.Rows[0][0] != tag {
			t.Errorf("%s: gives %v; the tag is %s", query, got.Rows, tag)
		}
	}
}

// ivy is a folder of settings that name where Iceberg has been fetched to.
func ivy(t *testing.T, b *bench) (conf string) {
	t.Helper()
	conf = filepath.Join(t.TempDir(), "conf")
	lines := "spark.ui.enabled false\nspark.ui.showConsoleProgress false\n"
	if folder := filepath.Dir(b.jar); filepath.Base(folder) == "jars" {
		lines += "spark.jars.ivy " + filepath.Dir(folder) + "\n"
	}
	writeFile(t, filepath.Join(conf, "spark-defaults.conf"), lines)
	return conf
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
