"""Lists and reads inputs with Spark; inputs_test.go compares what this prints, a
JSON object a line.

    python inputs.py FOLDER ARGUMENT…    FOLDER may be written to
"""

import hashlib
import json
import os
import pathlib
import sys

from pyspark.sql import SparkSession

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from callmill_lake import inputs as callmill  # noqa: E402

folder = pathlib.Path(sys.argv[1])
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.ui.showConsoleProgress", "false")
    # What a site may have set, and must not matter.
    .config("spark.sql.files.ignoreMissingFiles", "true")
    .config("spark.sql.session.timeZone", "America/St_Johns")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("OFF")


def tell(name, **said):
    print(json.dumps({"name": name, **said}), flush=True)


def read(inputs):
    rows = inputs.frame(1769000000000, True).orderBy("sequence").collect()
    return [{"origin": row.origin, "sha256": hashlib.sha256(row.body).hexdigest()} for row in rows]


def fails(name, does):
    try:
        does()
        tell(name)
    except Exception as error:
        tell(name, error=str(error))


def listed(*arguments):
    return callmill.Inputs(spark, [str(argument) for argument in arguments])


def written(name, content, more=False):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab" if more else "wb") as file:
        file.write(content)
    return path


inputs = listed(*sys.argv[2:])
tell("all", inputs=read(inputs), files=inputs.files, bytes=inputs.bytes, passed=sorted(inputs.passed))
frame = inputs.frame(1769000000000, True)
tell("columns", columns=[f"{field.name} {field.dataType.simpleString()}" for field in frame.schema])
row = frame.first()
tell("row", row=[row.position, row.instance_id, row.observed_at, row.undated])

# 200 small files and a large one, for two processors.
for number in range(200):
    written(f"many/{number}.json", b"{}")
written("many/large.json", b" " * (60 << 20))
parts = listed(folder / "many").listing.partitions(callmill.PARTITION_BYTES, callmill.OPEN_BYTES, callmill.EXPANSION, 2)
tell("partitions", partitions=[len(part.files()) for part in parts])

with open(written("large/odd.json", b""), "wb") as file:
    file.truncate(1 << 31)
written("unnamed/notes.txt", b"")
os.symlink(folder / "nowhere", written("broken/a.json", b"{}").parent / "b.json")
fails("nothing", lambda: listed(folder / "nothing"))
fails("unnamed", lambda: listed(folder / "unnamed"))
fails("large", lambda: listed(folder / "large"))
fails("broken", lambda: listed(folder / "broken"))
fails("stdin", lambda: listed("-"))
fails("scheme", lambda: listed("nosuch://bucket/folder"))

for name, change in {
    "grown": lambda path: written(path, b"more", more=True),
    "touched": lambda path: os.utime(path, (1, 1)),
    "gone": os.remove,
}.items():
    path = written(f"{name}/a.json", b"{}")
    inputs = listed(path.parent)
    change(path)
    fails(name, lambda: read(inputs))
spark.stop()
