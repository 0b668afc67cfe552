"""What takes rows out of the files of a lake, for good.

A delete of Iceberg takes nothing away. The rows stay in their data file, which the new
snapshot reads with a file of deletes; they stay in older snapshots, in those of runs
that were torn, in files that no snapshot has; and the manifests say the least and the
greatest value of columns even of files that are gone.

So an erasure rewrites, before its commit, each data file with deletes, whoever's (older
versions of the person's jobs may be in any of them), and all manifests; and after it
drops whatever else names a snapshot, expires all snapshots but those that are named, and
removes the files that no metadata name.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import datetime as dt
import time
from collections.abc import Callable, Iterable
from typing import Any

from .contract import DAY_TABLES, Contract
from .lake import LOCK_BRANCH, OF_RUN, OURS, TAG, Lake, number
from .lock import Lock

# The tables in which something of a person may be. runs, job_groups and statuses have
# nothing of one.
PERSONAL = (*DAY_TABLES, "rejects", "state")

LARGEST = str(2**63 - 1)


class Purge:
    """Takes what was deleted out of the files of a lake. The caller holds the lock."""

    def __init__(self, lake: Lake, contract: Contract, lock: Lock):
        self.lake = lake
        self.contract = contract
        self.lock = lock
        self.actions = lake.spark._jvm.org.apache.iceberg.spark.actions.SparkActions.get(lake.spark._jsparkSession)

    def rewrite(self, run: str) -> None:
        """Rewrites the data files with deletes, and all manifests, of the heads of the
        tables. Rows stay as they are."""
        def anew(name: str) -> None:
            self.data(name)
            self.manifests(name, run)

        self.each(PERSONAL, anew)

    def each(self, names: Iterable[str], step: Callable[[str], Any]) -> list[Any]:
        """Does a step for tables, some at the same time: most of it is waiting."""

        def held(name: str) -> Any:
            self.lock.check()
            # An action's session is the one that is active in its thread.
            self.lake.spark._jvm.org.apache.spark.sql.SparkSession.setActiveSession(self.lake.spark._jsparkSession)
            return step(name)

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            return [done.result() for done in [pool.submit(held, name) for name in names]]

    def data(self, name: str) -> None:
        table = self.lake.load(name)
        if number(table.currentSnapshot().summary(), "total-delete-files") == 0:
            return
        action = self.actions.rewriteDataFiles(table).binPack()
        for option, value in {
            "delete-file-threshold": "1",  # and no file for any other reason
            "min-file-size-bytes": "0",
            "max-file-size-bytes": LARGEST,
            "min-input-files": str(2**31 - 1),
            # Deletes of before are none of the new files'. No others come: the lock is held.
            "use-starting-sequence-number": "false",
            "remove-dangling-deletes": "true",
        }.items():
            action = action.option(option, value)
        action.execute()  # of all, or it fails
        # The files of deletes are of no data file any more.
        table = self.lake.load(name)
        files = self.lake.spark._jvm.org.apache.iceberg.ManifestFiles
        change, found = table.newRewrite(), 0
        for manifest in table.currentSnapshot().deleteManifests(table.io()):
            reader = files.readDeleteManifest(manifest, table.io(), table.specs())
            for file in reader.iterator():
                change, found = change.deleteFile(file), found + 1
            reader.close()
        if found:
            change.commit()

    def manifests(self, name: str, run: str) -> None:
        """Writes manifests of the live files alone."""
        table = self.lake.load(name)
        if not table.currentSnapshot().dataManifests(table.io()):
            return
        # To cluster by what is the same for all files is to write all anew.
        jvm = self.lake.spark._jvm
        same = jvm.scala.jdk.javaapi.FunctionConverters.asJavaFunction(jvm.scala.Predef.Map().empty().withDefaultValue(""))
        table.rewriteManifests().clusterBy(same).set(OF_RUN, run).commit()

    def drop(self, tag: str, older: float = float("inf")) -> list[str]:
        """Drops the names of snapshots older than older, in Unix time, but tag, on all
        tables, runs first; returns those that are not callmill's own."""
        foreign = set()
        for name in ["runs", *(n for n in self.contract.tables if n != "runs")]:
            self.lock.check()
            with self.still(name):
                table = self.lake.load(name)
                refs = table.refs()
                changes, gone = table.manageSnapshots(), 0
                for ref in refs:
                    if ref in ("main", tag) or name == "runs" and ref == LOCK_BRANCH:
                        continue
                    if made(table, ref) >= older:
                        continue
                    changes = changes.removeTag(ref) if refs[ref].isTag() else changes.removeBranch(ref)
                    gone += 1
                    if not OURS.fullmatch(ref):
                        foreign.add(ref)
                if gone:
                    changes.commit()
        return sorted(foreign)

    def expire(self) -> None:
        """Expires all snapshots that no name keeps, and removes their files."""
        def expire(name: str) -> None:
            with self.still(name):
                now = int(time.time() * 1000) + 1
                self.lake.load(name).expireSnapshots().expireOlderThan(now).retainLast(1).cleanExpiredFiles(True).commit()

        self.each(self.contract.tables, expire)

    def orphans(self, before: float) -> int:
        """Removes the files that no metadata name and that are older than before, in
        Unix time: since then this run alone has written. Returns how many there were."""
        def remove(name: str) -> int:
            action = self.actions.deleteOrphanFiles(self.lake.load(name)).olderThan(int(before * 1000))
            return sum(1 for _ in action.execute().orphanFileLocations())

        return sum(self.each(PERSONAL, remove))

    def still(self, name: str) -> Any:
        """While it is held, this run's own lock does not change the table."""
        return self.lock.still() if name == "runs" else contextlib.nullcontext()


def made(table: Any, ref: str) -> float:
    """When what a name stands for was made, in Unix time: of a tag of callmill's, on all
    tables, when its run began."""
    if OURS.fullmatch(ref):
        text = ref.removeprefix(TAG).partition("-")[0]
        if text.startswith("0000"):
            return 0.0
        return dt.datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.timezone.utc).timestamp()
    return table.snapshot(table.refs()[ref].snapshotId()).timestampMillis() / 1000
