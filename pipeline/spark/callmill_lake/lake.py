"""The tables of one namespace: how they are made, compared with the contract, tagged,
mended and changed in one commit."""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

from .contract import FORMAT, LATER_COUNTS, UNMEASURED, Contract, Table, arrow, ddl
from .failure import Failure, Usage, first_line, say, thrown

TAG = "callmill_"
# A new lake's tables have an empty snapshot with this tag: there always is one to
# go back to.
FIRST_RUN = "00000000T000000Z-000000"
# Names of our tags: others may begin likewise, such as callmill_backup.
OURS = re.compile(TAG + r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{6}")

# Snapshot properties and table properties of ours.
OF_RUN = "callmill.run"
LOCK = "callmill.lock"
SETTINGS = "callmill.settings"
INSTANCES = "callmill.instances"
IMPORTED = "callmill.imported"
# How many days jobs are kept after their last call, as JSON. No run loosens it.
POLICY = "callmill.policy"
# The folders of all stages that runs had with --stage, as JSON.
STAGES = "callmill.stages"
# When the files were last rid of what has left the tables, in Unix time.
PURGED = "callmill.purged"
OF_FORMAT = "callmill.format"
# Of the snapshot of runs: what the run's tag names in all other tables, as JSON.
HEADS = "callmill.heads"
# The branch of runs whose one snapshot is the last change of the lock.
LOCK_BRANCH = "lock"

OBJECT_STORES = {"s3", "s3a", "s3n", "oss", "obs", "cos", "cosn", "gs", "tos", "wasb", "wasbs", "swift"}


def quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def literals(texts: Iterable[str]) -> str:
    return ", ".join(literal(text) for text in sorted(texts))


def dates(days: Iterable[dt.date]) -> str:
    """Days as a list of SQL literals: only such a list prunes partitions."""
    return ", ".join(f"DATE '{day.isoformat()}'" for day in sorted(days))


class Expired(Failure):
    """Snapshots of a table after its newest tag are gone; left are those that are not,
    newest first."""

    def __init__(self, text: str, left: list[Any]):
        super().__init__(text, "expire snapshots between callmill's runs: the next one mends the table")
        self.left = left


class Lake:
    """The tables of one namespace, through Spark's SQL and Iceberg's Java API.

    Tables are loaded anew each time they are looked at (the session's catalog does
    not cache). Methods may be called from several threads.
    """

    def __init__(self, spark: SparkSession, name: str):
        self.spark = spark
        self.name = name
        self.catalog, _, namespace = name.partition(".")
        if not namespace or not all(name.split(".")):
            raise Usage(f"--into {name!r}: want CATALOG.NAMESPACE, such as lake.calls")
        self.namespace = ".".join(quoted(part) for part in name.split("."))
        self._java = spark._jvm.org.apache.iceberg

    # What Spark must know of the catalog.

    def check_catalog(self) -> None:
        """Raises Usage where Spark has no Iceberg or does not know the catalog."""
        key = f"spark.sql.catalog.{self.catalog}"
        kind = self.spark.conf.get(key, "")
        if not kind:
            raise Usage(
                f"--into {self.name}: Spark knows no catalog {self.catalog!r}",
                f"add to spark-submit: --conf {key}=org.apache.iceberg.spark.SparkCatalog "
                f"--conf {key}.type=hive (or glue, rest, jdbc; hadoop with .warehouse=… to try it out)",
            )
        try:
            self.spark._jvm.java.lang.Class.forName(
                "org.apache.iceberg.spark.SparkCatalog", True, self.spark._jvm.java.lang.Thread.currentThread().getContextClassLoader()
            )
        except Py4JJavaError:
            version = ".".join(self.spark.version.split(".")[:2])
            raise Usage(
                "Spark has no Iceberg",
                f"add to spark-submit: --packages org.apache.iceberg:iceberg-spark-runtime-{version}_2.13:1.11.0",
            ) from None
        if not kind.startswith("org.apache.iceberg.spark."):
            raise Usage(f"--into {self.name}: the catalog {self.catalog!r} is of {kind}, not of Iceberg")
        # Makes the catalog now, with the settings of this session: called from Python,
        # only SQL is sure to use these and not those of the thread's own session.
        self.spark.sql(f"USE {quoted(self.catalog)}")

    def warn_of_hadoop(self) -> None:
        """Warns of a catalog whose commits are renames where renames are copies."""
        key = f"spark.sql.catalog.{self.catalog}"
        hadoop = self.spark.conf.get(key + ".type", "") == "hadoop" or self.spark.conf.get(
            key + ".catalog-impl", ""
        ).endswith(".HadoopCatalog")
        scheme = self.spark.conf.get(key + ".warehouse", "").partition(":")[0]
        if hadoop and scheme in OBJECT_STORES:
            say(
                f"warning: the catalog {self.catalog!r} is of type hadoop on {scheme}://, where two runs at a time "
                "can destroy each other's commits; use hive, glue, rest or jdbc"
            )

    # Tables.

    def table_name(self, name: str) -> str:
        """The table's name in SQL."""
        return f"{self.namespace}.{quoted(name)}"

    def exists(self, name: str) -> bool:
        # Spark's own tableExists also asks for a view, which not every catalog takes.
        catalog = self.spark._jsparkSession.sessionState().catalogManager().catalog(self.catalog)
        namespace = self.name.split(".")[1:]
        parts = self.spark.sparkContext._gateway.new_array(self.spark._jvm.java.lang.String, len(namespace))
        for i, part in enumerate(namespace):
            parts[i] = part
        return catalog.tableExists(self.spark._jvm.org.apache.spark.sql.connector.catalog.Identifier.of(parts, name))

    def load(self, name: str) -> Any:
        """The table as Iceberg's Java object, as it is now."""
        return self._java.spark.Spark3Util.loadIcebergTable(self.spark._jsparkSession, self.table_name(name))

    def at(self, name: str, snapshot: int) -> DataFrame:
        """The rows of a table as of a snapshot."""
        return self.spark.read.option("versionAsOf", str(snapshot)).table(self.table_name(name))

    def create(self, contract: Contract, name: str) -> None:
        """Creates a table unless it is there."""
        table = contract.table(name)
        columns = ", ".join(
            f"{quoted(c.name)} {ddl(c.type)}{'' if c.nullable else ' NOT NULL'} COMMENT {literal(c.doc)}"
            for c in contract.columns(name)
        )
        properties = {
            OF_FORMAT: FORMAT,
            "format-version": "2",
            "write.delete.mode": "merge-on-read",
            "write.update.mode": "merge-on-read",
            "write.merge.mode": "merge-on-read",
            "write.parquet.compression-codec": "zstd",
            # Beyond that a column has no dictionary. Words and codes keep theirs; hashing
            # ids, which hardly repeat, is a quarter of what writing costs.
            "write.parquet.dict-size-bytes": str((128 if name == "turns" else 16) << 10),
            # Each run and each renewal of its lease makes a metadata file.
            "write.metadata.delete-after-commit.enabled": "true",
            "write.metadata.previous-versions-max": "100",
            **unmeasured(table),
        }
        if name == "runs":
            properties["write.wap.enabled"] = "true"  # see Publisher.commit
        listed = ", ".join(f"{literal(key)}={literal(value)}" for key, value in properties.items())
        partitioned = f"PARTITIONED BY ({quoted(contract.job_date.name)}) " if table.day else ""
        self.spark.sql(
            f"CREATE TABLE IF NOT EXISTS {self.table_name(name)} ({columns}) USING iceberg {partitioned}"
            f"COMMENT {literal(table.doc)} TBLPROPERTIES ({listed})"
        )

    def create_runs(self, contract: Contract) -> None:
        """Creates the namespace and the table that has the lock. Where several runs do so
        at once, a catalog may fail for all but one: what counts is what is there then."""
        if self.exists("runs"):
            return
        failed = None
        for step in (
            lambda: self.spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {self.namespace}"),
            lambda: self.create(contract, "runs"),
        ):
            try:
                step()
            except (Py4JJavaError, PySparkException) as error:
                failed = failed or error
        if failed is not None and not self.exists("runs"):
            raise failed

    def create_rest(self, contract: Contract) -> None:
        """Creates the tables that a new lake lacks, each with its first snapshot. A lake
        that has published is not mended so. The caller holds the lock."""
        known = [name for name in contract.tables if self.exists(name)]
        for name in known:
            if self.load(name).properties().get(OF_FORMAT) is None:
                raise Failure(
                    f"the table {self.name}.{name} is not callmill's", "give --into a namespace of callmill's own"
                )
        missing = [name for name in contract.tables if name not in known]
        if missing and any(t != TAG + FIRST_RUN for t in self.tags("runs")):
            raise Failure(f"the lake {self.name} has no table {', '.join(missing)}", "restore it, or begin a new lake")
        for name in missing:
            self.create(contract, name)
        self.upgrade(contract, known)
        for name in contract.tables:
            table = self.load(name)
            if any(OURS.fullmatch(ref) for ref in table.refs()):
                continue
            if table.currentSnapshot() is None:
                table.newFastAppend().set(OF_RUN, FIRST_RUN).commit()
                table.refresh()
            table.manageSnapshots().createTag(TAG + FIRST_RUN, table.currentSnapshot().snapshotId()).commit()

    def upgrade(self, contract: Contract, names: Iterable[str]) -> None:
        """Gives tables that are there what later versions have more: counts in runs, and
        no minima and maxima of personal data. The caller holds the lock."""
        for name in names:
            table = self.load(name)
            if name == "runs":
                more = [column for column in LATER_COUNTS if table.schema().findField(column) is None]
                update = table.updateSchema()
                for column in more:
                    update = update.addColumn(column, self._java.types.Types.LongType.get(), LATER_COUNTS[column])
                if more:
                    update.commit()
            properties = table.properties()
            missing = {key: value for key, value in unmeasured(contract.table(name)).items() if properties.get(key) is None}
            if missing:
                self.set_properties(name, missing)

    def few(self, rows: list[dict[str, Any]], schema: T.StructType) -> DataFrame:
        """Rows that the driver has; as Arrow, for which no Python is started beside a task."""
        columns = {name: [row.get(name) for row in rows] for name in schema.names}
        return self.spark.createDataFrame(pa.table(columns, schema=arrow(schema)), schema).coalesce(1)

    def check_schemas(self, contract: Contract) -> None:
        """Raises Failure where a table is not as the contract has it."""
        wrong = []
        for name in contract.tables:
            table = self.spark.table(self.table_name(name))
            met = {f.name: f for f in table.schema}
            expected = {c.name: c for c in contract.columns(name)}
            wrong += [f"{name}.{column} is missing" for column in expected if column not in met]
            wrong += [f"{name}.{column} is not of the contract" for column in met if column not in expected]
            for column in expected.keys() & met.keys():
                want, have = expected[column], met[column]
                if ddl(want.type) != ddl(have.dataType):
                    wrong.append(f"{name}.{column} is {ddl(have.dataType)} instead of {ddl(want.type)}")
                elif not want.nullable and have.nullable:
                    wrong.append(f"{name}.{column} may be NULL")
            made = self.load(name).properties().get(OF_FORMAT)
            if made != FORMAT:
                wrong.append(f"{name} is of format {made} of the lake, this script writes {FORMAT}")
        if wrong:
            raise Failure(
                f"the tables of {self.name} are of another version of callmill: {'; '.join(wrong)}",
                "write with the version that made them, or begin a new lake and import into it",
            )

    # Snapshots and tags.

    def tags(self, name: str) -> dict[str, int]:
        """The snapshots that a table's tags of callmill name, oldest first."""
        refs = self.load(name).refs()
        return {tag: refs[tag].snapshotId() for tag in sorted(refs) if OURS.fullmatch(tag) and refs[tag].isTag()}

    def newest(self, names: Iterable[str]) -> tuple[str, dict[str, int]]:
        """The newest tag that all tables have, and the snapshot that it names in each."""
        tags = {name: self.tags(name) for name in names}
        common = set.intersection(*(set(each) for each in tags.values()))
        if not common:
            raise Failure(
                f"no tag {TAG}… is on all tables of {self.name}", "a table was made anew or its tags were dropped by hand"
            )
        tag = max(common)
        return tag, {name: each[tag] for name, each in tags.items()}

    def since(self, name: str, base: int, table: Any = None) -> list[Any]:
        """A table's snapshots after base, newest first. Raises Expired where not all of
        them are there any more."""
        table = table or self.load(name)
        snapshots = []
        current = table.currentSnapshot()
        while current is not None and current.snapshotId() != base:
            snapshots.append(current)
            parent = current.parentId()
            current = None if parent is None else table.snapshot(parent)
            if current is None and parent is not None:
                raise Expired(f"the table {self.name}.{name} has lost snapshots after its newest tag: they have expired", snapshots)
        if current is None:
            raise Failure(
                f"the table {self.name}.{name} does not descend from its newest tag",
                "it was rolled back by hand: drop the tags after that snapshot from all tables, runs first",
            )
        return snapshots

    def torn(self, name: str, base: int) -> bool:
        """Whether a table is ahead of base by more than compactions, as far as is known."""
        try:
            return any(owner(snapshot) != NOBODY for snapshot in self.since(name, base))
        except Expired:
            return True

    def fence(self, contract: Contract, base: dict[str, int], run: str) -> dict[str, int]:
        """Raises Failure where anything but run, and what leaves rows alone, wrote to a
        table since base. Returns the heads that were looked at."""
        heads = dict(base)
        for name in contract.tables:
            snapshots = self.since(name, base[name])
            for snapshot in snapshots:
                if owner(snapshot) not in (run, NOBODY):
                    raise self.foreign(name, snapshot)
            if snapshots:
                heads[name] = snapshots[0].snapshotId()
        return heads

    def foreign(self, name: str, snapshot: Any) -> Failure:
        text = (
            f"the table {self.name}.{name} was written by another: snapshot {snapshot.snapshotId()} "
            f"({snapshot.operation()}, {owner(snapshot) or 'not by callmill'})"
        )
        if owner(snapshot):
            return Failure(text, "a run that had lost its lock went on for a moment: run again, which undoes what it wrote")
        return Failure(
            text,
            "roll the table back to its newest tag: CALL "
            f"{self.catalog}.system.set_current_snapshot(table => '…', ref => '{TAG}…')",
        )

    def mend(self, contract: Contract) -> tuple[str, dict[str, int]]:
        """Completes or undoes a run that was torn, and returns what newest returns after
        that. The caller holds the lock."""
        tag, base = self.newest(contract.tables)
        try:
            newer = self.since("runs", base["runs"])
        except Expired as expired:
            newer = expired.left
        published = [s for s in newer if owner(s) not in (NOBODY, "")]
        if published:
            run = owner(published[0])
            say(f"the run {run} was torn after its commit: its tags are completed")
            heads = json.loads(published[0].summary().get(HEADS))
            self.tag(run, {**heads, "runs": published[0].snapshotId()})
            tag, base = self.newest(contract.tables)
        for name in contract.tables:
            table = self.load(name)
            seen = table.operations().current()
            torn = False
            try:
                newer = self.since(name, base[name], table)
            except Expired as expired:
                # Compactions, most likely, but that cannot be seen any more.
                say(f"{expired}; it goes back to {tag}")
                newer, torn = expired.left, True
            for snapshot in newer:
                if owner(snapshot) == "":
                    raise self.foreign(name, snapshot)
                torn = torn or owner(snapshot) != NOBODY
            if torn:
                if any(owner(snapshot) != NOBODY for snapshot in newer):
                    say(f"a run was torn: {name} goes back to {tag}")
                # Not with rollbackTo, which tries again whatever was written meanwhile.
                if not self.swap(table, seen, {}, main=base[name]):
                    raise Failure(f"the table {self.name}.{name} was written while it was mended", "run again")
        return tag, base

    def tag(self, run: str, heads: dict[str, int]) -> None:
        """Tags the snapshots that a run has made the heads, runs last. What is tagged
        already stays."""
        for name in [*(n for n in heads if n != "runs"), "runs"]:
            table = self.load(name)
            if TAG + run not in table.refs():
                table.manageSnapshots().createTag(TAG + run, heads[name]).commit()

    def drop_tags(self, contract: Contract, keep: int) -> list[str]:
        """Drops the complete tags beyond the newest keep, and those that are not complete;
        runs first, so that none is complete in part. Returns the former."""
        of_runs = sorted(self.tags("runs"))
        stay = set(of_runs[-keep:])
        for name in ["runs", *(n for n in contract.tables if n != "runs")]:
            table = self.load(name)
            changes = table.manageSnapshots()
            gone = [ref for ref in table.refs() if OURS.fullmatch(ref) and ref not in stay]
            for ref in gone:
                changes = changes.removeTag(ref)
            if gone:
                changes.commit()
        return of_runs[:-keep]

    # Compare and swap.

    def swap(
        self, table: Any, base: Any, properties: dict[str, str], main: int | None = None, event: str = ""
    ) -> bool:
        """Changes a table in one commit, unless its metadata are no longer base, and
        reports whether it did.

        properties: to be set; an empty value removes one.
        main: the snapshot that becomes the head.
        event: what happens to the lock; the branch LOCK_BRANCH moves to a new snapshot
            that says so. Without it a change of properties alone is none that a REST
            catalog compares: it compares the branches that a commit moves, and no more.
        """
        # The builder of Iceberg's metadata takes Java's collections.
        jvm = self.spark._jvm
        new, gone = jvm.java.util.HashMap(), jvm.java.util.HashSet()
        for key, value in properties.items():
            if value:
                new.put(key, value)
            else:
                gone.add(key)
        builder = self._java.TableMetadata.buildFrom(base).setProperties(new).removeProperties(gone)
        moved, last = None, None
        if event:
            moved = table.newFastAppend().toBranch(LOCK_BRANCH).set(LOCK, event).apply()
            builder = builder.setBranchSnapshot(moved, LOCK_BRANCH)
            if base.ref(LOCK_BRANCH) is not None:  # or each minute of a run would stay in the metadata
                last = base.snapshot(base.ref(LOCK_BRANCH).snapshotId())
                ids = jvm.java.util.ArrayList()
                ids.add(last)
                builder = builder.removeSnapshots(ids)
        if main is not None:
            builder = builder.setBranchSnapshot(main, "main")
        operations = table.operations()
        swapped = True
        try:
            operations.commit(base, builder.build())
        except Py4JJavaError as error:
            if thrown(error, "CommitStateUnknownException"):
                # The answer was lost. What is there now tells.
                there = operations.refresh()
                if moved is not None:
                    swapped = there.snapshot(moved.snapshotId()) is not None
                else:
                    swapped = main is None or there.currentSnapshot().snapshotId() == main
                    swapped = swapped and all((there.properties().get(k) or "") == v for k, v in properties.items())
                return swapped  # no file is removed: a late commit may still come to need it
            if not thrown(error, "CommitFailedException", "ValidationException"):
                raise
            swapped = False
        unused = last if swapped else moved
        if unused is not None:
            self.forget(table, unused)
        return swapped

    def set_properties(self, name: str, properties: dict[str, str]) -> None:
        """Sets properties of a table, whatever else is set meanwhile."""
        for _ in range(20):
            table = self.load(name)
            if self.swap(table, table.operations().current(), properties):
                return
            time.sleep(0.1)
        raise Failure(f"the properties of {self.name}.{name} cannot be set: others change it all the time")

    def forget(self, table: Any, snapshot: Any) -> None:
        """Removes the list of manifests of an empty snapshot; else it is an orphan."""
        try:
            table.io().deleteFile(snapshot.manifestListLocation())
        except Py4JJavaError as error:
            say(f"warning: {snapshot.manifestListLocation()} stays: {first_line(error)}")


def unmeasured(table: Table) -> dict[str, str]:
    """The properties by which columns of a table have no minima and maxima."""
    columns = UNMEASURED.get(table.name, ())
    lists = [c.name for c in table.columns if isinstance(c.type, T.ArrayType)]
    return {
        **{f"write.metadata.metrics.column.{column}": "none" for column in columns},
        **{f"write.parquet.stats-enabled.column.{column}{'.element' * (column in lists)}": "false" for column in columns},
    }


NOBODY = "nobody"


def owner(snapshot: Any) -> str:
    """The run that made a snapshot; NOBODY where it leaves all rows as they are (a
    compaction, a lock), "" where it is not callmill's."""
    summary = snapshot.summary()
    run = summary.get(OF_RUN)
    if run:
        return run
    return NOBODY if summary.get(LOCK) or snapshot.operation() == "replace" else ""


def number(summary: Any, key: str) -> int:
    return int(summary.get(key) or 0)
