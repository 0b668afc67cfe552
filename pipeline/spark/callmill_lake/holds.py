"""The jobs of a lake that are kept however old they are.

They are in the property of `runs` that has the policy, which no run loosens, and are
changed under the lock.
"""

from __future__ import annotations

import dataclasses
import json

from .lake import POLICY, Lake


@dataclasses.dataclass(frozen=True)
class Hold:
    """A job on hold."""

    instance_id: str
    job_id: str
    reason: str
    since: str  # a day


class Holds:
    """The jobs on hold of a lake."""

    def __init__(self, lake: Lake):
        self.lake = lake

    def policy(self) -> dict:
        return json.loads(self.lake.load("runs").properties().get(POLICY) or "{}")

    def list(self) -> list[Hold]:
        return [Hold(**each) for each in self.policy().get("holds", [])]

    def write(self, holds: list[Hold]) -> None:
        """Replaces them, one of each job: the last. The caller holds the lock."""
        last = {(hold.instance_id, hold.job_id): hold for hold in holds}
        policy = {**self.policy(), "holds": [dataclasses.asdict(last[id_]) for id_ in sorted(last)]}
        self.lake.set_properties("runs", {POLICY: json.dumps(policy, ensure_ascii=False)})

    def lines(self) -> bytes:
        """The jobs as the workers read them: a line of JSON each."""
        made = (json.dumps({"instance_id": hold.instance_id, "job_id": hold.job_id}) + "\n" for hold in self.list())
        return "".join(made).encode()
