package spark

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// bench is what the tests of a run share: the binary, a warehouse, Spark's settings.
type bench struct {
	python, jar string
	binary      string // callmill
	script      string // callmill_spark.py
	dir         string // of everything that the tests write
	warehouse   string // of the catalog lake
	contract    string // a file: what callmill schema says
	key         string // a file
}

// newBench builds the binary and writes Spark's settings. Without Spark the test is
// skipped, or fails in CI.
func newBench(t *testing.T) *bench {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: starts Spark")
	}
	b := &bench{python: os.Getenv("CALLMILL_PYTHON_LAKE"), jar: os.Getenv("CALLMILL_ICEBERG_JAR"), dir: t.TempDir()}
	if b.python == "" {
		missing(t, "needs CALLMILL_PYTHON_LAKE, a Python with what pipeline/spark/requirements.txt lists")
	}
	if b.jar == "" {
		missing(t, "needs CALLMILL_ICEBERG_JAR, the runtime of Iceberg that .ci/run names")
	}
	if _, err := exec.LookPath("java"); err != nil && os.Getenv("JAVA_HOME") == "" {
		missing(t, "needs Java 17, for Spark")
	}
	var err error
	depend(t, "testdata/drive.py", "testdata/compare.py", "testdata/catalog.py", "testdata/search.py")
	if b.script, err = filepath.Abs("callmill_spark.py"); err != nil {
		t.Fatal(err)
	}
	b.binary, b.warehouse = filepath.Join(b.dir, "callmill"), filepath.Join(b.dir, "warehouse")
	b.contract, b.key = filepath.Join(b.dir, "schema.json"), filepath.Join(b.dir, "key")
	if out, err := exec.Command("go", "build", "-o", b.binary, "callmill/cmd/callmill").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	writeFile(t, b.contract, b.callmill(t, 0, "schema", "--format", "json"))
	writeFile(t, b.key, "a secret of the tests")
	b.settings(t, b.jar, "type hadoop", "warehouse "+b.warehouse)
	return b
}

// missing skips a test that lacks something, or fails it in CI.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}

// thorough reports whether tests that depend on chance run all of their cases.
func thorough() bool { return os.Getenv("CALLMILL_THOROUGH") != "" }

// settings writes what a site's administrator writes: the catalog, in Spark's own
// configuration. jars are separated by commas. The session's time zone is one that
// nothing may depend on. Its virtual machines, which end before long, compile once: that
// takes 40 % off the CPU of the tests.
func (b *bench) settings(t *testing.T, jars string, catalog ...string) {
	t.Helper()
	const brief = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
	lines := []string{
		"spark.jars " + jars,
		"spark.sql.extensions org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
		"spark.sql.catalog.lake org.apache.iceberg.spark.SparkCatalog",
		"spark.sql.session.timeZone America/St_Johns",
		"spark.sql.shuffle.partitions 2",
		"spark.ui.enabled false",
		"spark.ui.showConsoleProgress false",
		"spark.driver.host 127.0.0.1",
		"spark.driver.bindAddress 127.0.0.1",
		"spark.driver.memory 1g",
		"spark.driver.extraJavaOptions " + brief,
		"spark.executor.extraJavaOptions " + brief,
		"spark.local.dir " + filepath.Join(b.dir, "local"),
		"spark.sql.warehouse.dir " + filepath.Join(b.dir, "hive"),
	}
	for _, setting := range catalog {
		lines = append(lines, "spark.sql.catalog.lake."+setting)
	}
	writeFile(t, filepath.Join(b.dir, "conf", "spark-defaults.conf"), strings.Join(lines, "\n")+"\n")
	writeFile(t, filepath.Join(b.dir, "conf", "log4j2.properties"), `rootLogger.level = error
rootLogger.appenderRef.stderr.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n%ex
`)
}

// environ is that of every process with Spark.
func (b *bench) environ() []string {
	here := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "SPARK_") || strings.HasPrefix(v, "PYSPARK_") })
	return append(here,
		"PATH="+filepath.Dir(b.python)+string(filepath.ListSeparator)+os.Getenv("PATH"), // Spark's scripts look for python3
		"PYSPARK_PYTHON="+b.python, "SPARK_CONF_DIR="+filepath.Join(b.dir, "conf"), "SPARK_LOCAL_IP=127.0.0.1",
		"PYTHONDONTWRITEBYTECODE=1")
}

// callmill runs the binary and returns its standard output.
func (b *bench) callmill(t *testing.T, code int, arguments ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.Command(b.binary, arguments...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = append(os.Environ(), "ALIBABA_CLOUD_ACCESS_KEY_ID=demo", "ALIBABA_CLOUD_ACCESS_KEY_SECRET=demo-secret")
	err := cmd.Run()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Fatalf("callmill %s: %v, exit code %d, want %d\n%s%s", strings.Join(arguments, " "), err, got, code, &stdout, &stderr)
	}
	return stdout.String()
}

// session is a driver of Spark, in which the script is run many times. It is not
// safe for concurrent use.
type session struct {
	*bench
	requests *json.Encoder
	answers  *bufio.Reader
}

