"""The worker beside a task.

A Relay is what DataFrame.mapInArrow calls on an executor. It runs one callmill worker
per task and hands Arrow batches to it and back. What it may not do: lose a row
silently, wait forever, leave a process behind, or fail without saying where, of what
and with which input."""

from __future__ import annotations

import bisect
import collections
import contextlib
import json
import os
import shlex
import signal
import socket
import subprocess
import tempfile
import threading
import time

import pyarrow as pa
import pyarrow.compute as pc

from .program import WorkerError, ended, guard, program, readable, start

# How each stage of the worker is fed, and what its report counts: weight is the
# column whose values are large; a batch has at most rows rows and BATCH_BYTES of
# that column, but a larger value goes alone.
BATCH_BYTES = 16 << 20
STAGES = {
    "decode": {"weight": "body", "rows": 64, "counts": "bodies"},
    "import": {"weight": "part", "rows": 64, "counts": "parts"},
    "flatten": {"weight": "record", "rows": 4096, "counts": "records"},
    "match": {"weight": "record", "rows": 4096, "counts": "records"},
    "search": {"weight": "raw", "rows": 4096, "counts": "searched"},
}

# How long a worker that has ended its output may take to end itself.
GRACE_SECONDS = 5
# How much of what a worker says on stderr is kept, and how many lines of that,
# and characters of each, an error repeats.
TAIL_BYTES = 16 << 10
TAIL_LINES = 20
TAIL_COLUMNS = 400
# What is asked for as the size of a pipe; Linux gives 64 KiB unasked.
PIPE_BYTES = 1 << 20
# In how large pieces a pipe is written and read: each is a sign of life.
PIECE_BYTES = 1 << 20


class Relay:
    """Feeds a task's batches to `callmill worker STAGE` and yields its answer.

    stage: a key of STAGES.
    binary: the program: a path valid on every executor, or the name of a file
        that was shipped with --files.
    flags: further arguments of the worker, without those of files.
    files: pairs of a flag and a file, named like binary: the key, dictionaries.
    contents: pairs of a flag and what the file is to hold that it names; it is there
        for as long as the worker.
    schema: the pyarrow schema of the answer; its columns are taken by name.
    timeout: seconds after which a worker that neither takes nor gives is killed.

    A Relay holds no open resource and pickles; each call stands alone. Batches are
    neither copied nor converted on the way but by the pipes themselves.
    """

    def __init__(self, stage, binary, schema, flags=(), files=(), timeout=600.0, contents=()):
        self.stage = stage
        self.binary = binary
        self.schema = schema
        self.flags = tuple(flags)
        self.files = tuple(files)
        self.timeout = timeout
        self.contents = tuple(contents)

    def __call__(self, batches):
        batches = (batch for batch in batches if batch.num_rows)
        first = next(batches, None)
        if first is None:
            return
        with contextlib.ExitStack() as stack:
            worker = Worker(self.stage, self.command(stack), self.timeout)
            stack.callback(worker.stop)
            worker.feed(first, batches)
            for batch in worker.answer(self.schema):
                yield batch
            worker.finish()

    def command(self, stack):
        """The command line of the worker on this host; stack removes its files."""
        command = [program(self.binary), "worker", self.stage, *self.flags]
        for flag, name in self.files:
            command += [flag, readable(flag, name)]
        for flag, content in self.contents:
            file = stack.enter_context(tempfile.NamedTemporaryFile(prefix="callmill-"))  # this user's alone
            file.write(content)
            file.flush()
            command += [flag, file.name]
        return command


