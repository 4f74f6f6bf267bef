"""The verdicts that govern the senders of a channel at the moment, applied to rows of messages.

Each sender is governed by at most one rule: the first that matched. Uniforms are drawn for all
senders of a row, governed or not, so that a fault moves the draws of nobody else.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.network.tally import NEVER, Tally
from sim.network.verdict import CORRUPT, Verdict

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Uniforms = Callable[[str], Floats]
"""Gives the uniforms of a purpose, one for each sender of the row."""


@dataclass(frozen=True, slots=True)
class RulesInForce:
    """Sender i is governed by ``verdicts[rule[i]]``, or by none if that is -1."""

    rule: NDArray[np.int16]
    verdicts: tuple[Verdict, ...]

    @classmethod
    def of(cls, rule: NDArray[np.int16], verdicts: Sequence[Verdict]) -> "RulesInForce | None":
        """None if no sender is governed."""
        return cls(rule, tuple(verdicts)) if (rule >= 0).any() else None

    def is_cut(self) -> Bools:
        """Which senders get nothing through."""
        cuts = np.array([*(verdict.is_cut for verdict in self.verdicts), False])
        return np.asarray(cuts[self.rule])

    def rate_factors(self, senders: slice) -> Floats:
        """Share of the rate of each sender's line that is left."""
        factors = np.array([*(verdict.rate_factor for verdict in self.verdicts), 1.0])
        return np.asarray(factors[self.rule[senders]])

    def extra_loss(self, senders: slice) -> Floats | None:
        """Share of each sender's messages that is lost in addition; None if nobody's is."""
        if not any(verdict.loss_extra for verdict in self.verdicts):
            return None
        shares = np.array([*(verdict.loss_extra for verdict in self.verdicts), 0.0])
        return np.asarray(shares[self.rule[senders]])

    def bend(
        self, senders: slice, sent_ns: Floats, delay: Floats, uniforms: Uniforms, tally: Tally
    ) -> None:
        """Change the delays of one report of each sender as its verdict says; (senders,)."""
        drawn = {purpose: uniforms(purpose) for purpose in self._purposes()}
        rule = self.rule[senders]
        for index, verdict in enumerate(self.verdicts):
            some = np.flatnonzero((rule == index) & (delay < NEVER))
            tally.hits[verdict.rule] += len(some)
            if verdict.drop is not None:
                tally.drop(some, verdict.drop, delay)
                continue
            delay[some] = delay[some] * verdict.delay_factor + verdict.delay_extra_ns
            delay[some] += np.maximum(verdict.hold_until_ns - sent_ns[some], 0.0)
            _scatter(verdict, some, delay, drawn, tally)

    def _purposes(self) -> list[str]:
        """What needs uniforms under these verdicts, in a fixed order."""
        wanted = {
            "reorder": any(verdict.reorder_share for verdict in self.verdicts),
            "corrupt": any(verdict.corrupt_share for verdict in self.verdicts),
            "duplicate": any(verdict.duplicate_share for verdict in self.verdicts),
        }
        return [purpose for purpose, is_wanted in wanted.items() if is_wanted]


def _scatter(
    verdict: Verdict,
    some: NDArray[np.intp],
    delay: Floats,
    drawn: dict[str, Floats],
    tally: Tally,
) -> None:
    """Reorder, corrupt and duplicate the shares that the verdict asks for."""
    if verdict.reorder_share:
        late = some[drawn["reorder"][some] < verdict.reorder_share]
        delay[late] += verdict.reorder_extra_ns
    if verdict.corrupt_share:
        tally.drop(some[drawn["corrupt"][some] < verdict.corrupt_share], CORRUPT, delay)
    if verdict.duplicate_share:
        # State is idempotent: a copy costs a message and changes nothing else.
        twice = drawn["duplicate"][some] < verdict.duplicate_share
        tally.duplicates += int(np.count_nonzero(twice & (delay[some] < NEVER)))
