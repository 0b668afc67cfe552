//go:build cgo

package query_test

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"

	"callmill/cmd/callmill-review/internal/verdicts"
	"callmill/pipeline/dataset/views"
	"callmill/pipeline/desk"
	"callmill/schema"
)

// deskViews opens DuckDB with the views of the desk in a folder.
func deskViews(t *testing.T, dir string, has views.DeskFiles) *sql.DB {
	t.Helper()
	db, err := sql.Open("duckdb", "")
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	_, err = db.Exec(views.Desk(dir, schema.Chinese, has))
	must(t, err)
	return db
}

func number(t *testing.T, db *sql.DB, query string) int {
	t.Helper()
	var n int
	must(t, db.QueryRow(query).Scan(&n))
	return n
}

// TestDeskViews: the files of a desk as a program leaves them, torn lines and all; what is
// appended later is there when asked again.
func TestDeskViews(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "it's a [desk]")
	must(t, os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "..", "..", "pipeline", "desk", "testdata"))))
	for _, torn := range []string{"{\"at\":\"2026\n", "\xff\xfe\n", "\n", "null\n", "[1]\n", "{}\n", `{"at":"x"`} {
		file, err := os.OpenFile(filepath.Join(dir, desk.ReviewsFile), os.O_APPEND|os.O_WRONLY, 0)
		must(t, err)
		_, err = file.WriteString(torn)
		must(t, err)
		must(t, file.Close())
	}
	db := deskViews(t, dir, views.DeskFiles{Reviews: true, Accesses: true})
	if n, counts := number(t, db, "SELECT count(*) FROM reviews"), number(t, db, "SELECT count(*) FROM reviews WHERE counts"); n != 7 || counts != 6 {
		t.Errorf("%d reviews, %d count", n, counts)
	}
	if n := number(t, db, "SELECT count(*) FROM accesses"); n != 5 {
		t.Errorf("%d accesses", n)
	}
	must(t, desk.In(dir).Review(&desk.Review{At: "2026-01-31T00:00:00.000Z", By: "li", About: desk.AboutHit, Call: &desk.Call{InstanceID: "sales", JobID: "job-9"}, Rule: "opt_out@1a2b", Verdict: desk.Right}))
	var rule, version string
	must(t, db.QueryRow("SELECT rule_name, rule_version FROM reviews WHERE job_id = 'job-9' AND task_id IS NULL AND year(reviewed_at) = 2026").Scan(&rule, &version))
	if rule != "opt_out" || version != "1a2b" {
		t.Errorf("%s, %s", rule, version)
	}
}

// TestDeskViewsOfNothing: what is not there has no rows, and the same columns.
func TestDeskViewsOfNothing(t *testing.T) {
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, desk.ReviewsFile), nil, 0o600))
	must(t, os.WriteFile(filepath.Join(dir, desk.AccessFile), nil, 0o600))
	shape := func(db *sql.DB) string {
		var all strings.Builder
		for _, view := range []string{"reviews", "accesses"} {
			if n := number(t, db, "SELECT count(*) FROM "+view); n != 0 {
				t.Errorf("%s has %d rows", view, n)
			}
			rows, err := db.Query("SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = '" + view + "' ORDER BY column_index")
			must(t, err)
			for rows.Next() {
				var name, kind, comment string
				must(t, rows.Scan(&name, &kind, &comment))
				fmt.Fprintln(&all, view, name, kind, comment)
			}
			must(t, rows.Err())
		}
		return all.String()
	}
	with, without := shape(deskViews(t, dir, views.DeskFiles{Reviews: true, Accesses: true})), shape(deskViews(t, dir, views.DeskFiles{}))
	if with != without || strings.Count(with, "\n") != 19+11 {
		t.Errorf("with empty files\n%s\nwithout\n%s", with, without)
	}
}

// TestDeskViewCounts: the view counts the reviews that the desk counts.
func TestDeskViewCounts(t *testing.T) {
	dir := t.TempDir()
	d := desk.In(dir)
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	for range 400 {
		turn := int32(r.IntN(2))
		review := &desk.Review{
			At: "2026-01-31T00:00:00.000Z", By: pick("li", "wang"), About: pick(desk.AboutHit, desk.AboutCall, desk.AboutFilter, desk.AboutFinding),
			Call: &desk.Call{InstanceID: "sales", JobID: pick("1", "2"), TaskID: pick("", "t1")}, Rule: pick("", "r@1", "r@2"),
			Filter: pick("a", "b"), Snapshot: pick("", "s"), Finding: pick("f", "g"), State: desk.Open, Verdict: pick("", desk.Right, desk.Wrong),
		}
		switch review.About {
		case desk.AboutFilter:
			review.Call, review.Finding = nil, ""
		case desk.AboutFinding:
			review.Call, review.Rule, review.Filter = nil, "", ""
		default:
			review.Finding = ""
		}
		if review.Call != nil && r.IntN(2) == 0 {
			review.Call.TurnIndex = &turn
		}
		must(t, d.Review(review))
	}
	book, err := verdicts.Open(d)
	must(t, err)
	want := len(verdicts.Latest(book.All()))
	db := deskViews(t, dir, views.DeskFiles{Reviews: true})
	if n, counts := number(t, db, "SELECT count(*) FROM reviews"), number(t, db, "SELECT count(*) FROM reviews WHERE counts"); n != 400 || counts != want {
		t.Errorf("%d reviews, %d count, want %d", n, counts, want)
	}
}
