"""The statistics of the notebooks, each with its source. Independent of datasets."""

import numpy as np
import pandas as pd
from scipy import special, stats


def wilson(k, n, confidence=0.95):
    """Returns the ends of the score interval for k successes in n; NaN if n is 0, k is
    not from 0 to n, or either is missing.

    Wilson, Probable inference, the law of succession, and statistical
    inference, Journal of the American Statistical Association 22 (1927).
    """
    k, n = np.asarray(k, float), np.asarray(n, float)
    z = stats.norm.ppf((1 + confidence) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where((k >= 0) & (k <= n), k / n, np.nan)
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z * np.sqrt((p * (1 - p) + z * z / (4 * n)) / n) / (1 + z * z / n)
    return np.maximum(middle - half, 0), np.minimum(middle + half, 1)


def rates(table, k, n):
    """Returns the table with the columns rate, low, high for the counts in columns k and n."""
    low, high = wilson(table[k], table[n])
    of = table[n].astype(float)
    return table.assign(rate=table[k].astype(float) / of.where(of > 0), low=low, high=high)


def mix_and_within(before, after, k, n):
    """Decomposes the change of a rate by group into mix and within.

    before and after have a row per group (their index) with counts in columns k
    and n. mix is the effect of changed shares of the groups, within that of
    changed rates inside them: Kitagawa, Components of a difference between two
    rates, Journal of the American Statistical Association 50 (1955). The effect
    of a group that occurs in one period only is all mix. The columns mix and
    within add up to the difference of the two rates.
    """
    groups = before.index.union(after.index)
    parts = pd.DataFrame(index=groups)
    for name, period in (("before", before), ("after", after)):
        counts = period.reindex(groups)[[k, n]].fillna(0).astype(float)
        total = counts[n].sum()
        parts[f"n_{name}"] = counts[n].astype(int)
        parts[f"share_{name}"] = counts[n] / total if total else np.nan
        parts[f"rate_{name}"] = counts[k] / counts[n].where(counts[n] > 0)
    rate_before = parts.rate_before.fillna(parts.rate_after)
    rate_after = parts.rate_after.fillna(parts.rate_before)
    overall = (parts.share_before * rate_before).sum()
    # The shares sum to 1, so subtracting a constant from all rates changes
    # nothing in total: relative to the overall rate, a growing group adds to the
    # mix if its rate is above it.
    parts["mix"] = (parts.share_after - parts.share_before) * ((rate_before + rate_after) / 2 - overall)
    parts["within"] = (rate_after - rate_before) * (parts.share_before + parts.share_after) / 2
    return parts


def survival(length, event):
    """Returns the share that survives each step: Kaplan and Meier,
    Nonparametric estimation from incomplete observations, Journal of the
    American Statistical Association 53 (1958).

    length is the last step of each subject, event whether it left at that step;
    the others are censored. The table has a row per step with the columns
    at_risk, left, hazard and surviving.
    """
    frame = pd.DataFrame({"step": np.asarray(length, int), "left": np.asarray(event, bool)})
    steps = frame.groupby("step").left.agg(["sum", "size"])
    steps = steps.reindex(range(1, int(steps.index.max()) + 1 if len(steps) else 1), fill_value=0)
    table = pd.DataFrame(index=steps.index)
    table["at_risk"] = steps["size"][::-1].cumsum()[::-1]
    table["left"] = steps["sum"].astype(int)
    table["hazard"] = table.left / table.at_risk
    table["surviving"] = (1 - table.hazard).cumprod()
    return table


def benjamini_hochberg(p, tests=None, earlier=0):
    """Returns q-values: reporting those up to q keeps the expected share of false
    ones among the reported at q. Benjamini and Hochberg, Controlling the false
    discovery rate, Journal of the Royal Statistical Society B 57 (1995).

    tests is the number of tests if p holds only the smallest of them, earlier how
    many have been reported already.
    """
    p = np.asarray(p, float)
    order = np.argsort(p)
    steps = p[order] * (tests or len(p)) / (earlier + np.arange(1, len(p) + 1))
    q = np.empty(len(p))
    q[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1)
    return q


def hypergeometric_tail(edges, population, marked, drawn, hits):
    """Returns the exact probability that sums of independent hypergeometric counts
    are at least as high as observed.

    Draw i takes drawn[i] of population[i], of which marked[i] are marked, and has
    hits[i] marked ones. Sum k has the draws from edges[k] to before edges[k + 1].
    """
    population, marked, drawn, hits = (np.asarray(a, np.int64) for a in (population, marked, drawn, hits))
    share = marked / population
    mean = drawn * share
    deviation = np.sqrt(mean * (1 - share) * (population - drawn) / np.maximum(population - 1, 1))
    # What is further out has a probability below 1e-30.
    low = np.maximum(np.maximum(0, drawn + marked - population), np.floor(mean - 12 * deviation - 12)).astype(np.int64)
    high = np.minimum(np.minimum(drawn, marked), np.maximum(hits, np.ceil(mean + 12 * deviation + 12))).astype(np.int64)
    sizes = high - low + 1
    starts = np.r_[0, np.cumsum(sizes)]
    draw = np.repeat(np.arange(len(sizes)), sizes)
    count = np.arange(starts[-1]) - starts[draw] + low[draw]
    log_factorial = special.gammaln(np.arange(population.max(initial=0) + 1) + 1.0)
    log_choose = lambda n, k: log_factorial[n] - log_factorial[k] - log_factorial[n - k]
    probability = np.exp(log_choose(marked[draw], count) + log_choose((population - marked)[draw], drawn[draw] - count)
                         - log_choose(population[draw], drawn[draw]))
    tails = np.ones(len(edges) - 1)
    for k, (first, last) in enumerate(zip(edges[:-1], edges[1:])):
        total = np.ones(1)
        for i in range(first, last):
            if sizes[i] > 1:
                total = np.convolve(total, probability[starts[i]:starts[i + 1]])
        at_least = hits[first:last].sum() - low[first:last].sum()
        tails[k] = min(total[at_least:].sum(), 1)
    return tails


class RiskSets:
    """The calls that can be compared with one another, exchange by exchange.

    A call counts at exchange e if it got as far as e: those of one stratum that do
    are a risk set. divide() moves calls to another stratum from some exchange on.
    A call is a row of calls, with the columns stratum, reached (its last exchange)
    and failed.
    """

    def __init__(self, calls):
        self.failed = calls.failed.to_numpy(bool)
        # Intervals of exchanges in which a call is in one stratum.
        self.call = np.arange(len(calls))
        self.stratum = pd.factorize(calls.stratum)[0]
        self.start = np.zeros(len(calls), np.int64)
        self.end = calls.reached.to_numpy(np.int64)
        self.width = int(self.end.max(initial=0)) + 2  # of a table of exchanges, and one beyond the last

    def divide(self, call, exchange):
        """Puts each of the calls into a stratum of its own kind from its exchange on,
        with those of its stratum to which the same happened."""
        since = np.full(len(self.failed), self.width)
        since[call] = exchange
        since = since[self.call]
        before, after = np.minimum(self.end, since - 1), np.maximum(self.start, since)
        stays, moves = before >= self.start, after <= self.end
        moved = self.stratum[moves] + self.stratum.max(initial=-1) + 1
        self.call = np.r_[self.call[stays], self.call[moves]]
        self.stratum = np.unique(np.r_[self.stratum[stays], moved], return_inverse=True)[1]
        self.start, self.end = np.r_[self.start[stays], after[moves]], np.r_[before[stays], self.end[moves]]

    def draws(self, call, exchange, event):
        """Returns the hypergeometric draws of events: arrays of event, population,
        marked, drawn, hits, sorted by event.

        Event event[i] happened to call[i] first at exchange[i]. A draw is an event
        in a risk set: drawn are the calls to which it happens there, out of the
        population of those to which it had not happened before; marked and hits are
        the failed ones of the two.
        """
        strata = int(self.stratum.max(initial=-1)) + 1
        cells = strata * self.width

        def present(of):
            """How many intervals of a stratum cover an exchange."""
            begin, stop = (np.bincount(self.stratum[of] * self.width + at, minlength=cells)
                           for at in (self.start[of], self.end[of] + 1))
            return np.cumsum((begin - stop).reshape(strata, self.width), axis=1).ravel()

        everywhere = np.ones(len(self.call), bool)
        reached, reached_failed = present(everywhere), present(self.failed[self.call])

        # Each event with each interval of its call.
        order = np.argsort(self.call, kind="stable")
        edges = np.searchsorted(self.call[order], np.arange(len(self.failed) + 1))
        count = np.diff(edges)[call]
        pair = np.repeat(np.arange(len(call)), count)
        interval = order[np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count) + edges[call][pair]]
        at, failed = exchange[pair], self.failed[call[pair]]
        row = (event[pair].astype(np.int64) * strata + self.stratum[interval]) * self.width
        here = (self.start[interval] <= at) & (at <= self.end[interval])
        cell, of = np.unique((row + at)[here], return_inverse=True)
        drawn = np.bincount(of, minlength=len(cell))
        hits = np.bincount(of, failed[here], len(cell)).astype(np.int64)

        # Later in its call an event has happened before: from begin to before stop.
        later = self.end[interval] > at
        begin = (row + np.maximum(at + 1, self.start[interval]))[later]
        stop = (row + self.end[interval] + 1)[later]

        def had(which):
            """How many of the calls of a cell had its event before."""
            total = 0
            for edge, sign in ((begin[which], 1), (stop[which], -1)):
                edge = np.sort(edge)
                total += sign * (np.searchsorted(edge, cell, "right") - np.searchsorted(edge, cell - cell % self.width))
            return total

        where = cell % cells
        population = reached[where] - had(np.ones(len(begin), bool))
        marked = reached_failed[where] - had(failed[later])
        return cell // cells, population, marked, drawn, hits


