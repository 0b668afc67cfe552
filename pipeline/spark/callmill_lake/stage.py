"""What a run keeps between the shuffle and the tables, and what that says is to be
written."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import re
from typing import Any

from py4j.protocol import Py4JError
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from .contract import job_key
from .failure import first_line, say
from .lake import STAGES, Lake, dates
from .tally import Tally


class Stage:
    """The folder where a run keeps what its workers answered, as Parquet: what is read
    several times is neither decoded nor cut again, whatever executor dies."""

    def __init__(self, spark: SparkSession, lake: Lake, root: str | None, run: str):
        """root is --stage; None: beside the tables."""
        runs = lake.load("runs")
        self.spark = spark
        beside = runs.location().rpartition("/")[0] + "/_stage"
        # Other lakes may use the same root: where tables lie is the catalog's choice.
        self.all = f"{(root or beside).rstrip('/')}/{runs.uuid()}"
        self.folder = f"{self.all}/{run}"
        self.emptied = [self.all] if root else [self.all, beside]  # are removed when they are empty
        known = json.loads(runs.properties().get(STAGES) or "[]")
        self.others = [all_ for all_ in {f"{beside}/{runs.uuid()}", *known} if all_ != self.all]
        if root and self.all not in known:  # a run that dies leaves what the next one has to find
            lake.set_properties("runs", {STAGES: json.dumps(sorted({*known, self.all}))})

    def clear(self) -> None:
        """Removes what dead runs left, wherever their stages were. The caller holds the
        lock."""
        for folder in (self.all, *self.others):
            self._delete(folder)

    def remove(self) -> None:
        """Removes what this run has written, and no more: by now another may hold the
        lock."""
        self._delete(self.folder)

    def _delete(self, folder: str) -> None:
        try:
            path = self.spark._jvm.org.apache.hadoop.fs.Path(folder)
            files = path.getFileSystem(self.spark._jsc.hadoopConfiguration())
            files.delete(path, True)
            for above in map(self.spark._jvm.org.apache.hadoop.fs.Path, self.emptied if folder == self.folder else ()):
                if files.exists(above) and len(files.listStatus(above)) == 0:
                    files.delete(above, False)
        except (Py4JError, OSError) as error:  # OSError: the JVM is gone
            say(f"warning: the stage {folder} stays: {first_line(error)}")

    def write(self, frame: DataFrame, name: str) -> DataFrame:
        """Writes a frame and returns what reads it."""
        (
            frame.write.mode("error")
            # Native code; that of lz4_raw is in Java, and most of this is compressed already.
            .option("compression", "snappy")
            # With version 2 a task that is tried again may leave files of both attempts.
            .option("mapreduce.fileoutputcommitter.algorithm.version", "1")
            .option("parquet.enable.dictionary", "false")
            .parquet(f"{self.folder}/{name}")
        )
        return self.read(frame.schema, name)

    def read(self, schema: T.StructType, name: str) -> DataFrame:
        # A reader takes what it is given for a pattern: names of folders may look like one.
        literal = re.sub(r"[\[\]{}*?\\]", r"\\\g<0>", f"{self.folder}/{name}")
        return self.spark.read.schema(schema).parquet(literal)


@dataclasses.dataclass
class Changes:
    """What a run's stage says is to be written."""

    stage: DataFrame
    rows: int  # of the stage that say more than reports and opt-outs
    jobs: int  # whose rows are written
    jobs_gone: int  # whose rows only go
    job_groups: int
    job_groups_gone: int
    rejects: int
    rejects_gone: int
    opt_outs: int
    stale: list[dt.date]  # partitions from which jobs' rows go
    stale_states: list[dt.date]
    statuses: list[str]  # not documented
    instances: list[str]
    tally: Tally

    @staticmethod
    def of(stage: DataFrame) -> Changes:
        """Looks through a stage once, at its small columns."""

        def size(column: str) -> Any:
            return F.sum(F.greatest(F.size(column), F.lit(0)))

        def met(column: Any) -> Any:
            return F.array_distinct(F.flatten(F.collect_set(column)))

        # Of what came too late, and comes again each night, nothing else is new.
        only_opt_outs = (F.size("opt_outs") > 0) & F.col("state").isNull() & F.col("stale_date").isNull()
        row = stage.agg(
            F.count_if(F.col("report").isNull() & ~only_opt_outs).alias("rows"),
            F.count("job_id").alias("jobs"),
            F.count_if(F.col("stale_date").isNotNull() & F.col("job_id").isNull()).alias("jobs_gone"),
            size("job_groups.job_group_id").alias("job_groups"),
            size("job_groups_gone.job_group_id").alias("job_groups_gone"),
            size("rejects.reject_id").alias("rejects"),
            size("rejects_gone.reject_id").alias("rejects_gone"),
            size("opt_outs.contact_key").alias("opt_outs"),
            F.collect_set("stale_date").alias("stale"),
            F.collect_set("stale_state_date").alias("stale_states"),
            met(F.col("statuses")).alias("statuses"),
            F.collect_set("instance_id").alias("instances"),
            F.collect_list("report").alias("reports"),
        ).first()
        return Changes(
            stage,
            rows=row.rows,
            jobs=row.jobs,
            jobs_gone=row.jobs_gone,
            job_groups=row.job_groups or 0,
            job_groups_gone=row.job_groups_gone or 0,
            rejects=row.rejects or 0,
            rejects_gone=row.rejects_gone or 0,
            opt_outs=row.opt_outs or 0,
            stale=row.stale,
            stale_states=row.stale_states,
            statuses=sorted(row.statuses),
            instances=sorted(row.instances),
            tally=Tally.of(row.reports),
        )

    def stale_jobs(self, lake: Lake) -> DataFrame:
        """The jobs whose rows go: (job_date, instance_id, job_id)."""
        stale = self.stage.where("stale_date IS NOT NULL").withColumnRenamed("job_date", "now")
        changed = stale.where("job_id IS NOT NULL").select(F.col("stale_date").alias("job_date"), "instance_id", "job_id")
        if not self.jobs_gone:
            return changed
        # Of those that are gone only the key came.
        key = F.udf(job_key, T.BinaryType())
        gone = stale.where("job_id IS NULL").select("key", F.col("stale_date").alias("job_date"))
        jobs = lake.spark.table(lake.table_name("jobs")).where(f"job_date IN ({dates(self.stale)})")
        jobs = jobs.select("job_date", "instance_id", "job_id").withColumn("key", key("instance_id", "job_id"))
        return changed.union(jobs.join(gone, ["key", "job_date"], "left_semi").select("job_date", "instance_id", "job_id"))
