"""Online controls: a deciding node tests one agent after the other, for as long as the run lasts.

The stream of a deciding node is its agents in their fixed order at each instant, instants in
order. An agent of which nothing is known counts as p = 1. At any time at most a share `alpha` of
all alarms so far is false on average, if the p-value of a normal agent does not depend on what came
before it in the stream: not on other agents, and not on its own last decision either. A detector
that remembers, or an agent that is off its baseline for long, breaks that.

What is spent on one test is missing at the next. After some time without alarms the level is below
1 / (n + 1), the least p-value that n scores of calibration can give, and there will be no alarm any
more: after 20 tests of LORD++ at 10 % with 10,000 scores. E-values have no such floor, and where
scores are some, p is min(1, 1 / e) (Markov), without calibration.
"""

from abc import abstractmethod

from sim.detection.contract import Bools, Floats, Ints
from sim.detection.controls.calibration import Calibrated
from sim.detection.controls.claims import Claims
from sim.detection.controls.contract import Evidence
from sim.detection.controls.streams import Streams
from sim.stats import multiplicity
from sim.stats.e_values import to_p_value
from sim.stats.multiplicity.investing import Investing


class Online(Calibrated):
    """What the online controls share; they differ in the procedure, and in what it looks at."""

    exact_to: float | None = None
    """p-values above this are all the same to the procedure; None: above alpha."""

    def __init__(self, claims: Claims, *, alpha: float = 0.05) -> None:
        super().__init__(claims, alpha=alpha)
        self._streams = Streams(self._stream)

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """See `Control.decide`; the deciding nodes must be the same at every decision."""
        return self._streams.test(self._p(scores, evidence), starts)

    def _p(self, scores: Floats, evidence: Evidence) -> Floats:
        if evidence == "log_e":
            return to_p_value(self.claims.limit(scores))
        return self._p_values(scores, self.exact_to)

    @abstractmethod
    def _stream(self) -> Investing:
        """The state of one deciding node."""


class Lord(Online):
    """LORD++: every test costs, every alarm pays for more tests."""

    def _stream(self) -> Investing:
        return multiplicity.LordPlusPlus(self._alpha)


class Saffron(Online):
    """SAFFRON: only p > 1/2 cost, so it finds more where many agents are anomalous."""

    exact_to = 0.5

    def _stream(self) -> Investing:
        return multiplicity.Saffron(self._alpha)


class Addis(Online):
    """ADDIS: only 1/4 < p <= 1/2 cost, so agents that are missing, or too normal, cost nothing."""

    exact_to = 0.5

    def _stream(self) -> Investing:
        return multiplicity.Addis(self._alpha)
