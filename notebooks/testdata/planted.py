"""Ranks the planted causes of failure among the findings of contrast().

Usage: planted.py PATH DATA TRUTH

PATH is the folder of callmill_stats, DATA a dataset of simulated calls, TRUTH what
`callmill simulate --truth` wrote of them. Prints for each cause that is something
said: its rank among the findings of all campaigns and of its own (a finding counts
with what is listed with it; null if it is not found), and what is found besides at
the first exchange, where greetings are.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])
import callmill_data
import pandas as pd
from callmill_stats import contrast, kinds_of_lines

with open(sys.argv[3], encoding="utf-8") as file:
    planted = json.loads(next(file))["planted"]
    jobs = [job for job in map(json.loads, file) if "job_id" in job]
campaign = pd.DataFrame([(j["job_id"], j["campaign"], j["version"]) for j in jobs], columns=["job_id", "cause_campaign", "version"])
nodes = pd.DataFrame([
    (j["job_id"], t["task_id"], i, turn["node"], turn["said"])
    for j in jobs for t in j.get("tasks", []) for i, turn in enumerate(t.get("turns", []))
], columns=["job_id", "task_id", "turn_index", "node", "said"])

db = callmill_data.open(sys.argv[2])
calls = callmill_data.answered_calls(db)
calls = calls[calls.failed.notna()].astype({"failed": bool}).merge(campaign, on="job_id").reset_index(drop=True)
calls["call"] = range(len(calls))
lines = callmill_data.lines_of(db, calls)
lines = lines.merge(kinds_of_lines(lines), on=["stratum", "line"])
phrases = callmill_data.phrases_of(db, calls)
happened = pd.concat([
    lines[lines.kind == "line"].rename(columns={"line": "phrase"}).assign(speaker="Robot"), phrases.assign(speaker="Contact"),
], ignore_index=True)[["call", "exchange", "speaker", "phrase"]]

# The phrases that are a cause: the lines said at its node by its version, or the
# misheard word.
robot = db.sql("SELECT job_id, task_id, turn_index, pattern FROM turns WHERE speaker = 'Robot'").df().merge(nodes).merge(campaign)
causes = {}
for plant in planted:
    at = robot[(robot.cause_campaign == plant.get("campaign")) & (robot.node == plant.get("node")) & (robot.said == "say")]
    at = at[at.version == plant["version"]] if plant.get("version") else at
    if plant["kind"] == "wrong_hot_word":
        causes[plant["kind"]] = plant["campaign"], {phrase for phrase in phrases.phrase.unique() if "盖" in phrase}
    elif plant["kind"] == "queue_full" and plant["node"] != "queue_full" or plant["kind"] in ("bad_hour", "stale_list"):
        continue  # not a matter of what is said
    elif not plant.get("node") or plant["size"].keys() & {"says", "breach"} or plant["size"].get("hangup") == 5:
        continue  # of numbers, no cause of failure, or too weak for a first place
    else:
        causes[plant["kind"]] = plant["campaign"], set(at.pattern)


def rank(found, phrases):
    """The position of the first finding with one of the phrases."""
    for i, row in enumerate(found.itertuples(), 1):
        if phrases & {row.phrase, *row.with_it}:
            return i
    return None


found, tests = contrast(calls, happened)
result = {"calls": len(calls), "failed": int(calls.failed.sum()), "tests": len(tests), "causes": {}}
for kind, (name, said) in causes.items():
    own = calls[calls.cause_campaign == name]
    number = dict(zip(own.call, range(len(own))))
    its = happened[happened.call.isin(own.call)]
    own_found, _ = contrast(own.reset_index(drop=True), its.assign(call=its.call.map(number)))
    result["causes"][kind] = {"campaign": name, "rank": rank(found, said), "rank_in_campaign": rank(own_found, said)}
everything_planted = set().union(*(said for _, said in causes.values()))
result["found"] = len(found)
first = lines[lines.exchange == 1].line.value_counts()
result["greetings"] = [p for p in found.phrase[found.speaker == "Robot"] if p in first.index and p not in everything_planted]
result["others"] = [p for p, w in zip(found.phrase, found.with_it) if not everything_planted & {p, *w}]
print(json.dumps(result, ensure_ascii=False))
