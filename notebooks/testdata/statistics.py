"""Checks callmill_stats against independent implementations.

Usage: statistics.py PATH, where PATH is the folder of callmill_stats.
"""

import math
import sys

import numpy as np
from scipy import stats

sys.path.insert(0, sys.argv[1])
import callmill_stats as cs
import pandas as pd

random = np.random.default_rng(7)


# Wilson 1927 as scipy has it.
for k, n in ((0, 5), (3, 10), (5, 5), (700, 1000)):
    low, high = cs.wilson([k], [n])
    want = stats.binomtest(k, n).proportion_ci(method="wilson")
    assert abs(low[0] - want.low) < 1e-9 and abs(high[0] - want.high) < 1e-9, (k, n)
assert np.isnan(cs.wilson([0, 5, -1, np.nan, 5], [0, 3, 3, 5, np.nan])).all()

# Kaplan and Meier as scipy has it.
length, event = random.integers(1, 12, 300), random.random(300) < 0.4
want = stats.ecdf(stats.CensoredData(uncensored=length[event], right=length[~event])).sf
got = cs.survival(length, event)
assert np.allclose(got.surviving, want.evaluate(got.index), atol=1e-9)
assert got.at_risk.iloc[0] == 300 and cs.survival([], []).empty

# Mix and within add up to the change; each is the whole change if only it
# changed; a group of one period only is all mix.
frame = lambda rows: pd.DataFrame(rows, columns=["g", "k", "n"]).set_index("g")
a, b = frame([("x", 10, 100), ("y", 60, 100)]), frame([("x", 30, 300), ("y", 60, 100)])
parts = cs.mix_and_within(a, b, "k", "n")
assert abs(parts["within"].sum()) < 1e-12 and abs(parts["mix"].sum() - (90 / 400 - 70 / 200)) < 1e-12
parts = cs.mix_and_within(a, frame([("x", 20, 100), ("y", 60, 100)]), "k", "n")
assert abs(parts["mix"].sum()) < 1e-12 and abs(parts["within"].sum() - 0.05) < 1e-12
parts = cs.mix_and_within(a, frame([("x", 10, 100), ("z", 50, 60)]), "k", "n")
assert parts["within"].abs().sum() < 1e-12 and abs(parts["mix"].sum() - (60 / 160 - 70 / 200)) < 1e-12

# Benjamini and Hochberg as scipy has it; of the smallest only, too.
p = random.random(200) ** 3
q = cs.benjamini_hochberg(p)
assert np.allclose(q, stats.false_discovery_control(p))
few = np.sort(p)[:20]
assert np.all(cs.benjamini_hochberg(few, tests=200) >= np.sort(q)[:20] - 1e-12)
assert np.allclose(cs.benjamini_hochberg([0.01], tests=200, earlier=3), 0.5)

# The tail of a sum of hypergeometric counts: of one as scipy has it, of several by
# going through every way to draw them.
for _ in range(200):
    population = int(random.integers(1, 300))
    marked, drawn = random.integers(0, population + 1, 2)
    hits = random.hypergeometric(marked, population - marked, drawn)
    want = stats.hypergeom.sf(hits - 1, population, marked, drawn)
    got = cs.hypergeometric_tail([0, 1], [population], [marked], [drawn], [hits])
    assert abs(got[0] - want) < 1e-9, (population, marked, drawn, hits)
draws = np.array([[5, 2, 3, 2], [7, 3, 2, 1], [4, 4, 2, 2], [6, 0, 3, 0]])
total = {0: 1.0}
for population, marked, drawn, _ in draws:
    step = {}
    for had, probability in total.items():
        for k in range(drawn + 1):
            step[had + k] = step.get(had + k, 0) + probability * stats.hypergeom.pmf(k, population, marked, drawn)
    total = step
want = sum(probability for had, probability in total.items() if had >= draws[:, 3].sum())
assert abs(cs.hypergeometric_tail([0, 4], *draws.T)[0] - want) < 1e-12
assert len(cs.hypergeometric_tail([0], [], [], [], [])) == 0


def excess_by_hand(calls, happened, name):
    """Observed, expected and variance of an event, a stratum and an exchange at a time."""
    first = happened[happened.name == name].groupby("call").exchange.min()
    observed = expected = variance = 0
    for (stratum, exchange), _ in calls.loc[first.index].assign(exchange=first).groupby(["stratum", "exchange"]):
        at_risk = [c for c in calls.index[(calls.stratum == stratum) & (calls.reached >= exchange)] if first.get(c, 99) >= exchange]
        drawn = [c for c in at_risk if first.get(c) == exchange]
        n, marked, k = len(at_risk), calls.failed[at_risk].sum(), len(drawn)
        observed += calls.failed[drawn].sum()
        expected += k * marked / n
        variance += k * marked / n * (1 - marked / n) * (n - k) / max(n - 1, 1)
    return observed, expected, variance


