"""The metrics of a run with a block `routing`."""

from typing import Final

from sim.scenario.metric import Metric

METRICS: Final[tuple[Metric, ...]] = (
    Metric("routing.messages", "1/s", "updates that agents sent, heartbeats left out, per second"),
    Metric(
        "routing.hops",
        "1/s",
        "messages over all hops per second, heartbeats among them: one update is one a hop",
    ),
    Metric(
        "routing.age.critical",
        "s",
        "age at the root of what is known of agents with an anomaly, mean over agents and time",
    ),
    Metric(
        "routing.age.routine",
        "s",
        "age at the root of what is known of agents without an anomaly, mean over agents and time",
    ),
    Metric(
        "routing.delay.critical",
        "s",
        "from the first value of an anomaly until a critical update of it is at the root, median; "
        "never = infinite",
    ),
    Metric(
        "routing.wait.critical",
        "s",
        "time that a critical update waited in queues and at paused machines, mean",
    ),
    Metric(
        "routing.wait.routine",
        "s",
        "time that an update below urgent, or a heartbeat, waited in queues and at paused "
        "machines, mean",
    ),
    Metric(
        "routing.error.heard",
        "sd",
        "error of the mean over those heard lately, which silence biases; mean over time",
    ),
    Metric(
        "routing.error.held",
        "sd",
        "error of the mean over what is held of all under the silence rule; mean over time",
    ),
    Metric("routing.held", "share", "agents that the silence rule covers, mean over time", "more"),
    Metric(
        "routing.death.median",
        "s",
        "from when an agent crashes or is paused until the root takes it for dead, median; "
        "never = infinite",
    ),
    Metric("routing.dropped", "share", "updates that never arrive, of all whose fate is known"),
    Metric("routing.utilisation", "share", "time in which the lines of the busiest tier are busy"),
)
