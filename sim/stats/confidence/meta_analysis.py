"""Combining what children claim, when children may differ by more than they say: tau^2.

Child i reports mean y_i with claimed variance v_i of its error; the children's own true means have
variance tau^2 around what is wanted. With w = 1 / v Cochran's Q = sum w (y - ybar)^2 is about k - 1
if they do not differ, and what is more says how much they do (DerSimonian & Laird 1986):

    tau^2 = max(0, (Q - (k - 1)) / (sum w - sum w^2 / sum w)),    w* = 1 / (v + tau^2)
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.stats.confidence.contract import Children, Floats, Group

_RELATIVE: Final = 1e-12
_ABSOLUTE: Final = 1e-100
"""No variance counts as less than this share of the largest, or as less than nearly nothing: a
child whose values do not vary must not weigh infinitely."""


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """What children say together, of the shape of their parent; NaN where none says anything."""

    mean: Floats
    """Weighted by w*."""
    variance: Floats
    """1 / sum w*, which takes tau^2 for known."""
    spread: Floats
    """sum w* (y - mean)^2 / ((k - 1) sum w*): the same from how far children are apart."""
    tau2: Floats
    q: Floats
    """Cochran's Q."""
    children: Floats
    """k, of those that say something."""


def combine(group: Group) -> Combined:
    """DerSimonian and Laird's estimate over the group's children.

    Raises ValueError for a group without children.
    """
    if group.children is None:
        raise ValueError("this interval is over children, and the group has none")
    return combined(group.children)


def combined(children: Children) -> Combined:
    """The same of the children alone."""
    there = children.there
    y, w = np.where(there, children.mean, 0.0), fixed_weights(children)
    k = np.asarray(there.sum(axis=0), np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        q = _squares(w, y)
        excess = (q - (k - 1)) / (w.sum(axis=0) - (w**2).sum(axis=0) / w.sum(axis=0))
        tau2 = np.where(k > 1, np.maximum(0.0, excess), 0.0)
        w = w / (1 + w * tau2)
        total = w.sum(axis=0)
        mean, spread = (w * y).sum(axis=0) / total, _squares(w, y) / (k - 1) / total
        return Combined(mean, 1 / total, spread, tau2, q, k)


def fixed_weights(children: Children) -> Floats:
    """1 / v, of the shape of the children; 0 for those that say nothing."""
    claimed = np.where(children.there, children.variance, 0.0)
    floor = np.maximum(_RELATIVE * claimed.max(axis=0, initial=0.0), _ABSOLUTE)
    return np.asarray(children.there / np.maximum(claimed, floor))


def _squares(w: Floats, y: Floats) -> Floats:
    """Weighted squares around the weighted mean, over the first axis."""
    centre = (w * y).sum(axis=0) / w.sum(axis=0)
    return np.asarray((w * (y - centre) ** 2).sum(axis=0))
