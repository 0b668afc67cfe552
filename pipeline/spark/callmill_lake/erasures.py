"""Who was erased from a lake: tombstones, and what was asked and done.

All of it is in one table, `erased`, to which rows are only appended. It has digests
and no names; the secret of the digests is made of the key, which is not in the lake.
A request is a row `begun`, written in one commit with its tombstones, before anything
else is touched; and a row `done` with the receipt, which is written last. What is begun
and not done every run finishes first.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Any

from .contract import ERASED, Contract
from .lake import Lake

TOMBSTONES = ("number", "reference", "job", "job_id", "before")

# What an erasure in a lake does not reach, for its receipt.
NOT_REACHED = (
    "backups and copies of the warehouse, also old versions that an object store keeps of deleted objects",
    "exports, and whatever readers made of the tables",
    "mentions in other people's calls",
    "the inputs: responses and raw folders that were converted, the dataset that was imported",
    "files of Spark itself on executors (spark.local.dir) of runs that were killed",
    "what the vendor keeps",
)


@dataclasses.dataclass(frozen=True)
class Request:
    """A request to erase."""

    id: str
    asked: dict[str, Any]  # its row `begun`: selectors by kind and digest, the day, who asked
    begun: dt.datetime


class Erasures:
    """The table of a lake. It need not be there: then nobody was ever erased."""

    def __init__(self, lake: Lake, contract: Contract):
        self.lake = lake
        self.contract = contract

    def rows(self) -> list[Any]:
        if not self.lake.exists(ERASED.name):
            return []
        return self.lake.spark.table(self.lake.table_name(ERASED.name)).collect()

    def tombstones(self) -> bytes:
        """The tombstones as the workers read them: a line of JSON each, in order."""
        return lines([row.asDict() for row in self.rows() if row.kind in TOMBSTONES])

    def of(self, request: str) -> list[dict[str, Any]]:
        """The tombstones of a request."""
        return [row.asDict() for row in self.rows() if row.request == request and row.kind in TOMBSTONES]

    def open(self) -> list[Request]:
        """The requests that are begun and not done, in order."""
        rows = self.rows()
        done = {row.request for row in rows if row.kind == "done"}
        return [
            Request(row.request, json.loads(row.text), row.at.astimezone(dt.timezone.utc))
            for row in sorted(rows, key=lambda row: row.at)
            if row.kind == "begun" and row.request not in done
        ]

    def receipts(self) -> list[dict[str, Any]]:
        """The receipts by the day of their request."""
        made = [json.loads(row.text) for row in self.rows() if row.kind == "done"]
        return sorted(made, key=lambda receipt: (receipt["requested"], receipt["begun"]))

    def begin(self, request: Request, tombstones: list[dict[str, Any]]) -> None:
        """Writes a request with its tombstones."""
        rows = [{"kind": "begun", "text": json.dumps(request.asked, ensure_ascii=False)}, *tombstones]
        self.append([{"request": request.id, **row} for row in rows])

    def add(self, request: Request, digests: list[str]) -> None:
        """Writes tombstones of jobs, but for those that are there."""
        known = {row.digest for row in self.rows() if row.kind == "job"}
        self.append([{"request": request.id, "kind": "job", "digest": digest} for digest in sorted({*digests} - known)])

    def end(self, request: Request, receipt: dict[str, Any]) -> None:
        self.append([{"request": request.id, "kind": "done", "text": json.dumps(receipt, ensure_ascii=False)}])

    def append(self, rows: list[dict[str, Any]]) -> None:
        """Appends rows in one commit."""
        if not rows:
            return
        self.lake.create(self.contract, ERASED.name)
        at = dt.datetime.now(dt.timezone.utc)
        self.lake.few([{**row, "at": at} for row in rows], ERASED.row()).writeTo(self.lake.table_name(ERASED.name)).append()


def lines(tombstones: list[dict[str, Any]]) -> bytes:
    """Tombstones as the workers read them."""
    kept = ({name: each[name] for name in ("kind", "digest", "until") if each.get(name)} for each in tombstones)
    return "".join(sorted({json.dumps(each, sort_keys=True) + "\n" for each in kept})).encode()
