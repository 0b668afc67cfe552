package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"callmill/cmd/internal/exit"
	"callmill/pipeline/simulate"
	"callmill/pipeline/simulate/api"
	"callmill/schema"
)

// The files of deploy/ are parsed as what reads them does, and held to the
// program: its flags, its exit codes, its metrics.

// deployed is the text of a file of deploy/.
func deployed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("deploy", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDeployIsWhole: each file of deploy/ has a test below and is named by the manual.
func TestDeployIsWhole(t *testing.T) {
	entries, err := os.ReadDir("deploy")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	text := readme(t, manual)
	for _, e := range entries {
		names = append(names, e.Name())
		if !strings.Contains(text, "(deploy/"+e.Name()+")") {
			t.Errorf("the manual does not link to deploy/%s", e.Name())
		}
	}
	want := []string{
		"Dockerfile", "alerts.yaml", "callmill.cron", "callmill.service", "callmill.sysusers", "callmill.timer", "cronjob.yaml", "ram-policy.json",
	}
	if !slices.Equal(names, want) {
		t.Errorf("deploy/ has %q, tested are %q", names, want)
	}
}

// checkCommand checks the command line of a nightly run: that it can be parsed, which
// it cannot be with a flag that does not exist.
func checkCommand(t *testing.T, words []string) *cobra.Command {
	t.Helper()
	c, rest, err := newRoot(&environment{}).Find(words)
	if err != nil {
		t.Fatalf("callmill %q: %v", words, err)
	}
	if err := c.ParseFlags(rest); err != nil {
		t.Fatalf("callmill %q: %v", words, err)
	}
	if c.Name() != "pull" || c.Flags().NArg() > 0 || !c.Flags().Changed("out") {
		t.Errorf("callmill %q is not a pull into a dataset", words)
	}
	return c
}

// installed is where the files expect the binary.
const installed = "/usr/local/bin/callmill"

func TestDeployedUnits(t *testing.T) {
	service, timer := parseUnit(t, deployed(t, "callmill.service")), parseUnit(t, deployed(t, "callmill.timer"))
	run := service["Service"]
	words := strings.Fields(run.one(t, "ExecStart"))
	if words[0] != installed {
		t.Errorf("the service runs %s", words[0])
	}
	flags := checkCommand(t, words[1:]).Flags()
	// Exit codes are the program's.
	if got := run.one(t, "SuccessExitStatus"); got != fmt.Sprint(exit.Published) {
		t.Errorf("exit code %s is a success", got)
	}
	if got := run.one(t, "RestartPreventExitStatus"); got != fmt.Sprint(exit.Usage) {
		t.Errorf("exit code %s is not tried again", got)
	}
	// What it writes to is writable, and nothing else.
	if out := flags.Lookup("out").Value.String(); !strings.HasPrefix(out, "/var/lib/"+run.one(t, "StateDirectory")+"/") || run.one(t, "ProtectSystem") != "strict" {
		t.Errorf("the dataset %s is not in the state directory", out)
	}
	if metrics := flags.Lookup("metrics-file").Value.String(); run.one(t, "ReadWritePaths") != "-"+filepath.Dir(metrics) {
		t.Errorf("%s cannot be written", metrics)
	}
	user := regexp.MustCompile(`(?m)^u (\S+) - "[^"]*" (\S+)$`).FindStringSubmatch(deployed(t, "callmill.sysusers"))
	if user == nil || user[1] != run.one(t, "User") || user[2] != "/var/lib/"+run.one(t, "StateDirectory") {
		t.Errorf("the user is %q", user)
	}
	// The timer has no Unit=, so it starts the service of its own name.
	at := timer["Timer"]
	if day, zone, _ := strings.Cut(at.one(t, "OnCalendar"), ":"); !strings.HasPrefix(day, "*-*-* ") || !strings.HasSuffix(zone, " Asia/Shanghai") {
		t.Errorf("the timer starts at %q", at["OnCalendar"])
	}
	if at.one(t, "Persistent") != "true" || timer["Install"].one(t, "WantedBy") != "timers.target" {
		t.Errorf("the timer is %q", timer)
	}
}

// TestDeployedUnitIsHardened: systemd itself knows every setting and gives the
// service an exposure of at most 2.0, of 10.
func TestDeployedUnitIsHardened(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("needs systemd-analyze")
	}
	analyze := exec.Command("systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", "deploy/callmill.service")
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

// unit is a file of systemd: the settings of each section.
type unit map[string]section

type section map[string][]string

// one is the value of a setting that is given once.
func (s section) one(t *testing.T, name string) string {
	t.Helper()
	if len(s[name]) != 1 {
		t.Fatalf("%s has the values %q", name, s[name])
	}
	return s[name][0]
}

// parseUnit reads a file of systemd (systemd.syntax(7)). It has no line that goes on
// in the next.
func parseUnit(t *testing.T, text string) unit {
	t.Helper()
	u := unit{}
	var current section
	for number, line := range strings.Split(text, "\n") {
		switch name, value, isSetting := strings.Cut(line, "="); {
		case line == "" || line[0] == '#':
		case line[0] == '[' && strings.HasSuffix(line, "]"):
			current = section{}
			u[line[1:len(line)-1]] = current
		case isSetting && current != nil && regexp.MustCompile(`^[A-Z][A-Za-z]+$`).MatchString(name) && !strings.HasSuffix(value, `\`):
			current[name] = append(current[name], value)
		default:
			t.Fatalf("line %d: %q", number+1, line)
		}
	}
	return u
}

func TestDeployedCron(t *testing.T) {
	var jobs int
	for line := range strings.Lines(deployed(t, "callmill.cron")) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") || line == "CRON_TZ=Asia/Shanghai" {
			continue
		}
		// minute hour day month weekday user command; % would end the command.
		fields := regexp.MustCompile(`^(\d+) (\d+) \* \* \*  callmill  ([^%]*)$`).FindStringSubmatch(line)
		if fields == nil {
			t.Fatalf("%q", line)
		}
		_, command, found := strings.Cut(fields[3], installed+" ")
		if !found {
			t.Fatalf("%q does not run callmill", line)
		}
		checkCommand(t, strings.Fields(command))
		jobs++
	}
	if jobs != 1 {
		t.Errorf("%d jobs", jobs)
	}
}

// release is the script that builds what the image is made of.
func release(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", ".ci", "release"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestDeployedDockerfile(t *testing.T) {
	script := release(t)
	user := regexp.MustCompile(`(?m)^readonly user=(\d+)`).FindStringSubmatch(script)
	if user == nil {
		t.Fatal("no user in .ci/release")
	}
	// The name of the archive, as the script spells it.
	for _, part := range []string{`root=$out/callmill_${version}_$1_rootfs`, `image "${os}_$arch"`, `gzip --no-name --best "$root.tar"`, `"$root` + installed + `"`, `"$root/data"`} {
		if !strings.Contains(script, part) {
			t.Errorf(".ci/release no longer has %s", part)
		}
	}
	var got []string
	for line := range strings.Lines(deployed(t, "Dockerfile")) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			got = append(got, line)
		}
	}
	want := []string{
		"FROM scratch", "ARG VERSION", "ARG TARGETOS", "ARG TARGETARCH", "ADD callmill_${VERSION}_${TARGETOS}_${TARGETARCH}_rootfs.tar.gz /",
		"USER " + user[1] + ":" + user[1], "WORKDIR /data", "VOLUME /data", `ENTRYPOINT ["` + installed + `"]`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("the Dockerfile is\n%q, want\n%q", got, want)
	}
	_, command, found := strings.Cut(deployed(t, "Dockerfile"), "callmill:1.2.3 pull")
	command, _, _ = strings.Cut(command, "\n")
	if !found || !strings.Contains(deployed(t, "Dockerfile"), "--read-only") {
		t.Fatal("the Dockerfile does not say how to run the image")
	}
	checkCommand(t, append([]string{"pull"}, strings.Fields(command)...))
}

func TestDeployedCronJob(t *testing.T) {
	type securityContext struct {
		RunAsNonRoot             bool
		RunAsUser                int
		RunAsGroup               int
		FSGroup                  int
		FSGroupChangePolicy      string
		SeccompProfile           map[string]string
		ReadOnlyRootFilesystem   bool
		AllowPrivilegeEscalation *bool
		Capabilities             map[string][]string
	}
	type mount struct {
		Name, MountPath string
	}
	var job struct {
		APIVersion string
		Kind       string
		Metadata   map[string]string
		Spec       struct {
			Schedule, TimeZone, ConcurrencyPolicy string
			StartingDeadlineSeconds               int
			JobTemplate                           struct {
				Spec struct {
					BackoffLimit     int
					PodFailurePolicy struct {
						Rules []struct {
							Action      string
							OnExitCodes struct {
								ContainerName, Operator string
								Values                  []int
							}
							OnPodConditions []map[string]string
						}
					}
					Template struct {
						Spec struct {
							RestartPolicy                string
							AutomountServiceAccountToken *bool
							SecurityContext              securityContext
							Containers                   []struct {
								Name, Image     string
								Args            []string
								EnvFrom         []map[string]map[string]string
								SecurityContext securityContext
								Resources       map[string]map[string]string
								VolumeMounts    []mount
							}
							Volumes []map[string]any
						}
					}
				}
			}
		}
	}
	parseYAML(t, "cronjob.yaml", &job)
	spec := job.Spec.JobTemplate.Spec
	pod := spec.Template.Spec
	if job.APIVersion != "batch/v1" || job.Kind != "CronJob" || job.Spec.ConcurrencyPolicy != "Forbid" || len(pod.Containers) != 1 || pod.RestartPolicy != "Never" {
		t.Fatalf("%+v", job)
	}
	container := pod.Containers[0]
	out := checkCommand(t, container.Args).Flags().Lookup("out").Value.String()
	if !slices.ContainsFunc(container.VolumeMounts, func(m mount) bool { return m.MountPath == out }) {
		t.Errorf("nothing is mounted on %s", out)
	}
	if rule := spec.PodFailurePolicy.Rules[0]; rule.OnExitCodes.ContainerName != container.Name ||
		!slices.Equal(rule.OnExitCodes.Values, []int{exit.Usage, exit.Published}) || rule.Action != "FailJob" {
		t.Errorf("%+v", rule)
	}
	user := fmt.Sprint(pod.SecurityContext.RunAsUser)
	if !strings.Contains(release(t), "readonly user="+user+" ") || !pod.SecurityContext.RunAsNonRoot || !container.SecurityContext.ReadOnlyRootFilesystem ||
		container.SecurityContext.AllowPrivilegeEscalation == nil || *container.SecurityContext.AllowPrivilegeEscalation {
		t.Errorf("%+v, %+v", pod.SecurityContext, container.SecurityContext)
	}
}

// TestDeployedAlerts: the rules have the form that Prometheus wants, name metrics
// that a pull writes, and ask by absent() for those whose absence is the trouble.
func TestDeployedAlerts(t *testing.T) {
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Annotations, Labels map[string]string
			}
		}
	}
	parseYAML(t, "alerts.yaml", &rules)
	p := newPuller(simulatedAPI(t, simulate.Options{People: 20}, api.Options{}), append([]string{"--instance", "x"}, wholeWorld...)...)
	file := filepath.Join(t.TempDir(), "metrics.prom")
	p.pull(t, exit.Done, "--out", filepath.Join(t.TempDir(), "data"), "--metrics-file", file)
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := checkCommand(t, strings.Fields(parseUnit(t, deployed(t, "callmill.service"))["Service"].one(t, "ExecStart"))[1:]).Flags().Lookup("out").Value.String()
	label := regexp.MustCompile(`\$labels\.(\w+)`)
	alerts, absent := map[string]bool{}, map[string]bool{}
	for _, rule := range rules.Groups[0].Rules {
		names := regexp.MustCompile(`\bcallmill_\w+`).FindAllString(rule.Expr, -1)
		if rule.Alert == "" || alerts[rule.Alert] || len(names) == 0 || rule.Annotations["summary"] == "" {
			t.Errorf("%+v", rule)
		}
		alerts[rule.Alert] = true
		if rule.For != "" && !regexp.MustCompile(`^\d+[smhd]$`).MatchString(rule.For) {
			t.Errorf("%s: for %s", rule.Alert, rule.For)
		}
		for _, name := range names {
			line := regexp.MustCompile(`(?m)^` + name + `(\{.*\})? `).Find(written)
			if line == nil {
				t.Errorf("%s: a pull writes no %s", rule.Alert, name)
			}
			for _, l := range label.FindAllStringSubmatch(fmt.Sprint(rule.Annotations), -1) {
				if !strings.Contains(string(line), l[1]+`="`) {
					t.Errorf("%s: %s has no label %s", rule.Alert, name, l[1])
				}
			}
			absent[name] = absent[name] || rule.Expr == fmt.Sprintf("absent(%s{dataset=%q})", name, out)
		}
		if !strings.Contains(rule.Annotations["summary"], "$labels.dataset") {
			t.Errorf("%s does not say which dataset", rule.Alert)
		}
	}
	// Every run writes the first, one that ever published the second. Of which dataset
	// one is absent must be said: it is that of the service.
	for _, name := range []string{"callmill_last_run_timestamp_seconds", "callmill_covered_until_timestamp_seconds"} {
		if !absent[name] {
			t.Errorf("no rule asks whether %s is absent", name)
		}
	}
}

// parseYAML decodes a file of deploy/. A field that v does not have is an error;
// fields of v without a tag are in camel case.
func parseYAML(t *testing.T, name string, v any) {
	t.Helper()
	var document any
	if err := yaml.Unmarshal([]byte(deployed(t, name)), &document); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// TestDeployedPolicy: the RAM policy allows the actions that a pull needs.
func TestDeployedPolicy(t *testing.T) {
	var policy struct {
		Version   string
		Statement []struct {
			Effect   string
			Action   []string
			Resource string
		}
	}
	decoder := json.NewDecoder(strings.NewReader(deployed(t, "ram-policy.json")))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&policy); err != nil || len(policy.Statement) != 1 {
		t.Fatalf("%v, %+v", err, policy)
	}
	var want []string
	for _, action := range []string{schema.ActionListJobs, schema.ActionSearchTask, schema.ActionListJobGroups, schema.ActionListJobsByGroup} {
		want = append(want, "outboundbot:"+action)
	}
	if s := policy.Statement[0]; !slices.Equal(s.Action, want) || s.Effect != "Allow" {
		t.Errorf("%+v, want the actions %q", s, want)
	}
}
