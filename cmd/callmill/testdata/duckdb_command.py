"""Does what the README asks of the duckdb command, by duckdb's Python library.

Usage: duckdb_command.py -init FILE | -c SQL

-init runs the file and then reads every view, as a user at the prompt would;
-c prints the result of the query. No extension may be loaded.
"""

import sys

import duckdb

db = duckdb.connect(config={"autoinstall_known_extensions": False, "autoload_known_extensions": False})
match sys.argv[1:]:
    case ["-init", path]:
        with open(path, encoding="utf-8") as file:
            db.execute(file.read())
        views = db.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()
        if not views:
            sys.exit(f"{path} makes no views")
        for (view,) in views:
            # Instants as Python values would need one more library.
            db.execute(f'CREATE OR REPLACE TEMP TABLE seen AS SELECT * FROM "{view}"')
    case ["-c", sql]:
        answer = db.sql(sql)
        if answer is None or len(answer) == 0:
            sys.exit(f"no rows: {sql}")
        print(answer)
    case args:
        sys.exit(f"these arguments of duckdb are not known here: {args}")
