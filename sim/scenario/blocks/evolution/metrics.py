"""The metrics of a run with a block `evolution`."""

from typing import Final

from sim.scenario.metric import Metric

METRICS: Final[tuple[Metric, ...]] = (
    Metric(
        "evolution.operations",
        "1",
        "splits, merges, borrows and replacements per agent that joined or left",
    ),
    Metric(
        "evolution.moved",
        "1",
        "moves of agents to another local, for whatever reason, per agent that joined or left",
    ),
    Metric(
        "evolution.messages",
        "1",
        "messages that tell of a change, to nodes and agents, per agent that joined or left",
    ),
    Metric(
        "evolution.refused",
        "1",
        "operations of a node, and agents that would join, for which there was no room, in a "
        "replication; what is refused again counts once",
    ),
    Metric(
        "evolution.double",
        "1",
        "closed panes of which the root counts more agents, or values, than there were; anything "
        "but 0 is a bug",
    ),
    Metric("evolution.uncounted", "share", "values of closed panes that the root does not count"),
    Metric("evolution.fan_in.max", "1", "most children of any node at the end of an epoch"),
    Metric(
        "evolution.out_of_range",
        "share",
        "nodes with too few or too many children after an epoch; the last node of a tier, which "
        "has nobody to borrow from or to merge into, is never too small",
    ),
)
