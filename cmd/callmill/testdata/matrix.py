"""Reads every table of datasets with every reader it is told, and prints a hash
of each column, as each reader gives it.

Usage: matrix.py SCHEMA.json READERS DATASETS.json HASHES.json

READERS are names and versions, such as duckdb==2.0.0,pandas==3.1.1, which must
be the installed ones. DATASETS.json has the folders of datasets, each with a
column and a value for its tables. HASHES.json is written: by reader and dataset,
the hashes by table.column. Each table is read whole, and once more the rows in which
the column is at or after the value, where readers pass over row groups and pages
by their bounds: that is table?.column.

A hash does not depend on how a reader represents values: rows are sorted by the
table's key, and a column is hashed as which values are NULL, how long each text
or list is, and what they hold.
"""

import datetime
import hashlib
import importlib.metadata
import json
import os
import sys
import tempfile

import pyarrow
import pyarrow.compute
import pyarrow.dataset

ARROW = {  # what is hashed
    "string": pyarrow.large_binary(),
    "binary": pyarrow.large_binary(),
    "i32": pyarrow.int64(),
    "i64": pyarrow.int64(),
    "bool": pyarrow.int64(),
    "date": pyarrow.int64(),
    "timestamp(ms, UTC)": pyarrow.int64(),
    "list<string>": pyarrow.large_list(pyarrow.large_binary()),
}
PLAIN = {  # what a reader's own objects become first
    "string": pyarrow.large_string(),
    "binary": pyarrow.large_binary(),
    "i32": pyarrow.int64(),
    "i64": pyarrow.int64(),
    "bool": pyarrow.bool_(),
    "date": pyarrow.date32(),
    "timestamp(ms, UTC)": pyarrow.timestamp("ms", tz="UTC"),
    "list<string>": pyarrow.large_list(pyarrow.large_string()),
}
PARTITION = "job_date"


def whole(column):
    """A column as one array."""
    if isinstance(column, pyarrow.ChunkedArray):
        column = pyarrow.concat_arrays(column.chunks) if column.num_chunks else pyarrow.array([], column.type)
    if pyarrow.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column


def canonical(column, kind):
    """A column in the type that is hashed."""
    column = whole(column)
    if kind == "timestamp(ms, UTC)":
        column = column.cast(pyarrow.timestamp("ms", tz=column.type.tz))  # an error if it is not of milliseconds
    if kind == "date":
        column = column.cast(pyarrow.date32()).cast(pyarrow.int32())
    if kind == "bool":
        column = column.cast(pyarrow.bool_()).cast(pyarrow.int8())
    if kind == "list<string>":
        texts = canonical(pyarrow.compute.list_flatten(column), "string")
        lengths = pyarrow.compute.fill_null(pyarrow.compute.list_value_length(column), 0)
        ends = [0]
        for length in lengths.to_pylist():
            ends.append(ends[-1] + length)
        lists = pyarrow.LargeListArray.from_arrays(pyarrow.array(ends, pyarrow.int64()), texts)
        if column.null_count:  # from_arrays of old versions takes no mask
            assert len(texts) == ends[-1]
            lists = pyarrow.compute.if_else(column.is_valid(), lists, pyarrow.scalar(None, lists.type))
        return lists
    if kind in ("string", "binary"):
        if "view" in str(column.type):
            column = column.cast(pyarrow.large_string() if "string" in str(column.type) else pyarrow.large_binary())
        if not pyarrow.types.is_large_binary(column.type):
            large = pyarrow.types.is_large_string(column.type)
            text = pyarrow.types.is_string(column.type) or large
            column = column.cast(pyarrow.large_string() if text else pyarrow.large_binary()).cast(pyarrow.large_binary())
        return column
    return column.cast(ARROW[kind])


def update(digest, column):
    """Takes a canonical column into a hash."""
    digest.update(b"%d " % len(column))
    digest.update(numbers(column.is_valid().cast(pyarrow.int64())))
    if pyarrow.types.is_large_list(column.type):
        digest.update(numbers(pyarrow.compute.fill_null(pyarrow.compute.list_value_length(column).cast(pyarrow.int64()), 0)))
        update(digest, pyarrow.compute.list_flatten(column))
    elif pyarrow.types.is_large_binary(column.type):
        lengths = pyarrow.compute.binary_length(column).cast(pyarrow.int64())
        digest.update(numbers(pyarrow.compute.fill_null(lengths, 0)))
        for value in column.to_pylist():
            digest.update(value or b"")
    else:
        digest.update(numbers(pyarrow.compute.fill_null(column, 0)))


def numbers(column):
    """The bytes of integers without NULL."""
    width = column.type.bit_width // 8
    return memoryview(column.buffers()[1])[column.offset * width : (column.offset + len(column)) * width]


