"""How a run's changes are written to the tables of a lake."""

from __future__ import annotations

import concurrent.futures
import functools
import json
from collections.abc import Callable
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .contract import DAY_TABLES, RUNS, Contract, arrow
from .failure import Failure
from .lake import HEADS, OF_RUN, Lake, dates, literals, number, owner
from .lock import Lock
from .pack import Unpacked
from .stage import Changes

# How much of the stage a task reads at most, that writes one table of it.
STAGE_BYTES = 512 << 20


class Publisher:
    """Writes a run's changes to the tables of a lake.

    Every write is a commit of its own that carries the run's id. Nothing of them is
    seen by readers before the tags.
    """

    def __init__(self, lake: Lake, contract: Contract, lock: Lock, run: str, changes: Changes):
        self.lake = lake
        self.contract = contract
        self.lock = lock
        self.run = run
        self.changes = changes
        # A cell has the rows of many jobs.
        lake.spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "64")
        # Of a file of the stage a table is a part.
        lake.spark.conf.set("spark.sql.files.maxPartitionBytes", str(STAGE_BYTES))
        # What is deleted cannot be given options of its own.
        lake.spark.conf.set(f"spark.sql.iceberg.snapshot-property.{OF_RUN}", run)
        stage = changes.stage
        groups = stage.select(F.inline("job_groups")).select("instance_id", "job_group_id")
        for view, rows in {
            "callmill_stale": changes.stale_jobs(lake),
            "callmill_stale_states": stage.where("stale_state_date IS NOT NULL").select("key"),
            "callmill_job_groups_gone": groups.union(stage.select(F.inline("job_groups_gone"))),
            "callmill_rejects_gone": stage.select(F.inline("rejects_gone")),
        }.items():
            rows.createOrReplaceTempView(view)

    def tables(self, statuses: list[dict[str, Any]], doubtful: list[str]) -> None:
        """Writes all tables but runs: children at the same time, then jobs, then state.
        statuses are new rows of that table; doubtful are some of it that go if no call
        has them."""
        steps: list[Callable[[], None]] = [functools.partial(self.day_table, name) for name in DAY_TABLES if name != "jobs"]
        steps += [self.job_groups, self.rejects]
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for done in [pool.submit(step) for step in steps]:
                done.result()
        self.statuses(statuses, doubtful)
        self.day_table("jobs")
        self.state()

    def day_table(self, name: str) -> None:
        if self.changes.stale:
            self.delete(
                name,
                f"t.job_date IN ({dates(self.changes.stale)}) AND EXISTS (SELECT 1 FROM callmill_stale s "
                "WHERE s.job_date = t.job_date AND s.instance_id = t.instance_id AND s.job_id = t.job_id)",
            )
        if self.changes.jobs:
            rows = self.changes.stage.select(name).where(f"{name} IS NOT NULL")
            schema = self.contract.day_rows(name)
            self.append(name, rows.mapInArrow(Unpacked(arrow(schema)), schema))

    def job_groups(self) -> None:
        if self.changes.job_groups or self.changes.job_groups_gone:
            self.delete("job_groups", "(t.instance_id, t.job_group_id) IN (SELECT * FROM callmill_job_groups_gone)")
        if self.changes.job_groups:
            self.append("job_groups", self.changes.stage.select(F.inline("job_groups")))

    def rejects(self) -> None:
        if self.changes.rejects_gone:
            self.delete("rejects", "(t.instance_id, t.reject_id) IN (SELECT * FROM callmill_rejects_gone)")
        if self.changes.rejects:
            self.append("rejects", self.changes.stage.select(F.inline("rejects")))

    def statuses(self, rows: list[dict[str, Any]], doubtful: list[str]) -> None:
        if doubtful:
            calls = self.lake.spark.table(self.lake.table_name("tasks")).where(f"task_status IN ({literals(doubtful)})")
            gone = {*doubtful} - {row.task_status for row in calls.select("task_status").distinct().collect()}
            if gone:
                self.delete("statuses", f"t.task_status IN (SELECT * FROM VALUES {literals(gone)})")
        if rows:
            self.append("statuses", self.lake.few(rows, self.contract.tables["statuses"].row()))

    def state(self) -> None:
        if self.changes.stale_states:
            self.delete(
                "state",
                f"t.job_date IN ({dates(self.changes.stale_states)}) AND t.key IN (SELECT key FROM callmill_stale_states)",
            )
        rows = self.changes.stage.where("state_date IS NOT NULL AND length(state) > 0")
        self.append("state", rows.select("key", "state", F.col("state_date").alias("job_date")))

    def delete(self, name: str, where: str) -> None:
        """Deletes rows of the table, called t. where needs a subquery: without one Spark may
        take whole files out of the metadata, in a commit that does not say whose it is."""
        self.lock.check()
        self.lake.spark.sql(f"DELETE FROM {self.lake.table_name(name)} AS t WHERE {where}")

    def append(self, name: str, rows: DataFrame, summary: dict[str, str] | None = None) -> None:
        """Appends rows; summary is what the snapshot says besides the run."""
        self.lock.check()
        writer = rows.writeTo(self.lake.table_name(name))
        for key, value in {OF_RUN: self.run, **(summary or {})}.items():
            writer = writer.option(f"snapshot-property.{key}", value)
        if self.contract.tables[name].day:
            writer = writer.option("distribution-mode", "none").option("fanout-enabled", "true")
        writer.append()

    def check(self, base: dict[str, int]) -> dict[str, int]:
        """Raises Failure where the table of jobs has not grown by the jobs that are new,
        or a table was written by another meanwhile. Returns the heads of the tables."""
        heads = self.lake.fence(self.contract, base, self.run)
        grown = 0
        for snapshot in self.lake.since("jobs", base["jobs"]):
            if owner(snapshot) == self.run:
                summary = snapshot.summary()
                grown += number(summary, "added-records") - number(summary, "deleted-records")
                grown += number(summary, "removed-position-deletes") - number(summary, "added-position-deletes")
        new = self.changes.tally.counts["new"] - self.changes.tally.gone
        if grown != new:
            raise Failure(f"the table {self.lake.name}.jobs has grown by {grown} rows instead of {new}")
        return heads

    def commit(self, row: dict[str, Any], heads: dict[str, int], properties: dict[str, str]) -> dict[str, int]:
        """Appends to runs and sets its properties: the commit of the run. Returns heads
        with that of runs.

        Spark only stages the snapshot (as for "write, audit, publish"): an append of its
        own would go through whoever has the lock by then.
        """
        rows = self.lake.few([row], RUNS.row())
        others = json.dumps({name: head for name, head in heads.items() if name != "runs"})
        for attempt in range(5):
            staged = f"{self.run}-{attempt}"
            self.lake.spark.conf.set("spark.wap.id", staged)
            try:
                self.append("runs", rows, {HEADS: others})
            finally:
                self.lake.spark.conf.unset("spark.wap.id")
            found = [s for s in self.lake.load("runs").snapshots() if s.summary().get("wap.id") == staged]
            if self.lock.publish(found[0].snapshotId(), properties):
                return {**heads, "runs": found[0].snapshotId()}
        raise Failure(f"nothing can be published to {self.lake.name}: others write to its table runs all the time")