class Worker:
    """One worker process, the threads that serve it and what is known of it.

    feed, answer, finish and stop belong to one thread. Three others feed the
    child, keep the end of what it says, and watch that it moves.
    """

    def __init__(self, stage, command, timeout):
        self.stage = stage
        self.command = command
        self.timeout = timeout
        self.taken = 0  # rows that the child took
        self.reports = 0  # of these, reports of an earlier stage
        self.feeding = ""  # the input being fed, for people
        self.report = None  # text of the report in the last row that was met
        self.upstream = None  # what Spark's own iterator raised
        self.refused = None  # why the child took no more
        self.waiting = True  # for Spark, not for the child
        self.reading = False  # from the child, or waiting for its end
        self.moved = time.monotonic()  # when the child last took or gave a byte
        self.stalled = False
        self.killed = False
        self.stopping = threading.Event()
        self.tail: collections.deque[bytes] = collections.deque()
        self.child = start(command)
        try:
            self.guard = guard(self.child, command)
        except OSError as error:
            self.kill()
            self.child.wait()
            raise self.error(f"cannot start /bin/sh, which would end it with this process: {error}") from None
        self.threads = [threading.Thread(target=each, daemon=True) for each in (self.listen, self.watch)]
        for thread in self.threads:
            thread.start()
        self.feeder = None

    def feed(self, first, rest):
        """Begins to feed the child: first, and then rest, on a thread."""
        self.feeder = threading.Thread(target=self.pour, args=(first, rest), daemon=True)
        self.feeder.start()

    def pour(self, batch, rest):
        stage = STAGES[self.stage]
        pipe = Input(self, self.child.stdin.fileno())
        try:
            writer = pa.ipc.new_stream(pipe, batch.schema)
            while batch is not None:
                self.waiting = False
                for piece in cut(batch, stage["weight"], stage["rows"], BATCH_BYTES):
                    self.feeding = described(piece)
                    writer.write_batch(piece)
                    self.taken += piece.num_rows
                    self.reports += reports(piece)
                batch = piece = None  # not held while Spark makes the next
                self.waiting = True
                try:
                    batch = next(rest, None)
                except BaseException as error:
                    self.upstream = error
                    self.kill()  # without the end of its input it would only complain
                    return
                self.moved = time.monotonic()
            self.waiting = False
            writer.close()
        except (OSError, pa.ArrowException) as error:
            self.refused = error
        finally:
            self.waiting = False
            self.child.stdin.close()

    def answer(self, schema):
        """Yields the child's batches with the columns of schema, by name."""
        try:
            with self.patience():
                reader = pa.ipc.open_stream(Answer(self, self.child.stdout.fileno()))
            wrong = difference(schema, reader.schema)
            if wrong:
                self.kill()
                raise self.error(f"its answer has other columns than this script knows: {wrong}; are both of one version?")
            order = [reader.schema.get_field_index(name) for name in schema.names]
            while True:
                with self.patience():
                    batch = next(reader, None)
                if batch is None:
                    break
                if batch.num_rows:
                    self.report = report(batch)
                    yield pa.RecordBatch.from_arrays([batch.column(i) for i in order], names=schema.names)
                batch = None  # not held while the child makes the next
        except (OSError, EOFError, pa.ArrowException) as error:
            self.settle()
            raise self.failure(f"its answer is no Arrow stream: {error}") from None

    def finish(self):
        """Raises WorkerError unless all that was fed was taken and answered."""
        with self.patience():
            rest = os.read(self.child.stdout.fileno(), 1)
        self.feeder.join(GRACE_SECONDS)
        if self.feeder.is_alive() or self.refused is not None:
            self.settle()
            raise self.failure("it ended its answer before its input had ended")
        with self.patience():
            self.child.wait()
        self.threads[0].join(1)  # its last words
        if self.upstream is not None or self.killed or self.child.returncode != 0:
            raise self.failure("it failed")
        if rest:
            raise self.failure("it went on after the end of its answer")
        self.compare()

    def compare(self):
        """Compares what the report says was taken with what was fed."""
        name = STAGES[self.stage]["counts"]
        if self.report is None:
            raise self.error("its answer ends without a report: rows may be missing")
        try:
            said = json.loads(self.report)
            stage, count = said["stage"], said.get(name)
        except (ValueError, KeyError, TypeError) as error:
            raise self.error(f"its report cannot be read ({error!r}): {self.report[:500]}") from None
        if stage != self.stage:
            raise self.error(f"its answer ends with a report of {stage!r}, not of {self.stage!r}")
        if count != self.taken - self.reports:
            raise self.error(f"it was fed {self.taken - self.reports} {name}, but reports {count}")

    def settle(self):
        """Waits until the child has ended, and ends it if it does not."""
        try:
            self.child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            self.child.wait()
        self.feeder.join(GRACE_SECONDS)
        self.threads[0].join(1)  # its last words

    def stop(self):
        """Ends whatever is left of the child and its threads."""
        self.stopping.set()
        if self.child.returncode is None or self.threads[0].is_alive():
            self.kill()  # in the second case the group has a member, so its number is no other's
        self.child.wait()
        self.guard.kill()
        self.guard.wait()
        for thread in (*self.threads, self.feeder):
            if thread is not None:
                thread.join(1)  # the feeder may be waiting for Spark, and ends with the process
        self.guard.stdin.close()
        self.child.stdout.close()
        if not self.threads[0].is_alive():
            self.child.stderr.close()

    def kill(self):
        """Kills the child with all that it started."""
        if self.child.returncode is None:
            self.killed = True
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # macOS says the second of a group that has ended

    def listen(self):
        """Keeps the end of what the child says on stderr."""
        kept = 0
        while True:
            try:
                text = os.read(self.child.stderr.fileno(), TAIL_BYTES)
            except (OSError, ValueError):
                return
            if not text:
                return
            self.tail.append(text)
            kept += len(text)
            while kept - len(self.tail[0]) >= TAIL_BYTES:
                kept -= len(self.tail.popleft())

    def watch(self):
        """Kills a child that neither takes nor gives anything for timeout."""
        while not self.stopping.wait(min(self.timeout / 10, 5)):
            if self.reading and not self.waiting and time.monotonic() - self.moved > self.timeout:
                self.stalled = True
                self.kill()
                return

    def patience(self):
        """Is held while this thread waits for the child."""
        return Patience(self)

    def failure(self, what):
        """What went wrong, told by its cause: what is the answer's view of it."""
        if self.upstream is not None:
            return self.upstream
        code = self.child.returncode
        if self.stalled:
            what = f"it neither took nor gave anything for {self.timeout:g} s and was killed"
        elif code and not self.killed:
            what = ended(code)
        return self.error(what)

    def error(self, what):
        lines = [f"worker on {socket.gethostname()}: {shlex.join(self.command)}: {what}"]
        fed = f"{self.taken} rows were fed"
        lines.append(f"{fed}; next: {self.feeding}" if self.feeding else fed)
        said = b"".join(self.tail).decode("utf-8", "replace").splitlines()[-TAIL_LINES:]
        lines.append("its last lines:" if said else "it said nothing on stderr")
        lines += ["  " + (line if len(line) <= TAIL_COLUMNS else line[:TAIL_COLUMNS] + " …") for line in said]
        return WorkerError("\n".join(lines))


