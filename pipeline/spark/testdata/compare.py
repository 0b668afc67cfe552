"""Compares the tables of a dataset that callmill convert made with those of a
lake, value by value, whatever the order of rows and files.

Usage: compare.py SCHEMA.json DATASET WAREHOUSE/NAMESPACE TAG

SCHEMA.json is what callmill schema --format json prints, TAG a tag of the nine
tables. The lake is read with pyiceberg here, and with Spark where other tests call
of_spark. Values must have the lake's types: instants in microseconds of UTC, whole
numbers of their width. A hash is of one column of all rows in the order of the
table's key; where two differ, differences says which rows and how.

first_run of rejects is left out: it names the run that met each first.
"""

import glob
import hashlib
import json
import os
import sys

import pyarrow
import pyarrow.compute
import pyarrow.dataset

TYPES = {  # of the contract, in the lake
    "string": pyarrow.large_string(),
    "binary": pyarrow.large_binary(),
    "i32": pyarrow.int32(),
    "i64": pyarrow.int64(),
    "bool": pyarrow.bool_(),
    "date": pyarrow.date32(),
    "timestamp(ms, UTC)": pyarrow.timestamp("us", tz="UTC"),
    "list<string>": pyarrow.large_list(pyarrow.large_string()),
}
PARTITION = "job_date"
LEFT_OUT = {("rejects", "first_run")}
SHOWN = 3  # rows that differ, of each column


def columns(table):
    """Names and types of the columns that are compared."""
    kinds = {c["name"]: c["type"] for c in table["columns"] if (table["name"], c["name"]) not in LEFT_OUT}
    if table["day"]:
        kinds[PARTITION] = "date"
    return kinds


def canonical(found, table, coarse=False):
    """The columns of a table in the lake's types, in the order of its key. With
    coarse the table is a dataset's, whose instants are in milliseconds and whose
    partition is a text."""
    expected = {c["name"] for c in table["columns"]} | ({PARTITION} if table["day"] else set())
    if set(found.column_names) != expected or len(found.column_names) != len(expected):
        raise ValueError(f"{table['name']}: has columns {sorted(set(found.column_names) ^ expected)} too many or too few")
    made = {}
    for name, kind in columns(table).items():
        column = found.column(name)
        column = column.combine_chunks() if column.num_chunks else pyarrow.array([], column.type)
        if isinstance(column, pyarrow.ChunkedArray):  # combine_chunks of old versions
            column = pyarrow.concat_arrays(column.chunks)
        if pyarrow.types.is_dictionary(column.type):
            column = column.dictionary_decode()
        if coarse and name == PARTITION:
            column = column.cast(pyarrow.string()).cast(pyarrow.date32())
        if not (coarse or same(column.type, TYPES[kind])):
            raise ValueError(f"{table['name']}.{name}: is {column.type}, want {TYPES[kind]}")
        made[name] = column.cast(TYPES[kind])
    made = pyarrow.table(made)
    return made.take(pyarrow.compute.sort_indices(made, sort_keys=[(name, "ascending") for name in key(table)]))


def key(table):
    return table["key"]


def same(found, want):
    """Whether a type is that of the lake, but for how large its values may be."""
    if pyarrow.types.is_list(found) or pyarrow.types.is_large_list(found):
        return pyarrow.types.is_large_list(want) and same(found.value_type, want.value_type)
    large = {pyarrow.string(): pyarrow.large_string(), pyarrow.binary(): pyarrow.large_binary()}
    if pyarrow.types.is_timestamp(found):
        return pyarrow.types.is_timestamp(want) and found.unit == want.unit and found.tz in ("UTC", "Etc/UTC", "+00:00")
    return large.get(found, found) == want


def of_dataset(data, contract):
    """The tables of a published dataset by their names."""
    latest = os.path.realpath(os.path.join(data, "latest"))
    made = {}
    for table in contract["tables"]:
        hive = pyarrow.dataset.partitioning(pyarrow.schema([(PARTITION, pyarrow.string())]), flavor="hive")
        source = pyarrow.dataset.dataset(
            os.path.join(latest, table["name"]), format="parquet", partitioning=hive if table["day"] else None
        )
        made[table["name"]] = canonical(source.to_table(), table, coarse=True)
    return made


def of_spark(session, namespace, contract, tag):
    """The tables of a lake at a tag, by their names, as Spark reads them."""
    made = {}
    for table in contract["tables"]:
        # The session may remember the table as it was up to 30 seconds ago.
        session.sql(f"REFRESH TABLE {namespace}.{table['name']}")
        frame = session.sql(f"SELECT * FROM {namespace}.{table['name']} VERSION AS OF '{tag}'")
        made[table["name"]] = canonical(frame.toArrow(), table)
    return made


def of_pyiceberg(folder, contract, tag):
    """The same of a namespace's folder in the warehouse of a hadoop catalog, read
    without Spark."""
    made = {}
    for table in contract["tables"]:
        opened = static_table(folder, table["name"])
        snapshot = opened.snapshot_by_name(tag)
        if snapshot is None:
            raise ValueError(f"{table['name']} has no tag {tag}")
        made[table["name"]] = canonical(opened.scan(snapshot_id=snapshot.snapshot_id).to_arrow(), table)
    return made


