"""orjson, rjieba and pyarrow: the fastest libraries of Python, in a plain loop.

Arguments: folder of responses, folder for the tables.
"""

import glob
import json
import sys

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import rjieba

source, out = sys.argv[1], sys.argv[2]
BATCH = 100_000

jobs, tasks, turns = [], [], []
writers, rows = {}, {"jobs": 0, "tasks": 0, "turns": 0}


def flush(name, batch):
    if not batch:
        return
    table = pa.Table.from_pylist(batch, schema=writers[name].schema if name in writers else None)
    if name not in writers:
        writers[name] = pq.ParquetWriter(f"{out}/{name}.parquet", table.schema, compression="zstd")
    writers[name].write_table(table)
    rows[name] += len(batch)
    batch.clear()


for path in sorted(glob.glob(source + "/*.json")):
    with open(path, "rb") as file:
        response = orjson.loads(file.read())
    for job in response["Jobs"]:
        job_id = job["JobId"]
        for task in job.pop("Tasks"):
            for index, turn in enumerate(task.pop("Conversation")):
                script = turn["Script"]
                turns.append({
                    "job_id": job_id, "task_id": task["TaskId"], "turn_index": index, "speaker": turn["Speaker"],
                    "script": script, "tokens": rjieba.cut(script), "timestamp": turn["Timestamp"],
                })
            contact = task.pop("Contact")
            task.update({f"Contact{key}": value for key, value in contact.items()})
            tasks.append(task)
        jobs.append({key: job[key] for key in (
            "JobId", "JobGroupId", "ReferenceId", "ScenarioId", "StrategyId", "Status", "FailureReason",
            "Priority", "SystemPriority")} | {
                "CallingNumbers": list(job["CallingNumbers"]), "Contacts": orjson.dumps(job["Contacts"]).decode(),
                "Extras": orjson.dumps(job["Extras"]).decode(), "Summary": orjson.dumps(job["Summary"]).decode()})
    for name, batch in (("jobs", jobs), ("tasks", tasks), ("turns", turns)):
        if len(batch) >= BATCH:
            flush(name, batch)
for name, batch in (("jobs", jobs), ("tasks", tasks), ("turns", turns)):
    flush(name, batch)
for writer in writers.values():
    writer.close()
print(json.dumps(rows))
