"""Agreement in one replication: how fast, how often, at what price, and how far apart.

A publication is proposed to every replica that is up, and each is to decide it. Judged are those
with time for it: proposed a whole period before the end. Replicas that lie are left out. What was
not decided when the run ended is *censored*, so a quantile that falls on it is infinite. NaN is
"undefined here".
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.censored import CensoredSample, censored
from sim.measure.correct import of_correct
from sim.measure.intervals import quantile
from sim.measure.sent import sent
from sim.measure.spans import Spans, union
from sim.measure.tables import Table, Tables
from sim.scenario.plan import Plan

Figure = Callable[[Tables, Plan], float]

AGREEMENT: Final = "agreement"


def has_replicas(plan: Plan) -> bool:
    """Whether the root of a plan is more than one."""
    return plan.replicas is not None and plan.control.agreement is not None


def judged(tables: Tables, plan: Plan) -> dict[str, NDArray[np.int64]]:
    """Each version and correct replica, with `decided_ns` (-1 = never); columns (rows,).

    A row for each proposal that has a whole period before the end of the run.
    """
    rows, done = of_correct(tables.snapshots, tables), tables.decisions
    kept = rows["proposed_ns"] + plan.baseline.publish_ns <= plan.duration_ns
    decided = {
        (version, replica): decided_ns
        for version, replica, decided_ns in zip(
            done["version"].tolist(),
            done["replica"].tolist(),
            done["decided_ns"].tolist(),
            strict=True,
        )
    }
    version, replica = rows["version"][kept], rows["replica"][kept]
    pairs = zip(version.tolist(), replica.tolist(), strict=True)
    return {
        "version": version,
        "replica": replica,
        "proposed_ns": rows["proposed_ns"][kept],
        "decided_ns": np.array([decided.get(pair, -1) for pair in pairs], np.int64),
    }


def latencies(tables: Tables, plan: Plan) -> CensoredSample:
    """From each proposal to the decision of it, at each correct replica, in seconds."""
    rows = judged(tables, plan)
    has_ended = rows["decided_ns"] >= 0
    until_ns = np.where(has_ended, rows["decided_ns"], plan.duration_ns)
    return censored(until_ns - rows["proposed_ns"], has_ended)


def _latency(share: float) -> Figure:
    """A quantile of one replication: decisions of one run are far from independent."""

    def figure(tables: Tables, plan: Plan) -> float:
        found = latencies(tables, plan)
        return quantile(found, share) if len(found) else np.nan

    return figure


def _decided(tables: Tables, plan: Plan) -> float:
    decided_ns = judged(tables, plan)["decided_ns"]
    return float((decided_ns >= 0).mean()) if len(decided_ns) else np.nan


def _available(tables: Tables, plan: Plan) -> float:
    """Publications that a correct replica put out before the next was due, of all that were."""
    period_ns = plan.baseline.publish_ns
    due = plan.duration_ns // period_ns - 1
    if due < 1:
        return np.nan
    rows = judged(tables, plan)
    in_time = (rows["decided_ns"] >= 0) & (rows["decided_ns"] < rows["proposed_ns"] + period_ns)
    return len(np.unique(rows["version"][in_time])) / due


def _divergence(tables: Tables, _: Plan) -> float:
    apart = of_correct(tables.decisions, tables)["apart"]
    return float(apart.max()) if len(apart) else np.nan


def _views(tables: Tables, _: Plan) -> float:
    """Views begin at 0 and only rise, so the highest says how often they changed."""
    view = of_correct(tables.decisions, tables)["view"]
    return float(view.max()) if len(view) else np.nan


def _per_decision(column: str) -> Figure:
    """What the protocol sends for each version that a correct replica decided."""

    def figure(tables: Tables, _: Plan) -> float:
        versions = len(np.unique(of_correct(tables.decisions, tables)["version"]))
        return sent(tables, AGREEMENT, column) / versions if versions else np.nan

    return figure


def differing(tables: Tables, end_ns: int) -> Spans:
    """When correct replicas that were up knew different finished panes, or had different stores.

    What a publication (or a look at the stores) shows holds until the next one.
    """
    parts = [
        _differing(of_correct(tables.snapshots, tables), "proposed_ns", "finished", end_ns),
        _differing(of_correct(tables.stores, tables), "at_ns", "digest", end_ns),
    ]
    spans = np.concatenate(parts)
    return union(spans[:, 0], spans[:, 1])


def _differing(rows: Table, time: str, digest: str, end_ns: int) -> Spans:
    at_ns = np.unique(rows[time])
    pairs = zip(rows[time].tolist(), rows[digest].tolist(), strict=True)
    digests = Counter(instant for instant, _ in dict.fromkeys(pairs))
    differs = np.array([digests[instant] > 1 for instant in at_ns.tolist()], bool)
    until_ns = np.append(at_ns[1:], end_ns)[: len(at_ns)]
    return union(at_ns[differs], until_ns[differs])


AGREEMENT_FIGURES: Final[Mapping[str, Figure]] = {
    "agreement.latency.median": _latency(0.5),
    "agreement.latency.p95": _latency(0.95),
    "agreement.decided": _decided,
    "agreement.available": _available,
    "agreement.divergence.max": _divergence,
    "agreement.messages": _per_decision("messages"),
    "agreement.bytes": _per_decision("bytes"),
    "agreement.views": _views,
}
"""Metrics of agreement: one figure a replication."""