def static_table(folder, name):
    from pyiceberg.table import StaticTable

    return StaticTable.from_metadata(metadata_file(folder, name))


def metadata_file(folder, name):
    """The newest metadata of a table of a hadoop catalog."""
    files = glob.glob(os.path.join(folder, name, "metadata", "v*.metadata.json"))
    if not files:
        raise ValueError(f"{folder} has no table {name}")
    return max(files, key=lambda path: int(os.path.basename(path).split(".")[0][1:]))


def heads(folder):
    """The metadata of each table of a namespace: the same before and after what
    commits nothing."""
    names = (os.path.basename(os.path.dirname(p)) for p in glob.glob(os.path.join(folder, "*", "metadata")))
    return {name: os.path.basename(metadata_file(folder, name)) for name in sorted(names)}


def hashes(tables, contract):
    """The hash of each column, by table.column."""
    made = {}
    for table in contract["tables"]:
        for name, column in zip(columns(table), tables[table["name"]].columns):
            digest = hashlib.sha256()
            update(digest, whole(column))
            made[f"{table['name']}.{name}"] = f"{len(column)} rows, {column.null_count} NULLs, {digest.hexdigest()[:32]}"
    return made


def whole(column):
    return pyarrow.concat_arrays(column.chunks) if column.num_chunks else pyarrow.array([], column.type)


def update(digest, array):
    """Takes into a hash which values are NULL, how long each is, and what they hold."""
    digest.update(b"%d " % len(array))
    digest.update(numbers(array.is_valid().cast(pyarrow.int8())))
    if pyarrow.types.is_large_list(array.type):
        digest.update(numbers(pyarrow.compute.fill_null(pyarrow.compute.list_value_length(array), 0).cast(pyarrow.int64())))
        update(digest, pyarrow.compute.list_flatten(array))
    elif pyarrow.types.is_large_string(array.type) or pyarrow.types.is_large_binary(array.type):
        array = pyarrow.compute.fill_null(array.cast(pyarrow.large_binary()), b"")
        digest.update(numbers(pyarrow.compute.binary_length(array).cast(pyarrow.int64())))
        offsets = memoryview(array.buffers()[1]).cast("q") if len(array) else [0]
        begin, end = offsets[array.offset], offsets[array.offset + len(array)] if len(array) else 0
        if end > begin:
            digest.update(memoryview(array.buffers()[2])[begin:end])
    else:
        if pyarrow.types.is_date32(array.type):
            array = array.cast(pyarrow.int32())
        digest.update(numbers(pyarrow.compute.fill_null(array.cast(pyarrow.int64()), 0)))


def numbers(array):
    """The bytes of numbers without NULL."""
    width = array.type.bit_width // 8
    return memoryview(array.buffers()[1])[array.offset * width : (array.offset + len(array)) * width] if len(array) else b""


def differences(want, got, contract):
    """What differs between two sets of tables, in words: nothing if they are equal."""
    found = []
    for table in contract["tables"]:
        found += [f"{table['name']}: {text}" for text in rows_that_differ(want[table["name"]], got[table["name"]], table)]
    return found


def rows_that_differ(want, got, table):
    if want.equals(got):
        return []
    names = key(table)
    keys = [list(zip(*(t.column(name).to_pylist() for name in names))) for t in (want, got)]
    found = [f"{len(k) - len(set(k))} rows of {side} have the key of another" for side, k in zip(("want", "got"), keys) if len(set(k)) < len(k)]
    missing, more = sorted(set(keys[0]) - set(keys[1]), key=repr), sorted(set(keys[1]) - set(keys[0]), key=repr)
    for text, rows in (("missing", missing), ("too many", more)):
        if rows:
            found.append(f"{len(rows)} rows are {text}, such as {rows[:SHOWN]}")
    if found and (set(keys[0]) & set(keys[1]) == set() or any(len(set(k)) < len(k) for k in keys)):
        return found
    common = set(keys[0]) & set(keys[1])
    sides = [t.filter(pyarrow.array([k in common for k in ks], pyarrow.bool_())) for t, ks in zip((want, got), keys)]
    for name in want.column_names:
        left, right = (side.column(name) for side in sides)
        if left.equals(right):
            continue
        pairs = enumerate(zip(left.to_pylist(), right.to_pylist()))
        differ = [(i, a, b) for i, (a, b) in pairs if a != b]
        shown = "; ".join(f"{[sides[0].column(n)[i].as_py() for n in names]}: want {a!r}, got {b!r}"[:400] for i, a, b in differ[:SHOWN])
        found.append(f"{name} differs in {len(differ)} of {len(common)} rows: {shown}")
    return found


def main(contract, data, folder, tag):
    with open(contract, encoding="utf-8") as f:
        contract = json.load(f)
    want, got = of_dataset(data, contract), of_pyiceberg(folder, contract, tag)
    found = differences(want, got, contract)
    for text in found:
        print(text)
    assert (hashes(want, contract) == hashes(got, contract)) == (not found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
