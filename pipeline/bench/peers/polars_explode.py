"""Polars: read the responses, explode them into three tables. Does not segment words.

Arguments: folder of responses, folder for the tables.
"""

import glob
import json
import sys

import polars as pl

source, out = sys.argv[1], sys.argv[2]

text, number = pl.String, pl.Int64
contact = pl.Struct({name: text for name in (
    "ContactId", "ContactName", "Honorific", "PhoneNumber", "ReferenceId", "Role", "State", "JobId")})
summary = pl.List(pl.Struct({"Category": text, "SummaryName": text, "Content": text}))
turn = pl.Struct({"Speaker": text, "Script": text, "Timestamp": number, "Summary": summary})
task = pl.Struct({
    **{name: text for name in ("TaskId", "JobId", "CallId", "ChatbotId", "ScenarioId", "Status", "Brief")},
    "PlanedTime": number, "ActualTime": number, "Duration": number,
    "CallingNumber": text, "CalledNumber": text, "Contact": contact, "Conversation": pl.List(turn),
})
job = pl.Struct({
    **{name: text for name in (
        "JobId", "JobGroupId", "ReferenceId", "ScenarioId", "StrategyId", "Status", "FailureReason")},
    "Priority": number, "SystemPriority": number, "CallingNumbers": pl.List(text), "Contacts": pl.List(contact),
    "Extras": pl.List(pl.Struct({"Key": text, "Value": text})), "Summary": summary, "Tasks": pl.List(task),
})

# A response is one line of JSON, so that a folder of them reads as JSON Lines.
# The types are given, so that nothing has to be found out from the data.
responses = pl.scan_ndjson(sorted(glob.glob(source + "/*.json")), schema={"Jobs": pl.List(job)})
jobs = responses.explode("Jobs").unnest("Jobs").collect()
tasks = (
    jobs.select(pl.col("JobId").alias("job_id"), "Tasks")
    .explode("Tasks").drop_nulls("Tasks").unnest("Tasks")
)
turns = (
    tasks.select("job_id", "TaskId", pl.int_ranges(pl.col("Conversation").list.len()).alias("turn_index"), "Conversation")
    .filter(pl.col("Conversation").list.len() > 0)
    .explode("turn_index", "Conversation").unnest("Conversation").drop("Summary")
)
tables = {"jobs": jobs.drop("Tasks"), "tasks": tasks.drop("Conversation"), "turns": turns}
for name, table in tables.items():
    table.write_parquet(f"{out}/{name}.parquet", compression="zstd")
print(json.dumps({name: table.height for name, table in tables.items()}))
