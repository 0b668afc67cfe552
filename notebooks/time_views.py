"""Measures how long DuckDB takes to scan each view: python time_views.py DATA

Prints the shortest wall time of three runs, with two threads and at most 1 GB.
"""

import sys
import time

import callmill_data

# The hash of a row reads all of its columns.
QUERIES = {
    "calls": "SELECT bit_xor(hash(v)) FROM calls v",
    "exchanges": "SELECT bit_xor(hash(v)) FROM exchanges v",
    "words, the most frequent": """
        SELECT word, count(*) FROM words WHERE NOT punctuation AND NOT stop_word
        GROUP BY word ORDER BY count(*) DESC LIMIT 20""",
    "words": "SELECT bit_xor(hash(v)) FROM words v",
    "transcripts": "SELECT bit_xor(hash(v)) FROM transcripts v",
    "attempts": "SELECT bit_xor(hash(v)) FROM attempts v",
    "daily": "SELECT bit_xor(hash(v)) FROM daily v",
    "opt_outs": "SELECT bit_xor(hash(v)) FROM opt_outs v",
    "contact_frequency": "SELECT bit_xor(hash(v)) FROM contact_frequency v",
    "search('投诉')": "SELECT count(*) FROM search('投诉')",
}


def least(db, query, runs=3):
    """Returns the shortest wall time of a query, in seconds."""
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        db.execute(query).fetchall()
        times.append(time.perf_counter() - began)
    return min(times)


if __name__ == "__main__":
    db = callmill_data.open(sys.argv[1] if len(sys.argv) > 1 else None)
    db.execute("SET threads = 2")
    db.execute("SET memory_limit = '1GB'")
    turns = db.execute("SELECT count(*) FROM turns").fetchone()[0]
    print(f"DuckDB {callmill_data.duckdb.__version__}, {turns} turns")
    for name, query in QUERIES.items():
        print(f"{name:26} {least(db, query):6.2f} s", flush=True)
