"""The gate's error rates by simulation, under laws that it knows nothing of.

    python -m benchmarks.gate_error_rates

First table: nothing changed, but all luck is drawn anew, over four gated metrics together. Second:
recall, measured on 40 anomalies a replication, with and without a loss of 2 points; a check that is
inconclusive is repeated with the replications that it asked for. Third: what the gate does *not*
promise, an equal mean under a different law.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.measure.gate.effect import Levels
from sim.measure.gate.planning import reach
from sim.measure.gate.rates import levels_of
from sim.measure.gate.rearrangements import Rearrangements, fewest, flips, swaps

Floats = NDArray[np.float64]
Law = Callable[[np.random.Generator, tuple[int, ...]], Floats]

METRICS: Final = 4
SEGMENTS: Final = 40
TOLERANCE: Final = 0.02
MOST: Final = 800
LAWS: Final[dict[str, Law]] = {
    "normal": lambda random, shape: random.standard_normal(shape),
    "lognormal, sigma 1": lambda random, shape: random.lognormal(0.0, 1.0, shape),
    "minus lognormal": lambda random, shape: -random.lognormal(0.0, 1.0, shape),
    "Poisson, mean 0.5": lambda random, shape: random.poisson(0.5, shape).astype(float),
    "Student, 2 degrees": lambda random, shape: random.standard_t(2, shape),
    "recall 95 % (lost)": lambda random, shape: 1 - recall(random, 0.95, shape),
}
MEANS: Final = dict(zip(LAWS, (0.0, np.exp(0.5), -np.exp(0.5), 0.5, 0.0, 0.05), strict=True))


def recall(random: np.random.Generator, mean: float, shape: tuple[int, ...]) -> Floats:
    """Beta-binomial: some replications are harder than others."""
    return random.binomial(SEGMENTS, random.beta(50 * mean, 50 * (1 - mean), shape)) / SEGMENTS


def lost_in_pairs(random: np.random.Generator, loss: float, shape: tuple[int, ...]) -> Floats:
    """Recall of the base less that of a candidate, on the same anomalies.

    Both find most of the same ones; the candidate loses some and wins others, by `loss` more.
    """
    found = random.binomial(SEGMENTS, random.beta(47.5, 2.5, shape))
    lost = random.binomial(found, 0.01 + loss / 0.95)
    won = random.binomial(SEGMENTS - found, 0.19)
    return (lost - won) / SEGMENTS


def lost_in_groups(random: np.random.Generator, loss: float, shape: tuple[int, ...]) -> Floats:
    """Share that is not found by a candidate (first half of the last axis) and its base."""
    half = (*shape[:-1], shape[-1] // 2)
    return np.concatenate(
        [1 - recall(random, 0.95 - loss, half), 1 - recall(random, 0.95, half)], axis=-1
    )


class Verdicts(NamedTuple):
    failed: NDArray[np.bool_]
    passed: NDArray[np.bool_]


def verdicts(
    values: Floats, tried: Rearrangements, levels: Levels, tolerance: float, rows: int = 512
) -> Verdicts:
    """What the gate says of many checks at once; values are (checks, values of one check)."""
    pairs = [
        _p_values(values[first : first + rows], tried, tolerance)
        for first in range(0, len(values), rows)
    ]
    worse, below = (np.concatenate(side) * (1 - 1e-12) for side in zip(*pairs, strict=True))
    passed = below <= levels.high
    return Verdicts((worse <= levels.low) & ~passed, passed)


def _p_values(values: Floats, tried: Rearrangements, tolerance: float) -> tuple[Floats, Floats]:
    """Of "no worse than 0" and of "at least as bad as the tolerance"."""
    shifts = values @ tried.weights.T
    slack = 1e-12 * np.abs(values).max(axis=1, keepdims=True)
    worse = tried.unmoved + (shifts <= slack).sum(axis=1)
    below = tried.unmoved + (shifts >= tolerance * (1 - 1e-9)).sum(axis=1)
    return worse / len(tried), below / len(tried)


def false_alarms(law: Law, n: int, paired: bool, checks: int, seed: int) -> float:
    """How often at least one of the gated metrics fails though nothing changed."""
    random = np.random.default_rng(seed)
    values = law(random, (checks * METRICS, 2 * n))
    if paired:
        values = values[:, :n] - values[:, n:]
    tried = flips(n) if paired else swaps(n, n)
    return _any_failed(values, tried, checks)


def alarms_of_another_law(name: str, n: int, checks: int, seed: int) -> float:
    """The same where differences have mean 0 but are not symmetric: that is a change."""
    values = LAWS[name](np.random.default_rng(seed), (checks * METRICS, n)) - MEANS[name]
    return _any_failed(values, flips(n), checks)


def _any_failed(values: Floats, tried: Rearrangements, checks: int) -> float:
    """The smallest tolerance lets fail the most, so that is what is measured."""
    found = verdicts(values, tried, levels_of(METRICS), tolerance=0.0)
    return float(found.failed.reshape(checks, METRICS).any(axis=1).mean())


class TwoLooks(NamedTuple):
    """Shares of checks; `asked` is the mean number of replications asked for at the first look."""

    failed: float
    passed: float
    asked: float


def two_looks(
    lost: Callable[[np.random.Generator, float, tuple[int, ...]], Floats],
    loss: float,
    first: int,
    paired: bool,
    checks: int,
    seed: int,
    metrics: int = METRICS,
) -> TwoLooks:
    """A check at `first` replications and, where it is inconclusive, one at those it asks for."""
    random, levels = np.random.default_rng(seed), levels_of(metrics)
    sides = 1 if paired else 2
    drawn = lost(random, loss, (checks, sides * MOST)).reshape(checks, sides, MOST)
    failed, passed = look(drawn[:, :, :first], levels)
    asked = replications(drawn[:, :, :first], levels)
    still_open = ~(failed | passed)
    for n in np.unique(asked[still_open]):
        rows = np.flatnonzero(still_open & (asked == n))
        failed[rows], passed[rows] = look(drawn[rows, :, :n], levels)
    return TwoLooks(failed.mean(), passed.mean(), asked[still_open].mean())


def look(drawn: Floats, levels: Levels) -> Verdicts:
    """Verdicts on figures of (checks, sides, replications)."""
    checks, sides, n = drawn.shape
    tried = flips(n) if sides == 1 else swaps(n, n)
    return verdicts(drawn.reshape(checks, -1), tried, levels, TOLERANCE)


def replications(drawn: Floats, levels: Levels) -> NDArray[np.int64]:
    """What each check asks for; rounded up to tens, so that few numbers occur."""
    _, sides, n = drawn.shape
    deviation = np.sqrt(drawn.var(axis=2, ddof=1).sum(axis=1))
    planned = (reach(sides * (n - 1), levels) * deviation / TOLERANCE) ** 2
    asked = np.maximum(planned, max(n + 1, fewest(min(levels.low, levels.high), sides == 1)))
    return np.minimum(np.ceil(asked / 10) * 10, MOST).astype(np.int64)


def main() -> None:
    alarms()
    losses()
    other_laws()


def alarms(checks: int = 5000) -> None:
    print(f"false alarms of {METRICS} metrics together, nothing changed ({checks:,} checks)")
    print(
        f"  {'law of the figures':20} {'10 pairs':>9} {'20 pairs':>9} {'10 + 10':>9} {'20 + 20':>9}"
    )
    for seed, (name, law) in enumerate(LAWS.items()):
        rates = [
            false_alarms(law, n, paired, checks, seed) for paired in (True, False) for n in (10, 20)
        ]
        print(f"  {name:20}" + "".join(f" {rate:9.2%}" for rate in rates))


def losses(checks: int = 1000) -> None:
    print(f"tolerance 2 points of recall, {METRICS} metrics gated, two looks ({checks:,} checks)")
    print(f"  {'':34} {'asked for':>9} {'fail':>8} {'pass':>8} {'open':>8}")
    for paired, first in ((True, 10), (True, 20), (False, 20)):
        law = lost_in_pairs if paired else lost_in_groups
        for loss in (0.02, 0.0):
            found = two_looks(law, loss, first, paired, checks if paired else checks // 5, seed=1)
            kind = f"{first} pairs" if paired else f"{first} + {first}"
            change = "2 points lost" if loss else "no change"
            left = 1 - found.failed - found.passed
            print(
                f"  {kind:16} {change:17} {found.asked:9.0f} {found.failed:8.1%}"
                f" {found.passed:8.1%} {left:8.1%}"
            )


def other_laws(checks: int = 2000) -> None:
    print(f"not promised: differences of mean 0 but another shape ({checks:,} checks)")
    print(f"  {'law of the differences':26} {'10 pairs':>9} {'20 pairs':>9}")
    for name in ("lognormal, sigma 1", "minus lognormal"):
        rates = [alarms_of_another_law(name, n, checks, seed=1) for n in (10, 20)]
        print(f"  {name:26}" + "".join(f" {rate:9.2%}" for rate in rates))


if __name__ == "__main__":
    main()
