"""Runs schema.sql in DuckDB and compares what it has then with schema.json."""

import json

import duckdb

TYPES = {
    "string": "VARCHAR",
    "i32": "INTEGER",
    "i64": "BIGINT",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp(ms, UTC)": "TIMESTAMP WITH TIME ZONE",
    "list<string>": "VARCHAR[]",
    "binary": "BLOB",
}

with open("schema.json", encoding="utf-8") as f:
    schema = json.load(f)
with open("schema.sql", encoding="utf-8") as f:
    statements = f.read()

db = duckdb.connect()
db.execute(statements)

tables = db.execute("select table_name from duckdb_tables() order by table_oid").fetchall()
assert [t for (t,) in tables] == [t["name"] for t in schema["tables"]], tables

for table in schema["tables"]:
    columns = table["columns"] + ([schema["partition"]] if table["day"] else [])
    want = [(c["name"], TYPES[c["type"]], c["nullable"]) for c in columns]
    got = db.execute(
        "select column_name, data_type, is_nullable, comment from duckdb_columns() "
        "where table_name = ? order by column_index",
        [table["name"]],
    ).fetchall()
    assert [column[:3] for column in got] == want, f"{table['name']}: {got} is not {want}"
    for column, (*_, comment) in zip(columns, got):
        values = column.get("values", [])
        assert comment.startswith(column["doc"]), comment
        assert (len(comment) > len(column["doc"])) == (len(values) > 0), comment
        assert all(f"{v['value']} {v['doc']}" in comment for v in values), comment
    (comment,) = db.execute(
        "select comment from duckdb_tables() where table_name = ?", [table["name"]]
    ).fetchone()
    assert comment.startswith(table["doc"]) and all(key in comment for key in table["key"]), comment
