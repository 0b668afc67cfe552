"""The commands of callmill_spark.py."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import heapq
import json
import os
import sys
import time
import zoneinfo
from collections.abc import Sequence
from typing import Any

import pyarrow.parquet as pq
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .contract import COUNTS, DAY_TABLES, DECODED, LATER_COUNTS, OPT_OUTS, PARTS
from .erasures import Erasures, Request, lines
from .failure import DONE, Busy, Failure, Usage, count, say
from .holds import Hold, Holds
from .inputs import Inputs
from .lake import FIRST_RUN, IMPORTED, INSTANCES, LOCK, POLICY, PURGED, SETTINGS, TAG, Lake, number
from .lock import Holder, Lock, describe, instant
from .person import Person
from .program import WorkerError, readable
from .run import Records, Run, asked, differences, run_id
from .stage import Changes
from .tool import Tool


def convert(args: argparse.Namespace, spark: SparkSession) -> int:
    listed = Inputs(spark, args.inputs)  # what is not there is found before anything is made

    def records(run: Run) -> Records:
        found = listed
        if args.lock_wait:  # files may have come while another run held the lake
            found = Inputs(spark, args.inputs)
        if found.passed_over:
            named = ", ".join(found.passed[:5]) + (", …" if found.passed_over > 5 else "")
            say(f"{count(found.passed_over, 'file')} passed over, not *.json, *.jsonl or *.xml: {named}")
        say(f"reading {count(found.files, 'file')}, {count(found.bytes, 'byte')}")
        undated = args.observed_at is None
        at = run.milliseconds() if undated else args.observed_at
        flags = [f"--instance={run.instance()}"]
        return Records(found.frame(at, undated).mapInArrow(run.tool.relay("decode", DECODED, flags), DECODED), found.files)

    return Run(args, spark).execute(lambda run, lock: run.bring(lock, records))


def import_(args: argparse.Namespace, spark: SparkSession) -> int:
    (data,) = args.inputs
    if args.key is None:
        args.key = os.path.join(os.path.abspath(data), "key")
    since = ["--since", args.since] if args.since else []
    listed = Tool(args).run("worker", "import", "--list", data, *since)
    kept = listed["settings"].pop("retain_days", 0)  # a policy of the dataset's; what it has no more does not come
    args.dict = args.dict or listed["dictionaries"]
    run = Run(args, spark)
    run.tool.adopt(listed["settings"])
    if kept and not args.retain:
        say(f"{data} keeps jobs for {kept} days; --retain {kept}d has the lake do so, too")

    def records(run: Run) -> Records:
        differ = differences(listed["settings"], run.settings)
        if differ:
            raise Usage(
                f"the settings of {data} are not those of {run.lake.name}: {differ}",
                "bring it to the lake's settings with callmill rewrite, or begin a new lake",
            )
        last = run.last_import()
        # A snapshot that was replaced by an erasure has another hash, and the same time.
        if args.since and (last is None or moment(listed["since"]) > moment(last)):
            raise Usage(
                f"--since {args.since}: the lake has {data} up to {last or 'nothing of it yet'}, so that changes would be missed",
                f"pass --since {last}" if last else "leave --since out: all of it is imported",
            )
        parts = listed["parts"]
        rows = sum(part.get("rows", 0) for part in parts)
        say(f"importing {listed['snapshot']} of {data}: {count(rows, 'row')} in {count(len(parts), 'part')}")
        tasks = packed(parts, max(spark.sparkContext.defaultParallelism, -(-rows // IMPORT_ROWS)))
        fed = [[(listed["dataset"], listed["snapshot"], listed["since"], part) for part in task] for task in tasks]
        frame = spark.createDataFrame(spark.sparkContext.parallelize(fed, len(fed)).flatMap(list), PARTS)
        return Records(
            frame.mapInArrow(run.tool.relay("import", DECODED, settings=False), DECODED),
            len(parts),
            whole=not args.since,
            opt_outs=opt_outs_of(run, listed["opt_outs"]),
            notes={"imported": {name: listed[name] for name in ("dataset", "snapshot", "since")}},
        )

    code = run.execute(lambda run, lock: run.bring(lock, records))
    run.lake.set_properties("runs", {IMPORTED: json.dumps({"run": run.id, "snapshot": listed["snapshot"]})})
    say(f"next time: --since {listed['snapshot']}")
    return code


def opt_outs_of(run: Run, path: str) -> DataFrame | None:
    """The opt-outs in a dataset of jobs that are gone from it, in a file; "": it has none."""
    if not path:
        return None
    kept = [row for row in pq.read_table(path, columns=OPT_OUTS.row().names).to_pylist() if row["contact_key"]]
    return run.lake.few(kept, OPT_OUTS.row()) if kept else None


def forget(args: argparse.Namespace, spark: SparkSession) -> int:
    if not (args.phone or args.reference_id or args.job or args.before or args.check):
        raise Usage("whom to erase is missing", "give --phone, --reference-id, --job or --before")
    if args.receipt and os.path.exists(args.receipt):
        raise Usage(f"--receipt {args.receipt} exists")
    opened(args, spark)  # a lake that is not there is not made
    values = selected(args)
    if args.check:
        receipt = read_receipt(args.check)
        return Run(args, spark).execute(lambda run, lock: check(run, lock, values, receipt))
    return Run(args, spark).execute(lambda run, lock: erase(run, lock, values))


def person(args: argparse.Namespace, spark: SparkSession) -> int:
    if not (args.phone or args.reference_id or args.job):
        raise Usage("nobody is named", "give --phone, --reference-id or --job")
    if args.export and os.path.exists(args.export):
        raise Usage(f"--export {args.export} exists")
    opened(args, spark)
    values = selected(args)
    return Run(args, spark).execute(lambda run, lock: look(run, lock, values))


def selected(args: argparse.Namespace) -> dict[str, list[str]]:
    """Whom the selectors of a command name."""
    return {flag: told(getattr(args, flag)) for flag in ("phone", "reference_id", "job")}


def look(run: Run, lock: Lock, values: dict[str, list[str]]) -> int:
    """Lists all that is known of a person: of what an erasure would take away."""
    args = run.args
    made = run.tool.tombstones(whom(args, values, until=ALL_DAYS))
    run.tool.erased = lines(made["tombstones"])

    def found(changes: Changes) -> bool:
        person = Person(run.lake, run.pins, changes, made["contact_keys"])
        if person.empty():
            raise Usage(f"nobody in {run.lake.name} fits: no job, reject or opt-out", "numbers are taken in any spelling; ids are exact")
        if args.export:
            tag, _ = run.lake.newest(run.contract.tables)
            with open(args.export, "x", encoding="utf-8", opener=private) as file:
                file.write(person.document(tag, run.settings["pii"], values))
        for line in (*person.lines(), *missed(made["tombstones"], changes, references(run)), *sharing(run, made["contact_keys"])):
            print(line)
        return False

    run.erase(lock, [], found)
    return DONE


# The last day that a tombstone covers which covers all.
ALL_DAYS = "9999-12-31"


def private(path: str, flags: int) -> int:
    """Opens a file that is this user's alone."""
    return os.open(path, flags, 0o600)


