"""A distributed baseline against the centralised one in the five norms, in six situations.

The norms are those of theory 9: E_mean, E_sd, E_cov, E_rank and E_post; the reference sees all
values of honest agents, without delay. What travels goes through the code of a run: exact sums of
products, KLL sketches and sums of evidence, merged over 20 locals and two regionals. Values are on
the grid of the wire, so that merging is measured and not rounding.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.stats import evidence
from sim.stats.dependence.covariance import Covariance, error_cov
from sim.stats.fixed_point import QUANTUM
from sim.stats.robust.covariance import project
from sim.stats.robust.registry import make_rule
from sim.stats.robust.scale import mad
from sim.stats.sketches import kll

Floats = NDArray[np.float64]

NORMS: Final = ("mean", "sd", "cov", "rank", "post")
UNITS: Final = {"mean": "sd", "sd": "ln", "cov": "1", "rank": "1", "post": "1", "floor": "sd"}
AGENTS: Final = 1000
REPORTS: Final = 40
FEATURES: Final = 3
LOCALS: Final = 20
BETWEEN: Final = 0.6
"""Spread between agents; within one it is such that all have a deviation of 1."""
SKETCH_K: Final = 800
QUANTILES: Final = np.array([0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
HYPOTHESES: Final = 100
HEARD: Final = 200
LOOK_S: Final = 20.0
"""Evidence of a hypothesis is that of 200 reports, the last 20 s at 10 Hz."""
EFFECT: Final = 0.15
"""Standard deviation of what one report says, in nats."""
SPARSER: Final = 5
"""Spreads and ranks among liars are of every fifth agent, which is quicker."""
FAR_SD: Final = 1e6
"""What liars say: as good as infinite, and sums and differences of it are numbers."""
CAP: Final = 1.0
"""Nats that one report may count for."""
LATEST: Final = 400
"""Instants at which the drifting mean is looked at."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the root has of all values (agents, reports, features), NaN where nothing came."""

    true: Floats
    had: Floats
    evidence: Floats
    """(hypotheses, reports), in nats; NaN did not come."""
    evidence_had: Floats


def run(seed: int, situation: str, size: float = 0.0) -> dict[str, float]:
    """The norms that the situation has, and `floor`: the least E_mean that anything has there.

    `size` is the share that is lost or lies, the age in seconds, or how far in sd those moved who
    are cut off. Raises KeyError for a situation that there is not.
    """
    return SITUATIONS[situation](np.random.default_rng(seed), size)


# Situations


def _all_there(draw: np.random.Generator, size: float) -> dict[str, float]:
    del size
    return {**_norms(_case(draw), draw), "floor": 0.0}


def _lost(draw: np.random.Generator, share: float) -> dict[str, float]:
    """Reports are lost for good, each by itself."""
    case = _case(draw)
    gone = draw.random(case.true.shape[:2]) < share
    unheard = draw.random(case.evidence.shape) < share
    had = np.where(gone[..., np.newaxis], np.nan, case.true)
    heard = np.where(unheard, np.nan, case.evidence)
    return {**_norms(replace(case, had=had, evidence_had=heard), draw), "floor": 0.0}


