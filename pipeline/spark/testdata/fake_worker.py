"""A worker that does one thing wrong: python fake_worker.py FAULT worker decode …

It answers a row for each row, with the same 16 bytes as its key and the length of
its body as its record, and a report in the end.
"""

import os
import signal
import subprocess
import sys
import time

import pyarrow as pa

fault = sys.argv[1]


def say(text):
    print(text, file=sys.stderr, flush=True)


if fault == "start":
    say("panic: no dictionary")
    sys.exit(7)
if fault == "signal":
    os.kill(os.getpid(), signal.SIGSEGV)
if fault == "quiet":
    sys.exit(0)
if fault == "garbage":
    out = os.fdopen(1, "wb")
    while True:
        out.write(b"hello, this is no Arrow stream\n" * 1000)
if fault == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    subprocess.Popen(["sleep", "600"])  # its own child must go, too
    time.sleep(600)

columns = [("key", pa.binary()), ("record", pa.binary())]
if fault == "renamed":
    columns[1] = ("row", pa.binary())
if fault == "retyped":
    columns[1] = ("record", pa.utf8())
if fault == "further":
    columns.append(("more", pa.int64()))
if fault == "swapped":
    columns.reverse()
schema = pa.schema(columns)

stdin = os.fdopen(0, "rb")
stdout = os.fdopen(1, "wb")
reader = pa.ipc.open_stream(stdin)
writer = pa.ipc.new_stream(stdout, schema)


def answer(keys, records):
    values = {"key": keys, "record": records, "row": records, "more": [0] * len(keys)}
    writer.write_batch(pa.record_batch([pa.array(values[name], kind) for name, kind in columns], schema=schema))
    stdout.flush()


if fault in ("renamed", "retyped", "further"):
    answer([b"k"], [b"r"] if fault != "retyped" else ["r"])
    time.sleep(600)

bodies = 0
for number, batch in enumerate(reader):
    if fault == "chatter":
        for _ in range(100):
            say("still here " * 100)
    if fault == "middle" and number == 2:
        for line in range(100):
            say(f"goroutine {line}")
        say("fatal error: all goroutines are asleep")
        sys.exit(2)
    if fault == "torn" and number == 2:
        sys.exit(0)
    if fault == "edge" and number == 2:
        writer.close()
        sys.exit(0)
    if fault == "hang" and number == 2:
        time.sleep(600)
    bodies += batch.num_rows
    sizes = [str(len(body.as_py())).encode() for body in batch.column("body")]
    answer([b"0123456789abcdef"] * batch.num_rows, sizes)

if fault == "unreported":
    writer.close()
    sys.exit(0)
if fault == "dropped":
    bodies -= 1
report = {"misspelt": '{"stage":"decode"}', "other": '{"stage":"flatten","records":1}'}.get(fault, f'{{"stage":"decode","bodies":{bodies}}}')
answer([b""], [report.encode()])
writer.close()
if fault == "more":
    stdout.write(b"more")
    stdout.flush()
if fault == "late":
    say("cannot remove the spool")
    sys.exit(3)
if fault == "lingering":
    stdout.close()
    time.sleep(600)