def hashes(table, contract, partition):
    """Hashes of the columns of a table, after its rows are sorted by the key."""
    kinds = [(c["name"], c["type"]) for c in contract["columns"]]
    if contract["day"]:
        kinds.append((PARTITION, "string"))
        days = whole(table.column(PARTITION))
        if not pyarrow.types.is_binary(days.type):
            table = table.set_column(table.schema.get_field_index(PARTITION), PARTITION, days.cast(pyarrow.string()))
    missing = [name for name, _ in kinds if name not in table.column_names]
    assert not missing and len(kinds) == len(table.column_names), f"{contract['name']}: {table.column_names}, missing {missing}"
    columns = {name: canonical(table.column(name), kind) for name, kind in kinds}
    keys = {name: columns[name] for name in contract["key"]}
    order = pyarrow.compute.sort_indices(pyarrow.table(keys), sort_keys=[(name, "ascending") for name in keys])
    result = {}
    for name, column in columns.items():
        digest = hashlib.sha256()
        update(digest, column.take(order))
        result[name] = f"{len(column)} rows, {column.null_count} NULLs, {digest.hexdigest()[:32]}"
    return result


class Reader:
    """A library: read returns a table of the columns of a folder, with the
    partition's; of rows at or after a value if there is a filter."""

    def __init__(self, contract):
        self.contract = contract

    def read(self, folder, table, column=None, value=None):
        raise NotImplementedError


class SQL(Reader):
    """A library that is asked in SQL."""

    instant = "TIMESTAMP '{:%Y-%m-%d %H:%M:%S.%f}'"

    def read(self, folder, table, column=None, value=None):
        if column is None:
            return self.query(folder, table, "")
        literal = f"'{value}'" if isinstance(value, str) else self.instant.format(value)
        return self.query(folder, table, f"WHERE {column} >= {literal}")


class DuckDB(SQL):
    instant = "TIMESTAMPTZ '{:%Y-%m-%d %H:%M:%S.%f}+00'"

    def __init__(self, contract):
        import duckdb

        super().__init__(contract)
        self.db = duckdb.connect()

    def query(self, folder, table, where):
        files = f"{folder}/*/*.parquet', hive_partitioning=1" if table["day"] else f"{folder}/*.parquet'"
        found = self.db.query(f"SELECT * FROM read_parquet('{files}) {where}")
        return found.to_arrow_table()


class ChDB(SQL):
    instant = "toDateTime64('{:%Y-%m-%d %H:%M:%S.%f}', 6, 'UTC')"

    def __init__(self, contract):
        import chdb

        super().__init__(contract)
        self.chdb = chdb

    def query(self, folder, table, where):
        day = f", extract(_path, '{PARTITION}=([^/]+)') AS {PARTITION}" if table["day"] else ""
        names = ", ".join(c["name"] for c in table["columns"])
        files = f"{folder}/*/*.parquet" if table["day"] else f"{folder}/*.parquet"
        got = self.chdb.query(f"SELECT {names}{day} FROM file('{files}', Parquet) {where}", "ArrowStream")
        return pyarrow.ipc.open_stream(got.bytes()).read_all() if got.bytes() else None


class DataFusion(SQL):
    instant = "to_timestamp_millis('{:%Y-%m-%dT%H:%M:%S.%fZ}')"

    def query(self, folder, table, where):
        import datafusion

        context = datafusion.SessionContext()
        name = table["name"]
        if table["day"]:
            kind = "string" if int(importlib.metadata.version("datafusion").split(".")[0]) < 48 else pyarrow.string()
            context.register_parquet(name, folder + "/", table_partition_cols=[(PARTITION, kind)])
        else:
            context.register_parquet(name, folder + "/")
        frame = context.sql(f"SELECT * FROM {name} {where}")
        return pyarrow.Table.from_batches(frame.collect(), schema=frame.schema())


class PyArrow(Reader):
    def read(self, folder, table, column=None, value=None):
        source = pyarrow.dataset.dataset(folder, format="parquet", partitioning="hive")
        return source.to_table(filter=None if column is None else pyarrow.dataset.field(column) >= value)