def _cut_off(draw: np.random.Generator, moved: float) -> dict[str, float]:
    """An eighth of the agents is cut off and has moved since; what they said last is kept."""
    case, cut = _case(draw), AGENTS // 8
    true = case.true.copy()
    true[:cut] += moved
    heard = case.evidence.copy()
    heard[:, : heard.shape[1] // 8] = np.nan
    found = _norms(replace(case, true=true, had=case.true, evidence_had=heard), draw)
    return {**found, "floor": cut / AGENTS * moved / float(true.std(axis=(0, 1)).max())}


def _old(draw: np.random.Generator, age_s: float, tau_s: float = 60.0) -> dict[str, float]:
    """All is known as it was `age_s` ago; agents drift (Ornstein and Uhlenbeck).

    E_mean is its root mean square over instants and features. No predictor of the mean of n
    independent agents is nearer than sqrt((1 - exp(-2 age / tau)) / n).
    """
    kept = math.exp(-age_s / tau_s)
    before = draw.normal(size=(LATEST, AGENTS, FEATURES))
    after = kept * before + math.sqrt(1 - kept**2) * draw.normal(size=before.shape)
    case = _case(draw)
    case = replace(case, true=_on_grid(after[:REPORTS]), had=_on_grid(before[:REPORTS]))
    unheard = case.evidence.copy()
    unheard[:, : round(unheard.shape[1] * min(age_s / LOOK_S, 1.0))] = np.nan
    found = _norms(replace(case, evidence_had=unheard), draw)
    off = (before.mean(axis=1) - after.mean(axis=1)) / after.std(axis=1)
    floor = math.sqrt((1 - kept**2) / AGENTS)
    return {**found, "mean": float(np.sqrt(np.mean(off**2))), "floor": floor}


def _lied(draw: np.random.Generator, share: float) -> dict[str, float]:
    """A share says "far off"; the root takes medians of agents, in sd between them.

    Centres are medians, spreads are MADs and covariances those of pairs; quantiles are of all that
    was said, for nobody knows who lies.
    """
    from sim.stats.robust.max_bias import max_bias

    count = 100 * AGENTS
    liars = round(share * count)
    honest = draw.normal(size=(count - liars, FEATURES))
    said = np.concatenate([np.full((liars, FEATURES), FAR_SD), honest])
    centre = make_rule("median", {}).centre(said[np.newaxis], np.ones((1, count)), liars)[0]
    off = np.abs(centre - honest.mean(axis=0)) / honest.std(axis=0)
    case = _case(draw)
    lies = case.evidence.copy()
    lies[:, : round(share * lies.shape[1])] = CAP
    seen = draw.permutation(said)[::SPARSER]
    known = _of_pairs(seen)
    sd_off = np.log(np.sqrt(np.diag(known)) / honest.std(axis=0))
    said_of = replace(case, true=honest[:, np.newaxis], had=seen[:, np.newaxis])
    floor = max_bias("median", share)
    return {
        "mean": float(off.max()),
        "sd": float(np.max(np.abs(sd_off))),
        "cov": error_cov(known, np.cov(honest, rowvar=False)),
        "rank": max(_error_rank(said_of, feature, draw) for feature in range(FEATURES)),
        "post": _error_post(case.evidence, lies),
        "floor": math.inf if floor is None else floor,
    }


def _lied_alike(draw: np.random.Generator, reports: float) -> dict[str, float]:
    """A third lies and agents differ by the noise of so many reports alone, in sd of a report."""
    found = _lied(draw, 1 / 3)
    within = 1 / math.sqrt(reports)
    return {"mean": found["mean"] * within, "floor": found["floor"] * within}


SITUATIONS: Final[dict[str, Callable[[np.random.Generator, float], dict[str, float]]]] = {
    "all_there": _all_there,
    "lost": _lost,
    "old": _old,
    "cut_off": _cut_off,
    "lied": _lied,
    "lied_alike": _lied_alike,
}


# What the root makes of it


def _case(draw: np.random.Generator) -> Case:
    """Honest values with correlations, and evidence about as strong either way."""
    mix = np.linalg.cholesky(np.full((FEATURES, FEATURES), 0.3) + 0.7 * np.eye(FEATURES))
    agents = BETWEEN * draw.normal(size=(AGENTS, 1, FEATURES))
    noise = draw.normal(size=(AGENTS, REPORTS, FEATURES)) * math.sqrt(1 - BETWEEN**2)
    values = _on_grid((agents + noise) @ mix.T)
    ratios = EFFECT * draw.normal(size=(HYPOTHESES, HEARD))
    return Case(values, values, ratios, ratios)


def _norms(case: Case, draw: np.random.Generator) -> dict[str, float]:
    """All five, of one case."""
    known, true = _merged(case.had), case.true.reshape(-1, FEATURES)
    true_sd = true.std(axis=0, ddof=1)
    sd = np.sqrt(np.diag(known.matrix))
    return {
        "mean": float(np.max(np.abs(known.mean - true.mean(axis=0)) / true_sd)),
        "sd": float(np.max(np.abs(np.log(sd / true_sd)))),
        "cov": error_cov(known.matrix, np.cov(true, rowvar=False)),
        "rank": max(_error_rank(case, feature, draw) for feature in range(FEATURES)),
        "post": _error_post(case.evidence, case.evidence_had),
    }


def _of_pairs(said: Floats) -> Floats:
    """Covariances of features from MADs of sums and differences, the nearest that can be.

    Gnanadesikan & Kettenring (1972), "Robust estimates, residuals, and outlier detection".
    """
    sums, differences = (
        _squared_scales(
            (said[:, :, np.newaxis] + sign * said[:, np.newaxis]).reshape(len(said), -1)
        )
        for sign in (1, -1)
    )
    nearest: Floats = project(((sums - differences) / 4).reshape(FEATURES, FEATURES))
    return nearest


def _squared_scales(items: Floats) -> Floats:
    scales: Floats = mad(items[np.newaxis], np.ones((1, len(items))))[0]
    return scales**2


def _merged(had: Floats) -> Any:
    """Means and covariances that the root reads, from locals over two regionals."""
    sums = Covariance()
    locals_ = [sums.lift(part.reshape(-1, FEATURES)) for part in np.array_split(had, LOCALS)]
    half = LOCALS // 2
    return sums.read(sums.merge([sums.merge(locals_[:half]), sums.merge(locals_[half:])]))


def _error_rank(case: Case, feature: int, draw: np.random.Generator) -> float:
    """Largest error of a rank of one feature, over seven quantiles."""
    parts = np.array_split(case.had[..., feature], LOCALS)
    sketches = [kll.sketch(part, SKETCH_K, draw) for part in parts]
    half = LOCALS // 2
    regional = [kll.merge(some, draw) for some in (sketches[:half], sketches[half:])]
    at = kll.merge(regional, draw).quantiles(QUANTILES)
    values = np.sort(case.true[..., feature], axis=None)
    ranks = np.searchsorted(values, at, side="right") / len(values)
    return float(np.max(np.abs(ranks - QUANTILES)))


def _error_post(true: Floats, had: Floats) -> float:
    """Largest error of a posterior probability; no prior preference."""
    there = np.nan_to_num(had)
    parts = np.array_split(there, LOCALS, axis=1)
    sums = [evidence.total(evidence.quantise(part, CAP)) for part in parts]
    found = evidence.expit(evidence.log_odds(evidence.add_up(np.array(sums))))
    expected = evidence.expit(np.array([math.fsum(row) for row in true]))
    return float(np.max(np.abs(found - expected)))


def _on_grid(values: Floats) -> Floats:
    return np.asarray(np.rint(values / QUANTUM) * QUANTUM)
