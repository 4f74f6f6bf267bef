"""The metrics of a run with a block `capacity`."""

from typing import Final

from sim.scenario.metric import Metric

METRICS: Final[tuple[Metric, ...]] = (
    Metric(
        "capacity.offered.root",
        "1",
        "service time asked of the root per second; above 1 it can never catch up",
    ),
    Metric("capacity.offered.max", "1", "the same of the busiest node of any tier"),
    Metric("capacity.utilisation.root", "share", "time that the root spent taking in messages"),
    Metric("capacity.utilisation.max", "share", "the same of the busiest node of any tier"),
    Metric("capacity.wait.root", "s", "time that a message waited at the root, mean"),
    Metric("capacity.wait.max", "s", "the same of the tier where it was longest"),
    Metric(
        "capacity.backlog.max",
        "1",
        "most messages at a node at an instant, in the queue or being taken in",
    ),
    Metric(
        "capacity.state.max", "B", "state, history and queue of the fullest node, at its fullest"
    ),
    Metric("capacity.state.total", "B", "the same of all nodes together, agents included"),
    Metric(
        "capacity.memory.max",
        "1",
        "share of its memory that a node needed, at its fullest; above 1 it does not fit",
    ),
)
