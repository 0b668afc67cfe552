"""Holds callmill_spark.py to what it says of locks, torn runs and tags, on the catalog
`lake` of Spark's configuration.

Usage: catalog.py SCHEMA.json BINARY KEY INPUTS DATASET [CASE…]

INPUTS has files of responses of the simulator, DATASET is what callmill convert made
of all of them. A case that holds prints a line; the first that does not ends it.
"""

import concurrent.futures
import contextlib
import dataclasses
import datetime as dt
import glob
import io
import json
import os
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.dirname(HERE)]

import compare  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

import callmill_spark  # noqa: E402
from callmill_lake import lock as locks  # noqa: E402
from callmill_lake.contract import Contract  # noqa: E402
from callmill_lake.failure import Busy  # noqa: E402
from callmill_lake.lake import INSTANCES, LOCK, Lake  # noqa: E402
from callmill_lake.lock import Holder, Lock  # noqa: E402
from callmill_lake.publisher import Publisher  # noqa: E402
from callmill_lake.run import run_id  # noqa: E402

MANY = 10


class Died(BaseException):
    """Where a driver is killed: nothing but the tests catches it."""


class Cases:
    def __init__(self, contract, binary, key, inputs, dataset):
        self.session = SparkSession.builder.master("local[2]").config("spark.sql.catalog.lake.cache-enabled", "false").getOrCreate()
        with open(contract, encoding="utf-8") as f:
            self.schema = json.load(f)
        self.contract = Contract(self.schema)
        self.flags = ["--binary", binary, "--key", key, "--instance", "saved", "--observed-at", "2026-02-01T00:00:00Z"]
        self.flags += ["--allow-rejects", "100%"]
        self.files = sorted(glob.glob(os.path.join(inputs, "*.json")))
        self.dataset = compare.of_dataset(dataset, self.schema)

    # What the cases do.

    def lake(self, namespace):
        """The lake through a session of its own, which has clients of its own."""
        spark = self.session.newSession()
        spark.conf.set("spark.sql.catalog.lake.cache-enabled", "false")
        lake = Lake(spark, f"lake.{namespace}")
        lake.check_catalog()
        return lake

    def lock(self, namespace, **holder):
        lock = Lock(self.lake(namespace), run_id(dt.datetime.now(dt.timezone.utc)))
        lock.holder = dataclasses.replace(lock.holder, **holder)
        return lock

    def run(self, code, *arguments):
        """Runs the script and returns what it said."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            try:
                got = callmill_spark.main(list(arguments))
            except SystemExit as e:
                got = e.code
        assert got == code, f"{arguments}: exit code {got}, want {code}\n{out.getvalue()}"
        return out.getvalue()

    def convert(self, namespace, files, code=0):
        return self.run(code, "convert", *files, "--into", f"lake.{namespace}", *self.flags)

    def tag(self, namespace):
        return self.run(0, "tag", "--into", f"lake.{namespace}").strip()

    def same(self, namespace):
        """The newest tag has all that convert made of all files."""
        got = compare.of_spark(self.session, f"lake.{namespace}", self.schema, self.tag(namespace))
        differ = compare.differences(self.dataset, got, self.schema)
        assert not differ, "\n".join(differ)

    def rows(self, namespace, tag):
        return self.session.sql(f"SELECT count(*) FROM lake.{namespace}.turns VERSION AS OF '{tag}'").first()[0]

    def holder(self, namespace):
        return Holder.parse(self.lake(namespace).load("runs").properties().get(LOCK))

    # The cases.

    def many_at_once(self):
        """Of many that begin an empty lake at once one has it, three times in a row."""
        locks = [self.lock("many") for _ in range(MANY)]
        start = threading.Barrier(MANY)

        def attempt(lock):
            start.wait()
            lock.lake.create_runs(self.contract)
            try:
                lock.acquire(0)
                return lock
            except Busy:
                return None

        with concurrent.futures.ThreadPoolExecutor(MANY) as pool:
            for _ in range(3):
                winners = [lock for lock in pool.map(attempt, locks) if lock]
                assert len(winners) == 1, f"{len(winners)} of {MANY} have the lock"
                assert self.holder("many").token == winners[0].holder.token
                winners[0].release()
                assert self.holder("many") is None
                locks = [self.lock("many") for _ in range(MANY)]
            dead = self.lock("many", begun="0")  # as if its process had ended
            dead.acquire(0)
            dead._end.set()
            winners = [lock for lock in pool.map(attempt, locks) if lock]
            assert len(winners) == 1, f"{len(winners)} of {MANY} took the lock of a dead run"
            winners[0].release()
        snapshots = list(self.lake("many").load("runs").snapshots())
        assert len(snapshots) == 1, f"the changes of the lock left {len(snapshots)} snapshots"

    def waiting(self):
        """One that waits has the lock when it is free."""
        first, second = self.lock("many"), self.lock("many")
        first.acquire(0)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            waits = pool.submit(second.acquire, 60)
            time.sleep(0.5)
            assert not waits.done()
            first.release()
            waits.result()
        assert self.holder("many").token == second.holder.token
        second.release()

    def stale(self):
        """Whatever one that slept through its lease had on its way comes to nothing."""
        for event in ("renew", "release", "publish"):
            old, new = self.lock("many"), self.lock("many")
            old.acquire(0)
            old.holder = dataclasses.replace(old.holder, expires=time.time() - 1)
            own = old._own()  # read before it fell asleep
            assert old._change(*own, "renew", old.holder)  # the lease that is over
            own = old._own()
            new.acquire(0)
            properties = {INSTANCES: "[]"} if event == "publish" else {}
            longer = None if event == "release" else dataclasses.replace(old.holder, expires=time.time() + 600)
            assert not old._change(*own, event, longer, **properties), f"{event} went through after another took the lock"
            assert self.holder("many").token == new.holder.token
            assert INSTANCES not in self.lake("many").load("runs").properties()
            old.release()
            assert self.holder("many").token == new.holder.token, "it released the lock of another"
            assert old.lost and not new.lost
            new.release()

    def renewed(self):
        """A lease is renewed, and a run notices that it lost it."""
        was, locks.RENEW_SECONDS = locks.RENEW_SECONDS, 0.2
        try:
            old, new = self.lock("many"), self.lock("many")
            old.acquire(0)
            first = self.holder("many").expires
            until(lambda: self.holder("many").expires > first)
            with old._one:
                own = old._own()
                while not old._change(*own, "renew", dataclasses.replace(old.holder, expires=time.time() - 1)):
                    own = old._own()
                new.acquire(0)
            until(lambda: old.lost)
            until(lambda: self.holder("many").expires > new.holder.expires - 1)
            old.release()
            new.release()
        finally:
            locks.RENEW_SECONDS = was

    def runs(self):
        """Two parts and one of them again: tags, rows at each of them, --keep."""
        half = len(self.files) // 2
        self.convert("runs", self.files[:half])
        first = self.tag("runs")
        rows = self.rows("runs", first)
        assert rows
        assert "nothing new" in self.convert("runs", self.files[:half])
        assert self.tag("runs") == first
        self.convert("runs", [*self.files[half:], "--keep", "2"])
        assert self.rows("runs", first) == rows < self.rows("runs", self.tag("runs"))
        self.same("runs")
        lake = self.lake("runs")
        for name in self.contract.tables:
            assert list(lake.tags(name)) == [first, self.tag("runs")], f"{name}: {lake.tags(name)}"
        refs = self.session.sql("SELECT name, type FROM lake.runs.runs.refs").collect()
        assert {r.name for r in refs if r.type == "BRANCH"} == {"main", "lock"}, refs
        assert "new" in self.run(0, "status", "--into", "lake.runs")
        assert "nobody holds" in self.run(0, "unlock", "--into", "lake.runs")

    def forgets(self):
        """A job is erased: the others stay, under one name of a snapshot, and no file
        that a table names is missing."""
        self.convert("forgets", self.files)
        self.convert("forgets", self.files[: len(self.files) // 2])
        jobs = self.session.sql("SELECT job_id FROM lake.forgets.jobs ORDER BY job_id").collect()
        self.run(0, "forget", "--into", "lake.forgets", "--job", jobs[0].job_id, *self.flags[:4])
        lake, tag = self.lake("forgets"), self.tag("forgets")
        for name in self.contract.tables:
            assert list(lake.tags(name)) == [tag], f"{name}: {lake.tags(name)}"
            self.session.sql(f"SELECT * FROM lake.forgets.{name} VERSION AS OF '{tag}'").collect()
        left = self.session.sql(f"SELECT job_id FROM lake.forgets.jobs VERSION AS OF '{tag}' ORDER BY job_id").collect()
        assert left == jobs[1:], f"{len(left)} jobs of {len(jobs)} are left"
        self.convert("forgets", self.files)
        assert self.session.sql("SELECT count(*) FROM lake.forgets.jobs").first()[0] == len(left)
        assert "erased:" in self.run(0, "status", "--into", "lake.forgets")

    def torn(self):
        """A driver dies between two tables, and after the commit before the tags."""
        half = len(self.files) // 2
        self.convert("torn", self.files[:half])
        tag = self.tag("torn")

        def before_jobs(publisher, name):
            if name == "jobs":
                raise Died
            return day_table(publisher, name)

        day_table, tag_all = Publisher.day_table, Lake.tag
        self.dies("torn", Publisher, "day_table", before_jobs)
        assert self.tag("torn") == tag
        assert "goes back" in self.dies("torn", Lake, "tag", die)
        assert self.tag("torn") == tag

        def all_but_runs(lake, run, heads):
            tag_all(lake, run, {name: head for name, head in heads.items() if name in ("turns", "runs")})
            raise Died

        said = self.dies("torn", Lake, "tag", all_but_runs)  # now of the mending of the second
        assert "its tags are completed" in said, said
        said = self.convert("torn", self.files)
        assert "its tags are completed" in said and "nothing new" in said, said
        self.same("torn")

    def dies(self, namespace, owner, method, instead):
        """A run of everything whose process ends in a method."""
        out, original, this = io.StringIO(), getattr(owner, method), Holder.this
        setattr(owner, method, instead)
        Holder.this = lambda run: dataclasses.replace(this(run), begun="0")
        release, Lock.release = Lock.release, lambda lock: lock._end.set()
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                callmill_spark.main(["convert", *self.files, "--into", f"lake.{namespace}", *self.flags])
            raise AssertionError(f"it did not die in {method}: {out.getvalue()}")
        except Died:
            return out.getvalue()
        finally:
            setattr(owner, method, original)
            Holder.this, Lock.release = this, release

    def woken(self):
        """A run stands still for longer than its lease, meanwhile another publishes.
        Then the first goes on, as if it had just looked at its lock."""
        day_table, publish = Publisher.day_table, Lock.publish
        half = len(self.files) // 2

        def overtaken(lock):
            with lock._one:
                table, base = lock._own()
                assert lock._change(table, base, "renew", dataclasses.replace(lock.holder, expires=time.time() - 1))
            Publisher.day_table, Lock.publish = day_table, publish
            self.convert("woken", self.files[:half])

        def before_jobs(publisher, name):
            if name == "jobs":
                overtaken(publisher.lock)
            return day_table(publisher, name)

        def before_publish(lock, *arguments):
            overtaken(lock)
            return publish(lock, *arguments)

        for name, owner, method, instead in (
            ("before jobs", Publisher, "day_table", before_jobs),
            ("before it publishes", Lock, "publish", before_publish),
        ):
            setattr(owner, method, instead)
            try:
                with tempfile.TemporaryDirectory() as stage:  # else the other removes it
                    said = self.convert("woken", [*self.files, "--stage", stage], code=1)
            finally:
                Publisher.day_table, Lock.publish = day_table, publish
            tag = self.tag("woken")
            assert "lost its lock" in said or "written by another" in said, f"{name}: {said}"
            jobs = self.session.sql(f"SELECT count(*) FROM lake.woken.jobs VERSION AS OF '{tag}'").first()[0]
            assert 0 < jobs < self.dataset["jobs"].num_rows, name
        self.convert("woken", self.files)
        self.same("woken")


def die(*_):
    raise Died


def until(met):
    end = time.time() + 30
    while not met():
        assert time.time() < end, "waited for too long"
        time.sleep(0.1)


CASES = ("many_at_once", "waiting", "stale", "renewed", "runs", "torn", "woken", "forgets")


def main(contract, binary, key, inputs, dataset, *names):
    cases = Cases(contract, binary, key, inputs, dataset)
    for name in names or CASES:
        began = time.time()
        getattr(cases, name)()
        print(f"{name}: {time.time() - began:.1f} s", flush=True)
    cases.session.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
