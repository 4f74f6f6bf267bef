"""The metrics of a run with a block `confidence`."""

from typing import Final

from sim.scenario.metric import Metric

METRICS: Final = (
    Metric(
        "confidence.level",
        "share",
        "intervals that are to cover the truth: what is claimed",
        "more",
    ),
    Metric(
        "confidence.coverage.local",
        "share",
        "intervals of local aggregators that cover the truth",
        "more",
    ),
    Metric(
        "confidence.coverage.regional",
        "share",
        "intervals of regional aggregators that cover the truth",
        "more",
    ),
    Metric(
        "confidence.coverage.root", "share", "intervals of the root that cover the truth", "more"
    ),
    Metric(
        "confidence.naive.root",
        "share",
        "intervals of the root that take all values for independent and cover the truth",
        "more",
    ),
    Metric("confidence.half_width.local", "sd", "half of an interval of a local aggregator, mean"),
    Metric(
        "confidence.half_width.regional", "sd", "half of an interval of a regional aggregator, mean"
    ),
    Metric("confidence.half_width.root", "sd", "half of an interval of the root, mean"),
    Metric(
        "confidence.ever_missed.root",
        "share",
        "features whose interval at the root missed the truth at some look",
    ),
)
