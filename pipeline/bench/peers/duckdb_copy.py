"""DuckDB: read_json, then a COPY for each of three tables. Does not segment words.

Arguments: folder of responses, folder for the tables, threads.
"""

import json
import sys

import duckdb

source, out, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])

db = duckdb.connect()
db.execute(f"SET threads = {threads}")
db.execute("SET preserve_insertion_order = false")
# DuckDB finds the types out itself: with the types given as columns, version
# 2.0 takes five times as long to read.
db.execute("""
    CREATE TEMP TABLE job AS
    SELECT unnest(Jobs) AS j FROM read_json(?, maximum_object_size = 33554432)
""", [source + "/*.json"])
db.execute("CREATE TEMP TABLE task AS SELECT j.JobId AS job_id, unnest(j.Tasks) AS t FROM job")

FORMAT = "(FORMAT parquet, COMPRESSION zstd)"
queries = {
    "jobs": "SELECT j.* EXCLUDE (Tasks) FROM job",
    "tasks": "SELECT job_id, t.* EXCLUDE (Conversation) FROM task",
    "turns": """
        SELECT job_id, task_id, turn_index, c.Speaker, c.Script, c.Timestamp
        FROM (SELECT job_id, t.TaskId AS task_id, unnest(t.Conversation) AS c,
                     generate_subscripts(t.Conversation, 1) - 1 AS turn_index FROM task)
    """,
}
rows = {}
for table, query in queries.items():
    rows[table] = db.execute(f"COPY ({query}) TO '{out}/{table}.parquet' {FORMAT}").fetchone()[0]
print(json.dumps(rows))
