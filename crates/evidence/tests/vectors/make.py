# Python 3.12 or newer, with: numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 savvi==0.3.1 expectation==0.6.1
"""Writes what SciPy, statsmodels, savvi and expectation make of some data sets into `statistics.json`, which the crate's
tests read.

    # in a virtual environment outside the repository
    pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 savvi==0.3.1 expectation==0.6.1
    python crates/evidence/tests/vectors/make.py

The same versions write the same file. Data sets are differences of pairs, none with all differences equal: what is
defined there SciPy leaves undefined, and the crate's own tests say it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from expectation.modules.hypothesistesting import SymmetryETest
from expectation.modules.martingales import BetaBinomialMixture
from savvi.multinomial import Multinomial
from scipy import special, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import DescrStatsW

ALTERNATIVES = ("two-sided", "greater", "less")
QUANTILES = (0.0, 0.025, 0.1, 0.5, 0.75, 0.999, 1.0)
CONFIDENCES = (0.5, 0.9, 0.95, 0.999)
ALPHAS = (0.05, 0.01)
MOST_REPLICATES = 10_000
RESAMPLES = 199


def data_sets() -> dict[str, list[float]]:
    rng = np.random.default_rng(1)
    drawn = {
        "normal, n = 3": rng.normal(0.1, 1, 3),
        "normal, n = 5": rng.normal(1, 1, 5),
        "normal, n = 10, below zero": rng.normal(-0.5, 0.4, 10),
        "normal, n = 25": rng.normal(0.2, 1, 25),
        "normal, n = 50": rng.normal(0.2, 1, 50),
        "normal, n = 51": rng.normal(0.2, 1, 51),
        "large n": rng.normal(0.05, 1, 500),
        "tiny differences": rng.normal(1e-4, 3e-5, 8),
        "tiny differences on a large offset": 1000 + rng.normal(1e-4, 3e-5, 8),
        "huge": rng.normal(1e39, 1e39, 6),
        "skewed": rng.lognormal(0, 1, 20),
        "skewed, centred": rng.exponential(1, 30) - 1,
        "clear effect": rng.normal(3, 0.1, 40),
        "no effect": rng.normal(1e-9, 1, 12) - np.arange(12) % 2,
        "many ties": np.round(rng.normal(0.3, 2, 200)),
        "counts": rng.poisson(2, 16) - 1,
    }
    written = {
        "two": [0.3, 0.5],
        "two, opposite": [-0.2, 0.3],
        "two, equal and opposite": [-1, 1],
        "mean near zero": [-1, 1 + 1e-6, 0.5, -0.5],
        "ties": [1, 1, -1, 2, 2, 2, -3, 4, 5, 5],
        "ties and zeros": [0, 0.5, -0.5, 0.5, 1.5, 0, 1.5, -2.5, 3],
        "zeros and one difference": [0, 0, 0, 2],
        "one outlier": [0.1, 0.12, 0.09, 0.11, 0.1, 9],
        "steps of a run": [1250, -375, 2125, 500, 875, -125, 1625, 250, 1000, 1375],
        "accuracies": [0.0012, 0.0031, -0.0004, 0.0023, 0.0018, 0.0007, 0.0027, 0.0005, 0.0014, 0.0009],
    }
    return {name: [float(value) for value in values] for name, values in (drawn | written).items()}


def p_values(test) -> list[float]:
    """Two-sided, greater, less."""
    return [float(test(alternative)) for alternative in ALTERNATIVES]


def paired_t(values: np.ndarray) -> dict[str, Any]:
    result = stats.ttest_1samp(values, 0)
    p = p_values(lambda alternative: stats.ttest_1samp(values, 0, alternative=alternative).pvalue)
    return {"t": float(result.statistic), "degrees_of_freedom": float(result.df), "p": p}


def hedges_g(values: np.ndarray) -> float | None:
    m = len(values) - 1
    if m < 2:
        return None
    correction = np.exp(special.gammaln(m / 2) - special.gammaln((m - 1) / 2)) / np.sqrt(m / 2)
    return float(correction * values.mean() / values.std(ddof=1))


def margins(values: np.ndarray) -> list[float]:
    """None, one that the mean is at, one within reach of the data, and one far away."""
    spread = values.std(ddof=1)
    return [0.0, abs(float(values.mean())), float(abs(values.mean()) + 0.4 * spread), float(10 * spread)]


def equivalence(values: np.ndarray, margin: float, alpha: float) -> dict[str, float]:
    p = DescrStatsW(values).ttost_mean(-margin, margin)[0]
    low, high = DescrStatsW(values).tconfint_mean(alpha=2 * alpha)
    return {"margin": margin, "alpha": alpha, "p": float(p), "low": float(low), "high": float(high)}


def minimum_effect(values: np.ndarray, margin: float) -> dict[str, float]:
    above = stats.ttest_1samp(values, margin, alternative="greater").pvalue
    below = stats.ttest_1samp(values, -margin, alternative="less").pvalue
    return {"margin": margin, "above": float(above), "below": float(below)}


def data_set(name: str, numbers: list[float]) -> dict[str, Any]:
    values = np.array(numbers)
    scale = values.std(ddof=1) / np.sqrt(len(values))
    intervals = [stats.t.interval(c, len(values) - 1, loc=values.mean(), scale=scale) for c in CONFIDENCES]
    return {
        "name": name,
        "values": numbers,
        "mean": float(values.mean()),
        "standard_deviation": float(values.std(ddof=1)),
        "median": float(np.median(values)),
        "quantiles": [[q, float(np.quantile(values, q))] for q in QUANTILES],
        "mean_intervals": [[c, float(low), float(high)] for c, (low, high) in zip(CONFIDENCES, intervals)],
        "paired_t": paired_t(values),
        "cohen_d_z": float(values.mean() / values.std(ddof=1)),
        "hedges_g": hedges_g(values),
        "equivalence": [equivalence(values, margin, alpha) for margin in margins(values) for alpha in ALPHAS],
        "minimum_effect": [minimum_effect(values, margin) for margin in margins(values)],
    }


def bca(name: str, values: np.ndarray, statistic, confidence: float) -> dict[str, Any]:
    """SciPy's interval, with the resampled statistics that it is made of."""
    result = stats.bootstrap(
        (values,), statistic, n_resamples=RESAMPLES, confidence_level=confidence, method="BCa", rng=1
    )
    return {
        "data_set": name,
        "statistic": statistic.__name__,
        "estimate": float(statistic(values)),
        "bootstrap": [float(value) for value in result.bootstrap_distribution],
        "confidence": confidence,
        "low": float(result.confidence_interval.low),
        "high": float(result.confidence_interval.high),
    }


