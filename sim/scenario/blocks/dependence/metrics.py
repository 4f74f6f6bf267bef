"""The metrics of a run with `baseline.dependence` or `baseline.quantiles`."""

from typing import Final

from sim.scenario.metric import Metric

_ERROR: Final = (
    "error of what is published, against the same computed centrally without delay, in a measure "
    "of its own for each kind"
)
METRICS: Final = (
    Metric(
        "dependence.error",
        "1",
        f"{_ERROR}; median",
    ),
    Metric("dependence.error.max", "1", f"{_ERROR}; the largest"),
    Metric(
        "dependence.coverage",
        "share",
        "values of the window that are in what is said of dependence, mean",
        "more",
    ),
    Metric("dependence.messages", "1", "messages of a round about dependence, mean"),
    Metric("dependence.bytes", "B", "bytes of a round about dependence, mean"),
    Metric(
        "dependence.operations", "1", "multiply-adds of a round about dependence, all nodes, mean"
    ),
    Metric(
        "quantiles.error.rank",
        "1",
        "error of a rank, worst quantile and feature; median of all publications",
    ),
    Metric(
        "quantiles.error.rank.max",
        "1",
        "error of a rank, worst quantile and feature; the largest of all publications",
    ),
    Metric(
        "quantiles.error.value",
        "1",
        "error of a value relative to its magnitude, worst quantile and feature; median",
    ),
    Metric(
        "quantiles.error.value.max",
        "1",
        "error of a value relative to its magnitude, worst quantile and feature; the largest",
    ),
    Metric(
        "quantiles.coverage",
        "share",
        "values of the window that are in the quantiles, mean",
        "more",
    ),
    Metric("quantiles.messages", "1", "messages of a round about quantiles, mean"),
    Metric("quantiles.bytes", "B", "bytes of a round about quantiles, mean"),
    Metric("quantiles.operations", "1", "values put in and rows merged, all nodes, mean"),
)
