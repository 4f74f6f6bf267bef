"""The metrics of a run with a block `capacity`."""

from typing import Final

from sim.scenario.metric import Metric

METRICS: Final[tuple[Metric, ...]] = (
    Metric(
        "capacity.offered.root",
        "1",
        "service time asked of the root per second; above 1 it can never catch up",
    ),
    Metric(
        "capacity.offered.max",
        "1",
        "service time asked of the busiest node of any tier per second; above 1 it can never "
        "catch up",
    ),
    Metric("capacity.utilisation.root", "share", "time that the root spent taking in messages"),
    Metric(
        "capacity.utilisation.max",
        "share",
        "time that the busiest node of any tier spent taking in messages",
    ),
    Metric("capacity.wait.root", "s", "time that a message waited at the root, mean"),
    Metric(
        "capacity.wait.max",
        "s",
        "time that a message waited, mean at the node where that is longest",
    ),
    Metric(
        "capacity.backlog.max",
        "1",
        "most messages at a node at an instant, in the queue or being taken in",
    ),
    Metric(
        "capacity.state.max", "B", "state, history and queue of the fullest node, at its fullest"
    ),
    Metric(
        "capacity.state.total",
        "B",
        "state, history and queues of all nodes together, agents included, when that is most",
    ),
    Metric(
        "capacity.memory.max",
        "1",
        "share of its memory that a node needed, at its fullest; above 1 it does not fit",
    ),
)