def excess(risk, call, exchange, event, events, screen=0.2):
    """Returns a table with a row per event: calls, to which it happened; failed, of
    these; expected, how many of calls like these fail; excess, the difference; z;
    p, one-sided.

    In each risk set the event's failed calls are those expected of as many calls
    drawn at random: Mantel and Haenszel, Statistical aspects of the analysis of
    data from retrospective studies of disease, Journal of the National Cancer
    Institute 22 (1959). An event counts from when it happens, so that calls are
    not credited with having lived to see it: Anderson, Cain and Gelber, Analysis
    of survival by tumor response, Journal of Clinical Oncology 1 (1983). z has the
    hypergeometric variance; p is exact where z suggests one below screen, since the
    normal approximation finds too much in the few calls with a rare phrase.
    """
    of, population, marked, drawn, hits = risk.draws(call, exchange, event)
    share = marked / population
    mean = drawn * share
    variance = np.bincount(of, mean * (1 - share) * (population - drawn) / np.maximum(population - 1, 1), events)
    table = pd.DataFrame({
        "calls": np.bincount(of, drawn, events).astype(int), "failed": np.bincount(of, hits, events).astype(int),
        "expected": np.bincount(of, mean, events),
    })
    table["excess"] = table.failed - table.expected
    informative = variance > 1e-9
    table["z"] = np.where(informative, table.excess / np.sqrt(np.where(informative, variance, 1)), 0)
    p = stats.norm.sf(table.z)
    exact = np.flatnonzero(informative & (p <= screen))
    some = np.isin(of, exact)
    edges = np.searchsorted(of[some], np.r_[exact, events])
    p[exact] = hypergeometric_tail(edges, population[some], marked[some], drawn[some], hits[some])
    table["p"] = np.where(informative, p, 1)
    return table


