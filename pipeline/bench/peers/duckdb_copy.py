"""DuckDB: read_json, then a COPY for each of three tables. Cuts no words.

Arguments: folder of responses, folder for the tables, threads.
"""

import json
import sys

import duckdb

source, out, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])

SUMMARY = "STRUCT(Category VARCHAR, SummaryName VARCHAR, Content VARCHAR)[]"
CONTACT = ("STRUCT(ContactId VARCHAR, ContactName VARCHAR, Honorific VARCHAR, PhoneNumber VARCHAR,"
           " ReferenceId VARCHAR, Role VARCHAR, State VARCHAR, JobId VARCHAR)")
TURN = f"STRUCT(Speaker VARCHAR, Script VARCHAR, Timestamp BIGINT, Summary {SUMMARY})"
TASK = (f"STRUCT(TaskId VARCHAR, JobId VARCHAR, CallId VARCHAR, ChatbotId VARCHAR, ScenarioId VARCHAR, Status VARCHAR,"
        f" Brief VARCHAR, PlanedTime BIGINT, ActualTime BIGINT, Duration BIGINT, CallingNumber VARCHAR,"
        f" CalledNumber VARCHAR, Contact {CONTACT}, Conversation {TURN}[])")
JOB = (f"STRUCT(JobId VARCHAR, JobGroupId VARCHAR, ReferenceId VARCHAR, ScenarioId VARCHAR, StrategyId VARCHAR,"
       f" Status VARCHAR, FailureReason VARCHAR, Priority INTEGER, SystemPriority INTEGER, CallingNumbers VARCHAR[],"
       f" Contacts {CONTACT}[], Extras STRUCT(Key VARCHAR, Value VARCHAR)[], Summary {SUMMARY}, Tasks {TASK}[])")

db = duckdb.connect()
db.execute(f"SET threads = {threads}")
db.execute("SET preserve_insertion_order = false")
# The types are given, so that nothing has to be found out from the data.
db.execute(f"""
    CREATE TEMP TABLE job AS
    SELECT unnest(Jobs, recursive := false) AS j
    FROM read_json(?, columns = {{Jobs: '{JOB}[]'}}, format = 'auto', maximum_object_size = 33554432)
""", [source + "/*.json"])
db.execute("CREATE TEMP TABLE task AS SELECT j.JobId AS job_id, unnest(j.Tasks) AS t FROM job")

FORMAT = "(FORMAT parquet, COMPRESSION zstd)"
queries = {
    "jobs": "SELECT j.* EXCLUDE (Tasks) FROM job",
    "tasks": "SELECT job_id, t.* EXCLUDE (Conversation) FROM task",
    "turns": """
        SELECT job_id, task_id, turn_index - 1 AS turn_index, c.Speaker, c.Script, c.Timestamp
        FROM (SELECT job_id, t.TaskId AS task_id, unnest(t.Conversation) AS c,
                     generate_subscripts(t.Conversation, 1) AS turn_index FROM task)
    """,
}
rows = {}
for table, query in queries.items():
    rows[table] = db.execute(f"COPY ({query}) TO '{out}/{table}.parquet' {FORMAT}").fetchone()[0]
print(json.dumps(rows))
