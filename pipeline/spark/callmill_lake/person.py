"""All that a lake knows of one person: listed, and exported as one JSON document."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from .contract import DAY_TABLES, OPT_OUTS
from .failure import count
from .lake import TAG, Lake, dates
from .stage import Changes

# Version of the exported document: that of callmill person.
FORMAT = 1

# Columns that say again what others do.
LEFT_OUT = {"tokens", "job_date"}

# By which rows are in order, those of them that a table has.
ORDER = ("instance_id", "job_id", "task_index", "task_id", "turn_index", "contact_index", "extra_index", "summary_index", "reject_id", "call_date", "value")

ID = T.StructType([T.StructField("instance_id", T.StringType()), T.StructField("job_id", T.StringType())])


class Person:
    """What the states and rejects of a lake that were found are of, at one snapshot of
    each table."""

    def __init__(self, lake: Lake, pins: dict[str, int], changes: Changes, contact_keys: Sequence[str]):
        self.lake = lake
        self.pins = pins
        self.days = changes.stale
        found = changes.stale_jobs(lake).collect() if self.days else []
        self.ids = sorted({(row.instance_id, row.job_id) for row in found})
        rejects = self.lake.at("rejects", pins["rejects"])
        gone = changes.stage.select(F.inline("rejects_gone"))
        self.rejects = rows(rejects.join(gone, ["instance_id", "reject_id"], "left_semi")) if changes.rejects_gone else []
        self.opt_outs: list[dict[str, Any]] = []
        if contact_keys and lake.exists(OPT_OUTS.name):
            kept = lake.spark.table(lake.table_name(OPT_OUTS.name))
            self.opt_outs = rows(kept.where(F.col("contact_key").isin(list(contact_keys))).distinct())
        self.tables = {name: self.of(name) for name in reversed(DAY_TABLES)} if self.ids else {}

    def empty(self) -> bool:
        return not (self.ids or self.rejects or self.opt_outs)

    def of(self, name: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
        """The rows of a day table, by job."""
        jobs = self.lake.few([{"instance_id": i, "job_id": j} for i, j in self.ids], ID)
        found = self.lake.at(name, self.pins[name]).where(f"job_date IN ({dates(self.days)})").join(F.broadcast(jobs), ["instance_id", "job_id"], "left_semi")
        made: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in rows(found):
            made.setdefault((row["instance_id"], row["job_id"]), []).append(row)
        return made

    def lines(self) -> list[str]:
        """What there is, for people."""
        said = []
        for id_ in self.ids:
            (job,) = self.tables["jobs"][id_]
            contacts = self.tables["contacts"].get(id_, []) + self.tables["tasks"].get(id_, [])
            names = ", ".join(sorted({row["contact_name"] for row in contacts if row.get("contact_name")}))
            last = job.get("last_call_time") or job.get("first_seen") or ""
            said.append(f"job {job['job_id']} of {job['instance_id']}, last on {last[:10]}, {count(len(self.tables['tasks'].get(id_, [])), 'call')}" + (f": {names}" if names else ""))
        said += [f"reject {row['reject_id']} of {row['first_seen'][:10]}: {row['code']}" for row in self.rejects]
        said += [f"opt-out{' of ' + row['call_date'] if row.get('call_date') else ''}: {row['source']} {row['value']}" for row in self.opt_outs]
        return said

    def document(self, tag: str, pii: str, whom: dict[str, list[str]]) -> str:
        """The copy of all of it, as JSON."""
        asked = {name: whom[flag] for name, flag in (("phones", "phone"), ("reference_ids", "reference_id"), ("jobs", "job")) if whom[flag]}
        jobs = [
            {"job": self.tables["jobs"][id_][0], **{name: each[id_] for name, each in self.tables.items() if name != "jobs" and id_ in each}}
            for id_ in self.ids
        ]
        made = {
            "format": FORMAT,
            "made": f"{dt.datetime.now(dt.timezone.utc):%Y-%m-%dT%H:%M:%SZ}",
            "lake": self.lake.name,
            "tag": tag.removeprefix(TAG),
            "pii": pii,
            "asked": asked,
            "jobs": jobs,
            **({"rejects": self.rejects} if self.rejects else {}),
            **({"opt_outs": self.opt_outs} if self.opt_outs else {}),
        }
        return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def rows(frame: DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame without what is NULL, in the order of their values."""
    made = [
        {name: spelled(value) for name, value in row.asDict(recursive=True).items() if value is not None and name not in LEFT_OUT}
        for row in frame.collect()
    ]
    return sorted(made, key=lambda row: [place(row.get(name)) for name in ORDER])


def place(value: Any) -> tuple[int, Any]:
    """Where a value comes in an order: what is absent comes last."""
    return (1, 0) if value is None else (0, value)


def spelled(value: Any) -> Any:
    """A value as JSON has it: instants and days as text."""
    if isinstance(value, dt.datetime):  # of the process's own zone
        return value.astimezone(dt.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    return value