def contrast(calls, happened, at_least=10, error=0.05, only_tests=False):
    """Finds what happens in calls that fail more often than calls like them.

    calls has a row per call, numbered from 0, with the columns stratum (such as
    the script), reached (its last exchange) and failed. happened has a row per
    event of a call, with the columns call, exchange and any others, which name the
    event: a phrase, a line, the value of a dimension (at exchange 0). A call counts
    once per event, where it first happened, and is compared with the calls of its
    stratum that got as far without it. Events of fewer than at_least calls are left
    out.

    Returns two tables, found and tests; with only_tests the latter alone. tests has a
    row per event, see excess(), with q: if nothing marks failure, the probability
    that any q is at most error is at most error. found has those that remain when the best one divides the strata, and so on, so
    that its repetitions fall away: q there is that within what was found before.
    with_it lists those that fell away with it, since they mostly happen in the same
    exchanges, or in the same calls and no longer pass.
    """
    names = [column for column in happened.columns if column not in ("call", "exchange")]
    event = happened.groupby(names, sort=False, observed=True).ngroup().to_numpy(np.int64)
    labels = happened[names].drop_duplicates().reset_index(drop=True)
    call, exchange = happened.call.to_numpy(np.int64), happened.exchange.to_numpy(np.int64)
    frequent = np.unique(event * len(calls) + call) // max(len(calls), 1)
    frequent = np.bincount(frequent, minlength=len(labels)) >= at_least
    order = np.lexsort((exchange, call, event))
    order = order[frequent[event[order]]]
    call, exchange, event = call[order], exchange[order], (np.cumsum(frequent) - 1)[event[order]]
    labels = labels[frequent].reset_index(drop=True)
    every = pd.DataFrame({"event": event, "call": call, "exchange": exchange})
    first = np.diff(event * len(calls) + call, prepend=-1) != 0
    call, exchange, event = call[first], exchange[first], event[first]

    risk = RiskSets(calls)
    tests = pd.concat([labels, excess(risk, call, exchange, event, len(labels))], axis=1)
    tests["q"] = benjamini_hochberg(tests.p)
    if only_tests:
        return tests

    left = np.flatnonzero(tests.q <= error)  # events that may still be found
    now = tests.loc[left, ["z", "p", "q"]]
    found, beside = [], []
    while len(left):
        best = now.sort_values(["p", "z"], ascending=[True, False]).index[0]
        if now.q[best] > error:
            break
        happens = event == best
        found.append({"event": best, "z_within": now.z[best], "q_within": now.q[best]})
        risk.divide(call[happens], exchange[happens])
        left = left[left != best]
        some = np.isin(event, left)
        now = excess(risk, call[some], exchange[some], np.searchsorted(left, event[some]), len(left), screen=1).set_index(left)
        now["q"] = benjamini_hochberg(now.p, tests=len(tests), earlier=len(found))
        # What mostly happens in the same exchanges as what was found is a wording of
        # it; what mostly happens in the same calls and no longer passes follows it.
        same_call = np.isin(call[some], call[happens])
        its = every[every.event == best]
        same_exchange = np.isin(call[some] * risk.width + exchange[some], its.call * risk.width + its.exchange)
        share = lambda same: np.bincount(np.searchsorted(left, event[some]), same, len(left)) / tests.calls[left].to_numpy()
        falls = (share(same_exchange) >= 0.5) | ((share(same_call) >= 0.5) & (now.q > error).to_numpy())
        beside.append(left[falls])
        left, now = left[~falls], now[~falls]
    found = pd.DataFrame(found, columns=["event", "z_within", "q_within"]).astype({"event": int})
    found = tests.loc[found.event].reset_index(drop=True).join(found[["z_within", "q_within"]])
    name = tests[names[-1]] if names else None
    found["with_it"] = [name[tests.p[rest].sort_values().index].tolist() for rest in beside]
    return found, tests


