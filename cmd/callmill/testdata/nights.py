"""Reads a dataset over and over while nights are published into it.

    nights.py DATA JOBS

Each night gives every job a mark of its own, in every table. A round resolves
latest once, looks in all tables for the marks and for JOBS jobs, and prints a
line: "saw" and the mark, or "failed" and why. When standard input ends, it goes
one more round.
"""

import os
import sys
import threading

import duckdb

# A query per table: the marks in it.
MARKS = """
SELECT DISTINCT mark FROM (
    SELECT job_reference_id AS mark FROM jobs
    UNION ALL SELECT contact_reference_id FROM tasks
    UNION ALL SELECT regexp_extract(script, 'night-\\d+') FROM turns
    UNION ALL SELECT contact_reference_id FROM contacts
    UNION ALL SELECT value FROM extras
    UNION ALL SELECT content FROM summaries
)
"""


def read_once(data: str, jobs: int) -> str:
    """Gives the one mark of a round."""
    snapshot = os.path.realpath(os.path.join(data, "latest"))
    with duckdb.connect() as connection:
        connection.execute("SET VARIABLE callmill = $1", [snapshot])
        with open(os.path.join(snapshot, "views.sql"), encoding="utf-8") as views:
            connection.execute(views.read())
        marks = [mark for (mark,) in connection.execute(MARKS).fetchall()]
        if len(marks) != 1:
            raise ValueError(f"{snapshot} mixes {marks}")
        for table in ("jobs", "tasks", "turns", "contacts", "extras", "summaries"):
            rows = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            if rows != jobs:
                raise ValueError(f"{snapshot} has {rows} rows of {table}, not {jobs}")
        for table in ("job_groups", "statuses", "rejects"):
            connection.execute(f"SELECT * FROM {table}").fetchall()
    return marks[0]


def main() -> None:
    data, jobs = sys.argv[1], int(sys.argv[2])
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    last = False
    while not last:
        last = ended.is_set()  # one more round when all is published
        try:
            print("saw", read_once(data, jobs), flush=True)
        except Exception as error:  # whatever a reader may meet is for the report
            print("failed", repr(error), flush=True)


main()
