"""The contract of every control: it turns the scores of all agents into alarms.

While scores are calibrated they are collected as "normal", pooled over all deciding nodes; then
each decision turns the newest scores into alarms. A score of NaN never raises an alarm, and its
agent still counts among those that are tested. What rests on calibration assumes that the scores
of normal agents keep the law that they had then: the same network, the same age of baselines, no
anomaly among them. How far a run is from that is what the simulator is there to measure.
"""

from typing import Literal, Protocol

from sim.detection.contract import Bools, Floats, Ints
from sim.detection.controls.claims import Claims

Evidence = Literal["score", "log_e"]


class Control(Protocol):
    """A rule that turns the scores of all agents into alarms."""

    claims: Claims
    """Which agents a decision is about, and whom of them it may find."""

    def calibrate(self, scores: Floats) -> None:
        """Take in the scores (agents,) of one instant as normal ones; NaN is left out."""
        ...

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """Which agents raise an alarm, (agents,).

        Deciding node i holds the scores of agents ``starts[i]`` to ``starts[i + 1]`` and no others.
        """
        ...
