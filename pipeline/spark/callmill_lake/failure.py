"""How a run ends, and what it tells people meanwhile."""

from __future__ import annotations

import re
import sys

from py4j.protocol import Py4JJavaError

DONE, FAILED, USAGE, PUBLISHED, LOCKED = range(5)


class Failure(Exception):
    """Why a run ends, in one line for people; hint is what to do about it."""

    code = FAILED

    def __init__(self, text: str, hint: str = ""):
        super().__init__(text)
        self.hint = hint


class Usage(Failure):
    """The command was called wrongly; nothing was changed."""

    code = USAGE


class Busy(Failure):
    """Another run holds the lake; nothing was changed."""

    code = LOCKED


def say(text: str) -> None:
    """Tells people what goes on."""
    print(f"callmill_spark: {text}", file=sys.stderr, flush=True)


def count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def reason(error: Exception) -> str:
    """What an exception says, without the name of its class where it is Java's."""
    cause = getattr(error, "java_exception", None)
    return str(error) if cause is None else cause.getMessage() or cause.toString()


def explained(error: Exception) -> str:
    """What an error of Spark says to people: a worker's own words, or the first line."""
    text = str(error)
    # An executor's exception arrives as the text of its traceback.
    match = re.search(r"WorkerError: (.*?)(?:\n\n|\n\tat |\Z)", text, re.DOTALL) or re.search(
        r"\[USER_RAISED_EXCEPTION\] (.*?)(?: SQLSTATE|\n|\Z)", text
    )
    if match:
        return match[1].rstrip()
    if "java.lang.OutOfMemoryError: Java heap space" in text:
        return (
            "the JVM of Spark has no memory left: give executors (with a master local[…] the driver) "
            "several times as much as the largest input for each core, or split that"
        )
    if "No space left on device" in text:
        return "no space left on device: where the stage is (--stage), Spark's own files (spark.local.dir) or the tables"
    # Of an exception of this script's own the last line of its traceback says it.
    told = re.findall(r"^[\w.]+(?:Error|Exception): .*$", text, re.MULTILINE) if "Traceback (most recent" in text else []
    return told[-1] if told else first_line(error)


def code(error: Exception) -> int:
    """The exit code of an error of Spark: usage where a worker says so of itself, as of
    input that names no instance."""
    return USAGE if re.search(rf"WorkerError: [^\n]*: it ended with exit code {USAGE}\n", str(error)) else FAILED


def first_line(error: Exception) -> str:
    """What an exception says first; of one of Java, what its cause says."""
    if isinstance(error, Py4JJavaError):
        cause = error.java_exception
        while cause.getCause() is not None:
            cause = cause.getCause()
        return str(cause.toString()).splitlines()[0]
    return next((line for line in str(error).splitlines() if line.strip()), repr(error))


def thrown(error: Exception, *names: str) -> bool:
    """Reports whether an exception is one of Java, and it or a cause of it is of one of the
    classes."""
    cause = getattr(error, "java_exception", None)
    while cause is not None:
        if cause.getClass().getSimpleName() in names:
            return True
        cause = cause.getCause()
    return False