# Calls of three scripts with their own rates. One phrase doubles the rate of failure
# from where it is said, and is mostly said in two wordings; a thanks follows it; a
# greeting is only said in the script that fails most; others have no effect.
size = 1500
calls = pd.DataFrame({"stratum": random.integers(0, 3, size), "reached": random.integers(1, 9, size)})
rate = np.array([0.1, 0.25, 0.4])[calls.stratum]
said = []
for name in ["greeting", "cause"] + [f"other {i}" for i in range(60)]:
    if name == "greeting":
        who, at = np.flatnonzero(calls.stratum == 2), 1
    else:
        who = np.flatnonzero(random.random(size) < 0.12)
        at = random.integers(1, calls.reached.to_numpy()[who] + 1)
    said.append(pd.DataFrame({"call": who, "exchange": at, "name": name}))
cause = said[1]
rate[cause.call] = 0.75
calls["failed"] = random.random(size) < rate
said.append(cause.iloc[::2].assign(name="wording"))
said.append(cause[cause.exchange < calls.reached.to_numpy()[cause.call]].assign(exchange=lambda c: c.exchange + 1, name="thanks"))
said.append(cause.assign(exchange=calls.reached.to_numpy()[cause.call]))  # said again: only the first counts
said.append(pd.DataFrame({"call": [1, 2], "exchange": 1, "name": "rare"}))
happened = pd.concat(said, ignore_index=True).sample(frac=1, random_state=1)
found, tests = cs.contrast(calls, happened)
assert set(tests.name) == set(happened.name) - {"rare"}
for row in tests.itertuples():
    observed, expected, variance = excess_by_hand(calls, happened, row.name)
    assert row.failed == observed and abs(row.expected - expected) < 1e-9, row
    assert abs(row.z - ((observed - expected) / variance**0.5 if variance > 1e-9 else 0)) < 1e-6, (row, observed, expected, variance)
assert found.name.tolist() == ["cause"] and set(found.with_it[0]) == {"wording", "thanks"}, found
greeting = tests[tests.name == "greeting"].iloc[0]
assert greeting.p == 1 and abs(greeting.excess) < 1e-9 and calls.failed[calls.stratum == 2].mean() > calls.failed.mean() + 0.1
assert cs.contrast(calls, happened, only_tests=True).equals(tests)

# A second cause in other calls is found besides; one within the first only if it adds.
second = np.setdiff1d(np.flatnonzero(random.random(size) < 0.2), cause.call)
calls.loc[second, "failed"] |= random.random(len(second)) < 0.4
both = pd.concat([happened, pd.DataFrame({"call": second, "exchange": 1, "name": "second"})])
found, _ = cs.contrast(calls, both)
assert set(found.name) == {"cause", "second"}, found

nothing = calls.iloc[:0]
found, tests = cs.contrast(nothing, happened.iloc[:0])
assert found.empty and tests.empty and "with_it" in found
found, tests = cs.contrast(calls.assign(failed=False), happened)
assert found.empty and (tests.p == 1).all()

# What a line is for shows by where it is said.
spoken = []
for call in range(40):
    asked = f"请问第{call % 8}个问题好吗？"
    spoken += [(call, "您好，请问方便吗？", False), (call, asked, False), (call, "抱歉，没听清。" + asked, False)]
    spoken += [(call, "您好，还在吗？", True)] if call % 2 else []
    spoken += [(call, "这句话让人生气。", False)]
    spoken += [(call, "谢谢，再见。", False)] if call % 4 == 0 else []
lines = pd.DataFrame(spoken, columns=["call", "line", "unanswered"]).assign(stratum="s")
last = lines.call.ne(lines.call.shift(-1))
kinds = cs.kinds_of_lines(lines.assign(hung_up=last & (lines.line == "这句话让人生气。"))).set_index("line").kind
assert kinds["谢谢，再见。"] == "goodbye" and kinds["这句话让人生气。"] == "line" and kinds["您好，还在吗？"] == "silence prompt", kinds
assert kinds["您好，请问方便吗？"] == "line" and (kinds[kinds.index.str.startswith("抱歉")] == "re-prompt").all(), kinds
assert (kinds[kinds.index.str.startswith("请问第")] == "line").all(), kinds
assert cs.kinds_of_lines(lines.iloc[:0].assign(hung_up=False)).empty
