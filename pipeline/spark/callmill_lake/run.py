"""A run that writes to a lake, from the lock to the tags."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import getpass
import json
import os
import secrets
import socket
import time
import zoneinfo
from collections.abc import Callable
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .contract import COUNTS, DECODED, LATER_COUNTS, OPT_OUTS, Contract, arrow
from .failure import DONE, PUBLISHED, Failure, Usage, count, first_line, say
from .erasures import NOT_REACHED, Erasures, Request
from .holds import Hold, Holds
from .lake import FIRST_RUN, IMPORTED, INSTANCES, POLICY, PURGED, SETTINGS, TAG, Lake, dates
from .lock import Lock
from .pack import Packed
from .publisher import Publisher
from .purge import Purge
from .stage import Changes, Stage
from .tally import Tally
from .tool import DEFAULT_INSTANCE, Tool


# How long what has left a lake by its age stays in its files, and in snapshots that have
# a name, at most, in seconds; twice that after the job's time is over.
PURGE_EVERY = 3 * 24 * 3600.0
# The partition of what has no day: see schema.NoDate.
NO_DATE = "2100-01-01"


@dataclasses.dataclass(frozen=True)
class Records:
    """What a run has to reduce."""

    frame: DataFrame  # (key, record), as the workers answer
    listed: int  # how many inputs they were fed
    whole: bool = False  # all that a dataset has: what it has no more goes
    notes: dict[str, Any] = dataclasses.field(default_factory=dict)  # for the run's report
    opt_outs: DataFrame | None = None  # those of jobs that are gone from where it comes from


class Run:
    """One run that writes to a lake, from the lock to the tags."""

    def __init__(self, args: argparse.Namespace, spark: SparkSession):
        self.args = args
        self.spark = spark
        self.tool = Tool(args)
        self.contract = Contract(self.tool.schema())
        self.lake = Lake(spark, args.into)
        self.started = dt.datetime.now(dt.timezone.utc)

    def execute(self, work: Callable[[Run, Lock], int]) -> int:
        """Runs; work is done once the lake is this run's and whole. Returns the exit code."""
        self.lake.check_catalog()
        self.lake.warn_of_hadoop()
        self.tool.settings([])  # a key or a dictionary that is not there is found before anything is made
        self.lake.create_runs(self.contract)
        lock = Lock(self.lake, run_id(self.started))
        lock.acquire(self.args.lock_wait)
        try:
            return self._locked(lock, work)
        except (Py4JJavaError, PySparkException) as error:
            if lock.overtaken():  # by a run that has removed what this one misses
                raise Failure(f"the run lost its lock of {self.lake.name}: {lock.lost}; it published nothing") from error
            raise
        finally:
            lock.release()

    def _locked(self, lock: Lock, work: Callable[[Run, Lock], int]) -> int:
        self.lake.create_rest(self.contract)
        self.lake.check_schemas(self.contract)
        tag, _ = self.lake.mend(self.contract)
        self.empty = tag == TAG + FIRST_RUN
        self.agree()
        self.erasures = Erasures(self.lake, self.contract)
        self.tool.erased = self.erasures.tombstones()
        self.tool.held = Holds(self.lake).lines()
        opened = self.erasures.open()
        if opened:
            say(f"{count(len(opened), 'erasure')} begun and not finished, the first {instant(opened[0].begun)}: finished first")
            self.erase(lock, opened)
        return work(self, lock)

    def begin(self, expires: bool = True) -> tuple[str, dict[str, int]]:
        """Begins a cycle, from what is published to what will be; expires: what lies
        before the edge leaves in it. Returns the newest tag and what it names."""
        self.expires = expires
        tag, base = self.lake.newest(self.contract.tables)
        self.started = dt.datetime.now(dt.timezone.utc).replace(microsecond=0)
        self.id = run_id(later(self.started, tag))
        # What is read of the lake is what it is now, whoever writes to it meanwhile.
        self.pins = {name: self.lake.load(name).currentSnapshot().snapshotId() for name in self.contract.tables}
        self.stage = Stage(self.spark, self.lake, self.args.stage, self.id)
        self.stage.clear()
        return tag, base

    def edge(self) -> dt.date | None:
        """The day before which nothing is kept in this cycle; None: all is."""
        if not self.retain or not self.expires:
            return None
        return self.started.astimezone(zoneinfo.ZoneInfo(self.settings["time_zone"])).date() - dt.timedelta(days=self.retain)

    def purge_due(self) -> bool:
        """Whether what has left by its age is due to leave the files, too."""
        if not self.retain or self.empty:
            return False
        return time.time() - float(self.lake.load("runs").properties().get(PURGED) or 0) >= PURGE_EVERY

    def bring(self, lock: Lock, records: Callable[[Run], Records]) -> int:
        """Publishes records, which is called once the cycle has begun."""
        began = time.time()
        tag, base = self.begin()
        purge, request = Purge(self.lake, self.contract, lock) if self.purge_due() else None, None
        try:
            given = records(self)
            changes = Changes.of(self.reduce(given))
            changes.tally.check(given.listed)
            changes.tally.sums.update(given.notes)
            self.refuse_torn(changes.tally)
            self.keep_opt_outs(lock, changes, given.opt_outs)
            if self.args.command == "import" and changes.tally.gone:
                # They may have been erased there: no file is to keep them.
                request = Request(self.id, asked([{"kind": "import"}], self.started.date().isoformat()), self.started)
                request.asked.update(jobs=changes.tally.gone, rejects=changes.rejects_gone)
                self.erasures.begin(request, [])
                purge = Purge(self.lake, self.contract, lock)
            if not changes.rows and purge is None:
                print(f"nothing new, {tag} stays: {changes.tally.line()} in {self.took()}")
            else:
                publisher = Publisher(self.lake, self.contract, lock, self.id, changes)
                self.publish(publisher, base, self.args.command, self.args.inputs, purge)
                if request is not None:
                    self.finish(purge, [request], changes, began)
                elif purge is not None:
                    self.tidy(purge, began)
                if lock.held():
                    self.drop_tags()
                print(f"published {TAG}{self.id}: {changes.tally.line()} in {self.took()}")
        finally:
            self.stage.remove()
        return self.verdict(changes.tally)

    def erase(self, lock: Lock, requests: list[Request], found: Callable[[Changes], bool] = lambda changes: True) -> list[dict[str, Any]]:
        """Erases whom the tombstones name: from the tables in one cycle, and then from
        all files. found is told what that changes before anything is written; where it
        returns False nothing is. Returns the receipts of the requests."""
        began = time.time()
        _, base = self.begin(expires=False)  # or its receipt would count what left by its age
        try:
            changes = Changes.of(self.reduce(self.named()))
            changes.tally.check(0)
            if not found(changes):
                return []
            self.erasures.add(requests[0], changes.tally.erased_jobs)
            self.keep_opt_outs(lock, changes)
            purge = Purge(self.lake, self.contract, lock)
            self.publish(Publisher(self.lake, self.contract, lock, self.id, changes), base, "forget", [], purge)
        finally:
            self.stage.remove()
        return self.finish(purge, requests, changes, began)

    def keep_opt_outs(self, lock: Lock, changes: Changes, more: DataFrame | None = None) -> None:
        """Appends to the table of opt-outs those that it lacks, before the jobs go that
        they are from. No run takes them back."""
        if not changes.opt_outs and more is None:
            return
        lock.check()
        self.lake.create(self.contract, OPT_OUTS.name)
        table = self.lake.table_name(OPT_OUTS.name)
        rows = changes.stage.select(F.inline("opt_outs"))
        if more is not None:
            rows = rows.union(more)
        same = " AND ".join(f"new.{column.name} <=> kept.{column.name}" for column in OPT_OUTS.columns)
        rows.distinct().alias("new").join(self.spark.table(table).alias("kept"), F.expr(same), "left_anti").writeTo(table).append()

    def tidy(self, purge: Purge, began: float) -> None:
        """Takes what has left by its age out of the files, with the names of snapshots
        that may hold it still."""
        foreign = purge.drop(TAG + self.id, began - PURGE_EVERY)
        if foreign:
            say(f"names of snapshots that are not callmill's own were dropped, for --retain: {', '.join(foreign)}")
        purge.expire()
        purge.orphans(began)
        self.lake.set_properties("runs", {PURGED: str(int(began))})

    def finish(self, purge: Purge, requests: list[Request], changes: Changes, began: float) -> list[dict[str, Any]]:
        """Takes what the cycle has erased out of all files, and ends the requests, of which
        it returns the receipts."""
        foreign = purge.drop(TAG + self.id)
        if foreign:
            say(f"names of snapshots that are not callmill's own were dropped, for they held the rows: {', '.join(foreign)}")
        purge.expire()
        orphans = purge.orphans(began)
        receipts = [self.receipt(request, changes, foreign, orphans) for request in requests]
        for request, receipt in zip(requests, receipts):
            self.erasures.end(request, receipt)
        self.tool.erased = self.erasures.tombstones()
        self.release_gone()
        return receipts

    def release_gone(self) -> None:
        """Ends the holds of jobs that are erased: what is on hold names its job."""
        holds = Holds(self.lake)
        listed = holds.list()
        if not listed:
            return
        _, pins = self.lake.newest(self.contract.tables)
        jobs = self.lake.at("jobs", pins["jobs"]).where(F.col("job_id").isin([hold.job_id for hold in listed]))
        there = {(row.instance_id, row.job_id) for row in jobs.select("instance_id", "job_id").collect()}
        stay = [hold for hold in listed if (hold.instance_id, hold.job_id) in there]
        if len(stay) < len(listed):
            holds.write(stay)
        self.tool.held = holds.lines()

    def held(self, changes: Changes) -> list[Hold]:
        """The jobs on hold of which a run takes the rows away."""
        listed = Holds(self.lake).list()
        if not listed or not changes.stale:
            return []
        gone = {(row.instance_id, row.job_id) for row in changes.stale_jobs(self.lake).select("instance_id", "job_id").collect()}
        return [hold for hold in listed if (hold.instance_id, hold.job_id) in gone]

    def named(self) -> Records:
        """The keys of states, and the rejects, that name somebody who was erased. Nothing
        of the others is shuffled."""
        if not self.tool.erased:  # the rest of an import's
            return Records(self.spark.createDataFrame([], DECODED), 0)
        rejects = self.lake.at("rejects", self.pins["rejects"]).select(
            "instance_id", "reject_id", "job_id", "reason", "raw", F.unix_millis("first_seen").alias("first_seen")
        )
        states = self.lake.at("state", self.pins["state"]).select("key", F.col("state").alias("record"))
        found = rejects.mapInArrow(self.tool.relay("search", DECODED), DECODED)
        return Records(found.unionByName(states.mapInArrow(self.tool.relay("match", DECODED), DECODED)), 0)

    def receipt(self, request: Request, changes: Changes, foreign: list[str], orphans: int) -> dict[str, Any]:
        """What was done, without anything of a person."""
        return {
            "request": request.id,
            # Those that were found; what a torn run had committed is not found again.
            **{"jobs": changes.tally.gone, "rejects": changes.rejects_gone, **request.asked},
            "lake": self.lake.name,
            "begun": instant(request.begun),
            "ended": instant(dt.datetime.now(dt.timezone.utc)),
            "run": self.id,
            "tag": TAG + self.id,
            "files": f"all of {self.lake.name} that held the rows; of files that no table names {orphans} were removed",
            "names_dropped": foreign,
            "not_reached": NOT_REACHED,
        }

    def agree(self) -> None:
        """Settles with which settings the run works: those of the lake, where it has any.
        Raises Usage where others are given."""
        properties = self.lake.load("runs").properties()
        recorded = {} if self.empty else json.loads(properties.get(SETTINGS) or "{}")
        self.instances = [] if self.empty else json.loads(properties.get(INSTANCES) or "[]")
        self.tool.adopt(recorded)
        answer = self.tool.settings([])
        self.program, self.settings, self.documented = answer["program"], answer["settings"], answer["statuses"]
        policy = json.loads(properties.get(POLICY) or "{}")
        own, given = policy.get("retain_days", 0), getattr(self.args, "retain", None) or 0
        if own and given > own:
            raise Usage(f"--retain {given}d is longer than the lake keeps jobs: {own}d", "a lake can only keep less")
        self.retain = given or own
        differ = recorded and differences(self.settings, recorded)
        if differ:
            raise Usage(
                f"the settings are not those of {self.lake.name}: {differ}",
                "leave the flags out that differ, give the lake's own --key and --dict, or begin a new lake",
            )
        if self.retain != own:
            self.lake.set_properties("runs", {POLICY: json.dumps({**policy, "retain_days": self.retain})})

    def last_import(self) -> str | None:
        """The snapshot that the last import brought; None: there was none."""
        runs = self.lake.at("runs", self.pins["runs"]).where("command = 'import'")
        row = runs.orderBy(F.desc("run")).select("run", "report").first()
        if row is None:
            return None
        # One that brought nothing new is not in the table.
        noted = json.loads(self.lake.load("runs").properties().get(IMPORTED) or "{}")
        if noted and noted["run"] > row.run:
            return noted["snapshot"]
        return json.loads(row.report)["imported"]["snapshot"]

    def instance(self) -> str:
        """The instance of input that names none; "": such input is an error."""
        if self.args.instance is not None:
            return self.args.instance
        return "" if set(self.instances) - {DEFAULT_INSTANCE} else DEFAULT_INSTANCE

    def reduce(self, given: Records) -> DataFrame:
        """Brings the records of each key and its state to one worker, and returns the
        stage with the answers."""
        records = given.frame
        if given.whole:
            states = self.lake.at("state", self.pins["state"]).select("key", F.col("state").alias("record"))
            records = records.unionByName(states)
        elif not self.empty:
            records = self.stage.write(records, "records")
            records = records.unionByName(self.states(records))
        staged = self.contract.staged()
        flags = ["--run", self.id, "--started", self.started.strftime("%Y-%m-%dT%H:%M:%SZ")]
        if self.edge():
            flags += ["--edge", self.edge().isoformat()]
        if given.whole:
            flags += ["--import", "full"]
        answers = (
            records.repartition("key")
            .sortWithinPartitions("key")
            .mapInArrow(Packed(self.tool.relay("flatten", self.contract.flattened(), flags), arrow(staged)), staged)
        )
        # Tasks that have a little of each day would write as many files of each table.
        # Small days share a task, a large one has several.
        return self.stage.write(answers.hint("rebalance", F.col("day")).drop("day"), "rows")

    def states(self, records: DataFrame) -> DataFrame:
        """The state of the keys in records. The days are looked up first, so that of the
        states themselves only theirs are read."""
        state = self.lake.at("state", self.pins["state"])
        keys = records.where("length(key) > 0").select("key").distinct()
        days = [row.job_date for row in state.select("key", "job_date").join(keys, "key", "left_semi").select("job_date").distinct().collect()]
        met = state.where(f"job_date IN ({dates(days)})").join(keys, "key", "left_semi") if days else state.where("false")
        edge = self.edge()
        if edge:  # and all that may lie before it
            old = f"job_date < DATE '{edge.isoformat()}' OR job_date >= DATE '{NO_DATE}'"
            met = met.where(f"NOT ({old})").unionByName(state.where(old))
        return met.select("key", F.col("state").alias("record"))

    def refuse_torn(self, tally: Tally) -> None:
        """Raises Failure where an input ends in the middle and that is not allowed."""
        if not tally.torn_inputs or self.args.allow_torn:
            return
        named = sorted(tally.torn)[:10]
        more = tally.torn_inputs - len(named)
        raise Failure(
            f"{count(tally.torn_inputs, 'input')} ending in the middle, most likely still being written: "
            + ", ".join(named) + (f" and {more:,} more" if more else ""),
            "wait until all are whole, or pass --allow-torn to keep these as rejects",
        )

    def publish(
        self,
        publisher: Publisher,
        base: dict[str, int],
        command: str,
        inputs: list[str],
        purge: Purge | None,
    ) -> None:
        """Writes the tables, rewrites their files where purge is there, and commits."""
        changes = publisher.changes
        publisher.tables(*self.statuses(changes))
        if purge is not None:
            purge.rewrite(self.id)
        heads = publisher.check(base)
        settings = json.dumps(self.settings, ensure_ascii=False, sort_keys=True)
        instances = json.dumps(sorted({*self.instances, *changes.instances}), ensure_ascii=False)
        heads = publisher.commit(
            {
                "run": self.id,
                "command": command,
                "started": self.started,
                "ended": dt.datetime.now(dt.timezone.utc),
                "program": self.program,
                "settings": settings,
                "inputs": list(inputs),
                "report": json.dumps(changes.tally.sums, ensure_ascii=False, sort_keys=True),
                **{name: changes.tally.counts[name] for name in (*COUNTS, *LATER_COUNTS)},
                "gone": changes.tally.gone,
            },
            heads,
            {SETTINGS: settings, INSTANCES: instances},
        )
        self.lake.tag(self.id, heads)

    def drop_tags(self) -> None:
        """Drops the tags beyond --keep. The run is published, whatever happens here."""
        try:
            self.lake.drop_tags(self.contract, self.args.keep)
        except (Py4JJavaError, PySparkException) as error:
            say(f"warning: old tags stay until the next run: {first_line(error)}")

    def statuses(self, changes: Changes) -> tuple[list[dict[str, Any]], list[str]]:
        """The rows that the table of statuses lacks, and those of its statuses, not
        documented, that may be in no call any more."""
        known = {row.task_status for row in self.lake.at("statuses", self.pins["statuses"]).select("task_status").collect()}
        rows = self.tool.settings(changes.statuses)["statuses"] if changes.statuses else self.documented
        documented = {row["task_status"] for row in self.documented}
        doubtful = known - documented - {*changes.statuses} if changes.stale else ()
        return [row for row in rows if row["task_status"] not in known], sorted(doubtful)

    def verdict(self, tally: Tally) -> int:
        rejected, seen = tally.counts["rejected"], tally.counts["seen"]
        allowed = self.args.allow_rejects
        limit = seen * float(allowed[:-1]) / 100 if allowed.endswith("%") else float(allowed)
        if rejected <= limit:
            return DONE
        say(f"{count(rejected, 'reject')}, more than --allow-rejects {allowed}: see the table {self.lake.name}.rejects")
        return PUBLISHED

    def milliseconds(self) -> int:
        """When the run started, in ms since 1970."""
        return int(self.started.timestamp()) * 1000

    def took(self) -> str:
        return f"{(dt.datetime.now(dt.timezone.utc) - self.started).total_seconds():.1f}s"


def differences(settings: dict[str, Any], lake: dict[str, Any]) -> str:
    """Which settings are not those of the lake, for people; "" where all are."""

    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    return "; ".join(
        f"{name} is {text(settings.get(name))}, of the lake {text(lake.get(name))}"
        for name in sorted({*lake, *settings})
        if lake.get(name) != settings.get(name)
    )


def asked(selectors: list[dict[str, Any]], requested: str) -> dict[str, Any]:
    """What a request says of itself."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # in a container it need not have a name
        user = f"user {os.getuid()}"
    return {"selectors": selectors, "requested": requested, "who": f"{user}@{socket.gethostname()}"}


def instant(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def run_id(moment: dt.datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def later(moment: dt.datetime, tag: str) -> dt.datetime:
    """moment, or where the newest tag is not older, a second after that: the order of
    tags must not depend on the clocks of drivers."""
    newest = tag.removeprefix(TAG)[: len("20060102T150405Z")]
    if newest.startswith("0000"):
        return moment
    last = dt.datetime.strptime(newest, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.timezone.utc)
    return max(moment, last + dt.timedelta(seconds=1))
