"""Loads a dataset into warehouse.duckdb, here, and makes it equal to the latest snapshot.

    python3 warehouse.py [DATA]

Run it after each run of callmill, which must be on the PATH. Rows of a job may change
until it is finished, and later, so the jobs are taken that `callmill changes` names.
Everything is loaded the first time; remove the file to have it loaded again: after an
upgrade that adds columns, or if `changes` says that the snapshot loaded last was pruned.
"""

import os
import subprocess
import sys

import duckdb


def callmill(*arguments):
    return subprocess.run(["callmill", *arguments], check=True, stdout=subprocess.PIPE).stdout


data = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "data")
snapshot = callmill("path", data).decode().strip()  # this one, whatever is published meanwhile
name = os.path.basename(snapshot)
db = duckdb.connect("warehouse.duckdb").begin()
db.execute("CREATE TABLE IF NOT EXISTS loaded (snapshot VARCHAR)")
if since := db.execute("FROM loaded").fetchone():
    with open("changes.parquet", "wb") as file:
        file.write(callmill("changes", data, "--since", *since, "--snapshot", name, "--format", "parquet"))
    db.execute("CREATE TEMP TABLE todo AS FROM 'changes.parquet'")
else:
    db.execute(callmill("schema", "--format", "sql").decode())
os.chdir(snapshot)
for table in ["jobs", "tasks", "turns", "contacts", "extras", "summaries"]:
    rows = f"FROM read_parquet('{table}/*/*.parquet', hive_partitioning = true)"
    if since:
        db.execute(f"DELETE FROM {table} WHERE (instance_id, job_id) IN (SELECT (instance_id, job_id) FROM todo)")
        rows += " SEMI JOIN todo USING (instance_id, job_id)"
    db.execute(f"INSERT INTO {table} BY NAME {rows}")
for table in ["job_groups", "statuses", "rejects"]:  # small, and not by job
    db.execute(f"DELETE FROM {table}; INSERT INTO {table} BY NAME FROM read_parquet('{table}/*.parquet', hive_partitioning = false)")
db.execute("DELETE FROM loaded; INSERT INTO loaded VALUES (?)", [name])
db.commit()
callmill("snapshots", data, "pin", name, "--as", "warehouse", "--lock-wait", "1h")  # the bookmark keeps it for the next time
