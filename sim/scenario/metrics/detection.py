"""Metrics of detection: each as deployed, as run centrally, and what distribution costs."""

from typing import Final

from sim.scenario.metric import Metric

_SCORES: Final = (
    Metric("precision", "share", "alarms that are true, of all alarms", "more"),
    Metric("recall", "share", "anomalous instants with an alarm, of all of them", "more"),
    Metric("f1", "share", "harmonic mean of precision and recall", "more"),
    Metric("roc_auc", "share", "area under the ROC curve of the scores", "more"),
    Metric("pr_auc", "share", "average precision: area under precision against recall", "more"),
    Metric("fdr", "share", "false alarms of all alarms of a decision, mean over decisions"),
    Metric("fdr.overall", "share", "false alarms of all alarms of the run, 0 without an alarm"),
    Metric(
        "fdr.running",
        "share",
        "false alarms of all alarms so far, at the worst decision (an early one may be of one)",
    ),
    Metric("any_false", "share", "decisions with any false alarm, of all decisions"),
    Metric("segment_recall", "share", "anomalies with an alarm in time, of all of them", "more"),
    Metric("delay.median", "s", "from an anomaly's begin to its first alarm; missed = censored"),
    Metric("missed", "1", "anomalies without an alarm in time, in a replication"),
    Metric("false_alarms", "1/h", "alarms at no anomaly, per hour of an agent"),
)
"""Of a detector; point-wise ones are over (agent, decision), without any adjustment."""


def _with_twins(score: Metric) -> tuple[Metric, Metric, Metric]:
    """A score, that of the same detector run centrally, and what distribution costs."""
    name = f"detection.{score.name}"
    better, about = score.better, score.about
    lost = "central minus distributed" if better == "more" else "distributed minus central"
    return (
        Metric(name, score.unit, about, better),
        Metric(f"{name}.central", score.unit, f"the same, run centrally: {about}", better),
        Metric(f"{name}.loss", score.unit, f"lost by distribution ({lost}): {about}"),
    )


METRICS: Final[tuple[Metric, ...]] = tuple(
    metric for score in _SCORES for metric in _with_twins(score)
)
