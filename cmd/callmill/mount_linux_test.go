package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"callmill/cmd/internal/exit"
)

// TestCaseInsensitiveMount runs two nights on a real file system where case does
// not count. TestPlaces in pipeline/dataset/commit emulates one, and needs nothing.
func TestCaseInsensitiveMount(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: mounts a file system")
	}
	dir := mountIgnoringCase(t)
	if err := os.WriteFile(filepath.Join(dir, "a"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "A")); err != nil {
		t.Fatalf("case counts: %v", err)
	}
	data := filepath.Join(dir, "data")
	for _, night := range []struct{ at, response, want string }{
		{"2026-02-01T00:00:00Z", `{"Jobs":[{"JobId":"a","Tasks":[{"TaskId":"t","ActualTime":1768960000000}]},{"JobId":"b"}]}`, "2 new"},
		{"2026-02-02T00:00:00Z", `{"Jobs":[{"JobId":"b","Status":"Failed"},{"JobId":"c"}]}`, "1 new, 1 changed"},
		{"2026-02-03T00:00:00Z", `{"Jobs":[{"JobId":"c"}]}`, "1 unchanged"},
	} {
		out := runMain(t, exit.Done, "convert", "--progress", "none", "--observed-at", night.at, "--out", data,
			write(t, map[string]string{"resp.json": night.response}))
		if !strings.Contains(out, night.want) {
			t.Errorf("%s: %s, want %s", night.at, out, night.want)
		}
		if link, err := os.Readlink(filepath.Join(data, "latest")); err != nil || !strings.HasPrefix(link, "snapshots/") {
			t.Errorf("%s: latest reads %q, %v", night.at, link, err)
		}
		runMain(t, exit.Done, "status", data)
		runMain(t, exit.Done, "verify", data)
	}
}

// mountIgnoringCase mounts an empty file system where case does not count, or
// skips the test: that takes root, /dev/fuse and Debian's ntfs-3g.
func mountIgnoringCase(t *testing.T) (dir string) {
	t.Helper()
	for _, tool := range []string{"mkfs.ntfs", "lowntfs-3g", "umount"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s", tool)
		}
	}
	image, dir := filepath.Join(t.TempDir(), "image"), t.TempDir()
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, 200<<20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.ntfs", "-F", "-Q", image).CombinedOutput(); err != nil {
		t.Skipf("mkfs.ntfs: %v\n%s", err, out)
	}
	if out, err := exec.Command("lowntfs-3g", "-o", "ignore_case", image, dir).CombinedOutput(); err != nil {
		t.Skipf("lowntfs-3g: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v\n%s", err, out)
		}
	})
	return dir
}