def sign_test(n_positive: int, n_negative: int) -> dict[str, Any]:
    n = n_positive + n_negative
    p = p_values(lambda alternative: stats.binomtest(n_positive, n, alternative=alternative).pvalue)
    return {"n_positive": n_positive, "n_negative": n_negative, "p": p}


def signed_rank(name: str, values: list[float]) -> dict[str, Any]:
    """Exact: over all signs where sizes are equal."""
    sizes = [abs(value) for value in values if value != 0]
    has_ties = len(set(sizes)) < len(sizes) or len(sizes) < len(values)
    method = stats.PermutationMethod(n_resamples=np.inf) if has_ties else "exact"
    test = lambda alternative: stats.wilcoxon(values, alternative=alternative, method=method, zero_method="wilcox")
    return {"name": name, "values": values, "p": p_values(lambda alternative: test(alternative).pvalue)}


# As in `e_process.rs`.
STRENGTHS = [2.0**exponent for exponent in range(-5, 5)]


def symmetric(values: np.ndarray) -> float:
    """ln of the mean of the e-values of Fisher's type over the strengths."""
    e = [SymmetryETest(lambda_value=strength).compute(values) for strength in STRENGTHS]
    return float(np.log(np.mean(e)))


def signs(values: np.ndarray) -> float:
    """ln of the one-sided beta-binomial mixture, checked against savvi's two-sided one, which is the mean of both sides."""
    one_sided = BetaBinomialMixture(v_opt=1, alpha_opt=0.05, g=0.5, h=0.5, is_one_sided=True)
    # The Beta distribution with parameters 1/2: r over g (g + h).
    one_sided.r = 0.25
    one_sided.normalizer = one_sided._compute_normalizer()
    above, below = int((values > 0).sum()), int((values < 0).sum())
    s, v = (above - below) / 2, (above + below) / 4
    both = Multinomial(0.05, np.array([0.5, 0.5]), k=1)
    both.update(np.array([above, below]))
    sides = [one_sided.log_superMG(s, v), one_sided.log_superMG(-s, v)]
    assert abs(np.log(np.mean(np.exp(sides))) - np.log(both.odds)) < 1e-9
    return float(sides[0])


