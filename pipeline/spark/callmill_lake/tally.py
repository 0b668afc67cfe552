"""What the workers of a run reported, summed up."""

from __future__ import annotations

import collections
import dataclasses
import json
from collections.abc import Iterable
from typing import Any

from .failure import Failure, count


# What all that was seen is one of.
BALANCE = ("new", "changed", "unchanged", "superseded", "rejected", "expired", "erased")


@dataclasses.dataclass
class Tally:
    """The reports of all workers of a run, summed up."""

    fed: int = 0  # bodies that were decoded, or parts that were imported
    reports: int = 0
    counts: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    torn: list[str] = dataclasses.field(default_factory=list)  # some of the origins that end in the middle
    torn_inputs: int = 0  # how many such origins there are
    gone: int = 0  # published jobs that left
    erased_jobs: list[str] = dataclasses.field(default_factory=list)  # digests of jobs that need a tombstone
    met: set[str] = dataclasses.field(default_factory=set)  # digests of the tombstones that covered something
    sums: dict[str, Any] = dataclasses.field(default_factory=dict)  # everything, by stage

    @staticmethod
    def of(reports: Iterable[str]) -> Tally:
        tally = Tally()
        for text in reports:
            report = json.loads(text)
            stage = report.pop("stage")
            tally.reports += stage == "flatten"
            tally.fed += report.get("bodies", 0) + report.get("parts", 0)
            tally.counts.update(report.get("counts") or {})
            tally.gone += report.get("gone") or 0
            tally.met |= {*(report.pop("met", None) or [])}
            tally.erased_jobs += report.pop("erased_jobs", None) or []
            tally.torn += report.get("torn") or []
            tally.torn_inputs += report.get("torn_inputs") or 0
            tally.sums[stage] = summed(tally.sums.get(stage), report)
        return tally

    def check(self, listed: int) -> None:
        """Raises Failure where something was lost on the way."""
        if self.fed != listed:
            raise Failure(f"{listed:,} inputs were listed, but the workers took {self.fed:,}")
        c = self.counts
        if c["seen"] != sum(c[name] for name in BALANCE):
            raise Failure(f"the counts do not balance: {dict(c)}")

    def line(self) -> str:
        c = self.counts
        told = [f"{c[name]:,} {name}" for name in BALANCE if c[name]]
        noun = "record" if c["rejected"] else "job"  # a reject may be anything
        line = f"{count(c['seen'], noun)} seen" + (f" ({', '.join(told)})" if told else "")
        if self.gone:
            line += f"; {count(self.gone, 'published job')} gone"
        if c["held"]:
            line += f"; {c['held']:,} held: less than what is published of a job that is over"
        if c["shrunk"]:
            line += f"; {count(c['shrunk'], 'job')} shrunk: fewer tasks or turns than before"
        if c["undated"]:
            line += f"; {c['undated']:,} superseded for lack of a timestamp; pass --observed-at"
        return line


def summed(left: Any, right: Any) -> Any:
    """The sum of two values of JSON: numbers are added, objects by key; lists joined."""
    if left is None or right is None:
        return right if left is None else left
    if isinstance(left, dict):
        return {key: summed(left.get(key), right.get(key)) for key in {**left, **right}}
    if isinstance(left, (bool, str)):
        return right
    return left + right
