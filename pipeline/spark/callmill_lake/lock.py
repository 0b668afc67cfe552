"""Who may write to a lake: the lease of a run."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import secrets
import socket
import threading
import time
from typing import Any

from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.errors import PySparkException

from .failure import Busy, Failure, first_line, say
from .lake import LOCK, Lake

LEASE_SECONDS = 600.0
RENEW_SECONDS = 60.0


@dataclasses.dataclass(frozen=True)
class Holder:
    """Who holds a lake, as the property of runs says it."""

    run: str
    token: str
    host: str
    pid: int
    place: str  # where pid means that process: host, boot and pid namespace
    begun: str  # when the process began, in the clock of place; "" unknown
    expires: float  # Unix time

    @staticmethod
    def parse(text: str | None) -> Holder | None:
        if not text:
            return None
        try:
            return Holder(**json.loads(text))
        except (ValueError, TypeError):
            # Of another version: it may be alive for a lease.
            return Holder("of another version", text, "?", 0, "", "", float("inf"))

    @staticmethod
    def this(run: str) -> Holder:
        return Holder(run, secrets.token_hex(8), socket.gethostname(), os.getpid(), place(), begun(os.getpid()), 0.0)

    def text(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    def gone(self, now: float) -> bool:
        """Whether its lease is over, or it was here and is no more."""
        if now > self.expires:
            return True
        return self.place == place() and begun(self.pid) != self.begun


def place() -> str:
    """Where a process id means one process for good."""
    parts = [socket.gethostname()]
    try:
        with open("/proc/sys/kernel/random/boot_id") as file:
            parts.append(file.read().strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    except OSError:
        return ""
    return " ".join(parts)


def begun(pid: int) -> str:
    """When a process of this place began; "" where it has ended."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    except (OSError, IndexError):
        return ""


class Lock:
    """Holds a lake for one run, from acquire to release.

    The lease is renewed by a thread. One that could not be renewed in time, or that
    another took, is lost: check raises from then on, and publish publishes nothing.
    """

    def __init__(self, lake: Lake, run: str):
        self.lake = lake
        self.holder = Holder.this(run)
        self.lost = ""
        self._one = threading.Lock()  # changes of the lock, by this run's threads
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def acquire(self, wait: float) -> None:
        """Takes the lock, or raises Busy after wait seconds."""
        deadline = time.monotonic() + wait
        while True:
            table = self.lake.load("runs")
            base = table.operations().current()
            other = Holder.parse(base.properties().get(LOCK))
            # It may be this run's where the answer of a catalog came late.
            if other is None or other.token == self.holder.token or other.gone(time.time()):
                mine = self._longer()
                if self._change(table, base, "take", mine) and self._stands(table):
                    if other is not None and other.token != mine.token:
                        say(f"the lock of the run {other.run} was taken over: {other.host} process {other.pid} is gone")
                    self.holder = mine
                    self._thread = threading.Thread(target=self._renew, daemon=True)
                    self._thread.start()
                    return
            if time.monotonic() >= deadline:
                who = Holder.parse(self.lake.load("runs").properties().get(LOCK))
                raise Busy(
                    f"another run holds {self.lake.name}: {describe(who)}", "wait for it, or pass --lock-wait SECONDS"
                )
            time.sleep(min(2.0, max(0.1, deadline - time.monotonic())))

    def _longer(self) -> Holder:
        return dataclasses.replace(self.holder, expires=time.time() + LEASE_SECONDS)

    def _change(self, table: Any, base: Any, event: str, holder: Holder | None, main: int | None = None, **more: str) -> bool:
        text = "" if holder is None else holder.text()
        return self.lake.swap(table, base, {LOCK: text, **more}, main, event=f"{event} {self.holder.run} {self.holder.token}")

    def _stands(self, table: Any) -> bool:
        """Whether the lock is still this run's a moment after it was taken. The hadoop
        catalog commits by a rename, which on a local disk replaces what another has
        just put there; all others compare."""
        if not table.operations().getClass().getSimpleName().startswith("Hadoop"):
            return True
        time.sleep(0.5)
        found = Holder.parse(self.lake.load("runs").properties().get(LOCK))
        return found is not None and found.token == self.holder.token

    def _own(self) -> tuple[Any, Any] | None:
        """runs and its metadata, where the lock in them is this run's."""
        table = self.lake.load("runs")
        base = table.operations().current()
        found = Holder.parse(base.properties().get(LOCK))
        if found is not None and found.token == self.holder.token:
            return table, base
        self.lost = self.lost or f"it was taken by {describe(found)}"
        return None

    def _renew(self) -> None:
        while not self._end.wait(RENEW_SECONDS):
            if time.time() > self.holder.expires:
                self.lost = f"it could not be renewed for {LEASE_SECONDS:.0f} s"
            if self.lost:
                return
            try:
                with self._one:
                    own = self._own()
                    longer = self._longer()
                    if own is not None and self._change(*own, "renew", longer):
                        self.holder = longer
            except Exception as error:  # the lease lasts some failures
                say(f"warning: the lock could not be renewed and is tried again: {first_line(error)}")

    def still(self) -> threading.Lock:
        """While it is held, this run changes nothing of the lock. No longer than a lease."""
        return self._one

    def held(self) -> bool:
        """Whether the lock is still this run's, as far as is known."""
        if not self.lost and time.time() > self.holder.expires:
            self.lost = "this process stood still for longer than its lease"
        return not self.lost

    def overtaken(self) -> bool:
        """Whether another run has taken the lock, as the catalog has it now."""
        try:
            self._own()
        except (Py4JJavaError, PySparkException):
            return False
        return bool(self.lost)

    def check(self) -> None:
        """Raises Failure where the lock is no longer this run's."""
        if not self.held():
            raise Failure(f"the run lost its lock of {self.lake.name}: {self.lost}; it published nothing")

    def publish(self, snapshot: int, properties: dict[str, str]) -> bool:
        """Makes a snapshot the head of runs and sets properties, in one commit that no
        catalog accepts unless the lock is still this run's; else raises Failure.
        Reports whether the head was the snapshot's parent: if not, nothing is changed.
        """
        with self._one:
            for _ in range(20):
                self.check()
                own = self._own()
                if own is None:
                    continue  # check says it
                table, base = own
                if base.currentSnapshot().snapshotId() == snapshot:
                    return True  # the answer of a catalog came late
                if base.snapshot(snapshot).parentId() != base.currentSnapshot().snapshotId():
                    return False
                longer = self._longer()
                if self._change(table, base, "publish", longer, snapshot, **properties):
                    self.holder = longer
                    return True
                time.sleep(0.1)
        raise Failure(f"nothing can be published to {self.lake.name}: others change its table runs all the time")

    def release(self) -> None:
        """Gives the lock back, where it is still this run's."""
        self._end.set()
        if self._thread is not None:
            self._thread.join()
        try:
            for _ in range(20):
                own = self._own()
                if own is None or self._change(*own, "release", None):
                    return
                time.sleep(0.1)
        except (Py4JError, PySparkException, OSError) as error:  # how the run has ended is decided
            say(f"warning: the lock stays until its lease is over: {first_line(error)}")


def describe(holder: Holder | None) -> str:
    if holder is None:
        return "nobody by now"
    until = "" if holder.expires == float("inf") else f", lease until {instant(holder.expires)}"
    return f"run {holder.run}, {holder.host} process {holder.pid}{until}"


def instant(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
