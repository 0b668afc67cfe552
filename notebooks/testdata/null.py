"""Counts how often contrast() reports anything where nothing marks failure.

Usage: null.py PATH DATA [WORLDS]

PATH is the folder of callmill_stats, DATA a dataset whose calls are dealt anew,
each time with a seed of its own, in two ways that both make the null hypothesis
true: that of calls of one script that got to an exchange, those of which
something is said there fail as often as the others.

outcomes  the outcomes are shuffled among the calls of each script
contents  what is said in an exchange, by robot and contact, is shuffled among the
          calls of the script that got so far. Lengths and outcomes stay as they
          are, and with them that short calls fail more often, which shuffled
          outcomes lose; but nothing that is said has to do with either.

Shuffling outcomes among calls of one length would not do: what is last said before
a call ends, such as a goodbye, goes with its length, and the length with its
outcome, so that the hypothesis is false of such calls.

Prints for each search that notebook 04 offers, and for each way, in how many
worlds it reports anything. Phrases of three calls or more are tested besides:
with rare ones a normal approximation finds too much.
"""

import concurrent.futures
import json
import os
import sys
import time

sys.path.insert(0, sys.argv[1])
import callmill_data
import numpy as np
import pandas as pd
from callmill_stats import benjamini_hochberg, contrast, kinds_of_lines

RARE, USUAL = 3, 10


class Population:
    """The calls of a dataset with what was said in them."""

    def __init__(self, data):
        db = callmill_data.open(data)
        calls = callmill_data.answered_calls(db)
        calls = calls[calls.failed.notna()].astype({"failed": bool}).reset_index(drop=True)
        self.calls = calls.assign(call=range(len(calls)))
        self.lines = callmill_data.lines_of(db, self.calls)
        self.phrases = callmill_data.phrases_of(db, self.calls, at_least=RARE)
        self.known = callmill_data.known_of(self.calls)
        # The exchanges of calls, numbered; those of one stratum and exchange can be swapped.
        self.first = np.r_[0, np.cumsum(self.calls.reached + 1)]
        owner = np.repeat(np.arange(len(calls)), self.calls.reached + 1)
        self.owner = owner
        at = np.arange(len(owner)) - self.first[owner]
        self.group = pd.factorize(pd.Series(list(zip(self.calls.stratum.to_numpy()[owner], at))))[0]

    def with_outcomes_shuffled(self, random):
        order = np.lexsort((random.random(len(self.calls)), self.calls.stratum))
        failed = np.empty(len(self.calls), bool)
        failed[np.argsort(self.calls.stratum, kind="stable")] = self.calls.failed.to_numpy()[order]
        return self.calls.assign(failed=failed), self.lines, self.phrases

    def with_contents_shuffled(self, random):
        order, to = np.argsort(self.group, kind="stable"), np.empty(len(self.group), int)
        to[order] = self.owner[np.lexsort((random.random(len(self.group)), self.group))]
        moved = lambda said: said.assign(call=to[self.first[said.call] + said.exchange])
        lines = moved(self.lines).sort_values(["call", "exchange"], ignore_index=True)
        # Who hangs up hangs up at what is now said last.
        last = lines.call.ne(lines.call.shift(-1))
        lines["hung_up"] = last & (self.calls.outcome.to_numpy()[lines.call] == "hung_up")
        return self.calls, lines, moved(self.phrases)


def happened(lines, phrases):
    kinds = kinds_of_lines(lines)
    lines = lines.merge(kinds[kinds.kind == "line"], on=["stratum", "line"])
    return pd.concat([lines.assign(speaker="Robot", phrase=lines.line), phrases.assign(speaker="Contact")],
                     ignore_index=True)[["call", "exchange", "speaker", "phrase"]]


def world(seed):
    """Returns the searches that report anything in a world."""
    reports = set()
    for number, way in enumerate(("outcomes", "contents")):
        random = np.random.default_rng([number, seed])
        calls, lines, phrases = getattr(population, f"with_{way}_shuffled")(random)
        tests = contrast(calls, happened(lines, phrases), at_least=RARE, only_tests=True)
        searches = {
            "words": tests[(tests.speaker == "Contact") & (tests.calls >= USUAL)],
            "lines": tests[(tests.speaker == "Robot") & (tests.calls >= USUAL)],
            "words and lines": tests[tests.calls >= USUAL],
            "rare words and lines": tests,
        }
        if way == "outcomes":
            searches["dimensions"] = contrast(calls, population.known, only_tests=True)
        reports.update(f"{name}, {way}" for name, some in searches.items() if (benjamini_hochberg(some.p) <= 0.05).any())
    return reports, [f"{name}, {way}" for way in ("outcomes", "contents") for name in ("words", "lines", "words and lines", "rare words and lines")] + ["dimensions, outcomes"]


if __name__ == "__main__":
    began = time.time()
    population = Population(sys.argv[2])
    worlds = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    # Workers are forked, before any thread is running in them, and share the population.
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), mp_context=__import__("multiprocessing").get_context("fork")) as pool:
        results = list(pool.map(world, range(worlds), chunksize=5))
    counts = {name: sum(name in reports for reports, _ in results) for name in results[0][1]}
    print(json.dumps({"worlds": worlds, "calls": len(population.calls), "seconds": time.time() - began, "reporting": counts}))
