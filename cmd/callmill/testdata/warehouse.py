"""Checks a warehouse that the README's recipe has loaded, in DuckDB.

Usage: warehouse.py WAREHOUSE CHANGES SNAPSHOTS TO [SINCE]

TO is the snapshot that was loaded, in the folder SNAPSHOTS: each table of the
warehouse must have its rows. SINCE is the one loaded before: the jobs that the file
CHANGES names must be those of which a comparison of all rows finds a difference.
Prints what is wrong.
"""

import os
import sys

import duckdb

DAY = ["jobs", "tasks", "turns", "contacts", "extras", "summaries"]
SMALL = ["job_groups", "statuses", "rejects"]

warehouse, changes, snapshots, to, *since = sys.argv[1:]
os.chdir(snapshots)  # folders above may be named as a partition is
db = duckdb.connect(warehouse, read_only=True)


def rows(snapshot, table):
    if table in DAY:
        return f"read_parquet('{snapshot}/{table}/*/*.parquet', hive_partitioning = true, hive_types = {{'job_date': DATE}})"
    return f"read_parquet('{snapshot}/{table}/*.parquet', hive_partitioning = false)"


def difference(a, b, columns):
    return f"(SELECT {columns} FROM {a} EXCEPT ALL SELECT {columns} FROM {b})"


for table in DAY + SMALL:
    names = [d[0] for d in db.execute(f"FROM {rows(to, table)} LIMIT 0").description]
    columns = ", ".join(f'"{name}"' for name in names)
    for what, a, b in [("missing", rows(to, table), table), ("left over", table, rows(to, table))]:
        (n,) = db.execute(f"SELECT count(*) FROM {difference(a, b, columns)}").fetchone()
        if n:
            print(f"{table}: {n} rows are {what}")

named = f"read_parquet('{changes}', hive_partitioning = false)"
for snapshot in since:
    key = "instance_id, job_id"
    differing = []
    for table in DAY:
        a, b = rows(snapshot, table), rows(to, table)
        differing += [f"SELECT {key} FROM {difference(a, b, '*')}", f"SELECT {key} FROM {difference(b, a, '*')}"]
    was, now = (f"(SELECT {key} FROM {rows(s, 'jobs')})" for s in (snapshot, to))
    want = f"""
        SELECT {key}, CASE WHEN ({key}) NOT IN {was} THEN 'new' WHEN ({key}) NOT IN {now} THEN 'gone' ELSE 'changed' END AS change
        FROM ({" UNION ".join(differing)})"""
    got = f"(SELECT {key}, change FROM {named})"
    for what, a, b in [("not named", f"({want})", got), ("named in vain", got, f"({want})")]:
        for row in db.execute(f"FROM {difference(a, b, '*')} ORDER BY ALL LIMIT 20").fetchall():
            print(f"changes: {what}: {row}")
    sorted_ = db.execute(f"SELECT {key} FROM {named}").fetchall()
    if sorted_ != sorted(sorted_):
        print("changes: not sorted")
