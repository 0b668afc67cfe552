#!/usr/bin/env python3
"""Call jobs of OutboundBot to Iceberg tables: callmill on Spark.

    spark-submit … callmill_spark.py convert INPUT… --into CATALOG.NAMESPACE --key FILE

This file is what spark-submit takes: the command line. The rest is the package
callmill_lake in the folder beside it, which says how a run works; the driver ships it
to the executors. In cluster mode give it to --py-files, as a zip.

Exit codes: 0 done · 1 failed, nothing published · 2 usage, nothing changed ·
3 published, but more rejects than allowed · 4 another run holds the lake · 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import re
import sys
from collections.abc import Callable, Sequence

try:
    from py4j.protocol import Py4JError, Py4JJavaError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    from callmill_lake import parcel
    from callmill_lake.commands import convert, forget, hold, import_, person, show_tag, status, unlock
    from callmill_lake.failure import FAILED, Failure, code, explained, say
    from callmill_lake.relay import BATCH_BYTES
    from callmill_lake.tool import DEFAULT_INSTANCE
except ModuleNotFoundError as missing:  # pragma: no cover
    if missing.name == "callmill_lake":
        sys.exit("callmill_spark: its folder callmill_lake is not beside this file: in cluster mode give it to --py-files as a zip")
    sys.exit(f"callmill_spark: {missing}: run this file with spark-submit, or pip install pyspark")


def command_line() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="callmill_spark.py",
        description="Publishes call jobs of OutboundBot as Iceberg tables.",
        epilog="Exit codes: 0 done, 1 failed and nothing published, 2 usage, 3 published but more rejects than allowed, "
        "4 another run holds the lake.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, does: Callable[..., int], text: str, description: str) -> argparse.ArgumentParser:
        c = commands.add_parser(name, help=text, description=description, allow_abbrev=False)
        c.set_defaults(does=does)
        c.add_argument("--into", required=True, metavar="CATALOG.NAMESPACE", help="the lake: a namespace of an Iceberg catalog")
        return c

    c = command(
        "convert",
        convert,
        "publish saved responses",
        "Publishes saved ListJobs responses, as callmill convert does, into the tables of a lake, which the first run makes.",
    )
    c.add_argument(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="a file, or a folder with *.json, *.jsonl and *.xml, also with .gz or .zst: any URI that Spark reads",
    )
    c.add_argument("--instance", metavar="NAME", help=f"robot deployment the responses are from (default: {DEFAULT_INSTANCE}); raw lines carry their own")
    c.add_argument(
        "--observed-at",
        type=milliseconds,
        metavar="TIME",
        help="when the responses were received: 2026-01-22T01:30:00Z, or milliseconds since 1970; without it they never "
        "replace versions that have a timestamp",
    )
    c.add_argument("--allow-torn", action="store_true", help="keep inputs that end in the middle as rejects; without it the run fails")
    add_writing(c, key="")
    add_retain(c)

    c = command(
        "import",
        import_,
        "publish what a dataset of callmill has",
        "Brings the published snapshot of a dataset, a folder that callmill convert or pull writes, into the tables of a "
        "lake; later only what has changed since. The folder must be at the same path on every executor.",
    )
    c.add_argument("inputs", nargs=1, metavar="DATA", help="folder of the dataset")
    c.add_argument("--since", metavar="SNAPSHOT", help="bring what has changed since this snapshot or bookmark, which the lake has (default: all)")
    c.set_defaults(instance=None, allow_torn=False)
    add_writing(c, key="default: that in DATA")
    add_retain(c)

    c = command(
        "forget",
        forget,
        "erase persons",
        "Erases from a lake whom the selectors name: from all tables and their files, with all older versions. Later runs do not "
        "bring them back. In the place of a value @FILE gives the lines of a file, @- those of standard input, so that a number is in no list of processes.",
    )
    add_selectors(c)
    c.add_argument("--before", type=day, metavar="DATE", help="all jobs last called before this day")
    c.add_argument("--requested", type=day, metavar="DATE", help="day of the request, up to which calls are erased (default: today)")
    c.add_argument("--dry-run", action="store_true", help="say what would be erased, and who shares the number, and write nothing")
    c.add_argument("--receipt", metavar="FILE", help="where to write the receipt, besides the lake (default: print it)")
    c.add_argument("--held", action="store_true", help="erase jobs on hold, too")
    c.add_argument("--check", metavar="RECEIPT", help="erase nothing, but look whether what a receipt covers is in the lake again, and with selectors whether it is of them")
    c.set_defaults(inputs=[], allow_torn=True)
    add_writing(c, key="")

    c = command(
        "person",
        person,
        "list or export all that is known of one person",
        "Lists the jobs, rejects and opt-outs in a lake of a person, by the selectors of forget, and with --export writes a copy of "
        "all of it, as callmill person does. It holds the lake meanwhile, and changes nothing.",
    )
    add_selectors(c)
    c.add_argument("--export", metavar="FILE", help="where to write the copy, as JSON; it must not exist")
    c.set_defaults(inputs=[], allow_torn=True)
    add_writing(c, key="")

    c = command(
        "hold",
        hold,
        "keep a disputed job however old it is",
        "Keeps a job that --retain would let go, as long as a complaint is open, or releases it. It lists the jobs on hold.",
    )
    c.add_argument("--job", metavar="ID", help="job to keep")
    c.add_argument("--reason", metavar="TEXT", help="why it is kept")
    c.add_argument("--release", metavar="ID", help="job to release: it goes in the next run")
    c.add_argument("--instance", metavar="NAME", help="deployment of the robot, where several have the job")
    c.add_argument("--lock-wait", type=duration, default=0.0, metavar="TIME", help="how long to wait for a run, such as 90s, 10m or 1h (default: 0)")

    command("tag", show_tag, "print the newest tag that all tables have", "Prints the tag that readers are to read.")
    command("status", status, "show what is published", "Shows the newest tag, the last runs, the tables and who holds the lake.")
    c = command("unlock", unlock, "remove the lock of a run that is gone", "Removes the lock of a run that is gone. Runs do so themselves "
                "where its lease, ten minutes, is over, or it ran on their host.")
    c.add_argument("--force", action="store_true", help="also where its lease is not over")
    return parser


def add_writing(c: argparse.ArgumentParser, key: str) -> None:
    """Adds the flags of a command that writes to the lake; key is what it does without
    --key, "" where it needs one."""
    c.add_argument(
        "--key",
        required=not key,
        metavar="FILE",
        help="key of the contact keys: a path that every executor has, or a name shipped with --files" + (f" ({key})" if key else ""),
    )
    c.add_argument("--binary", default="callmill", metavar="PATH", help="the program callmill: likewise (default: %(default)s)")
    c.add_argument("--timezone", metavar="NAME", help="time zone of days and hours (default: the lake's, at first Asia/Shanghai)")
    c.add_argument("--dict", action="append", default=[], metavar="FILE", help="user words in gse's format, repeatable: found like --key")
    c.add_argument("--segmenter", choices=("fast", "gse"), help="how lines are cut into words (default: the lake's, at first fast)")
    c.add_argument("--hmm", action=argparse.BooleanOptionalAction, help="cut unknown words with the model (default: the lake's, at first no)")
    c.add_argument("--pii", choices=("keep", "mask", "hash", "drop"), help="what becomes of personal data (default: the lake's, at first keep)")
    c.add_argument("--allow-rejects", type=share, default="0", metavar="N|P%", help="rejects tolerated before the exit code becomes 3 (default: %(default)s)")
    c.add_argument("--stage", metavar="URI", help="folder for what is written on the way; removed at the end (default: _stage beside the tables)")
    c.add_argument("--keep", type=positive, default=7, metavar="N", help="number of runs whose tags stay (default: %(default)s)")
    c.add_argument("--lock-wait", type=duration, default=0.0, metavar="TIME", help="how long to wait for another run, such as 90s, 10m or 1h (default: 0)")
    c.add_argument("--worker-timeout", type=duration, default=600.0, metavar="TIME", help="a worker that neither takes nor gives anything for this long is killed (default: 10m)")


def add_selectors(c: argparse.ArgumentParser) -> None:
    c.add_argument("--phone", action="append", default=[], metavar="NUMBER", help="all jobs of a number, in any spelling; repeatable")
    c.add_argument("--reference-id", action="append", default=[], metavar="ID", help="all jobs with this reference id, of the job or a contact; repeatable")
    c.add_argument("--job", action="append", default=[], metavar="ID", help="a job, of --instance where that is given; repeatable")
    c.add_argument("--instance", metavar="NAME", help="deployment of the robot that --job is of (default: any)")


def add_retain(c: argparse.ArgumentParser) -> None:
    c.add_argument("--retain", type=days, metavar="TIME", help="how long jobs are kept after their last call, such as 180d; the lake's from then on, and only to be made shorter (default: the lake's, at first for good)")


def milliseconds(text: str) -> int:
    """When responses were received, within the bounds of callmill convert: not before
    the service, nor later than now by more than clocks differ."""
    moment = None
    with contextlib.suppress(ValueError, OverflowError, OSError):
        if re.fullmatch(r"[0-9]+", text):
            moment = dt.datetime.fromtimestamp(int(text) / 1000, dt.timezone.utc)
        else:
            moment = dt.datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text))
    if moment is None or moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"invalid time {text!r}: want 2026-01-22T01:30:00Z, or milliseconds since 1970")
    if moment < dt.datetime(2015, 1, 1, tzinfo=dt.timezone.utc):
        raise argparse.ArgumentTypeError(f"{text} is before 2015: want the time when the responses were received")
    if moment > dt.datetime.now(dt.timezone.utc) + dt.timedelta(minutes=15):
        raise argparse.ArgumentTypeError(f"{text} is in the future: want the time when the responses were received")
    return round(moment.timestamp() * 1000)


def day(text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"invalid day {text!r}: want 2026-01-31") from None


def days(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,4}d", text):
        raise argparse.ArgumentTypeError(f"invalid time {text!r}: want days such as 180d")
    return int(text[:-1])


def share(text: str) -> str:
    if not re.fullmatch(r"\d+|\d+(\.\d+)?%", text):
        raise argparse.ArgumentTypeError(f"invalid number {text!r}: want a number, or a share such as 0.5%")
    return text


def positive(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d*", text):
        raise argparse.ArgumentTypeError(f"invalid number {text!r}: want 1 or more")
    return int(text)


def duration(text: str) -> float:
    units = {"": 1, "s": 1, "m": 60, "h": 3600}
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"invalid duration {text!r}: want 90s, 10m or 1h")
    return float(match[1]) * units[match[2]]


def session() -> tuple[SparkSession, bool]:
    """A session of this command alone, and whether Spark was started for it. Settings
    of a session that is there are taken over, and left as they are."""
    # Executors otherwise run the python3 of their path, whatever the driver runs.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    before = SparkSession.getActiveSession()
    there = before or SparkSession.builder.appName("callmill").getOrCreate()
    spark = there.newSession()
    for key, value in there.conf.getAll.items():
        if key.startswith("spark.sql.") and there.conf.isModifiable(key):
            spark.conf.set(key, value)
    for key, value in {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.adaptive.enabled": "true",  # or a small day would be a task of its own
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        # What a site may have set otherwise, and tables, texts and stage rely on.
        "spark.sql.timestampType": "TIMESTAMP_LTZ",
        "spark.sql.parser.escapedStringLiterals": "false",
        "spark.sql.execution.arrow.useLargeVarTypes": "false",
        "spark.sql.files.ignoreMissingFiles": "false",
        "spark.sql.files.ignoreCorruptFiles": "false",
        # Bodies are large, and records are small: so many are held at once on the way
        # to a worker, but for one larger body.
        "spark.sql.execution.arrow.maxRecordsPerBatch": "4096",
        "spark.sql.execution.arrow.maxBytesPerBatch": str(BATCH_BYTES),
    }.items():
        spark.conf.set(key, value)
    return spark, before is None


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    args = command_line().parse_args(arguments)
    own, spark = True, None
    try:
        spark, own = session()
        parcel.ship(spark.sparkContext)
        # Tables are read as they are now, not as they were up to 30 seconds ago.
        spark.conf.set(f"spark.sql.catalog.{args.into.partition('.')[0]}.cache-enabled", "false")
        return args.does(args, spark)
    except Failure as failure:
        say(str(failure))
        if failure.hint:
            say(f"hint: {failure.hint}")
        return failure.code
    except (Py4JJavaError, PySparkException) as error:
        say(explained(error))
        return code(error)
    except (Py4JError, ConnectionError) as error:
        say(f"the JVM of Spark has ended, or does not answer: {explained(error)}")
        say("hint: was it killed for its memory? --driver-memory gives it more")
        return FAILED
    except KeyboardInterrupt:
        say("interrupted: the tag of this run is there, or what it wrote is undone by the next one")
        return 130
    finally:
        if own and spark is not None:
            with contextlib.suppress(Py4JError, ConnectionError):
                spark.stop()


if __name__ == "__main__":
    sys.exit(main())
