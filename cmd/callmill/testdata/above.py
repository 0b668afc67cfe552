"""Reads the tasks of a dataset whose folder lies below folders named like columns.

Usage: above.py DATA ABSOLUTE.sql NOTEBOOKS

ABSOLUTE.sql is what `callmill views` prints, NOTEBOOKS the folder of the notebooks'
helpers. Prints as JSON, by reader, the columns of tasks and the number of rows by
outcome and job_date, and how many files a query of one day reads.
"""

import collections
import json
import os
import re
import sys

import duckdb
import pandas
import polars
import pyarrow.dataset

data, absolute, notebooks = map(os.path.abspath, sys.argv[1:])
snapshot = os.path.realpath(os.path.join(data, "latest"))
tasks = os.path.join(snapshot, "tasks")
sys.path.insert(0, notebooks)
import callmill_data  # noqa: E402


def views(path, folder=None):
    db = duckdb.connect()
    if folder:
        db.execute("SET VARIABLE callmill = $1", [folder])
    with open(path, encoding="utf-8") as f:
        db.execute(f.read())
    return db


def counted(columns, rows):
    count = collections.Counter(f"{outcome} {str(day)[:10]}" for outcome, day in rows)
    return {"columns": list(columns), "rows": dict(sorted(count.items()))}


def of_duckdb(db, source="tasks"):
    columns = [c[0] for c in db.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
    return counted(columns, db.execute(f"SELECT outcome, job_date FROM {source}").fetchall())


def of_frame(frame):
    return counted(frame.columns, zip(frame["outcome"], frame["job_date"]))


def files_read(db, day):
    plan = db.execute(f"EXPLAIN ANALYZE SELECT max(script) FROM turns WHERE job_date = '{day}'").fetchall()
    return int(re.search(r"Total Files Read:\s*(\d+)", plan[0][1]).group(1))


found = {}
os.chdir(snapshot)
found["views.sql, from its folder"] = of_duckdb(views("views.sql"))
os.chdir("/")
found["views.sql, by the variable"] = of_duckdb(views(os.path.join(snapshot, "views.sql"), snapshot))
found["callmill views"] = of_duckdb(views(absolute))
found["notebooks"] = of_duckdb(callmill_data.open(data))
found["pandas"] = of_frame(pandas.read_parquet(tasks))
found["Polars"] = of_frame(polars.scan_parquet(tasks, hive_partitioning=True).collect())
found["pyarrow"] = of_frame(pyarrow.dataset.dataset(tasks, partitioning="hive").to_table().to_pandas())

glob = f"read_parquet('{tasks}/*/*.parquet', hive_partitioning = false)"  # as in the README
outcomes = duckdb.sql(f"SELECT outcome, count(*) FROM {glob} GROUP BY outcome ORDER BY outcome").fetchall()

days = sorted(name.removeprefix("job_date=") for name in os.listdir(os.path.join(snapshot, "turns")))
json.dump({"found": found, "glob": dict(outcomes), "files": [files_read(views(absolute), day) for day in days]}, sys.stdout)
