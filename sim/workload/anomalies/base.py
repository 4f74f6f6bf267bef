"""What all injected anomalies share: whom they hit, when, and the label that they leave.

An anomaly is a behaviour around another one. It lets the inner behaviour measure as if nothing
were wrong and then changes the reports of its agents that are born from their begin (included) to
the end (excluded). Everybody else's values pass through untouched, bit by bit, and cost a look-up
for each block.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from sim.errors import InputError
from sim.workload.behaviour import Behaviour, Bools, Floats, Ints, Labels, StreamAt


@dataclass(frozen=True, slots=True, eq=False)
class Injection:
    """One anomaly of a scenario, with its agents chosen and its onsets drawn."""

    kind: str
    options: Mapping[str, Any]
    agents: Bools
    """Who is hit, (n,)."""
    begin_ns: Floats
    """When it begins at each agent, (n,); looked at only for those who are hit."""
    end_ns: float
    """When it ends at all of them, such as the end of the run."""
    number: int
    """Its label: 1 for the first anomaly of the scenario."""

    def refused(self, problem: str) -> InputError:
        """An error that says which anomaly it is about."""
        return InputError(f"anomalies[{self.number - 1}]: {problem}")


class Anomaly:
    """A behaviour of which some agents are anomalous for some time; see `Behaviour`.

    A kind overrides `changed`, and `watch` if it needs to know what its agents measured before.
    Raises InputError for features that the behaviour does not have.
    """

    has_memory: ClassVar[bool] = False
    """Whether `watch` wants to be called."""

    def __init__(self, behaviour: Behaviour, injection: Injection, stream_at: StreamAt) -> None:  # noqa: ARG002
        self.features = behaviour.features
        self.behaviour = behaviour
        self.injection = injection
        self.columns = _columns(injection, behaviour.features)
        self._choose(np.flatnonzero(injection.agents))

    def _choose(self, members: Ints) -> None:
        """Fix who is hit, in ascending order; everything else is by position in `members`."""
        self.members = members
        self._begin_ns = self.injection.begin_ns[members]

    def fill(self, tick: int, born_ns: Floats, first: int, out: Floats) -> None:
        """See `Behaviour.fill`."""
        self.measure(tick, born_ns, first, out)
        who = self._within(first, len(out))
        if who.start == who.stop:
            return
        rows = self.members[who] - first
        active = self._active(who, born_ns[rows])
        if self.has_memory:
            self.watch(tick, who, out[rows], active)
        if active.any():
            hit, at = who.start + np.flatnonzero(active), rows[active]
            changed = self.changed(tick, hit, born_ns[at], out[at])
            out[at[:, None], self.columns] = changed[:, self.columns]

    def label(self, tick: int, born_ns: Floats, first: int, out: Labels) -> None:
        """See `Behaviour.label`; where anomalies overlap, the last one in the file counts."""
        self.behaviour.label(tick, born_ns, first, out)
        who = self._within(first, len(out))
        rows = self.members[who] - first
        out[rows[self._active(who, born_ns[rows])]] = self.injection.number

    def deviation(self) -> Floats:
        """See `Behaviour.deviation`: that of normal values."""
        return self.behaviour.deviation()

    def spread(self) -> Floats:
        """See `Behaviour.spread`: that of normal values."""
        return self.behaviour.spread()

    def measure(self, tick: int, born_ns: Floats, first: int, out: Floats) -> None:
        """Let the inner behaviour measure."""
        self.behaviour.fill(tick, born_ns, first, out)

    def watch(self, tick: int, who: slice, values: Floats, active: Bools) -> None:
        """Take note of what the members `who` measured, (k, features), before it is changed.

        A tick may be shown twice in a row, with the same values.
        """
        raise NotImplementedError

    def changed(self, tick: int, who: Ints, born_ns: Floats, values: Floats) -> Floats:
        """What members `who`, all of them anomalous, report in place of `values` (k, features)."""
        raise NotImplementedError

    def _within(self, first: int, count: int) -> slice:
        begin, end = np.searchsorted(self.members, (first, first + count))
        return slice(int(begin), int(end))

    def _active(self, who: slice, born_ns: Floats) -> Bools:
        active: Bools = (born_ns >= self._begin_ns[who]) & (born_ns < self.injection.end_ns)
        return active


def _columns(injection: Injection, features: int) -> Ints:
    """The features that are hit, counted from 0."""
    chosen = injection.options.get("features", "all")
    if chosen == "all":
        return np.arange(features)
    if max(chosen) > features:
        raise injection.refused(f"there is no feature {max(chosen)}, they are 1 to {features}")
    return np.array(sorted(set(chosen))) - 1