class Patience:
    """Marks a worker as waited for."""

    def __init__(self, worker):
        self.worker = worker

    def __enter__(self):
        self.worker.moved = time.monotonic()
        self.worker.reading = True

    def __exit__(self, *_):
        self.worker.reading = False


class Pipe:
    """One of a worker's pipes as pyarrow's file. Each piece counts as a move."""

    closed = False  # the worker closes its pipes itself

    def __init__(self, worker, fd):
        self.worker = worker
        self.fd = fd
        try:
            import fcntl

            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        except (ImportError, AttributeError, OSError):
            pass  # not Linux, or this user has too many

    def flush(self):
        pass


class Input(Pipe):
    """The pipe to a worker."""

    def write(self, data):
        view = memoryview(data).cast("B")
        done = 0
        while done < len(view):
            done += os.write(self.fd, view[done : done + PIECE_BYTES])
            self.worker.moved = time.monotonic()
        return done


class Answer(Pipe):
    """The pipe from a worker."""

    begun = False

    def read(self, size):
        buffer = pa.allocate_buffer(size)
        view = memoryview(buffer).cast("B")
        done = 0
        while done < size:
            got = os.readv(self.fd, [view[done : done + PIECE_BYTES]])
            if not got:
                return buffer.slice(0, done)
            done += got
            self.worker.moved = time.monotonic()
            if not self.begun and done >= 4:
                self.begun = True
                if view[:4] != b"\xff\xff\xff\xff":
                    # It would be taken for the length of a huge message. The worker is not
                    # killed yet: it may be about to say on stderr why.
                    raise OSError(f"it begins with {bytes(view[:4])!r}")
        return buffer


