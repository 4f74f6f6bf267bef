"""Metrics of lies, and of what stands against them: bias, alerts, convictions, evidence."""

from typing import Final

from sim.scenario.metric import Metric

METRICS: Final[tuple[Metric, ...]] = (
    Metric("traffic.digests", "B/s", "bytes of digests sent per second, all tiers"),
    Metric(
        "traffic.proofs",
        "B/s",
        "bytes of commitments, proofs and acknowledgements sent per second, all tiers",
    ),
    Metric(
        "bias.median",
        "sd",
        "published mean against that of correct agents, worst feature, in sd between agents; "
        "median over publications",
    ),
    Metric("bias.max", "sd", "the same, worst publication"),
    Metric("bias.plain.max", "sd", "the same of the plain mean of all agents, worst publication"),
    Metric("integrity.alerts", "1", "publications with an integrity alert, in a replication"),
    Metric("integrity.false_alerts", "1", "those of them before anybody had begun to lie"),
    Metric("integrity.disputed", "share", "publications while the baseline was in dispute"),
    Metric(
        "attest.convict.max",
        "s",
        "from the first lie of an aggregator to its conviction, longest; not convicted = censored",
    ),
    Metric(
        "attest.convicted", "share", "aggregators that were convicted, of all that lied", "more"
    ),
    Metric("attest.innocent", "1", "aggregators convicted before any lie, in a replication"),
    Metric(
        "attest.attested",
        "share",
        "rounds that every agent acknowledged, of those with time for it",
        "more",
    ),
    Metric(
        "evidence.error.max",
        "nat",
        "evidence of all reports against that of correct agents, at the root, worst instant",
    ),
    Metric("evidence.undetermined", "share", "instants at which liars could have decided, root"),
    Metric("evidence.false_alarms", "share", "instants with an alarm not warranted, root"),
    Metric("evidence.missed", "share", "instants cleared although an alarm was warranted, root"),
)
