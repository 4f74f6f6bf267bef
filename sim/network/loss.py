"""Loss laws: which messages never arrive.

A law draws nothing itself. It is handed uniforms, row 0 of which always decides about the loss, so
that two laws compared under one seed judge the same message by the same number. The chain of a
sender (True = bad) is the caller's, one element per message and sender, and stepped in place.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class LossLaw(Protocol):
    """Loss of messages, end to end."""

    uniforms: ClassVar[int]
    """How many uniforms a message needs without extra loss."""

    @property
    def bad_share(self) -> float:
        """Share of senders whose chain is bad in the long run (start so to be stationary)."""
        ...

    @property
    def loss_share(self) -> float:
        """Share of messages that are lost in the long run, without extra loss."""
        ...

    def lost(self, uniforms: Floats, extra: Floats | float, state: Bools) -> Bools:
        """Which of n messages, each of another sender, are lost: (n,).

        `uniforms` is (k, n) in [0, 1) with k at least `self.uniforms`, and at least 1 where
        `extra` (a scalar or (n,)) is above 0: a share that is lost independently on top, so
        that 1 - (1 - p) (1 - extra) are lost in all.
        """
        ...


@dataclass(frozen=True, slots=True)
class NoLoss:
    """Every message arrives, unless a fault adds `extra`."""

    uniforms: ClassVar[int] = 0
    bad_share: ClassVar[float] = 0.0
    loss_share: ClassVar[float] = 0.0

    def lost(self, uniforms: Floats, extra: Floats | float, state: Bools) -> Bools:
        """None without extra loss."""
        if len(uniforms) == 0:
            assert not np.any(extra), "extra loss needs a uniform"
            return np.zeros(len(state), dtype=np.bool_)
        lost: Bools = uniforms[0] < extra
        return lost


@dataclass(frozen=True, slots=True)
class Independent:
    """Each message is lost with probability `share`, whatever became of the others."""

    share: float
    uniforms: ClassVar[int] = 1
    bad_share: ClassVar[float] = 0.0

    def __post_init__(self) -> None:
        assert 0 <= self.share <= 1, self

    @property
    def loss_share(self) -> float:
        """The share itself."""
        return self.share

    def lost(self, uniforms: Floats, extra: Floats | float, state: Bools) -> Bools:  # noqa: ARG002
        """One comparison for each message."""
        lost: Bools = uniforms[0] < self.share + (1.0 - self.share) * extra
        return lost


@dataclass(frozen=True, slots=True)
class GilbertElliott:
    """Loss in bursts: a sender's chain is good or bad and steps once before each of its messages.

    `to_bad` and `to_good` are the probabilities to change, `loss_good` and `loss_bad` those to
    lose a message in either state. Bad spells last 1 / `to_good` messages in the mean.

    Source: Elliott, Estimates of Error Rates for Codes on Burst-Noise Channels, Bell System
    Technical Journal 42(5), 1963; with `loss_good` = 0 Gilbert, BSTJ 39(5), 1960.
    """

    to_bad: float
    to_good: float
    loss_good: float
    loss_bad: float
    uniforms: ClassVar[int] = 2

    def __post_init__(self) -> None:
        shares = (self.to_bad, self.to_good, self.loss_good, self.loss_bad)
        assert all(0 <= share <= 1 for share in shares), self

    @property
    def bad_share(self) -> float:
        """to_bad / (to_bad + to_good); 0 for a chain that never moves."""
        moves = self.to_bad + self.to_good
        return self.to_bad / moves if moves else 0.0

    @property
    def loss_share(self) -> float:
        """The two losses, weighted by how often the chain is in either state."""
        return self.loss_good + self.bad_share * (self.loss_bad - self.loss_good)

    def lost(self, uniforms: Floats, extra: Floats | float, state: Bools) -> Bools:
        """Row 1 steps the chains (`state`, in place), row 0 decides under the new state."""
        change = np.where(state, self.to_good, self.to_bad)
        state ^= uniforms[1] < change
        share = np.where(state, self.loss_bad, self.loss_good)
        share += (1.0 - share) * extra
        lost: Bools = uniforms[0] < share
        return lost


LOSS_LAWS: Final[Mapping[str, Callable[..., LossLaw]]] = {
    "none": NoLoss,
    "independent": Independent,
    "gilbert_elliott": GilbertElliott,
}


def make_loss(kind: str, options: Mapping[str, Any]) -> LossLaw:
    """The law of that name; its options are the parameters of its class."""
    return LOSS_LAWS[kind](**options)
