"""The metrics of a run with a block `routing`."""

from typing import Final

from sim.scenario.metric import Metric

METRICS: Final[tuple[Metric, ...]] = ()
