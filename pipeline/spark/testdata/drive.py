"""Runs what the tests ask for in one process, so that they share one JVM.

Usage: drive.py WAREHOUSE SCHEMA.json MASTER

Requests come on stdin and answers go to stdout, a JSON object on a line each. The
catalog lake, which Spark's configuration names, is a hadoop catalog in WAREHOUSE.
"""

import contextlib
import dataclasses
import glob
import io
import json
import os
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import compare  # noqa: E402
import search  # noqa: E402


class Died(BaseException):
    """Where a driver is killed: nothing but the tests catches it."""


class Driver:
    def __init__(self, warehouse, contract, master):
        from pyspark.sql import SparkSession

        self.warehouse = warehouse
        with open(contract, encoding="utf-8") as f:
            self.contract = json.load(f)
        builder = SparkSession.builder.master(master)
        # What a run has just published is compared at once.
        self.session = builder.config("spark.sql.catalog.lake.cache-enabled", "false").getOrCreate()
        self.datasets = {}

    def run(self, arguments):
        """Runs callmill_spark.py."""
        import callmill_spark

        out, err, began = io.StringIO(), io.StringIO(), time.time()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = callmill_spark.main(arguments)
            except SystemExit as e:
                code = e.code
            except BaseException:  # the script should have said it in a line
                traceback.print_exc()
                code = -1
        return {"code": code or 0, "stdout": out.getvalue(), "stderr": err.getvalue(), "seconds": time.time() - began}

    def dies(self, table, arguments):
        """Runs callmill_spark.py, whose process ends before it writes a table."""
        import callmill_spark
        from callmill_lake.lock import Holder, Lock
        from callmill_lake.publisher import Publisher
        from callmill_lake.stage import Stage

        def day_table(publisher, name):
            if name == table:
                raise Died
            return written(publisher, name)

        written, this, release, remove = Publisher.day_table, Holder.this, Lock.release, Stage.remove
        Publisher.day_table = day_table
        Holder.this = lambda run: dataclasses.replace(this(run), begun="0")  # as if it had ended
        Lock.release = lambda lock: lock._end.set()
        Stage.remove = lambda stage: None
        out, err, began = io.StringIO(), io.StringIO(), time.time()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = callmill_spark.main(arguments)
            raise AssertionError(f"it ended with exit code {code}: {err.getvalue()}")
        except Died:
            return {"code": -1, "stdout": out.getvalue(), "stderr": err.getvalue(), "seconds": time.time() - began}
        finally:
            Publisher.day_table, Holder.this, Lock.release, Stage.remove = written, this, release, remove

    def planted(self, folder, texts):
        """The files below a folder that have one of the texts."""
        return {"found": search.planted(folder, texts)}

    def compare(self, data, namespace, tag):
        """Compares a dataset with the lake.namespace at a tag."""
        snapshot = os.path.realpath(os.path.join(data, "latest"))
        if snapshot not in self.datasets:
            self.datasets[snapshot] = compare.of_dataset(data, self.contract)
        want = self.datasets[snapshot]
        readers = {
            "Spark": lambda: compare.of_spark(self.session, f"lake.{namespace}", self.contract, tag),
            "pyiceberg": lambda: compare.of_pyiceberg(self.folder(namespace), self.contract, tag),
        }
        found = {}
        for name, read in readers.items():
            got = read()
            found[name] = compare.differences(want, got, self.contract)
            equal = compare.hashes(want, self.contract) == compare.hashes(got, self.contract)
            if equal != (not found[name]):
                found[name].append(f"hashes are equal: {equal}")
        return {"differences": found, "rows": {name: t.num_rows for name, t in want.items()}}

    def folder(self, namespace):
        return os.path.join(self.warehouse, *namespace.split("."))

    def heads(self, namespace):
        """The metadata of each table, and the id of its current snapshot."""
        files = compare.heads(self.folder(namespace))
        made = {}
        for name, file in files.items():
            with open(os.path.join(self.folder(namespace), name, "metadata", file), encoding="utf-8") as f:
                made[name] = {"metadata": file, "snapshot": json.load(f).get("current-snapshot-id")}
        return {"heads": made}

    def files(self, namespace):
        """How many files and bytes each table has in the folder."""
        made = {}
        for path in glob.glob(os.path.join(self.folder(namespace), "**"), recursive=True):
            if os.path.isfile(path):
                table = os.path.relpath(path, self.folder(namespace)).split(os.sep)[0]
                count, size = made.get(table, (0, 0))
                made[table] = count + 1, size + os.path.getsize(path)
        return {"files": made}

    def spent(self):
        """The bytes that tasks have read, written and shuffled so far."""
        store, made = self.session._jsc.sc().statusStore(), [0, 0, 0]
        stages = store.stageList(None, False, False, self.session._sc._gateway.new_array(self.session._jvm.double, 0), None)
        for i in range(stages.size()):
            stage = stages.apply(i)
            made[0] += stage.inputBytes()
            made[1] += stage.outputBytes()
            made[2] += stage.shuffleWriteBytes()
        return {"read": made[0], "written": made[1], "shuffled": made[2]}

    def sql(self, text):
        return {"rows": [list(map(str, row)) for row in self.session.sql(text).collect()]}

    def split(self, path, folder, lines):
        """Writes the lines of a folder of raw responses into files of some each,
        plain and compressed."""
        import gzip

        import zstandard

        made, batch = [], []

        def flush():
            if not batch:
                return
            text, n = b"".join(batch), len(made)
            name, pack = [
                ("jsonl", bytes),
                ("jsonl.gz", gzip.compress),
                ("jsonl.zst", zstandard.ZstdCompressor().compress),
            ][n % 3]
            name = f"{n:04d}.{name}"
            with open(os.path.join(folder, name), "wb") as f:
                f.write(pack(text))
            made.append(name)
            batch.clear()

        os.makedirs(folder, exist_ok=True)
        for file in sorted(glob.glob(os.path.join(path, "*.zst"))):
            with open(file, "rb") as f:
                reader = io.BufferedReader(zstandard.ZstdDecompressor().stream_reader(f, read_across_frames=True))
                for line in reader:
                    batch.append(line)
                    if len(batch) == lines:
                        flush()
        flush()
        return {"files": made}


def main(warehouse, contract, master):
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # the JVM's
    driver = Driver(warehouse, contract, master)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(driver, request.pop("do"))(**request)
        except Exception:
            answer = {"error": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
    driver.session.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