// newSession starts a session that ends with the test.
func (b *bench) newSession(t *testing.T, master string) *session {
	t.Helper()
	cmd := exec.Command(b.python, filepath.Join("testdata", "drive.py"), b.warehouse, b.contract, master)
	cmd.Env = b.environ()
	var stderr buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		io.Copy(io.Discard, stdout) // until it ends
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Logf("the session ended: %v\n%s", err, stderr.tail())
		}
	})
	return &session{bench: b, requests: json.NewEncoder(stdin), answers: bufio.NewReader(stdout)}
}

// buffer keeps what a process says on stderr.
type buffer struct {
	mu   sync.Mutex
	text []byte
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.text = append(b.text, p...)
	return len(p), nil
}

// tail is the end of it.
func (b *buffer) tail() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	const most = 20_000
	return string(b.text[max(0, len(b.text)-most):])
}

// ask has the session do something; see drive.py. An error there fails the test.
func (s *session) ask(t *testing.T, do string, arguments map[string]any, answer any) {
	t.Helper()
	request := map[string]any{"do": do}
	for name, value := range arguments {
		request[name] = value
	}
	if err := s.requests.Encode(request); err != nil {
		t.Fatalf("ask the session to %s: %v", do, err)
	}
	line, err := s.answers.ReadBytes('\n')
	if err != nil {
		t.Fatalf("the session ended when asked to %s %v: %v", do, arguments, err)
	}
	var failed struct{ Error string }
	if err := json.Unmarshal(line, &failed); err != nil || failed.Error != "" {
		t.Fatalf("%s %v: %v\n%s", do, arguments, err, failed.Error)
	}
	if err := json.Unmarshal(line, answer); err != nil {
		t.Fatalf("%s: %v: %s", do, err, line)
	}
}

// ran is a run of the script that has ended.
type ran struct {
	Code           int
	Stdout, Stderr string
	Seconds        float64
}

func (r ran) String() string {
	return fmt.Sprintf("exit code %d after %.1f s\n%s%s", r.Code, r.Seconds, r.Stdout, r.Stderr)
}

// lastLine is that of the standard error, without which a failure is not clear.
func (r ran) lastLine() string {
	lines := strings.Split(strings.TrimSpace(r.Stderr), "\n")
	return lines[len(lines)-1]
}

// run runs the script in the session.
func (s *session) run(t *testing.T, arguments ...string) ran {
	t.Helper()
	var r ran
	s.ask(t, "run", map[string]any{"arguments": arguments}, &r)
	t.Logf("%s: exit code %d, %.1f s", strings.Join(arguments, " "), r.Code, r.Seconds)
	return r
}

// must is run with the exit codes that the test counts on.
func (s *session) must(t *testing.T, codes []int, arguments ...string) ran {
	t.Helper()
	r := s.run(t, arguments...)
	for _, code := range codes {
		if r.Code == code {
			return r
		}
	}
	t.Fatalf("%s: want exit code %v: %v", strings.Join(arguments, " "), codes, r)
	return r
}

// convert are the arguments of a run of convert into a namespace.
func (b *bench) convert(namespace string, inputs ...string) []string {
	arguments := append([]string{"convert"}, inputs...)
	return append(arguments, "--into", "lake."+namespace, "--binary", b.binary, "--key", b.key)
}

// published are the exit codes of runs that published, with rejects or without.
var published = []int{0, 3}

// tag is the newest tag that all tables of a namespace have.
func (s *session) tag(t *testing.T, namespace string) string {
	t.Helper()
	return strings.TrimSpace(s.must(t, []int{0}, "tag", "--into", "lake."+namespace).Stdout)
}

// checkSame checks that the lake's newest complete tag has the tables of a dataset,
// as Spark and as pyiceberg read them.
func (s *session) checkSame(t *testing.T, data, namespace string) {
	t.Helper()
	s.checkSameAt(t, data, namespace, s.tag(t, namespace))
}

func (s *session) checkSameAt(t *testing.T, data, namespace, tag string) {
	t.Helper()
	for reader, differ := range s.compare(t, data, namespace, tag) {
		if len(differ) > 0 {
			t.Errorf("%s at %s, as %s reads it, differs from convert:\n%s", namespace, tag, reader, strings.Join(differ, "\n"))
		}
	}
}

// compare says how the lake at a tag differs from a dataset, by reader.
func (s *session) compare(t *testing.T, data, namespace, tag string) map[string][]string {
	t.Helper()
	var found struct {
		Differences map[string][]string
		Rows        map[string]int
	}
	s.ask(t, "compare", map[string]any{"data": data, "namespace": namespace, "tag": tag}, &found)
	if len(found.Differences) != 2 || len(found.Rows) != 9 || found.Rows["jobs"] == 0 {
		t.Fatalf("compared %v with readers %v", found.Rows, found.Differences)
	}
	return found.Differences
}

// head is the newest metadata of a table.
type head struct {
	Metadata string
	Snapshot json.Number
}

// heads are those of a namespace, also of one that is not there.
func (s *session) heads(t *testing.T, namespace string) map[string]head {
	t.Helper()
	var found struct{ Heads map[string]head }
	s.ask(t, "heads", map[string]any{"namespace": namespace}, &found)
	return found.Heads
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, patience time.Duration, met func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !met(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %s for %s", patience, what)
		}
	}
}
