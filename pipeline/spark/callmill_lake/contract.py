"""The tables of a lake.

They are those of `callmill schema --format json`. Two more belong to the lake, state
and runs, and once they are needed erased and opt_outs."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

import pyarrow as pa
from pyspark.sql import types as T

from .failure import Failure

# Version of what this script keeps in a lake besides the contract: the columns of
# state and runs, the properties, the tags.
FORMAT = "1"

TYPES: dict[str, T.DataType] = {
    "string": T.StringType(),
    "bool": T.BooleanType(),
    "i32": T.IntegerType(),
    "i64": T.LongType(),
    "date": T.DateType(),
    "timestamp(ms, UTC)": T.TimestampType(),
    "binary": T.BinaryType(),
    "list<string>": T.ArrayType(T.StringType()),
}

# The day tables, children before parents: a reader of torn heads finds no job
# without its calls.
DAY_TABLES = ("turns", "summaries", "extras", "contacts", "tasks", "jobs")

# Columns in which minima and maxima say nothing, but cost metadata in each file; and
# those of a person, whose values are not to be in manifests and footers.
CONTACT = ("contact_key", *(f"contact_{name}" for name in ("id", "name", "honorific", "phone_number", "reference_id", "job_id")))
UNMEASURED = {
    "turns": ("script", "tokens", "pattern"),
    "jobs": ("job_reference_id",),
    "tasks": ("brief", "dial_exceptions", "called_number", *CONTACT),
    "contacts": CONTACT,
    "extras": ("value",),
    "summaries": ("content",),
    "rejects": ("raw", "reason"),
    "state": ("state",),
    "runs": ("settings", "report"),
    "opt_outs": ("contact_key", "value"),
}

COUNTS = ("seen", "new", "changed", "unchanged", "superseded", "rejected", "held", "undated", "shrunk")
# Those that lakes of before do not have.
LATER_COUNTS = {
    "expired": "Of those seen: older than what is kept.",
    "erased": "Of those seen: of persons who were erased.",
    "gone": "Published jobs that left in the run.",
}


@dataclasses.dataclass(frozen=True)
class Column:
    name: str
    type: T.DataType
    nullable: bool
    doc: str


@dataclasses.dataclass(frozen=True)
class Table:
    """A table of the lake. A day table has a further column job_date, by which it is
    partitioned."""

    name: str
    doc: str
    day: bool
    columns: tuple[Column, ...]

    def row(self) -> T.StructType:
        """The columns without job_date."""
        return T.StructType([T.StructField(c.name, c.type, c.nullable) for c in self.columns])


class Contract:
    """All tables of a lake, by name."""

    def __init__(self, schema: dict[str, Any]):
        """schema is what `callmill schema --format json` prints."""
        day = schema["partition"]
        self.job_date = Column(day["name"], TYPES[day["type"]], False, day["doc"])
        tables = [self._table(each) for each in schema["tables"]] + [STATE, RUNS]
        self.tables = {table.name: table for table in tables}
        missing = {*DAY_TABLES, "job_groups", "rejects", "statuses"} ^ (set(self.tables) - {"state", "runs"})
        if missing:
            raise Failure(f"callmill and callmill_spark.py are of different versions: tables {', '.join(sorted(missing))}")

    @staticmethod
    def _table(table: dict[str, Any]) -> Table:
        columns = []
        for each in table["columns"]:
            if each["type"] not in TYPES:
                raise Failure(
                    f"callmill and callmill_spark.py are of different versions: "
                    f"{table['name']}.{each['name']} has the type {each['type']}"
                )
            columns.append(Column(each["name"], TYPES[each["type"]], each["nullable"], each["doc"]))
        return Table(table["name"], table["doc"], table["day"], tuple(columns))

    def table(self, name: str) -> Table:
        """A table of the lake, also one of those that are made when they are needed."""
        return LASTING[name] if name in LASTING else self.tables[name]

    def columns(self, name: str) -> tuple[Column, ...]:
        """All columns of a table in the lake."""
        table = self.table(name)
        return (*table.columns, self.job_date) if table.day else table.columns

    def flattened(self) -> T.StructType:
        """What `callmill worker flatten` answers: a row per job, campaign or group
        of rejects that changes, with the rows of each table as a list."""

        def rows(name: str) -> T.StructField:
            return T.StructField(name, T.ArrayType(self.tables[name].row()))

        def gone(name: str, id_: str) -> T.StructField:
            key = T.StructType([f for f in self.tables[name].row() if f.name in ("instance_id", id_)])
            return T.StructField(name + "_gone", T.ArrayType(key))

        return T.StructType(
            [
                T.StructField("key", T.BinaryType()),
                T.StructField("job_date", T.DateType()),
                T.StructField("stale_date", T.DateType()),
                *(rows(name) for name in ("jobs", "tasks", "turns", "contacts", "extras", "summaries", "job_groups")),
                gone("job_groups", "job_group_id"),
                rows("rejects"),
                gone("rejects", "reject_id"),
                T.StructField("opt_outs", T.ArrayType(OPT_OUTS.row())),
                T.StructField("statuses", T.ArrayType(T.StringType())),
                T.StructField("state", T.BinaryType()),
                T.StructField("state_date", T.DateType()),
                T.StructField("stale_state_date", T.DateType()),
                T.StructField("report", T.StringType()),
            ]
        )


    def staged(self) -> T.StructType:
        """What of that is kept in the stage: see Packed."""
        fields = [
            T.StructField(field.name, T.BinaryType()) if field.name in DAY_TABLES else field for field in self.flattened()
        ]
        more = {"instance_id": T.StringType(), "job_id": T.StringType(), "day": T.DateType()}
        return T.StructType([*fields, *(T.StructField(name, type_) for name, type_ in more.items())])

    def day_rows(self, name: str) -> T.StructType:
        """The rows of a day table, as Unpacked gives them."""
        date = T.StructField(self.job_date.name, T.DateType())
        return T.StructType([*self.tables[name].row(), date])


STATE = Table(
    "state",
    "What the next run must know of a job, in callmill's own encoding; not for readers.",
    True,
    (
        Column("key", T.BinaryType(), False, "First half of the SHA-256 of instance id and job id."),
        Column("state", T.BinaryType(), False, "The published version and what is pending of it, encoded."),
    ),
)

RUNS = Table(
    "runs",
    "The runs that were published.",
    False,
    (
        Column("run", T.StringType(), False, "Id of the run; its tag is callmill_<run>."),
        Column("command", T.StringType(), False, "convert, import or forget."),
        Column("started", T.TimestampType(), False, "When the run had the lake."),
        Column("ended", T.TimestampType(), False, "When its tables were written."),
        Column("program", T.StringType(), False, "Version of callmill."),
        Column("settings", T.StringType(), False, "Settings of the lake, as JSON."),
        Column("inputs", T.ArrayType(T.StringType()), False, "The inputs, as given."),
        *(Column(name, T.LongType(), False, f"Jobs {name} in the run; seen = new + changed + unchanged + "
                 "superseded + rejected + expired + erased." if name == "seen" else f"Of these: {name}.") for name in COUNTS),
        Column("report", T.StringType(), False, "What the workers reported, summed up, as JSON."),
        *(Column(name, T.LongType(), True, doc) for name, doc in LATER_COUNTS.items()),
    ),
)

# Two tables are made when they are needed first, have no tags, and no run takes rows of
# them back: what was erased, or asked for, stays so, whatever the other tables go back to.
ERASED = Table(
    "erased",
    "Who was erased, told by digests: tombstones, and what was asked and done.",
    False,
    (
        Column("request", T.StringType(), False, "Id of the request."),
        Column("kind", T.StringType(), False, "number, reference, job, job_id or before: a tombstone; begun or done: the request."),
        Column("digest", T.StringType(), True, "Keyed digest of a tombstone's value."),
        Column("until", T.StringType(), True, "Last day that a tombstone covers; of before the first one that it does not."),
        Column("at", T.TimestampType(), False, "When the row was written."),
        Column("text", T.StringType(), True, "What was asked; the receipt; as JSON."),
    ),
)

OPT_OUTS = Table(
    "opt_outs",
    "Who asked not to be called again, in jobs that are gone: older than what is kept, or erased.",
    False,
    (
        Column("contact_key", T.StringType(), False, "Joins tasks.contact_key."),
        Column("call_date", T.DateType(), True, "Day of the call; NULL: it has no time."),
        Column("source", T.StringType(), False, "rule: what the contact said; result: a business result."),
        Column("value", T.StringType(), False, "Name of the rule, or the words of the result."),
    ),
)

LASTING = {table.name: table for table in (ERASED, OPT_OUTS)}

# What the workers that decode or import answer.
DECODED = T.StructType([T.StructField("key", T.BinaryType()), T.StructField("record", T.BinaryType())])

# What the worker that imports is fed: parts of a published snapshot.
PARTS = T.StructType([T.StructField(name, T.StringType(), False) for name in ("dataset", "snapshot", "since", "part")])


def arrow(schema: T.StructType) -> pa.Schema:
    """The Arrow schema that Spark means by schema."""
    from pyspark.sql.pandas.types import to_arrow_schema

    return to_arrow_schema(schema)


def ddl(type_: T.DataType) -> str:
    return type_.simpleString()


def job_key(instance: str, job: str) -> bytes:
    """The key of a job, as the workers make it."""
    text = b""
    for part in (instance.encode(), job.encode()):
        size = len(part)
        while size >= 0x80:
            text += bytes([size & 0x7F | 0x80])
            size >>= 7
        text += bytes([size]) + part
    return hashlib.sha256(text).digest()[:16]
