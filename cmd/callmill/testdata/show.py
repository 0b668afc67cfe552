"""Prints the result of a query as DuckDB's command does.

Usage: show.py VIEWS.sql QUERY.sql FOLDER

FOLDER is the value of the variable callmill. No extension may be loaded.
"""

import sys

import duckdb

views, query, folder = sys.argv[1:]
db = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
db.execute("SET VARIABLE callmill = $1", [folder])
with open(views, encoding="utf-8") as file:
    db.execute(file.read())
with open(query, encoding="utf-8") as file:
    db.sql(file.read()).show(max_width=10_000)
