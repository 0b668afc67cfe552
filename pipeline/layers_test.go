package pipeline_test

// The layers of the program, as tests. The map in words is in doc.go.
//
// Each package is a unit of its own, also those inside another one's folder:
// the arrows between the parts of decode or dataset are listed like any others,
// and an import that is not listed is refused. layers_check_test.go holds the
// checker and its own test.

import (
	"slices"
	"testing"
)

// arrows are the imports between packages that are allowed besides
//
//	cmd/X, cmd/X/internal/…  →  everything but another command
//	pipeline, pipeline/…     →  schema
//
// The reason says what is imported. An arrow back is one that is not listed.
var arrows = []arrow{
	{"segment", "segment/internal/trie", "the double array it walks"},
	{"segment", "segment/internal/zh", "the dictionary it loads"},
	{"segment/internal/zh", "segment/internal/trie", "the nodes it stores"},
	{"segment/internal/compile", "segment/internal/trie", "the array it builds"},
	{"segment/internal/compile", "segment/internal/zh", "the file format it writes"},

	{"pipeline/outboundbot/discover", "pipeline/outboundbot/client", "the requests it makes"},
	{"pipeline/outboundbot/discover", "pipeline/outboundbot/lists", "the lists it reads"},
	{"pipeline/outboundbot/check", "pipeline/outboundbot/client", "the requests it tries"},
	{"pipeline/outboundbot/check", "pipeline/outboundbot/lists", "a campaign to ask for"},
	{"pipeline/outboundbot/lists", "pipeline/outboundbot/client", "the answers it reads"},
	{"pipeline/outboundbot/lists", "pipeline/outboundbot/internal/lenient", "values of the API in any spelling"},
	{"pipeline/outboundbot/discover", "pipeline/internal/calendar", "the days it asks for"},
	{"pipeline/outboundbot/discover", "pipeline/internal/campaign", "which campaigns make no more calls"},
	{"pipeline/outboundbot/client", "pipeline/outboundbot/internal/lenient", "values of the API in any spelling"},
	{"pipeline/outboundbot/discover", "pipeline/outboundbot/internal/lenient", "values of the API in any spelling"},
	{"pipeline/nightly", "pipeline/internal/calendar", "days and intervals"},
	{"pipeline/nightly", "pipeline/internal/campaign", "the stamps of campaigns"},
	{"pipeline/dataset", "pipeline/internal/campaign", "the stamps of campaigns"},
	{"pipeline/internal/campaign", "schema", "the row of a campaign"},
	{"pipeline/rawlog", "pipeline/internal/durable", "responses are kept as safely as tables"},

	{"pipeline/decode", "pipeline/decode/charset", "inputs that are not UTF-8"},
	{"pipeline/decode", "pipeline/decode/fields", "jobs, and the values around them"},
	{"pipeline/decode", "pipeline/decode/jsonscan", "the scanner under its fields"},
	{"pipeline/decode", "pipeline/decode/split", "pieces of large inputs"},
	{"pipeline/decode", "pipeline/decode/markup", "XML, rewritten as JSON"},
	{"pipeline/decode/fields", "pipeline/decode/jsonscan", "the scanner under its values"},
	{"pipeline/decode/fields", "pipeline/decode/markup", "the name of text between elements"},
	{"pipeline/decode/split", "pipeline/decode/jsonscan", "the offsets of documents and elements"},
	{"pipeline/decode/markup", "pipeline/decode/jsonscan", "the spelling of JSON strings"},

	{"pipeline/flatten", "pipeline/flatten/pattern", "the pattern column"},
	{"pipeline/flatten", "pipeline/internal/calendar", "the day and hour of a call"},

	{"pipeline/dataset", "pipeline/dataset/access", "the modes of folders and files"},
	{"pipeline/dataset/access", "pipeline/internal/durable", "the file operations"},
	{"pipeline/dataset", "pipeline/dataset/parquetio", "reading the published tables"},
	{"pipeline/dataset", "pipeline/dataset/spill", "the names of spill files that a crash leaves"},
	{"pipeline/dataset", "pipeline/dataset/pending", "the file of what is pending"},
	{"pipeline/dataset", "pipeline/internal/calendar", "days and intervals"},
	{"pipeline/dataset", "pipeline/internal/durable", "every change of the folder goes through it"},
	{"pipeline/dataset/commit", "pipeline/dataset", "the folder it commits to"},
	{"pipeline/dataset/commit", "pipeline/dataset/views", "views.sql of the snapshot"},
	{"pipeline/dataset/commit", "pipeline/dataset/versions", "which versions are published"},
	{"pipeline/dataset/commit", "pipeline/dataset/shard", "the shards it reads and writes"},
	{"pipeline/dataset/commit", "pipeline/dataset/jobsort", "jobs, sorted beyond memory"},
	{"pipeline/dataset/commit", "pipeline/dataset/spill", "rejects, sorted beyond memory"},
	{"pipeline/dataset/commit", "pipeline/dataset/parquetio", "the files it writes"},
	{"pipeline/dataset/commit", "pipeline/internal/durable", "every commit goes through it"},
	{"pipeline/dataset/versions", "pipeline/dataset", "what is published"},
	{"pipeline/dataset/versions", "pipeline/dataset/shard", "the shards it decides for"},
	{"pipeline/dataset/versions", "pipeline/dataset/parquetio", "the published columns it needs"},
	{"pipeline/dataset/versions", "pipeline/dataset/spill", "records, sorted beyond memory"},
	{"pipeline/dataset/commit", "pipeline/dataset/reconcile", "the rules of what is pending"},
	{"pipeline/dataset/commit", "pipeline/dataset/pending", "the file of what is pending"},
	{"pipeline/dataset/versions", "pipeline/dataset/reconcile", "the rules of what is pending"},
	{"pipeline/dataset/pending", "pipeline/dataset/parquetio", "its file"},
	{"pipeline/dataset/shard", "pipeline/dataset", "the files of a snapshot"},
	{"pipeline/dataset/shard", "pipeline/dataset/jobsort", "the order of jobs"},
	{"pipeline/dataset/shard", "pipeline/dataset/parquetio", "the files it reads"},
	{"pipeline/dataset/jobsort", "pipeline/dataset/spill", "the sorter beneath it"},
	{"pipeline/dataset/changes", "pipeline/dataset", "the snapshots it compares"},
	{"pipeline/dataset/changes", "pipeline/dataset/shard", "the shards it reads"},
	{"pipeline/dataset/changes", "pipeline/dataset/jobsort", "the order of jobs"},
	{"pipeline/dataset/changes", "pipeline/dataset/parquetio", "the keys of jobs"},
	{"pipeline/dataset/changes", "pipeline/dataset/spill", "what it found, sorted beyond memory"},
	{"pipeline/dataset/repair", "pipeline/dataset", "the snapshot it repairs"},
	{"pipeline/dataset/repair", "pipeline/dataset/shard", "the shards it makes files of"},
	{"pipeline/dataset/repair", "pipeline/dataset/jobsort", "the order of jobs"},
	{"pipeline/dataset/repair", "pipeline/dataset/parquetio", "the files it makes"},
	{"pipeline/dataset/repair", "pipeline/dataset/views", "what views.sql must be"},
	{"pipeline/dataset/repair", "pipeline/internal/durable", "it changes snapshots only by whole files"},
	{"pipeline/dataset/status", "pipeline/dataset", "the snapshot it sums up"},
	{"pipeline/dataset/status", "pipeline/dataset/reconcile", "which jobs are asked for again"},
	{"pipeline/dataset/status", "pipeline/internal/calendar", "days and intervals"},
	{"pipeline/dataset/verify", "pipeline/dataset", "the folder it checks"},
	{"pipeline/dataset/verify", "pipeline/dataset/pending", "the columns of what is pending"},
	{"pipeline/dataset/verify", "pipeline/dataset/reconcile", "the reasons there are"},
	{"pipeline/dataset/verify", "pipeline/dataset/verify/arrowio", "the second reader"},
	{"pipeline/dataset/verify", "pipeline/dataset/parquetio", "the keys in a file's footer"},
	{"pipeline/dataset/verify", "pipeline/dataset/views", "what views.sql must be"},
	{"pipeline/dataset/verify", "pipeline/internal/calendar", "days and intervals"},
	{"pipeline/dataset/verify", "pipeline/dataset/verify/outside", "what is in the folder besides the snapshot"},
	{"pipeline/dataset/verify/outside", "pipeline/dataset", "the names of what is callmill's"},
	{"pipeline/dataset/verify/outside", "pipeline/internal/durable", "the names of files that a crash leaves"},

	{"pipeline/simulate", "pipeline/simulate/script", "the scripts that its calls follow"},
	{"pipeline/simulate/api", "pipeline/simulate", "the world it answers for"},
	{"pipeline/simulate/api", "pipeline/simulate/api/shapes", "the shapes of its responses"},
	{"pipeline/bench", "pipeline/simulate", "the calls it measures with"},
	{"pipeline/internal/durable/faulty", "pipeline/internal/durable", "the interface it implements, with faults"},
}

