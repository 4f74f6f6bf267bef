"""What a run may have beside its core: it acts at set instants, and leaves tables behind.

Adversaries, digests, attestation, evidence are components. A run without one is the same, bit for
bit, as if the component had never been thought of.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from sim.engine.kernel import Kernel, Script
from sim.engine.parts import Advance

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows of tables, by the table's name."""


class Component(Protocol):
    """Something that a scenario has asked for."""

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterable[Script]:
        """What happens when. A script calls `advance` before it changes or looks at anything."""
        ...

    def rows(self) -> Rows:
        """What it leaves behind, once the run is over; part of the run's fingerprint."""
        ...

    def idle(self) -> Sequence[str]:
        """Places in the scenario that had no effect, which makes a run inconclusive."""
        ...
