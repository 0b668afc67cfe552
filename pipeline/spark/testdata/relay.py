"""Calls Relays with workers that do something wrong; relay_test.go compares what
this prints, a JSON object a line.

    python relay.py FOLDER             where the programs are made
    python relay.py FOLDER programs    only makes them
"""

import gc
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import pyarrow as pa

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent))
from callmill_lake import relay as callmill  # noqa: E402

folder = pathlib.Path(sys.argv[1])
RECORDS = pa.schema([("key", pa.binary()), ("record", pa.binary())])


def program(fault):
    """A program that does fault."""
    path = folder / f"callmill-{fault}"
    path.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{here / 'fake_worker.py'}' {fault} \"$@\"\n")
    path.chmod(0o755)
    return str(path)


def batches(count=20, rows=100, size=1000):
    """What Spark gives to decode."""
    for number in range(count):
        origin = [f"day {number}/{row}.json" for row in range(rows)]
        yield pa.record_batch([pa.array(origin), pa.array([b"x" * size] * rows)], names=["origin", "body"])


def broken():
    yield from batches(3)
    raise RuntimeError("the file a.json has changed")


def slow():
    for batch in batches(3, 10):
        time.sleep(1)
        yield batch


def left():
    """The command lines of processes below this one."""
    below, lines = {os.getpid()}, []
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,args="], stdout=subprocess.PIPE, text=True).stdout
    for line in table.splitlines():
        pid, parent, args = line.split(None, 2)
        if int(pid) == os.getpid():
            continue
        if str(folder) in args or (int(parent) in below and not args.startswith("ps ")):
            lines.append(args)
    return lines


def run(name, binary, source=None, timeout=30.0, files=(), take=None):
    gc.collect()
    threads = threading.active_count()
    open_files = len(os.listdir("/dev/fd"))
    began = time.monotonic()
    said = {"name": name, "rows": 0, "error": "", "columns": []}
    relay = callmill.Relay("decode", binary, RECORDS, flags=["--pii", "mask"], files=files, timeout=timeout)
    answer = relay(source if source is not None else batches())
    try:
        for number, batch in enumerate(answer):
            if number == take:
                break
            said["rows"] += batch.num_rows
            said["columns"] = batch.schema.names
    except Exception as error:
        said["error"] = f"{type(error).__name__}: {error}"
    answer.close()
    said["seconds"] = time.monotonic() - began
    said["left"] = left()
    said["threads"] = threading.active_count() - threads
    said["files"] = len(os.listdir("/dev/fd")) - open_files
    print(json.dumps(said), flush=True)


def cut():
    """How a batch is cut, in rows and bytes, for limits of 64 rows and 16 MiB."""
    sizes = [1] * 100 + [9 << 20, 9 << 20, 7 << 20, 1, 40 << 20, 1, 2]
    whole = pa.record_batch([pa.array([b"z" * size for size in sizes])], names=["body"])
    pieces = []
    for batch in (whole, whole.slice(3)):
        pieces.append([(piece.num_rows, sum(len(v.as_py()) for v in piece.column(0))) for piece in callmill.cut(batch, "body", 64, 16 << 20)])
    print(json.dumps({"name": "cut", "pieces": pieces}), flush=True)


def orphan():
    """A process that dies while it feeds a worker which hears nothing."""
    answer = callmill.Relay("decode", program("deaf"), RECORDS)(batches())
    threading.Timer(1, os.kill, (os.getpid(), signal.SIGKILL)).start()
    list(answer)


if sys.argv[2:] == ["orphan"]:
    orphan()
if sys.argv[2:] == ["programs"]:
    for fault in ["none", "middle", "swapped", "hang", "deaf"]:
        program(fault)
    sys.exit()

for fault in ["none", "swapped", "chatter"]:
    run(fault, program(fault))
run("large", program("none"), batches(2, 3, 20 << 20))
run("empty", str(folder / "never-started"), iter([next(batches(1)).slice(0, 0)]))
run("slow", program("none"), slow(), timeout=0.5)
run("closed", program("none"), take=2)
run("broken", program("none"), broken())
for fault in ["start", "signal", "quiet", "garbage", "renamed", "retyped", "further", "middle", "torn", "edge",
              "unreported", "dropped", "misspelt", "other", "more", "late"]:
    run(fault, program(fault))
for fault in ["hang", "deaf", "lingering"]:
    run(fault, program(fault), timeout=2.0)

run("missing", str(folder / "no-callmill"))
run("unknown", "no-callmill-at-all")
plain = folder / "plain"
plain.write_text("#!/bin/sh\n")
run("plain", str(plain))
run("folder", str(folder))
foreign = folder / "foreign"
foreign.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\xf3\x00" + bytes(44))  # for riscv
foreign.chmod(0o755)
run("foreign", str(foreign))
loader = folder / "loader"
loader.write_text("#!/no/such/interpreter\n")
loader.chmod(0o755)
run("loader", str(loader))
run("key", program("none"), files=[("--key", "no-key")])
cut()

subprocess.run([sys.executable, __file__, str(folder), "orphan"], stderr=subprocess.DEVNULL)
deadline = time.monotonic() + 10
while left() and time.monotonic() < deadline:
    time.sleep(0.05)
print(json.dumps({"name": "orphan", "left": left()}), flush=True)