// alone are the packages that import no other, not even schema, but by an
// arrow, and their tests neither: each can be understood and reused by itself.
// The tests of all other packages may import anything but commands.
var alone = []string{"schema", "segment/...", "pipeline/decode/jsonscan", "pipeline/internal/..."}

// forTests are packages that only tests import.
var forTests = []string{"pipeline/internal/durable/faulty"}

// libraries are the third-party modules with the packages that may import them,
// and what for. A module that is not here may not be imported. Tests of the
// whole program, in pipeline and cmd, may import all of them.
var libraries = []library{
	{"github.com/parquet-go/parquet-go", "the Parquet format", units("pipeline/dataset/parquetio", "pipeline/dataset/verify/arrowio")},
	{"github.com/apache/arrow-go/v18", "the second reader of Parquet", units("pipeline/dataset/verify/arrowio")},
	{"github.com/go-ego/gse", "dictionary and model of the words", units("segment", "segment/internal/compile")},
	{"github.com/alibabacloud-go", "the vendor's client: signing, endpoints, errors; the simulated API is tested with it", units("pipeline/outboundbot/client", "pipeline/simulate/api")},
	{"github.com/aliyun/credentials-go", "the vendor's chain of credentials", units("pipeline/outboundbot/client")},
	{"github.com/spf13/cobra", "commands and flags", units("cmd/callmill", "cmd/callmill/internal/commandline")},
	{"github.com/spf13/pflag", "the flags of cobra", units("cmd/callmill", "cmd/callmill/internal/commandline", "cmd/callmill/internal/language", "cmd/callmill/internal/pull", "cmd/callmill/internal/settings", "cmd/callmill/internal/world")},
	{"github.com/prometheus/client_golang", "the metrics file", units("cmd/callmill/internal/report")},
	{"github.com/vbauerster/mpb/v8", "the progress bar", units("pipeline/progress")},
	{"github.com/mattn/go-runewidth", "columns of Chinese text on a terminal", units("cmd/callmill/internal/glance")},
	{"github.com/goccy/go-json", "JSON, five times as fast as encoding/json", units("pipeline/simulate", "pipeline/simulate/api")},
	{"github.com/klauspost/compress", "zstd, gzip and s2", units("pipeline/source", "pipeline/rawlog", "pipeline/dataset/spill", "pipeline/dataset/parquetio", "segment/internal/zh")},
	{"github.com/cespare/xxhash/v2", "task ids in eight bytes: there is one for each call that a run meets", units("pipeline/dataset/versions")},
	{"golang.org/x/sync", "errgroup", units("pipeline", "pipeline/outboundbot/discover", "pipeline/outboundbot/lists", "pipeline/dataset/commit", "pipeline/dataset/verify")},
	{"golang.org/x/time", "the rate of requests", units("pipeline/outboundbot/client")},
	{"golang.org/x/text", "NFKC of phone numbers; encodings, in decode those of its tests", units("pipeline/redact", "pipeline/decode/charset", "pipeline/decode")},
	{"golang.org/x/crypto/x509roots", "root certificates for images that have none", units("cmd/callmill")},
	{"golang.org/x/term", "whether stdout or stderr is a terminal", units("cmd/callmill")},
	{"golang.org/x/sys", "fadvise: files are fetched before they are read", units("pipeline/source")},
}

