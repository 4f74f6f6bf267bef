"""What anomalies say about the tree: whom to watch faster, whom to cut off, whom to re-home.

A recommendation from one decision, nothing more: pure, without memory, and it changes nothing by
itself.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.detection.contract import Floats, Ints

FEWEST: Final = 3
"""Members below which a group says nothing about a cause that they share."""


@dataclass(frozen=True, slots=True)
class TopologyAdaptation:
    """Groups and agents by number."""

    watch_faster: tuple[int, ...]
    """Groups with rejected agents: the most rejected first, then the highest score."""
    isolate: tuple[int, ...]
    """Rejected agents that stand alone in their groups' normal behaviour."""
    rehome: tuple[int, ...]
    """Groups most of which are rejected or silent: their agents need another aggregator."""


def network_adaptive_detection(
    anomaly_scores: ArrayLike, groups: ArrayLike, rejected: ArrayLike, *, majority: float = 0.5
) -> TopologyAdaptation:
    """Recommend changes to the tree from the scores of one decision.

    `anomaly_scores` (n,), NaN = silent; `groups` (n,) the aggregator of each agent, numbered from
    0; `rejected` (n,) whom the deciding node found anomalous (such as by Benjamini-Hochberg).

    Where more than `majority` of a group of at least three is rejected, or silent, its aggregator
    or the way to it is a likelier cause than so many agents at once: they are re-homed and none of
    them is cut off. Elsewhere a rejected agent is isolated and its group watched faster, which
    finds the next one sooner. Raises ValueError for shapes that differ, no agents, a rejected agent
    that is silent, and a majority outside [0, 1).
    """
    scores, members, found = _checked(anomaly_scores, groups, rejected, majority)
    sizes = np.bincount(members)
    counts = np.bincount(members, found)
    silent = np.bincount(members, np.isnan(scores))
    troubled = (np.maximum(counts, silent) > majority * sizes) & (sizes >= FEWEST)
    highest = np.full(len(sizes), -np.inf)
    np.fmax.at(highest, members, scores)
    order = np.lexsort((-highest, -counts))
    return TopologyAdaptation(
        tuple(group for group in order.tolist() if counts[group] and not troubled[group]),
        tuple(np.flatnonzero(found & ~troubled[members]).tolist()),
        tuple(np.flatnonzero(troubled).tolist()),
    )


def _checked(
    anomaly_scores: ArrayLike, groups: ArrayLike, rejected: ArrayLike, majority: float
) -> tuple[Floats, Ints, NDArray[np.bool_]]:
    scores = np.asarray(anomaly_scores, np.float64)
    members, found = np.asarray(groups, np.int64), np.asarray(rejected, np.bool_)
    if scores.ndim != 1 or not len(scores) or not scores.shape == members.shape == found.shape:
        shapes = f"{scores.shape}, {members.shape} and {found.shape}"
        raise ValueError(f"scores, groups and rejected must have one shape (n,), not {shapes}")
    if members.min() < 0:
        raise ValueError("groups must be numbered from 0")
    if np.isnan(scores[found]).any():
        raise ValueError("an agent without a score cannot have been rejected")
    if not 0 <= majority < 1:
        raise ValueError(f"majority must be from 0 to less than 1, not {majority}")
    return scores, members, found
