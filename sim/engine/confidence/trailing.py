"""How many of a pane's values an agent is short of, where messages are lost: the last ones.

What an agent tells is cumulative: only the messages that were lost after the last one that came are
missed, T of them with P(T >= t) = q^t; hop by hop that adds up (negative binomial). `ahead` reports
were due between the newest message and the pane's end, so an agent is short of k = max(0, T +
ahead), and of fewer than N if it was heard at all. Its mean is off by noise of variance 1/n - 1/N
for its n = N - k values, and the mean of 1/n is *more* than 1 over the mean of n (Jensen). So q is
found from the mean of k, which a node knows, and 1/n from q. The same q at every hop is assumed.
"""

from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.stats.confidence.contract import Floats

SHARES: Final = np.linspace(0, 0.98, 99)
"""Of messages lost, q: where the law is laid down; between them it is interpolated."""
LONGEST: Final = 256
"""Of messages lost in a row: more is no accident of single messages."""
STEPS: Final = 20
"""Of a report's period: how finely it is told how many reports were due."""


class Short(NamedTuple):
    """How short agents are, for each of `SHARES`."""

    mean: Floats
    """Mean of k over the agents heard."""
    noise: Floats
    """Mean of 1/n - 1/N."""


def noise_of_missing(short: Floats, ahead: Floats, values: float, hops: int) -> Floats:
    """Mean of 1/n - 1/N over agents that are short of so many of `values` N on average.

    `short` and `ahead` (in reports; negative: the newest message is of after the pane) have one
    shape (units,). Where losses cannot explain what is missing, it is as much of every agent.
    """
    known = np.minimum(short, values - 1)
    found = np.maximum(1 / np.maximum(values - known, 1) - 1 / values, 0.0)
    steps = np.clip(np.rint(ahead * STEPS), -LONGEST * STEPS, (values - 1) * STEPS).astype(np.int64)
    for step in np.unique(steps[known > 0]).tolist():
        law = _law(step, values, hops)
        mine = (steps == step) & (known > law.mean[0])
        found[mine] = np.maximum(found[mine], np.interp(known[mine], law.mean, law.noise))
    return np.asarray(found)


@lru_cache(maxsize=1024)
def _law(step: int, values: float, hops: int) -> Short:
    """With reports at any phase, as many are due as there are whole periods, or one more."""
    whole, rest = divmod(step, STEPS)
    share = rest / STEPS
    lost = np.arange(LONGEST + max(0, -whole) + 1)
    chance = _chances(lost, hops)
    parts = [
        (weight, np.maximum(lost + whole + more, 0))
        for more, weight in ((0, 1 - share), (1, share))
        if weight > 0
    ]
    heard, mean, noise = np.zeros((3, len(SHARES)))
    for weight, k in parts:
        there = k <= max(values - 1, 0)
        of_each = weight * chance[:, there]
        heard += of_each.sum(axis=1)
        mean += of_each @ k[there]
        noise += of_each @ (1 / (values - k[there]) - 1 / values)
    return Short(mean / heard, noise / heard)


def _chances(lost: NDArray[np.int64], hops: int) -> Floats:
    """P(T = t) of a negative binomial law, (shares, t): hops in a row, each geometric."""
    ways = np.ones(len(lost))
    for hop in range(1, hops):
        ways *= (lost + hop) / hop
    return np.asarray(ways * SHARES[:, None] ** lost * (1 - SHARES[:, None]) ** hops)
