"""Runs Relays in Spark; relay_test.go compares what this prints, a JSON object a
line.

    python relay_spark.py FOLDER    with the programs that relay.py made there
"""

import json
import pathlib
import subprocess
import sys
import threading
import time

import pyarrow as pa
from pyspark.sql import SparkSession

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from callmill_lake import parcel  # noqa: E402
from callmill_lake.relay import Relay  # noqa: E402

folder = pathlib.Path(sys.argv[1])
RECORDS = pa.schema([("key", pa.binary()), ("record", pa.binary())])

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.local.dir", str(folder / "local"))
    .config("spark.sql.execution.arrow.maxRecordsPerBatch", "100")
    .config("spark.ui.showConsoleProgress", "false")
    .getOrCreate()
)
context = spark.sparkContext
context.setLogLevel("OFF")
parcel.ship(context)
bodies = spark.range(0, 3000, 1, 3).selectExpr("concat(id, '.json') origin", "cast(repeat('x', 100) as binary) body")
empty = bodies.where("origin is null")


def answer(source, binary, **options):
    relay = Relay("decode", binary, RECORDS, **options)
    return source.mapInArrow(relay, "key binary, record binary")


def left():
    """The workers that are still there."""
    table = subprocess.run(["ps", "-A", "-o", "args="], stdout=subprocess.PIPE, text=True).stdout
    return [line for line in table.splitlines() if str(folder) in line and ("fake_worker.py" in line or "callmill-guard" in line)]


def run(name, frame, count=lambda frame: len(frame.collect())):
    said = {"name": name, "rows": 0, "error": ""}
    try:
        said["rows"] = count(frame)
    except Exception as error:
        said["error"] = str(error)
    deadline = time.monotonic() + 10
    while left() and time.monotonic() < deadline:
        time.sleep(0.05)
    said["left"] = left()
    print(json.dumps(said), flush=True)


def cancelled(frame):
    context.setJobGroup("doomed", "a job that is cancelled", interruptOnCancel=True)

    def cancel():
        while not left():
            time.sleep(0.05)
        context.cancelJobGroup("doomed")

    threading.Thread(target=cancel).start()
    return len(frame.collect())


key = folder / "secret-key"
key.write_text("0123456789abcdef\n")
for shipped in (folder / "callmill-none", key):
    context.addFile(str(shipped))

run("shipped", answer(bodies, "callmill-none", files=[("--key", key.name)]))
run("empty", answer(empty, "callmill-none"))
run("first", answer(bodies, "callmill-none"), lambda frame: len(frame.take(1)))
run("middle", answer(bodies, str(folder / "callmill-middle")))
run("swapped", answer(bodies, str(folder / "callmill-swapped")))
run("hang", answer(bodies, str(folder / "callmill-hang"), timeout=2.0))
run("missing", answer(bodies, "callmill-none", files=[("--key", "no-key")]))
run("cancelled", answer(bodies, str(folder / "callmill-deaf")), cancelled)
spark.stop()
