"""Counts a dataset without its views and without callmill's outcome columns.

Usage: count.py SNAPSHOT

Prints an object with the headline numbers, computed from the vendor's statuses.
"""

import json
import sys

import duckdb

CONNECTED = "task_status LIKE 'Succeeded%'"
DIALED = f"({CONNECTED} OR task_status IN ('NoAnswer', 'NotExist', 'Busy', 'NotConnected', 'PoweredOff', 'OutOfService', 'InArrears'))"
ANSWERED = f"({CONNECTED} AND task_status NOT LIKE 'SucceededSpecialIntercept%')"

db = duckdb.connect()
for table in ("jobs", "tasks", "turns"):
    db.execute(f"CREATE VIEW {table} AS FROM read_parquet('{sys.argv[1]}/{table}/*/*.parquet', hive_partitioning = false)")
one = lambda sql: db.execute(sql).fetchall()[0][0]
print(json.dumps({
    "jobs": one("SELECT count(*) FROM jobs"),
    "tasks": one("SELECT count(*) FROM tasks"),
    "turns": one("SELECT count(*) FROM turns"),
    "dialed": one(f"SELECT count(*) FROM tasks WHERE {DIALED}"),
    "connected": one(f"SELECT count(*) FROM tasks WHERE {CONNECTED}"),
    "answered": one(f"SELECT count(*) FROM tasks WHERE {ANSWERED}"),
    "numbers": one(f"SELECT count(DISTINCT called_number) FROM tasks WHERE {DIALED}"),
    "answered_with_lines": one(f"SELECT count(*) FROM tasks WHERE {ANSWERED} AND (instance_id, job_id, task_id) IN (SELECT (instance_id, job_id, task_id) FROM turns)"),
    "robot_lines": one("SELECT count(*) FROM turns WHERE speaker = 'Robot'"),
    # Hung up before the flow had ended.
    "hung_up": one(f"""SELECT count(*) FROM tasks WHERE task_status LIKE 'SucceededClientHangUp%' AND NOT flow_ended
        AND (instance_id, job_id, task_id) IN (SELECT (instance_id, job_id, task_id) FROM turns WHERE speaker = 'Robot')"""),
}))