def e_processes(name: str, values: list[float]) -> dict[str, Any]:
    prefixes = [np.array(values[: n + 1]) for n in range(len(values))]
    return {
        "name": name,
        "values": values,
        "symmetric": [symmetric(prefix) for prefix in prefixes],
        "signs": [signs(prefix) for prefix in prefixes],
    }


def holm(p: list[float]) -> dict[str, list[float]]:
    return {"p": p, "adjusted": [float(value) for value in multipletests(p, method="holm")[1]]}


def power(effect: float, n: int, alpha: float) -> float:
    critical = stats.t.isf(alpha, n - 1)
    return float(stats.nct.sf(critical, n - 1, effect * np.sqrt(n)))


def replicates_needed(effect: float, alpha: float, wanted: float) -> int | None:
    """Counted up from two: no assumption that the power grows with the number."""
    return next((n for n in range(2, MOST_REPLICATES + 1) if power(effect, n, alpha) >= wanted), None)


def main() -> None:
    sets = data_sets()
    bca_cases = [
        ("skewed", np.mean, 0.95), ("skewed", np.median, 0.9), ("skewed, centred", np.mean, 0.95),
        ("counts", np.mean, 0.8), ("normal, n = 25", np.mean, 0.99), ("large n", np.mean, 0.95),
    ]
    powers = [(e, n, a) for e in (0.02, 0.5, 1.5, 8.0) for n in (2, 3, 10, 100, 10_000) for a in (0.05, 0.001, 0.6)]
    powers += [(200.0, 2, 1e-3), (30.0, 3, 1e-4)]
    wanted = [
        (8.0, 0.05, 0.8), (20.0, 0.001, 0.9), (1.5, 0.05, 0.8), (1.0, 0.025, 0.9), (0.5, 0.05, 0.8), (0.5, 0.005, 0.8),
        (0.2, 0.05, 0.95), (0.05, 0.05, 0.8), (0.025, 0.05, 0.8), (0.024, 0.05, 0.8), (0.5, 0.05, 0.04),
    ]
    vectors = {
        "data_sets": [data_set(name, values) for name, values in sets.items()],
        "bca": [bca(name, np.array(sets[name]), statistic, c) for name, statistic, c in bca_cases],
        "sign_test": [sign_test(*counts) for counts in
                      [(1, 0), (0, 5), (3, 3), (8, 2), (2, 8), (10, 0), (40, 25), (520, 480), (4800, 5200)]],
        "signed_rank": [signed_rank(name, sets[name]) for name in
                        ["normal, n = 5", "normal, n = 10, below zero", "normal, n = 25", "clear effect", "skewed", "ties",
                         "ties and zeros", "steps of a run", "accuracies", "one outlier"]],
        "e_processes": [e_processes(name, sets[name]) for name in
                        ["normal, n = 3", "normal, n = 5", "normal, n = 10, below zero", "normal, n = 25", "normal, n = 50",
                         "skewed", "clear effect", "no effect", "counts", "ties and zeros", "one outlier", "accuracies"]],
        "holm": [holm(p) for p in
                 [[0.04], [0.01, 0.04, 0.03, 0.005], [0.5, 0.6, 0.9], [0.02, 0.02, 0.02], [0.0, 1.0, 1e-12, 0.049]]],
        "power": [{"effect": e, "n": n, "alpha": a, "power": power(e, n, a)} for e, n, a in powers],
        "replicates_needed": [
            {"effect": e, "alpha": a, "power": p, "n": replicates_needed(e, a, p)} for e, a, p in wanted
        ],
    }
    path = Path(__file__).with_name("statistics.json")
    path.write_text(json.dumps(vectors, indent=None, separators=(",", ":")).replace('{"', '\n{"') + "\n")


if __name__ == "__main__":
    main()
