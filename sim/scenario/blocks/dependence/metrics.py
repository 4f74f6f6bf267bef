"""The metrics of a run with `baseline.dependence` or `baseline.quantiles`."""

from typing import Final

from sim.scenario.metric import Metric

METRICS: Final = (
    Metric(
        "dependence.error",
        "1",
        "error of what is published, against the same computed centrally without delay; median",
    ),
    Metric("dependence.error.max", "1", "the same, the largest"),
    Metric(
        "dependence.coverage", "share", "share of the window's values that are in it, mean", "more"
    ),
    Metric("dependence.messages", "1", "messages of a round, mean"),
    Metric("dependence.bytes", "B", "bytes of a round, mean"),
    Metric("dependence.operations", "1", "multiply-adds of a round, all nodes, mean"),
    Metric(
        "quantiles.error.rank",
        "1",
        "error of a rank, worst quantile and feature; median of all publications",
    ),
    Metric("quantiles.error.rank.max", "1", "the same, the largest"),
    Metric(
        "quantiles.error.value",
        "1",
        "error of a value relative to its magnitude, worst quantile and feature; median",
    ),
    Metric("quantiles.error.value.max", "1", "the same, the largest"),
    Metric(
        "quantiles.coverage", "share", "share of the window's values that are in it, mean", "more"
    ),
    Metric("quantiles.messages", "1", "messages of a round, mean"),
    Metric("quantiles.bytes", "B", "bytes of a round, mean"),
    Metric("quantiles.operations", "1", "values put in and rows merged, all nodes, mean"),
)