def cut(batch, weight, rows, size):
    """Yields slices of batch in order, none with more than rows rows or, unless it
    is one row, more than size bytes in the column weight."""
    ends = offsets(batch.column(weight))
    start = 0
    while start < batch.num_rows:
        end = bisect.bisect_right(ends, ends[start] + size, start + 1, min(start + rows, batch.num_rows) + 1) - 1
        end = max(end, start + 1)
        yield batch.slice(start, end - start)
        start = end


def offsets(column):
    """The offsets of a binary or text column: one more than it has rows."""
    code = "q" if column.type in (pa.large_binary(), pa.large_utf8()) else "i"
    view = memoryview(column.buffers()[1]).cast("B").cast(code)
    return view[column.offset : column.offset + len(column) + 1]


def described(batch):
    """Which input a batch is of, for people."""
    if "origin" not in batch.schema.names:
        return f"{batch.num_rows} rows"
    origin = batch.column("origin")
    first, last = origin[0].as_py(), origin[len(origin) - 1].as_py()
    return repr(first) if first == last else f"{first!r} to {last!r}"


def reports(batch):
    """How many rows of the input of a stage are reports of the one before."""
    if "key" not in batch.schema.names:
        return 0
    return pc.sum(pc.equal(pc.binary_length(batch.column("key")), 0)).as_py() or 0


def report(batch):
    """The text of the report in the last row of an answer's batch, or None."""
    last = batch.num_rows - 1
    if "report" in batch.schema.names:
        return batch.column("report")[last].as_py()
    if batch.column("key")[last].as_py():
        return None
    return batch.column("record")[last].as_py().decode("utf-8", "replace")


def difference(expected, met):
    """What of the schema met is not as expected, or "". The order of columns, and
    the names that lists give their elements, do not matter."""
    wrong = [f"no column {name!r}" for name in expected.names if name not in met.names]
    wrong += [f"unknown column {name!r}" for name in met.names if name not in expected.names]
    wrong += [f"column {name!r} twice" for name in sorted(set(met.names)) if met.names.count(name) > 1]
    if not wrong:
        wrong = [text for field in expected if (text := unlike(field.name, field.type, met.field(field.name).type))]
    return "; ".join(wrong)


def unlike(name, expected, met):
    """How the type of the column name differs, or ""."""
    if pa.types.is_list(expected) and pa.types.is_list(met):
        return unlike(name + "[]", expected.value_type, met.value_type)
    if pa.types.is_struct(expected) and pa.types.is_struct(met):
        names = [[each.field(i).name for i in range(each.num_fields)] for each in (expected, met)]
        if names[0] != names[1]:  # Spark takes the fields of a struct by position
            return f"{name} has the fields {', '.join(names[1])} instead of {', '.join(names[0])}"
        parts = (unlike(f"{name}.{each}", expected.field(i).type, met.field(i).type) for i, each in enumerate(names[0]))
        return "; ".join(part for part in parts if part)
    return "" if expected == met else f"{name} is {met} instead of {expected}"
