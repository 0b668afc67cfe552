"""Opens every table of a dataset with DuckDB, pandas and Polars, as people do.

Usage: readers.py SCHEMA.json DATA...

Checks that each reader has the columns of the schema, in their order, with the
types of the contract, that none of them finds a NULL where there may be none,
and that all find the same number of rows; prints these numbers as JSON, by
dataset and table.
"""

import datetime
import glob
import json
import os
import sys

import duckdb
import pandas
import polars
import pyarrow

DUCKDB = {
    "string": "VARCHAR",
    "i32": "INTEGER",
    "i64": "BIGINT",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp(ms, UTC)": "TIMESTAMP WITH TIME ZONE",
    "list<string>": "VARCHAR[]",
    "binary": "BLOB",
}
ARROW = {  # what pandas has below its own names
    "string": pyarrow.string(),
    "i32": pyarrow.int32(),
    "i64": pyarrow.int64(),
    "bool": pyarrow.bool_(),
    "date": pyarrow.date32(),
    "timestamp(ms, UTC)": pyarrow.timestamp("ms", tz="UTC"),
    "list<string>": pyarrow.list_(pyarrow.field("element", pyarrow.string(), nullable=False)),
    "binary": pyarrow.binary(),
}
POLARS = {
    "string": polars.String,
    "i32": polars.Int32,
    "i64": polars.Int64,
    "bool": polars.Boolean,
    "date": polars.Date,
    "timestamp(ms, UTC)": polars.Datetime("ms", "UTC"),
    "list<string>": polars.List(polars.String),
    "binary": polars.Binary,
}


def check(reader, table, got, want):
    """Fails with the first columns that differ."""
    differ = [pair for pair in zip(got, want) if pair[0] != pair[1]]
    assert got == want, f"{reader}, {table['name']}: {differ[:3]}, {len(got)} columns, want {len(want)}"


def columns_of(table, types):
    return [(c["name"], types[c["type"]]) for c in table["columns"]]


def days_of(folder):
    """The days that are there, from the names of the folders."""
    return {f.removeprefix("job_date=") for f in os.listdir(folder)}


def check_nulls(reader, table, nulls):
    """nulls: number of NULLs by column."""
    for column in table["columns"]:
        if not column["nullable"]:
            count = int(nulls[column["name"]])
            assert count == 0, f"{reader}, {table['name']}.{column['name']}: {count} NULLs"


def duckdb_rows(db, table, partition, source, days):
    """source: a view, or a call of read_parquet."""
    want = columns_of(table, DUCKDB)
    if table["day"]:
        want.append((partition["name"], DUCKDB[partition["type"]]))
    got = [(name, kind) for name, kind, *_ in db.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    check("DuckDB", table, got, want)
    counts = ", ".join(f'count(*) - count("{c["name"]}")' for c in table["columns"])
    rows, *nulls = db.execute(f"SELECT count(*), {counts} FROM {source}").fetchone()
    check_nulls("DuckDB", table, {c["name"]: n for c, n in zip(table["columns"], nulls)})
    if rows and table["day"]:
        found = {str(day) for (day,) in db.execute(f"SELECT DISTINCT job_date FROM {source}").fetchall()}
        assert found == days, f"DuckDB, {table['name']}: days {found}, folders {days}"
    return rows


def pandas_rows(table, folder, days):
    plain = pandas.read_parquet(folder)
    names = [c["name"] for c in table["columns"]] + (["job_date"] if table["day"] else [])
    check("pandas", table, list(plain.columns), names)
    frame = pandas.read_parquet(folder, dtype_backend="pyarrow")
    got = [(name, frame[name].dtype.pyarrow_dtype) for name in frame.columns if name != "job_date"]
    check("pandas", table, got, columns_of(table, ARROW))
    check_nulls("pandas", table, frame.isna().sum())
    if len(plain) and table["day"]:
        found = set(plain["job_date"].astype(str))
        assert found == days, f"pandas, {table['name']}: days {found}, folders {days}"
    assert len(plain) == len(frame)
    return len(plain)


def polars_rows(table, folder, days):
    if not table["day"]:
        frame = polars.read_parquet(folder)
        check("Polars", table, list(frame.schema.items()), columns_of(table, POLARS))
    else:
        frame = polars.scan_parquet(folder, hive_partitioning=True).collect()
        want = columns_of(table, POLARS) + [("job_date", polars.Date)]
        check("Polars", table, list(frame.schema.items()), want)
        if len(frame):
            found = {str(day) for day in frame["job_date"].unique()}
            assert found == days, f"Polars, {table['name']}: days {found}, folders {days}"
    check_nulls("Polars", table, {name: frame[name].null_count() for name in frame.columns})
    return len(frame)


def views(tables, partition, latest, days):
    """The views of views.sql, from inside the folder and from elsewhere."""
    with open(os.path.join(latest, "views.sql"), encoding="utf-8") as f:
        statements = f.read()
    elsewhere = os.getcwd()

    os.chdir(latest)
    here = duckdb.connect()
    here.execute(statements)
    inside = {t["name"]: duckdb_rows(here, t, partition, t["name"], days[t["name"]]) for t in tables}
    os.chdir(elsewhere)

    there = duckdb.connect()
    there.execute(f"SET VARIABLE callmill = '{latest}'")
    there.execute(statements)
    outside = {t["name"]: duckdb_rows(there, t, partition, t["name"], days[t["name"]]) for t in tables}
    assert inside == outside, (inside, outside)
    return inside


def check_last_day(tables, latest):
    """A job without a call is in a day that each reader can represent."""
    jobs = os.path.join(latest, "jobs")
    last = datetime.date(2100, 1, 1)
    if f"job_date={last}" not in os.listdir(jobs):
        return
    found = duckdb.connect().execute(f"SELECT max(job_date) FROM read_parquet('{jobs}/*/*.parquet')").fetchone()
    assert found == (last,), found
    assert polars.scan_parquet(jobs, hive_partitioning=True).select(polars.max("job_date")).collect().item() == last
    assert pandas.to_datetime(pandas.read_parquet(jobs).job_date).max() == pandas.Timestamp(last)
    assert pandas.read_parquet(jobs, filters=[("job_date", "==", str(last))]).shape[0] > 0


def open_dataset(schema, data):
    latest = os.path.realpath(os.path.join(data, "latest"))
    tables, partition = schema["tables"], schema["partition"]
    days = {t["name"]: days_of(os.path.join(latest, t["name"])) if t["day"] else None for t in tables}
    rows = views(tables, partition, latest, days)
    db = duckdb.connect()
    for table in tables:
        name = table["name"]
        folder = os.path.join(latest, name)
        pattern = os.path.join(folder, "*", "*.parquet") if table["day"] else os.path.join(folder, "*.parquet")
        assert glob.glob(pattern), f"no file of {name}"
        found = {
            "views.sql": rows[name],
            "DuckDB": duckdb_rows(db, table, partition, f"read_parquet('{pattern}')", days[name]),
            "pandas": pandas_rows(table, folder, days[name]),
            "Polars": polars_rows(table, folder, days[name]),
        }
        assert len(set(found.values())) == 1, f"{name}: {found}"
    check_last_day(tables, latest)
    return rows


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as f:
        contract = json.load(f)
    json.dump({data: open_dataset(contract, data) for data in sys.argv[2:]}, sys.stdout)
