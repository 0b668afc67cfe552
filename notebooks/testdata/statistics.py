"""Checks callmill_stats against independent implementations and pure chance.

Usage: statistics.py PATH, where PATH is the folder of callmill_stats.
"""

import math
import sys

import numpy as np
from scipy import sparse, stats

sys.path.insert(0, sys.argv[1])
import callmill_stats as cs
import pandas as pd

random = np.random.default_rng(7)


def log_odds_by_hand(y, other, prior):
    """Monroe et al. 2008, equations 15, 20 and 22, a word at a time."""
    n, m, a0, z = sum(y), sum(other), sum(prior), []
    for yw, ow, aw in zip(y, other, prior):
        delta = math.log((yw + aw) / (n + a0 - yw - aw)) - math.log((ow + aw) / (m + a0 - ow - aw))
        z.append(delta / math.sqrt(1 / (yw + aw) + 1 / (ow + aw)))
    return z


for words in (2, 50, 700):
    y, other = random.poisson(3, words), random.poisson(9, words)
    prior = (y + other + 0.5) / (y + other + 0.5).sum() * 500
    assert np.allclose(cs.log_odds(y, other, prior), log_odds_by_hand(y, other, prior), rtol=0, atol=1e-9), words
    both = cs.log_odds(np.c_[y, other], np.c_[other, y], prior)
    assert np.allclose(both[:, 0], -both[:, 1], atol=1e-9)

# Wilson 1927 as scipy has it.
for k, n in ((0, 5), (3, 10), (5, 5), (700, 1000)):
    low, high = cs.wilson([k], [n])
    want = stats.binomtest(k, n).proportion_ci(method="wilson")
    assert abs(low[0] - want.low) < 1e-9 and abs(high[0] - want.high) < 1e-9, (k, n)
assert np.isnan(cs.wilson([0], [0])[0][0])

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

# Random halves of one population: campaigns with their own words and rates, and
# random labels. A split in which any phrase passes is a false alarm. Of 50 at
# 5 %, more than 8 occur with probability 1/1000.
calls, phrases = 600, 150
campaign = random.integers(0, 3, calls)
chance = np.where(random.random((3, phrases)) < 0.3, 0.25, 0.03)[campaign]
presence = sparse.csr_matrix(random.random((calls, phrases)) < chance)
blocks = np.arange(phrases) % 2
false_alarms = 0
for split in range(50):
    half = random.random(calls) < np.array([0.3, 0.5, 0.7])[campaign]
    table, _ = cs.marks(presence, blocks, half, campaign, permutations=99, seed=split)
    false_alarms += bool(table.passes.any())
assert false_alarms <= 8, f"{false_alarms} of 50 random splits have a phrase that passes"

# A phrase that marks failure passes; one that only marks a campaign with a higher
# failure rate does not.
cause = random.random(calls) < 0.15
failed = random.random(calls) < np.where(cause, 0.85, np.array([0.2, 0.3, 0.7])[campaign])
marked = sparse.hstack([presence, sparse.csr_matrix(np.c_[cause, campaign == 2])]).tocsr()
table, threshold = cs.marks(marked, np.r_[blocks, 0, 0], failed, campaign, permutations=199)
assert table.passes.iloc[-2] and table.score.idxmax() == phrases, table.tail(2)
assert not table.passes.iloc[-1] and table.z.iloc[-1] > 3, table.tail(2)
empty, threshold = cs.marks(sparse.csr_matrix((0, 0)), [], [], [])
assert empty.empty and threshold == 0
print(f"{false_alarms} of 50 random splits with a phrase that passes")
