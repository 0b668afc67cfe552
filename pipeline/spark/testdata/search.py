"""Looks through every file below a folder for planted texts, however it is packed:
Parquet page by page and in its footer, Avro block by block, gz and zst, and the bytes of
all as they are.

Usage: search.py FOLDER TEXT…
"""

import gzip
import io
import os
import re
import sys
import zlib

import pyarrow.parquet

DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def planted(folder, texts):
    """The files below folder that have one of the texts, each with what it has. A text of
    digits is found in any spelling: with marks between, of full width, spoken."""
    numbers = {text for text in texts if text.isdigit()}
    found = []
    for path, content in opened(folder):
        text = content.decode("utf-8", "replace")
        squeezed = re.sub(r"[^0-9]", "", text.translate(DIGITS)) if numbers else ""
        spoken = re.sub(r"[^0-9]", "", text.translate(SPOKEN)) if numbers else ""
        for each in texts:
            if each in text or each in numbers and (each in squeezed or each in spoken):
                found.append(f"{os.path.relpath(path, folder)} has {each}")
    return found


SPOKEN = str.maketrans("零一二三四五六七八九幺", "01234567891")


def opened(folder):
    """(path, content) of all files: as they are, and what is packed in them."""
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                content = file.read()
            yield path, content
            if name.endswith(".parquet"):
                yield path, parquet(content)
            elif name.endswith(".avro"):
                yield path, avro(content)
            elif name.endswith(".gz"):
                yield path, gzip.decompress(content)


def parquet(content):
    """All values and all statistics of a Parquet file as text."""
    file = pyarrow.parquet.ParquetFile(io.BytesIO(content))
    made = []
    for group in range(file.metadata.num_row_groups):
        for column in range(file.metadata.num_columns):
            statistics = file.metadata.row_group(group).column(column).statistics
            if statistics is not None and statistics.has_min_max:
                made += [statistics.min, statistics.max]
    for batch in file.iter_batches():
        for row in batch.to_pylist():
            made += row.values()
    return b"\n".join(flat(made))


def flat(values):
    for value in values:
        if isinstance(value, bytes):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from flat(value)
        elif isinstance(value, dict):
            yield from flat(value.values())
        elif value is not None:
            yield str(value).encode()


def avro(content):
    """The blocks of an Avro file, decompressed."""
    file = io.BytesIO(content)
    assert file.read(4) == b"Obj\x01"
    header = {}
    while n := long(file):
        assert n > 0
        for _ in range(n):
            key, value = (file.read(long(file)) for _ in range(2))
            header[key] = value
    file.read(16)
    codec, made = header.get(b"avro.codec", b"null"), []
    while file.tell() < len(content):
        long(file)
        block = file.read(long(file))
        made.append({b"null": bytes, b"deflate": lambda b: zlib.decompress(b, -15)}[codec](block))
        file.read(16)
    return b"".join(made)


def long(file):
    """A number of Avro's."""
    shift = made = 0
    while True:
        byte = file.read(1)[0]
        made |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return made >> 1 ^ -(made & 1)


if __name__ == "__main__":
    print("\n".join(planted(sys.argv[1], sys.argv[2:])))
