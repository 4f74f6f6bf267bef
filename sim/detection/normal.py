"""Whose normal an agent is held against: its own, its neighbours', or a published baseline.

A normal answers two questions: against what was an agent held when a value of it arrived
(`at`), and against what is everybody held now (`now`). An answer is a `Baseline` and the row of it
for each agent. What nobody has learnt or received yet is a row of NaN.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from sim.detection.contract import Baseline, Floats, Ints
from sim.detection.history import History

Answer = tuple[Baseline, Ints | None]
"""A baseline, and which row of it each agent is held against (None: all against the only one)."""


class Normal(Protocol):
    """Who is held against what."""

    def at(self, rows: Ints, known_ns: Floats) -> Answer:
        """For agents `rows`, each at the instant at which a value of it arrived."""
        ...

    def now(self) -> Answer:
        """For all agents, now."""
        ...


class Learnt:
    """What was learnt at the agents' own aggregator from the values that arrived, then frozen.

    `group` (agents,) pools the agents of an aggregator; None keeps each agent's own history.
    """

    def __init__(self, history: History, group: Ints | None) -> None:
        self.history = history
        self._group = group
        self._baseline = history.baseline(group)
        self._row = np.arange(history.agents) if group is None else group

    def freeze(self) -> None:
        """From now on hold agents against what has been learnt so far."""
        self._baseline = self.history.baseline(self._group)

    def at(self, rows: Ints, known_ns: Floats) -> Answer:  # noqa: ARG002
        """See `Normal.at`."""
        return self._baseline, self._row[rows]

    def now(self) -> Answer:
        """See `Normal.now`."""
        return self._baseline, self._row


class Published:
    """Baselines that some nodes publish in versions 1, 2 ... and that take time to arrive.

    `publisher` (agents,) says whose baseline an agent is held against, `local` (agents,) where it
    is watched. `held_at` gives the version that locals held at instants, `held_now` (locals,) those
    that they hold now; -1 is none. Versions older than all that are held are dropped: a long run
    needs no more room than a short one. `covariance`: they come with covariances.
    """

    def __init__(
        self,
        publisher: Ints,
        local: Ints,
        features: int,
        held_at: Callable[[Ints, Floats], Ints],
        held_now: Callable[[], Ints],
        *,
        covariance: bool = False,
    ) -> None:
        self._publisher = publisher
        self._publishers = int(publisher.max()) + 1
        self._local = local
        self._held_at = held_at
        self._held_now = held_now
        self._numbers = np.zeros(1, np.int64)
        """The versions that are kept, ascending. 0 is unknown: held before anything arrives."""
        self._kept = nothing_known(self._publishers, features, covariance)
        """A row for each of them and publisher."""

    def publish(self, version: int, baseline: Baseline) -> None:
        """Note what `version` says; a row for each publisher.

        Where replicas publish side by side, an older version may come after a newer one.
        """
        is_held = self._numbers >= np.maximum(self._held_now(), 0).min()
        rows = np.repeat(is_held, self._publishers)
        numbers = np.append(self._numbers[is_held], version)
        order = np.argsort(numbers, kind="stable")
        self._numbers = numbers[order]
        kept = self._kept.rows(rows).and_more(baseline)
        each = order[:, None] * self._publishers + np.arange(self._publishers)
        self._kept = kept.rows(each.ravel())

    def at(self, rows: Ints, known_ns: Floats) -> Answer:
        """See `Normal.at`."""
        held = self._held_at(self._local[rows], known_ns)
        return _narrowed(self._kept, self._row(held, self._publisher[rows]))

    def now(self) -> Answer:
        """See `Normal.now`."""
        held = self._held_now()[self._local]
        return _narrowed(self._kept, self._row(held, self._publisher))

    def _row(self, version: Ints, publisher: Ints) -> Ints:
        place = np.searchsorted(self._numbers, np.maximum(version, 0))
        return np.asarray(place * self._publishers + publisher)


class Snapshot:
    """Baselines known the instant they are made; arguments are those of `Published`."""

    def __init__(self, publisher: Ints, features: int, *, covariance: bool = False) -> None:
        self._publisher = publisher
        self._baseline = nothing_known(int(publisher.max()) + 1, features, covariance)

    def publish(self, version: int, baseline: Baseline) -> None:  # noqa: ARG002
        """Replace what was known."""
        self._baseline = baseline

    def at(self, rows: Ints, known_ns: Floats) -> Answer:  # noqa: ARG002
        """See `Normal.at`."""
        if len(self._baseline.count) == 1:
            return self._baseline, None
        return self._baseline, self._publisher[rows]

    def now(self) -> Answer:
        """See `Normal.now`."""
        return self._baseline, None if len(self._baseline.count) == 1 else self._publisher


def nothing_known(rows: int, features: int, covariance: bool = False) -> Baseline:
    """Baselines of which nothing is known; `covariance`: not even of how features move together."""
    unknown = np.full((rows, features), np.nan)
    matrix = np.full((rows, features, features), np.nan) if covariance else None
    return Baseline(np.zeros(rows, np.int64), unknown, unknown.copy(), matrix)


def _narrowed(baseline: Baseline, which: Ints) -> Answer:
    """The same answer; where all agents have one row, that row alone, which is cheaper to use."""
    if not len(which) or which.min() != which.max():
        return baseline, which
    return baseline.rows(slice(which[0], which[0] + 1)), None