def whom(args: argparse.Namespace, values: dict[str, list[str]], until: str, before: str = "") -> dict[str, Any]:
    """Whom the selectors name, as the program takes it."""
    jobs = [{"instance": args.instance or "", "job": job} for job in values["job"]]
    return {"phones": values["phone"], "references": values["reference_id"], "jobs": jobs, "before": before, "until": until}


def references(run: Run) -> int:
    """How many tombstones there are of one reference."""
    return 2 if run.settings["pii"] == "hash" else 1


def read_receipt(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            receipt = json.load(file)
    except (OSError, ValueError) as error:
        raise Usage(f"--check {path}: {error}") from None
    if not isinstance(receipt, dict) or not {"request", "selectors", "requested", "ended", "who", "jobs"} <= receipt.keys():
        raise Usage(f"--check: {path} is not a receipt of an erasure")
    return receipt


def check(run: Run, lock: Lock, values: dict[str, list[str]], receipt: dict[str, Any]) -> int:
    """Compares a receipt with the lake that gave it, and with those who are named."""
    args = run.args
    if receipt not in run.erasures.receipts():
        raise Usage(f"--check: {args.check} is not a receipt of {run.lake.name}")
    stones = run.erasures.of(receipt["request"])
    if any(values.values()):
        digests = {stone["digest"] for stone in stones}
        asked_for = run.tool.tombstones(whom(args, values, until=receipt["requested"]))["tombstones"]
        foreign = next((stone for stone in asked_for if stone["digest"] not in digests), None)
        if foreign is not None:
            raise Usage(f"the receipt is of somebody else: not of the --{NAMES.get(foreign['kind'], foreign['kind'])} given")
    if not stones:  # the rest of an import's
        raise Usage(f"--check: {args.check} says what an import took away, and has no tombstones to look for")
    run.tool.erased = lines(stones)
    back = []

    def found(changes: Changes) -> bool:
        back.extend(((changes.tally.gone, "job"), (changes.rejects_gone, "reject")))
        return False

    run.erase(lock, [], found)
    if any(n for n, _ in back):
        raise Failure(
            f"{' and '.join(count(n, noun) for n, noun in back)} that the receipt covers are in {run.lake.name}",
            "forget with the same selectors erases them",
        )
    print(f"erased {receipt['ended']} by {receipt['who']}, requested on {receipt['requested']}: {count(receipt['jobs'], 'job')}; nothing of it is in {run.lake.name}")
    return DONE


def hold(args: argparse.Namespace, spark: SparkSession) -> int:
    """Keeps a job however old it is, or releases it, and lists those that are kept."""
    if args.job and args.release:
        raise Usage("--job and --release exclude each other")
    if bool(args.job) != bool((args.reason or "").strip()):
        raise Usage("--job or --reason is missing", "say which job is kept, and why: --job ID --reason 'complaint 17'")
    lake, _, snapshots = standing(args, spark)
    holds = Holds(lake)
    if args.job or args.release:
        lock = Lock(lake, run_id(dt.datetime.now(dt.timezone.utc)))
        lock.acquire(args.lock_wait)
        try:
            holds.write([*holds.list(), new_hold(args, lake, snapshots)] if args.job else released(args, holds.list()))
        finally:
            lock.release()
    for each in holds.list():
        print(f"job {each.job_id} of {each.instance_id}, on hold since {each.since}: {each.reason}")
    return DONE


def new_hold(args: argparse.Namespace, lake: Lake, snapshots: dict[str, int]) -> Hold:
    jobs = lake.at("jobs", snapshots["jobs"]).where(F.col("job_id") == args.job)
    found = sorted({row.instance_id for row in jobs.select("instance_id").collect()})
    there = [each for each in found if args.instance in (None, each)]
    if not there:
        raise Usage(f"no job {args.job} is published", "a job that is gone cannot be kept any more")
    if len(there) > 1:
        raise Usage(f"job {args.job} is in {len(there)} instances", f"say which with --instance: {', '.join(there)}")
    settings = json.loads(lake.load("runs").properties().get(SETTINGS) or "{}")
    today = dt.datetime.now(zoneinfo.ZoneInfo(settings.get("time_zone", "UTC"))).date()
    return Hold(there[0], args.job, args.reason.strip(), today.isoformat())


def released(args: argparse.Namespace, holds: list[Hold]) -> list[Hold]:
    """What stays on hold."""
    going = [each for each in holds if each.job_id == args.release and args.instance in (None, each.instance_id)]
    if not going:
        raise Usage(f"job {args.release} is not on hold", "without flags the jobs on hold are listed")
    if len(going) > 1:
        raise Usage(f"job {args.release} is on hold in {len(going)} instances", "say which with --instance")
    return [each for each in holds if each not in going]


def told(values: Sequence[str]) -> list[str]:
    """Values of a selector; @FILE stands for the lines of a file, @- for those of
    standard input: what is an argument others may read."""
    made: list[str] = []
    for value in values:
        if not value.startswith("@"):
            made.append(value)
            continue
        try:
            with contextlib.nullcontext(sys.stdin) if value == "@-" else open(readable("@", value[1:]), encoding="utf-8") as file:
                made += [line.strip() for line in file if line.strip()]
        except (OSError, UnicodeDecodeError, WorkerError) as error:
            raise Usage(f"{value}: {error}") from None
    return made


def erase(run: Run, lock: Lock, values: dict[str, list[str]]) -> int:
    """Erases whom the selectors name, or says with --dry-run what that would be."""
    args = run.args
    today = dt.datetime.now(zoneinfo.ZoneInfo(run.settings["time_zone"])).date().isoformat()
    requested = args.requested or today
    if max(requested, args.before or "") > today:
        raise Usage("a day of the request, or --before, that is in the future")
    made = run.tool.tombstones(whom(args, values, requested, args.before or ""))
    tombstones = made["tombstones"]
    selectors = [{"kind": NAMES.get(s["kind"], s["kind"]), **({"day": s["until"]} if s["kind"] == "before" else {"digest": s["digest"]})} for s in tombstones]
    now = dt.datetime.now(dt.timezone.utc).replace(microsecond=0)
    request = Request(run_id(now), asked(selectors, requested), now)
    run.tool.erased = lines([*(json.loads(line) for line in run.tool.erased.splitlines()), *tombstones])

    def found(changes: Changes) -> bool:
        if not changes.rows:
            raise Usage(f"nobody in {run.lake.name} fits: no job, and no reject")
        kept = [] if args.held else run.held(changes)
        if kept and not args.dry_run:
            raise Usage(f"job {kept[0].job_id} is on hold since {kept[0].since}: {kept[0].reason}", "--held erases jobs on hold, too")
        print(f"{count(changes.tally.gone, 'job')} and {count(changes.rejects_gone, 'reject')} of {run.lake.name}")
        for line in (*missed(tombstones, changes, references(run)), *sharing(run, made["contact_keys"])):
            print(line)
        if not args.dry_run:
            request.asked.update(jobs=changes.tally.gone, rejects=changes.rejects_gone)
            run.erasures.begin(request, tombstones)
        return not args.dry_run

    receipts = run.erase(lock, [request], found)
    if not receipts:
        print("nothing was written: --dry-run")
        return DONE
    text = json.dumps(receipts[0], ensure_ascii=False, indent=1)
    if args.receipt:
        with open(args.receipt, "x", encoding="utf-8") as file:
            file.write(text + "\n")
        print(f"erased; the receipt is {args.receipt}")
    else:
        print(text)
    return DONE


def missed(tombstones: Sequence[dict[str, Any]], changes: Changes, references: int) -> list[str]:
    """Which selectors fit nobody, in lines for people: a number may be mistyped. Of one
    reference there are so many tombstones."""
    said = []
    for kind in ("number", "reference", "job", "job_id"):
        digests = [each["digest"] for each in tombstones if each["kind"] == kind]
        step = references if kind == "reference" else 1
        for i in range(0, len(digests), step):
            if changes.tally.met.isdisjoint(digests[i : i + step]):
                said.append(f"nobody fits --{NAMES.get(kind, kind)}, number {i // step + 1} of those given")
    return said


# The flags by the kind of their tombstones.
NAMES = {"number": "phone", "reference": "reference-id", "job_id": "job"}


def sharing(run: Run, contact_keys: Sequence[str]) -> list[str]:
    """Who shares a number, in lines for people; none where nobody does."""
    if not contact_keys:
        return []
    people = run.lake.at("contacts", run.pins["contacts"]).where(F.col("contact_key").isin(list(contact_keys)))
    # Of one name with several reference ids there is one person.
    known = people.where("contact_name IS NOT NULL OR contact_reference_id IS NOT NULL")
    reference = F.when(F.col("contact_name").isNull(), F.col("contact_reference_id"))
    names = known.groupBy("contact_name", reference.alias("reference")).agg(
        F.countDistinct("instance_id", "job_id").alias("jobs"), F.min("contact_reference_id").alias("contact_reference_id")
    )
    rows = names.orderBy(F.desc("jobs"), "contact_name", "contact_reference_id").limit(20).collect()
    if len(rows) < 2:
        return []
    return [
        "the number is shared by:",
        *(f"  {row.contact_name or 'without name'}, reference id {row.contact_reference_id or 'none'}: {count(row.jobs, 'job')}" for row in rows),
    ]


def moment(snapshot: str) -> str:
    """When a snapshot of a dataset was made, as its name says."""
    return snapshot.partition("-")[0]


# About how many rows of a dataset a task of an import reads.
IMPORT_ROWS = 500_000


def packed(parts: Sequence[dict[str, Any]], tasks: int) -> list[list[str]]:
    """The names of parts, put into tasks with about the same number of rows."""
    bins = [[0, i] for i in range(max(1, min(tasks, len(parts))))]  # a heap of (rows, index)
    names: list[list[str]] = [[] for _ in bins]
    for part in sorted(parts, key=lambda part: (-part.get("rows", 0), part["part"])):
        rows, i = bins[0]
        names[i].append(part["part"])
        heapq.heapreplace(bins, [rows + part.get("rows", 0) + 1, i])
    return names


def show_tag(args: argparse.Namespace, spark: SparkSession) -> int:
    print(standing(args, spark)[1])
    return DONE


def status(args: argparse.Namespace, spark: SparkSession) -> int:
    lake, tag, snapshots = standing(args, spark)
    runs = lake.load("runs")
    print(f"lake:      {lake.name}")
    print(f"tag:       {tag}{' (nothing published yet)' if tag == TAG + FIRST_RUN else ''}")
    last = lake.at("runs", snapshots["runs"]).orderBy(F.desc("run")).limit(5).collect()
    for row in last:
        there = [name for name in (*COUNTS, *LATER_COUNTS) if name in row]  # lakes of before have fewer
        counts = ", ".join(f"{row[name]:,} {name}" for name in there if row[name])
        print(f"run:       {row.run} {row.command}, ended {instant(row.ended.timestamp())}: {counts or 'nothing'}")
    if last:
        print(f"settings:  {last[0].settings}")
    policy = json.loads(runs.properties().get(POLICY) or "{}")
    pii = json.loads(last[0].settings)["pii"] if last else "none yet"
    kept = f"{policy['retain_days']} days after the last call" if policy.get("retain_days") else "for good"
    purged = runs.properties().get(PURGED)
    print(f"policy:    --pii {pii}; jobs are kept {kept}" + (f", files rid of older ones {instant(float(purged))}" if purged else ""))
    print(f"instances: {', '.join(json.loads(runs.properties().get(INSTANCES) or '[]')) or 'none'}")
    for name in sorted(snapshots):
        summary = lake.load(name).snapshot(snapshots[name]).summary()
        rows = number(summary, "total-records") - number(summary, "total-position-deletes")
        files, deletes = number(summary, "total-data-files"), number(summary, "total-delete-files")
        size = number(summary, "total-files-size")
        print(f"table:     {name}: {count(rows, 'row')}, {count(files, 'file')}, {size:,} bytes, {count(deletes, 'file')} of deletes")
    torn = [name for name in snapshots if lake.torn(name, snapshots[name])]
    if torn:
        print(f"torn:      {', '.join(torn)} have newer snapshots than the tag: a run is at work, or the next one mends it")
    for each in Holds(lake).list():
        print(f"hold:      job {each.job_id} of {each.instance_id} since {each.since}: {each.reason}")
    erasures = Erasures(lake, None)
    for request in erasures.open():
        print(f"erasure:   {request.id}, requested {request.asked['requested']}, begun and not finished: the next run finishes it")
    for receipt in erasures.receipts():
        kinds = ", ".join(sorted({selector["kind"] for selector in receipt["selectors"]}))
        print(f"erased:    requested {receipt['requested']}, done {receipt['ended']} by {receipt['who']}: {kinds}; {count(receipt['jobs'], 'job')}, request {receipt['request']}")
    holder = Holder.parse(runs.properties().get(LOCK))
    if holder is not None:
        print(f"lock:      {describe(holder)}{' (gone: the next run takes it)' if holder.gone(time.time()) else ''}")
    return DONE


def unlock(args: argparse.Namespace, spark: SparkSession) -> int:
    lake = opened(args, spark)
    for _ in range(20):
        table = lake.load("runs")
        base = table.operations().current()
        holder = Holder.parse(base.properties().get(LOCK))
        if holder is None:
            print(f"nobody holds {lake.name}")
            return DONE
        if not holder.gone(time.time()) and not args.force:
            raise Busy(
                f"{lake.name} is held by {describe(holder)}",
                "where that process is dead for certain, pass --force; a live one would end without publishing",
            )
        if lake.swap(table, base, {LOCK: ""}, event="unlock"):
            print(f"the lock of {lake.name} is gone; it was {describe(holder)}")
            return DONE
    raise Failure(f"the lock of {lake.name} cannot be removed: others change the table all the time")


def opened(args: argparse.Namespace, spark: SparkSession) -> Lake:
    """The lake of a command that only looks."""
    lake = Lake(spark, args.into)
    lake.check_catalog()
    if not lake.exists("runs"):
        raise Failure(f"there is no lake {args.into}: it has no table runs")
    return lake


def standing(args: argparse.Namespace, spark: SparkSession) -> tuple[Lake, str, dict[str, int]]:
    """The lake, its newest complete tag, and what that names in each table."""
    lake = opened(args, spark)
    names = [*DAY_TABLES, "job_groups", "rejects", "statuses", "state", "runs"]
    missing = [name for name in names if not lake.exists(name)]
    if missing:
        raise Failure(f"nothing was published to {args.into} yet: it has no table {', '.join(missing)}")
    return lake, *lake.newest(names)
