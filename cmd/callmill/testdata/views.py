"""Runs the queries of a file over the views of a dataset.

Usage: views.py VIEWS.sql QUERIES.sql [FOLDER]

FOLDER is the value of the variable callmill. Queries stand under a comment
that names them. Prints each name with the rows, separated by tabs. No
extension may be loaded.
"""

import sys

import duckdb


def spell(value):
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {spell(v)}" for k, v in value.items()) + "}"
    return str(value).replace("\n", "\\n")


views, queries, *folder = sys.argv[1:]
db = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
db.execute("SET TimeZone = 'UTC'")
if folder:
    db.execute("SET VARIABLE callmill = $1", folder)
db.execute(open(views, encoding="utf-8").read())
for block in open(queries, encoding="utf-8").read().split("\n\n"):
    name, _, sql = block.partition("\n")
    result = db.execute(sql)
    print(name)
    print("\t".join(column[0] for column in result.description))
    for row in result.fetchall():
        print("\t".join(map(spell, row)))
    print()
