"""Rounds of digests: before every publication each tier merges what it holds and sends it on.

A round's digests are one versioned message of each node and tier, judged by the network like any
other. A parent keeps of each child the newest that has arrived, so what is late or lost counts as
it was a round before; the root merges what it holds at the publication itself.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.scenario.plan import Plan
from sim.telemetry.digests import Mergeable
from sim.telemetry.mail import Mail
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Change = Callable[[int, Any, int], Any]
"""What the liars of a tier make of its state, at an instant."""


def round_instants(plan: Plan, tier: int, lead_ns: int) -> Iterator[tuple[int, int]]:
    """Publications, and when a tier sends for each: locals `lead_ns` before, others in steps."""
    top, period_ns = len(plan.tiers) - 1, plan.baseline.publish_ns
    before_ns = lead_ns * (top - tier) // (top - 1)
    for version in range(1, plan.duration_ns // period_ns + 1):
        yield version, version * period_ns - before_ns


class Rounds:
    """The digests of one run. ``mails[i]`` carries those of tier i + 1, and ``levels[i + 1]`` deals
    its nodes to their parents; `is_up(tier)` says who acts. What a child sent more than
    `rounds_kept` rounds ago counts no more; None = it counts for ever.
    """

    def __init__(
        self,
        digest: Mergeable[Any],
        levels: Sequence[Groups],
        mails: Sequence[Mail],
        is_up: Callable[[int], Bools],
        change: Change | None = None,
        rounds_kept: int | None = None,
    ) -> None:
        self._digest = digest
        self._levels = tuple(levels)
        self._mails = tuple(mails)
        self._is_up = is_up
        self._change = change
        self._rounds_kept = rounds_kept
        self._sent: list[dict[int, Any]] = [{} for _ in mails]
        """Per hop and version that may still be needed: the states that were sent."""

    def lift_and_send(self, version: int, now_ns: int, lifted: Any) -> None:
        """The locals send; `lifted` is what they make of what they know."""
        self._send(0, version, now_ns, lifted)

    def merge_and_send(self, tier: int, version: int, now_ns: int) -> Any:
        """The aggregators of a tier above the locals merge what they hold, and send.

        Returns the state that they send; None where they hold nothing, and send nothing.
        """
        return self._send(tier - 1, version, now_ns, self.merged(tier, version))

    def merged(self, tier: int, version: int) -> Any:
        """The state of a tier above the locals, of what it holds of its children in a round.

        None if it holds nothing that is not older than `rounds_kept` rounds.
        """
        hop = tier - 2
        held = self._mails[hop].posts[-1].version_held
        if self._rounds_kept is not None:
            held = np.where(held >= version - self._rounds_kept, held, -1)
        parts = [
            self._digest.pick(self._sent[hop][version], held == version)
            for version in np.unique(held[held >= 0]).tolist()
        ]
        if not parts:
            return None
        return self._digest.merge(self._digest.join(parts), self._levels[hop + 1])

    def forget(self, nodes: Sequence[Bools]) -> None:
        """Some nodes (a bool array a tier) no longer know what their children sent."""
        for hop, mail in enumerate(self._mails):
            mail.posts[-1].version_held[nodes[hop + 2][self._levels[hop + 1].parent_of]] = -1

    def _send(self, hop: int, version: int, now_ns: int, state: Any) -> Any:
        if state is None:
            return None
        if self._change is not None:
            state = self._change(hop + 1, state, now_ns)
        self._sent[hop][version] = state
        mail = self._mails[hop]
        mail.publish(version, now_ns, self._is_up(hop + 1))
        needed = {*mail.posts[-1].version_held.tolist(), *mail.posts[-1].version.tolist()}
        for old in [key for key in self._sent[hop] if key not in needed and key != version]:
            del self._sent[hop][old]
        return state
