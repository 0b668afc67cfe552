"""The statistics of the notebooks, each with its source. Independent of datasets."""

import numpy as np
import pandas as pd
from scipy import sparse, stats


def wilson(k, n, confidence=0.95):
    """Returns the ends of the score interval for k successes in n; NaN if n is 0.

    Wilson, Probable inference, the law of succession, and statistical
    inference, Journal of the American Statistical Association 22 (1927).
    """
    k, n = np.asarray(k, float), np.asarray(n, float)
    z = stats.norm.ppf((1 + confidence) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = k / n
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


def log_odds(y, other, prior):
    """Returns z-scores of the weighted log-odds ratio of words between two corpora.

    y and other are the counts of each word (rows) in the two, prior its
    pseudo-counts: Monroe, Colaresi and Quinn, Fightin' Words: Lexical feature
    selection and evaluation for identifying the content of political conflict,
    Political Analysis 16 (2008), equations 15 (with an informative prior), 20
    and 22. Counts may have several columns, which are computed independently.
    """
    y, other = np.asarray(y, float), np.asarray(other, float)
    prior = np.asarray(prior, float).reshape((-1,) + (1,) * (y.ndim - 1))
    a, b = y + prior, other + prior
    with np.errstate(divide="ignore", invalid="ignore"):
        delta = np.log(a / (a.sum(0) - a)) - np.log(b / (b.sum(0) - b))
        return delta / np.sqrt(1 / a + 1 / b)


def marks(presence, blocks, failed, strata, prior_size=500, permutations=300, error=0.05, seed=1):
    """Finds the phrases that mark failure beyond chance.

    presence is a sparse matrix, calls by phrases: whether the call contains the
    phrase. The phrases of a block (such as those of the first k lines) are one
    vocabulary. The prior of log_odds is the distribution in all calls, scaled
    to prior_size. A phrase's score is the distance of its z from the mean of
    the z it has when the labels are permuted among the calls of a stratum (such
    as a campaign), in standard deviations; so a phrase that only distinguishes
    strata scores about 0. The threshold is a quantile of the highest score of
    all phrases (Westfall and Young, Resampling-based multiple testing, 1993):
    the probability that any phrase unrelated to failure passes is at most error.

    Returns the threshold after a table with a row per phrase: calls; failed, of
    these; expected, how many of these fail under permutation; z; score; passes.
    """
    presence = sparse.csr_matrix(presence, dtype=float)
    blocks, failed, strata = np.asarray(blocks), np.asarray(failed, float), np.asarray(strata)
    random = np.random.default_rng(seed)
    labels = np.empty((len(failed), permutations + 1))
    labels[:, 0] = failed
    order = np.argsort(strata, kind="stable")
    edges = np.flatnonzero(np.r_[True, strata[order][1:] != strata[order][:-1], True]) if len(order) else np.array([0])
    for start, end in zip(edges[:-1], edges[1:]):
        members = order[start:end]
        for p in range(1, permutations + 1):
            labels[members, p] = failed[random.permutation(members)]
    y = presence.T @ labels
    total = np.asarray(presence.sum(0)).ravel()[:, None]
    z = np.zeros_like(y)
    for block in np.unique(blocks):
        of = blocks == block
        z[of] = log_odds(y[of], total[of] - y[of], prior_size * total[of, 0] / total[of].sum())
    z = np.nan_to_num(z)
    # The real labels count as one of the labellings.
    spread = z.std(1, keepdims=True)
    score = np.divide(z - z.mean(1, keepdims=True), spread, out=np.zeros_like(z), where=spread > 1e-12)
    highest = score.max(0) if len(score) else np.zeros(permutations + 1)
    threshold = np.sort(highest)[int(np.ceil((1 - error) * (permutations + 1))) - 1]
    table = pd.DataFrame({
        "calls": total[:, 0].astype(int), "failed": y[:, 0].astype(int), "expected": y[:, 1:].mean(1),
        "z": z[:, 0], "score": score[:, 0], "passes": score[:, 0] > threshold,
    })
    return table, float(threshold)
