"""json, jieba and pandas on two processes: what a notebook would do.

Arguments: folder of responses, folder for the tables.
"""

import glob
import json
import logging
import multiprocessing
import resource
import sys

PROCESSES = 2


def convert(part):
    """Converts every PROCESSES-th response, returns the numbers of rows and the peak memory in KB."""
    import jieba
    import pandas

    jieba.setLogLevel(logging.ERROR)
    source, out = sys.argv[1], sys.argv[2]
    jobs, tasks, turns = [], [], []
    for path in sorted(glob.glob(source + "/*.json"))[part::PROCESSES]:
        with open(path, encoding="utf-8") as file:
            response = json.load(file)
        for job in response["Jobs"]:
            for task in job.pop("Tasks"):
                for index, turn in enumerate(task.pop("Conversation")):
                    turns.append({
                        "job_id": job["JobId"], "task_id": task["TaskId"], "turn_index": index,
                        "speaker": turn["Speaker"], "script": turn["Script"],
                        "tokens": jieba.lcut(turn["Script"], HMM=False), "timestamp": turn["Timestamp"],
                    })
                contact = task.pop("Contact")
                task.update({f"Contact{key}": value for key, value in contact.items()})
                tasks.append(task)
            for key in ("Contacts", "Extras", "Summary"):
                job[key] = json.dumps(job[key], ensure_ascii=False)
            jobs.append(job)
    rows = {}
    for name, table in (("jobs", jobs), ("tasks", tasks), ("turns", turns)):
        pandas.DataFrame(table).to_parquet(f"{out}/{name}-{part}.parquet", compression="zstd")
        rows[name] = len(table)
    return rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        parts = pool.map(convert, range(PROCESSES), chunksize=1)
    total = {name: sum(rows[name] for rows, _ in parts) for name in ("jobs", "tasks", "turns")}
    # The system tells of the largest process only.
    unit = 1 if sys.platform == "darwin" else 1024
    print(json.dumps(total | {"memory": unit * sum(memory for _, memory in parts)}))
