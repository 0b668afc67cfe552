package pipeline_test

// The layers of the program, as tests. The map in words is in doc.go.
//
// A unit is a package with the packages below it: schema, segment, pipeline
// itself, each folder of pipeline, each command. Within a unit imports are its
// own affair. layers_check_test.go holds the checker and what it must find.

import "testing"

// arrows are the imports between units that are allowed besides
//
//	cmd/…  →  everything  (but another command)
//	pipeline, pipeline/…  →  schema
//
// schema and segment import no unit at all.
var arrows = []arrow{
	{"pipeline/nightly", "pipeline/internal/calendar", "days and intervals"},
	{"pipeline/dataset", "pipeline/internal/calendar", "days and intervals"},
	{"pipeline/dataset", "pipeline/internal/durable", "every commit goes through it"},
	{"pipeline/spool", "pipeline/internal/durable", "responses are kept as safely as tables"},
	{"pipeline/internal/durable/faulty", "pipeline/internal/durable", "it is one, broken"},
}

// alone are the units whose tests, too, import no other unit, so that they
// can be understood and taken away alone. The tests of all others may use any
// unit but the commands.
var alone = []string{"schema", "segment", "pipeline/internal/durable/..."}

// forTests are units that only tests import.
var forTests = []string{"pipeline/internal/durable/faulty"}

// libraries are the third-party modules with the units that may know them, and
// what for. A module that is not here may not be imported. Tests at the level
// of the whole program, in pipeline and cmd, may know them all.
var libraries = []library{
	{"github.com/parquet-go/parquet-go", "writes and reads the tables", units("pipeline/dataset", "pipeline/worker")},
	{"github.com/apache/arrow-go/v18", "the second reader in verify; the worker's streams", units("pipeline/dataset", "pipeline/worker")},
	{"github.com/go-ego/gse", "dictionary and model of the words", units("segment")},
	{"github.com/alibabacloud-go", "Alibaba Cloud's client: signing, endpoints, errors; the simulated API is tested with it", units("pipeline/callapi", "pipeline/simulate")},
	{"github.com/aliyun/credentials-go", "Alibaba Cloud's chain of credentials", units("pipeline/callapi")},
	{"github.com/duckdb/duckdb-go/v2", "the analyst's queries; needs cgo", units("cmd/callmill-review")},
	{"github.com/spf13/cobra", "commands and flags", units("cmd/callmill", "cmd/callmill-review")},
	{"github.com/spf13/pflag", "the flags of cobra", units("cmd/callmill", "cmd/callmill-review")},
	{"github.com/prometheus/client_golang", "the metrics file", units("cmd/callmill")},
	{"github.com/vbauerster/mpb/v8", "the bar", units("pipeline/progress")},
	{"github.com/mattn/go-runewidth", "columns of Chinese text on a terminal", units("cmd/callmill")},
	{"github.com/goccy/go-json", "JSON, five times as fast as encoding/json", units("pipeline/decode", "pipeline/simulate", "pipeline/spool", "pipeline/source", "pipeline/callapi")},
	{"github.com/klauspost/compress", "zstd and gzip of inputs, raw lines, spilled rows and the embedded dictionary", units("pipeline/source", "pipeline/spool", "pipeline/simulate", "pipeline/dataset", "segment")},
	{"golang.org/x/sync", "errgroup: every goroutine of the program", units("pipeline", "pipeline/callapi", "cmd/callmill", "cmd/callmill-review")},
	{"golang.org/x/time", "the rate of requests", units("pipeline/callapi", "pipeline/simulate")},
	{"golang.org/x/text", "NFKC of phone numbers; encodings of XML", units("pipeline/redact", "pipeline/decode")},
	{"golang.org/x/crypto/x509roots", "root certificates for images that have none", units("cmd/callmill")},
	{"golang.org/x/term", "whether stderr is a terminal", units("cmd/callmill")},
	{"golang.org/x/sys", "fadvise: files are fetched before it is their turn", units("pipeline/source")},
}

// testLibraries are for the tests of every unit, and for nothing else.
var testLibraries = []string{
	"pgregory.net/rapid",
	"go.uber.org/goleak",
	"github.com/google/go-cmp",
	"github.com/rogpeppe/go-internal",
	"github.com/chromedp",
}

// starters are the units that start goroutines. Everything else is called by
// one of theirs and returns. callapi has several requests under way, in an
// errgroup that ends with Source.Raws.
var starters = units("pipeline", "pipeline/callapi", "cmd/callmill", "cmd/callmill-review")

func TestLayers(t *testing.T) {
	packages := modulePackages(t)
	if len(packages) < 5 {
		t.Fatalf("go list found %d packages", len(packages))
	}
	for _, p := range packages {
		for _, wrong := range check(p) {
			t.Error(wrong)
		}
	}
}