def kinds_of_lines(lines, goodbye=0.7, questions=5):
    """Returns a table of the robot's lines with their kind: line, goodbye, re-prompt
    or silence prompt. All but the first are symptoms of how a call goes.

    lines has a row per robot line of a call, in order, with the columns stratum,
    call, line; hung_up, whether the contact hung up at it; unanswered, whether the
    robot has just asked something and nobody has spoken since. A goodbye is the
    last line of the robot in at least that share of its calls, not counting those
    in which the contact hung up at it: so a line that makes people hang up is none.
    A re-prompt begins with a sentence that stands before at least that many
    different lines: "sorry, I did not get that" and the question again. A silence
    prompt is mostly said where the line before is unanswered.
    """
    last = lines.call.ne(lines.call.shift(-1))
    by = [lines.stratum, lines.line]
    table = pd.DataFrame({
        "ends": last.where(~lines.hung_up.astype(bool)).astype(float).groupby(by, observed=True).mean(),
        "unanswered": lines.unanswered.astype(float).groupby(by, observed=True).mean(),
    }).reset_index()
    parts = table.line.str.extract(r"^(.{2,40}?[。！？!?])(.+)$")
    followed = parts[1].groupby([table.stratum, parts[0]], observed=True).transform("nunique").fillna(0)
    table["kind"] = np.select(
        [table.ends >= goodbye, followed >= questions, table.unanswered >= 0.5],
        ["goodbye", "re-prompt", "silence prompt"], "line")
    return table[["stratum", "line", "kind"]]
