"""Compares callmill_data.load() with DuckDB, value by value.

Usage: load.py PATH DATA...

PATH is the folder of callmill_data. Each DATA is a dataset, its latest, or a
snapshot. Prints how many columns were compared.
"""

import datetime
import pathlib
import sys
import zoneinfo

sys.path.insert(0, sys.argv[1])
import callmill_data
import numpy as np
import pandas as pd


def plain(value):
    """A value as DuckDB returns it."""
    if isinstance(value, (list, np.ndarray)):
        return [plain(v) for v in value]
    if value is None or value is pd.NA or value is pd.NaT or isinstance(value, float) and np.isnan(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if isinstance(value, np.generic) else value


compared = 0
for data in sys.argv[2:]:
    db = callmill_data.open(data)
    zone = zoneinfo.ZoneInfo(db.sql("SELECT time_zone FROM snapshot").fetchall()[0][0])
    for (table,) in db.sql("SELECT DISTINCT table_name FROM duckdb_columns() WHERE schema_name = 'main' AND table_name IN ('jobs', 'tasks', 'turns', 'contacts', 'extras', 'summaries', 'job_groups', 'statuses', 'rejects')").fetchall():
        got = callmill_data.load(table, data)
        want = db.sql(f"FROM {table}")
        types = dict(zip(want.columns, map(str, want.types)))
        assert set(got.columns) == set(types), (table, set(got.columns) ^ set(types))
        rows = want.fetchall()
        assert len(rows) == len(got), table
        # Rows in one order: that of all values as text.
        values = {c: [plain(v) for v in got[c].tolist()] for c in want.columns}
        for c, t in types.items():
            compared += 1
            kind = got[c].dtype
            if t == "BOOLEAN":
                assert kind in ("boolean", "bool"), (table, c, kind)
            elif t in ("INTEGER", "BIGINT"):
                assert pd.api.types.is_integer_dtype(kind), (table, c, kind)
            elif t == "DATE":
                assert kind == "datetime64[s]", (table, c, kind)
                values[c] = [None if v is None else v.date() for v in values[c]]
            elif t.startswith("TIMESTAMP"):
                assert isinstance(kind, pd.DatetimeTZDtype) and str(kind.tz) == str(zone), (table, c, kind)
            elif t == "VARCHAR":
                assert isinstance(kind, pd.CategoricalDtype) == (c in callmill_data.CATEGORIES), (table, c, kind)
            elif t == "BLOB" or t.endswith("[]"):
                assert kind == object, (table, c, kind)
            else:
                raise AssertionError((table, c, t))
        order = lambda row: repr([v.timestamp() if isinstance(v, datetime.datetime) else v for v in row])
        instants = lambda row: tuple(v.astimezone(datetime.timezone.utc) if isinstance(v, datetime.datetime) else v for v in row)
        assert sorted(map(instants, zip(*values.values())), key=order) == sorted(map(instants, rows), key=order), table
    tasks = callmill_data.load("tasks", data, columns=["answered", "outcome"])
    assert list(tasks.columns) == ["answered", "outcome"]
    # What the types are for.
    assert (~tasks.answered).sum() == db.sql("SELECT count(*) FROM tasks WHERE NOT answered").fetchall()[0][0]
    assert callmill_data.snapshot(pathlib.Path(data)) == callmill_data.snapshot(data)
print(compared)