// testLibraries are for the tests of every package, and for nothing else.
var testLibraries = []string{
	"pgregory.net/rapid",
	"go.uber.org/goleak",
	"github.com/google/go-cmp",
	"github.com/rogpeppe/go-internal",
	"go.yaml.in/yaml/v3",
}

// starters are the packages that start goroutines: Run, what has several
// requests or shards under way, and commands. All others are called by one of these and
// return. The client has a timer for each request.
var starters = units("pipeline", "pipeline/outboundbot/client", "pipeline/outboundbot/discover", "pipeline/outboundbot/lists", "pipeline/dataset/commit", "pipeline/dataset/verify", "cmd/callmill", "cmd/callmill/internal/stdin", "cmd/callmill/internal/watch")

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

// TestLayersAreUsed keeps the lists above short: each entry stands for an
// import that exists.
func TestLayersAreUsed(t *testing.T) {
	for _, wrong := range unused(modulePackages(t)) {
		t.Error(wrong)
	}
}

// maxLines is how long a package may become, without tests and generated files.
const maxLines = 2000

// large are the packages that are exempt: made-up worlds take many words.
var large = units("pipeline/simulate")

func TestPackagesAreSmall(t *testing.T) {
	for _, p := range modulePackages(t) {
		if n := p.lines(); n > maxLines && !slices.Contains(large, p.path) {
			t.Errorf("%s has %d lines, want at most %d: a part of it is a package of its own", p.path, n, maxLines)
		}
	}
}
