"""False discoveries of procedures over 1000 hypotheses at 20 nodes, a tenth of them true.

Theory 10's setting: normal values, signals of 3 sd, five at each node; or ten signals of 4 sd at
one node, which is the worst for nodes that test by themselves. A repetition is a block, so a
procedure does all of a run in one call. Missing values are NaN and stay in the total.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.stats import e_values
from sim.stats.multiplicity import (
    benjamini_hochberg,
    benjamini_yekutieli,
    e_benjamini_hochberg,
    within_quota,
)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

UNITS: Final = {"fdr": "share", "power": "share", "made_up": "share"}
REPETITIONS: Final = 200
TESTS: Final = 1000
NODES: Final = 20
ALPHA: Final = 0.1
WITNESSES: Final = 4
NODE: Final = np.repeat(np.arange(NODES), TESTS // NODES)


@dataclass(frozen=True, slots=True)
class World:
    """Values (repetitions, tests, witnesses), who is normal (tests,), and who lies (as values)."""

    values: Floats
    null: Bools
    lie: Bools
    size: float

    @property
    def p(self) -> Floats:
        """One-sided p-values; a lie is 0."""
        from scipy.special import ndtr

        return np.where(self.lie, 0.0, ndtr(-self.values))

    @property
    def log_e(self) -> Floats:
        """Logarithms of likelihood ratios; a lie is infinite."""
        return np.where(self.lie, np.inf, self.size * self.values - self.size**2 / 2)


def run(seed: int, procedure: str, world: str) -> dict[str, float]:
    """`fdr` and `power`, means over the repetitions, and `made_up`, what lies alone bring about.

    That is the share of what only liars watch and call certain, of that and all signals together.
    Raises KeyError for a procedure or a world that there is not.
    """
    there = WORLDS[world](np.random.default_rng(seed))
    rejected = PROCEDURES[procedure](there).reshape(REPETITIONS, TESTS)
    false, found = (rejected & there.null).sum(axis=1), (rejected & ~there.null).sum(axis=1)
    lied = int(there.lie[0].all(axis=-1).sum())
    signals = int((~there.null).sum())
    return {
        "fdr": float(np.mean(false / np.maximum(false + found, 1))),
        "power": float(np.mean(found / signals)),
        "made_up": lied / (lied + signals),
    }


# Worlds


def _honest(draw: np.random.Generator, witnesses: int = 1) -> World:
    null = np.arange(TESTS) % (TESTS // NODES) >= 5
    values = draw.normal(size=(REPETITIONS, TESTS, witnesses)) + 3.0 * ~null[:, np.newaxis]
    return World(values, null, np.zeros(values.shape, np.bool_), 3.0)


def _missing(draw: np.random.Generator) -> World:
    """Every second value has not come."""
    there = _honest(draw)
    gone = (np.arange(TESTS) % 2 == 1)[:, np.newaxis]
    return World(np.where(gone, np.nan, there.values), there.null, there.lie, there.size)


def _shared(draw: np.random.Generator) -> World:
    """Any two values have a correlation of one half."""
    there = _honest(draw)
    signal = there.size * ~there.null[:, np.newaxis]
    common = draw.normal(size=(REPETITIONS, 1, 1))
    values = signal + np.sqrt(0.5) * (there.values - signal) + np.sqrt(0.5) * common
    return World(values, there.null, there.lie, there.size)


def _one_place(draw: np.random.Generator) -> World:
    """Ten signals of 4 sd, all at the first node."""
    null = np.arange(TESTS) >= 10
    values = draw.normal(size=(REPETITIONS, TESTS, 1)) + 4.0 * ~null[:, np.newaxis]
    return World(values, null, np.zeros(values.shape, np.bool_), 4.0)


def _liar(draw: np.random.Generator, witnesses: int = 1) -> World:
    """The first node says p = 0 of all that it watches and that is normal."""
    there = _honest(draw, witnesses)
    watcher = (NODE[:, np.newaxis] + np.arange(witnesses)) % NODES
    lie = (watcher == 0) & there.null[:, np.newaxis]
    return World(there.values, there.null, np.broadcast_to(lie, there.values.shape), there.size)


WORLDS: Final[dict[str, Callable[[np.random.Generator], World]]] = {
    "honest": _honest,
    "missing": _missing,
    "shared": _shared,
    "one_place": _one_place,
    "liar": _liar,
    "liar_witnessed": lambda draw: _liar(draw, WITNESSES),
}


# Procedures


def _each() -> NDArray[np.int64]:
    return np.arange(REPETITIONS + 1) * TESTS


def _bh(there: World) -> Bools:
    return benjamini_hochberg(_merged_p(there), ALPHA, starts=_each())


def _by(there: World) -> Bools:
    return benjamini_yekutieli(_merged_p(there), ALPHA, starts=_each())


def _e_bh(there: World) -> Bools:
    robust = there.values.shape[-1] > 1
    log_e = e_values.robust_product(there.log_e, 1) if robust else there.log_e[..., 0]
    return e_benjamini_hochberg(log_e.ravel(), ALPHA, starts=_each())


def _bh_by_node(there: World) -> Bools:
    borders = np.arange(REPETITIONS * NODES + 1) * (TESTS // NODES)
    return benjamini_hochberg(_merged_p(there), ALPHA, starts=borders)


def _bh_quota(there: World) -> Bools:
    """One discovery a node."""
    p = _merged_p(there)
    group = (np.arange(REPETITIONS)[:, np.newaxis] * NODES + NODE).ravel()
    counted = np.where(within_quota(-p, 1, group), p, np.nan)
    return benjamini_hochberg(counted, ALPHA, starts=_each())


def _merged_p(there: World) -> Floats:
    """What four witnesses say, one of whom may lie, as one p-value."""
    robust = there.values.shape[-1] > 1
    p = e_values.robust_p_value(there.p, 1) if robust else there.p[..., 0]
    return np.ravel(p)


PROCEDURES: Final[dict[str, Callable[[World], Bools]]] = {
    "bh": _bh,
    "by": _by,
    "e_bh": _e_bh,
    "bh_by_node": _bh_by_node,
    "bh_quota": _bh_quota,
}
