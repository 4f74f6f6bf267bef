"""The metrics of a run with `baseline.dependence`."""

from typing import Final

from sim.scenario.metric import Metric

METRICS: Final[tuple[Metric, ...]] = ()