class Pandas(Reader):
    """pandas with its own types, and with those that hold every value."""

    def __init__(self, contract):
        import pandas

        super().__init__(contract)
        self.pandas = pandas

    def read(self, folder, table, column=None, value=None):
        exact = {"dtype_backend": "pyarrow"}
        if int(self.pandas.__version__.split(".")[0]) < 2:
            exact = {"use_nullable_dtypes": True}
        filters = None if column is None else [(column, ">=", value)]
        plain, full = (
            self.arrow(self.pandas.read_parquet(folder, filters=filters, **how), table) for how in ({}, exact)
        )
        assert plain.equals(full), f"{table['name']}: pandas differs from itself with {exact}"
        return full

    def arrow(self, frame, table):
        kinds = [(c["name"], c["type"]) for c in table["columns"]] + ([(PARTITION, None)] if table["day"] else [])
        assert list(frame.columns) == [name for name, _ in kinds], list(frame.columns)
        return pyarrow.table({name: self.column(frame[name], kind) for name, kind in kinds})

    def column(self, series, kind):
        if kind is None:
            return pyarrow.array(series.astype(str), pyarrow.string())
        if hasattr(series.dtype, "pyarrow_dtype"):
            return whole(pyarrow.chunked_array(series.array.__arrow_array__())).cast(PLAIN[kind])
        return pyarrow.array(series, PLAIN[kind], from_pandas=True)


class Polars(Reader):
    def read(self, folder, table, column=None, value=None):
        import polars

        frame = polars.scan_parquet(f"{folder}/*/*.parquet" if table["day"] else f"{folder}/*.parquet", **self.hive(table))
        if column is not None:
            frame = frame.filter(polars.col(column) >= value)
        return frame.collect().to_arrow()

    def hive(self, table):
        return {"hive_partitioning": True} if table["day"] else {}


class Spark(SQL):
    """Spark, with the reader that decodes pages into vectors."""

    instant = "TIMESTAMP '{:%Y-%m-%d %H:%M:%S.%f}'"
    vectorized = "true"

    def __init__(self, contract):
        from pyspark.sql import SparkSession

        super().__init__(contract)
        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.shuffle.partitions": "1",
            "spark.sql.warehouse.dir": tempfile.gettempdir(),
            "spark.ui.showConsoleProgress": "false",
        }
        builder = SparkSession.builder.master("local[2]")
        for name, value in settings.items():
            builder = builder.config(name, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")
        self.frames = {}

    def query(self, folder, table, where):
        self.session.conf.set("spark.sql.parquet.enableVectorizedReader", self.vectorized)
        if folder not in self.frames:
            frame = self.session.read.parquet(f"file://{folder}")
            if table["day"]:
                frame = frame.withColumn(PARTITION, frame[PARTITION].cast("string"))
            self.frames[folder] = frame
        frame = self.frames[folder]
        if where:
            frame = frame.where(where.removeprefix("WHERE "))
        batches = frame._collect_as_arrow()  # what toPandas begins with
        return pyarrow.Table.from_batches(batches) if batches else self.empty(table)

    def empty(self, table):
        kinds = [(c["name"], c["type"]) for c in table["columns"]] + ([(PARTITION, "string")] if table["day"] else [])
        return pyarrow.table({name: pyarrow.array([], PLAIN[kind]) for name, kind in kinds})


class SparkRows(Spark):
    """Spark's other reader, which goes row by row."""

    vectorized = "false"


READERS = {
    "duckdb": [DuckDB],
    "pyarrow": [PyArrow],
    "pandas": [Pandas],
    "polars": [Polars],
    "datafusion": [DataFusion],
    "chdb": [ChDB],
    "pyspark": [Spark, SparkRows] if os.environ.get("CALLMILL_THOROUGH") else [Spark],
}


def open_dataset(reader, contract, data, filters):
    found = {}
    latest = os.path.realpath(os.path.join(data, "latest"))
    for table in contract["tables"]:
        folder = os.path.join(latest, table["name"])
        reads = {table["name"]: ()}
        if table["name"] in filters:
            column, value = filters[table["name"]]
            if isinstance(value, int):
                value = datetime.datetime.fromtimestamp(value / 1000, datetime.timezone.utc)
            reads[table["name"] + "?"] = column, value
        for name, condition in reads.items():
            try:
                got = hashes(reader.read(folder, table, *condition), table, contract["partition"])
            except Exception as e:  # a reader that refuses one table may read the others
                found[name] = f"{type(e).__name__}: {e}"[:1000]
                continue
            found.update({f"{name}.{column}": value for column, value in got.items()})
    return found


def main(path, requirements, datasets, output):
    with open(path, encoding="utf-8") as f:
        contract = json.load(f)
    with open(datasets, encoding="utf-8") as f:
        datasets = json.load(f)
    found = {}
    for requirement in requirements.split(","):
        name, version = requirement.split("==")
        installed = importlib.metadata.version(name)
        assert installed == version, f"{name} is {installed}, want {version}"
        for kind in READERS[name]:
            reader = kind(contract)
            found[f"{kind.__name__} {version}"] = {
                data: open_dataset(reader, contract, data, filters) for data, filters in datasets.items()
            }
    with open(output, "w", encoding="utf-8") as f:
        json.dump(found, f)


if __name__ == "__main__":
    main(*sys.argv[1:])
