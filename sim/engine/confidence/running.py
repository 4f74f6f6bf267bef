"""All that the nodes of a tier have heard since the start, for intervals that hold at every look.

A sequence of looks is a sequence of growing counts, so panes are added up. Rows carry no mean of a
source over many panes; the two components of variance, of which each pane gives an estimate, do
carry over: between sources as it is, within them by the values that have come together.
"""

import numpy as np

from sim.engine.confidence.heard import Ints, Tier
from sim.stats.confidence.components import Components, components
from sim.stats.confidence.contract import Floats, Group
from sim.stats.confidence.rows import groups
from sim.stats.moments import COUNT, SOURCES, mean_sd


class Running:
    """The panes of one tier that no report can change any more, added up."""

    def __init__(self, tier: Tier) -> None:
        self._tier = tier
        self._closed = -1
        """The last pane that is added up."""
        self._rows: Ints | None = None
        self._between, self._within = _Mean(), _Mean()

    def group(self, last_pane: int) -> Group | None:
        """What is known of everything up to a finished pane, which may still gain late reports."""
        for pane in range(self._closed + 1, last_pane):
            self._close(pane)
        self._closed = max(self._closed, last_pane - 1)
        rows = self._of_nodes(last_pane)
        if rows is None:
            return None
        split = components(groups(rows, self._tier.features))
        whole = rows if self._rows is None else self._rows + rows
        return self._cumulative(whole, rows[:, SOURCES], split)

    def _close(self, pane: int) -> None:
        rows = self._of_nodes(pane)
        if rows is None:
            return
        self._rows = rows if self._rows is None else self._rows + rows
        split = components(groups(rows, self._tier.features))
        self._between.add(split.between)
        self._within.add(split.within)

    def _of_nodes(self, pane: int) -> Ints | None:
        rows = self._tier.rows(pane)
        return None if rows is None else self._tier.sums(rows)

    def _cumulative(self, whole: Ints, sources: Ints, newest: Components) -> Group:
        count, mean, sd = mean_sd(whole, self._tier.features)
        each = np.where(count > 0, np.minimum(sources, count), 0)[:, None]
        between, within = self._between.of(newest.between), self._within.of(newest.within)
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = np.sqrt(between + within * each / whole[:, COUNT, None])
        return Group.of(count[:, None], each, mean, sd, apart)


class _Mean:
    """Of arrays of one shape; an entry that is NaN in some of them is the mean of the others."""

    def __init__(self) -> None:
        self._total: Floats | float = 0.0
        self._count: Floats | float = 0.0

    def add(self, array: Floats) -> None:
        """One more."""
        self._total = self._total + np.nan_to_num(array)
        self._count = self._count + np.isfinite(array)

    def of(self, newest: Floats) -> Floats:
        """Of all that were added and one more, which is not."""
        count = self._count + np.isfinite(newest)
        total = self._total + np.nan_to_num(newest)
        return np.divide(total, count, out=np.full_like(newest, np.nan), where=count > 0)
