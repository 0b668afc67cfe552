"""How rows wait in the stage.

Rows of day tables stay in Arrow until they are written to their table: of some answers
of the worker, those of one table and day are a single value of the stage, a cell. As
lists of structs the JVM would write and read each field of each of them twice. And as
a cell has one day, an exchange of cells brings the rows of a day together."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from .contract import DAY_TABLES
from .relay import Relay

# How much of the answers is held to be packed, but for a larger batch. The more, the
# larger are the cells of a load that has many days.
HELD_BYTES = 32 << 20
# About how large the batches are that become rows of Spark.
ROWS_BYTES = 2 << 20


class Packed:
    """A Relay for flatten whose answers are packed for the stage: rows in the order of
    their day; the lists of day tables as cells, each in the first row of its day, and
    NULL in the others. instance_id and job_id are those of a row's job, day is where its
    rows, or its state, are."""

    def __init__(self, relay: Relay, schema: pa.Schema):
        """schema is that of Contract.staged."""
        self.relay = relay
        self.schema = schema

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held: list[pa.RecordBatch] = []
        size = 0
        for batch in self.relay(batches):
            if held and size + batch.nbytes > HELD_BYTES:
                yield self.pack(held)
                held, size = [], 0
            held.append(batch)
            size += batch.nbytes
        if held:
            yield self.pack(held)

    def pack(self, held: list[pa.RecordBatch]) -> pa.RecordBatch:
        """One batch of the stage of some of the worker's."""
        day = pc.coalesce(*(joined(held, name) for name in ("job_date", "state_date")))
        order = pc.sort_indices(day) if pc.count_distinct(day, mode="all").as_py() > 1 else None

        def column(name: str) -> pa.Array:
            return joined(held, name) if order is None else joined(held, name).take(order)

        if order is not None:
            day = day.take(order)
        ends = pc.run_end_encode(day).run_ends.to_pylist()
        columns = {"day": day}
        for name in self.schema.names:
            if name in DAY_TABLES:
                lists = column(name)
                columns[name] = cells(lists, day, ends)
                if name == "jobs":
                    # Which of the jobs is a row's, NULL where it has none.
                    own = pc.index_in(pa.array(range(len(lists)), pa.int64()), pc.list_parent_indices(lists))
                    for id_ in ("instance_id", "job_id"):
                        columns[id_] = lists.flatten().field(id_).take(own)
            elif name in held[0].schema.names:
                columns[name] = column(name)
        return pa.RecordBatch.from_arrays([columns[name] for name in self.schema.names], names=self.schema.names)


def joined(batches: list[pa.RecordBatch], name: str) -> pa.Array:
    """A column of all batches."""
    columns = [batch.column(name) for batch in batches]
    return columns[0] if len(columns) == 1 else pa.concat_arrays(columns)


def cells(lists: pa.ListArray, day: pa.Array, ends: list[int]) -> pa.Array:
    """The elements of lists with their day, a cell of each run of rows of one day. A
    cell is a message of Arrow's, without the schema, which for some tables is larger
    than the rows of a quiet day."""
    fields = list(lists.type.value_type)
    schema = pa.schema([*fields, pa.field("job_date", day.type)])
    sink = pa.BufferOutputStream()
    places = []
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_batch(pa.RecordBatch.from_arrays([pa.array([], field.type) for field in schema], schema=schema))
        start = 0
        for end in ends:
            rows = lists.slice(start, end - start).flatten()
            if len(rows):
                begin = sink.tell()
                writer.write_batch(pa.RecordBatch.from_arrays([*rows.flatten(), pa.repeat(day[start], len(rows))], schema=schema))
                places.append((start, begin, sink.tell()))
            start = end
    text = sink.getvalue()
    values: list[bytes | None] = [None] * len(lists)
    for row, begin, end in places:
        values[row] = text.slice(begin, end - begin).to_pybytes()
    return pa.array(values, pa.binary())


class Unpacked:
    """The rows in a column of cells, for mapInArrow."""

    def __init__(self, schema: pa.Schema):
        """schema is that of Contract.day_rows."""
        self.schema = schema

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held: list[pa.RecordBatch] = []
        size = 0
        for batch in batches:
            for cell in batch.column(0):
                rows = pa.ipc.read_record_batch(cell.as_buffer(), self.schema)
                if held and size + rows.nbytes > ROWS_BYTES:
                    yield from whole(held)
                    held, size = [], 0
                held.append(rows)
                size += rows.nbytes
        yield from whole(held)


def whole(batches: list[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The rows of batches in ones of about ROWS_BYTES."""
    if len(batches) > 1:
        batches = pa.Table.from_batches(batches).combine_chunks().to_batches()
    for batch in batches:
        step = max(1, batch.num_rows * ROWS_BYTES // max(1, batch.nbytes))
        for start in range(0, batch.num_rows, step):
            yield batch.slice(start, step)
