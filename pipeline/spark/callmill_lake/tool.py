"""The program callmill: as the driver runs it, and as executors do."""

from __future__ import annotations

import argparse
import json
import shlex
from collections.abc import Sequence
from typing import Any

from pyspark.sql import types as T

from .contract import arrow
from .failure import USAGE, Failure, Usage
from .program import WorkerError, ended, program, readable, start
from .relay import Relay

DEFAULT_INSTANCE = "default"


class Tool:
    """The program callmill, as the driver runs it and as executors do."""

    # Flag of the command line, and the setting that it sets.
    SETTINGS = {"timezone": "time_zone", "segmenter": "segmenter", "hmm": "hmm", "pii": "pii"}

    def __init__(self, args: argparse.Namespace):
        self.binary = args.binary
        self.timeout = args.worker_timeout
        self.given = {flag: getattr(args, flag) for flag in self.SETTINGS if getattr(args, flag) is not None}
        self.erased = b""  # the tombstones of the lake, for workers
        self.held = b""  # its jobs on hold, likewise
        self.files = [*((("--key", args.key),) if args.key else ()), *(("--dict", each) for each in args.dict)]

    def adopt(self, recorded: dict[str, Any]) -> None:
        """Takes the settings of a lake for those that are not given."""
        for flag, setting in self.SETTINGS.items():
            if flag not in self.given and setting in recorded:
                self.given[flag] = recorded[setting]

    def flags(self) -> list[str]:
        return [
            f"--{flag}={str(value).lower() if isinstance(value, bool) else value}" for flag, value in self.given.items()
        ]

    def schema(self) -> dict[str, Any]:
        return self.run("schema", "--format", "json")

    def settings(self, statuses: list[str]) -> dict[str, Any]:
        """Settings, version and the rows of statuses: those documented, and of statuses."""
        if any(flag == "--dict" and ("--key", name) in self.files for flag, name in self.files):
            raise Usage("--dict names the file of --key")  # whose first line its error would show
        try:
            files = [f"{flag}={readable(flag, name)}" for flag, name in self.files]
        except WorkerError as error:
            raise Usage(str(error)) from None
        # Statuses are data: arguments could not have a NUL, nor much of them.
        more, fed = (["--statuses"], json.dumps(statuses).encode()) if statuses else ([], b"")
        return self.run("worker", "settings", *self.flags(), *files, *more, fed=fed)

    def tombstones(self, whom: dict[str, Any]) -> dict[str, Any]:
        """The tombstones of whom to erase, and the contact keys of their numbers."""
        files = [f"{flag}={readable(flag, name)}" for flag, name in self.files if flag == "--key"]
        return self.run("worker", "tombstones", *self.flags(), *files, fed=json.dumps(whom).encode())

    def run(self, *arguments: str, fed: bytes = b"") -> dict[str, Any]:
        """What the program prints on the driver's host; fed is its standard input."""
        try:
            command = [program(self.binary), *arguments]
            child = start(command)
        except WorkerError as error:
            raise Failure(str(error)) from None
        out, err = child.communicate(fed)
        if child.returncode:
            text = err.decode("utf-8", "replace").strip()
            kind = Usage if child.returncode == USAGE else Failure
            raise kind(f"{shlex.join(command)}: {text or ended(child.returncode)}")
        try:
            return json.loads(out)
        except ValueError as error:
            raise Failure(f"{shlex.join(command)}: its answer is no JSON: {error}") from None

    def relay(self, stage: str, schema: T.StructType, flags: Sequence[str] = (), settings: bool = True) -> Relay:
        """What runs the worker beside a task; settings: it takes their flags and files."""
        own, files = (self.flags(), self.files) if settings else ((), ())
        contents = [("--erased", self.erased)] if settings and self.erased else []
        if stage == "flatten" and self.held:
            contents.append(("--held", self.held))
        return Relay(stage, self.binary, arrow(schema), [*own, *flags], files, self.timeout, contents)
