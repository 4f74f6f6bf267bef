"""The contract of every detector: columnar over all agents of a tier, fed with what arrived.

A detector keeps its state in arrays with one row an agent. It is told values in the order in which
they arrived (`update`), each with the baseline that its aggregator held at that instant, and is
asked for the scores of all agents whenever they are sent up (`scores`). It knows no clock, no node
and no label. Values and baselines are in units of the features' scale.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is normal: `B` baselines over `F` features, one for each agent or for each group.

    A row that holds nothing yet is NaN; who is held against it gets no score.
    """

    count: Ints
    """Values behind each; (B,)."""
    mean: Floats
    """(B, F)."""
    sd: Floats
    """(B, F), not negative."""
    covariance: Floats | None = None
    """(B, F, F), where it was asked for."""

    def rows(self, which: Bools | Ints | slice) -> "Baseline":
        """Some of them."""
        covariance = None if self.covariance is None else self.covariance[which]
        return Baseline(self.count[which], self.mean[which], self.sd[which], covariance)

    def and_more(self, more: "Baseline") -> "Baseline":
        """These, then others; with covariances only where both have them."""
        covariance = None
        if self.covariance is not None and more.covariance is not None:
            covariance = np.concatenate((self.covariance, more.covariance))
        return Baseline(
            np.concatenate((self.count, more.count)),
            np.concatenate((self.mean, more.mean)),
            np.concatenate((self.sd, more.sd)),
            covariance,
        )


class Detector(Protocol):
    """A rule that turns arrived values into one score an agent; larger is more anomalous."""

    evidence: ClassVar[Literal["score", "log_e"]]
    """What a score is: any number, or the logarithm of an e-value (expectation <= 1 if normal)."""
    needs_covariance: ClassVar[bool]
    """Whether baselines must come with covariances."""
    forgets_the_silent: ClassVar[bool]
    """Whether an agent that is not heard of any more must not bear on the others' scores."""

    def update(self, rows: Ints, values: Floats, baseline: Baseline, which: Ints | None) -> None:
        """Take in one value of each of the agents `rows` (k,), distinct; `values` is (k, F).

        Agent ``rows[i]`` is held against row ``which[i]`` of the baseline; None = all against the
        only row.
        """
        ...

    def scores(self, baseline: Baseline, which: Ints | None) -> Floats:
        """The score of every agent now, (agents,); NaN where there is none yet.

        `which` (agents,) as in `update`.
        """
        ...

    def contributions(self, baseline: Baseline, which: Ints | None) -> Floats:
        """What each feature adds to the score of now, (agents, F); NaN where it was left out."""
        ...

    def forget(self, rows: Ints) -> None:
        """Lose everything that is known of these agents."""
        ...
