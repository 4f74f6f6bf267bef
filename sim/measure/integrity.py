"""The figures of lies in one replication: bias, alerts, convictions and evidence.

A bias is how far what was published is from the mean of correct agents, in their own standard
deviations between agents; like every error it is judged from the baseline bound on, for before that
a baseline is of a few values. An aggregator that lied and was never convicted is *censored*: it got
away with it for at least as long as it was watched. NaN is "undefined here": nobody could have
raised an alert, nobody lied, nothing was committed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.censored import CensoredSample
from sim.measure.tables import ALARM, CLEAR, DISPUTED, NEVER, UNDETERMINED, Table, Tables, pick
from sim.scenario.plan import Plan
from sim.units import NS_PER_S

Figure = Callable[[Tables, Plan], float]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


def biases(tables: Tables, plan: Plan, column: str = "bias") -> Floats:
    """Magnitudes of a bias at the publications from the baseline bound on that have one."""
    rows = tables.integrity
    judged = rows["published_ns"] >= plan.staleness.baseline_ns
    found = np.abs(rows[column][judged])
    return np.asarray(found[~np.isnan(found)])


def bias_while(
    rows: Table,
    at_ns: int,
    until_ns: int,
    column: str,
    reduction: Callable[..., Any] = np.median,
) -> float:
    """Median (or other) magnitude of a bias at the publications in (at, until]; NaN without one.

    `until_ns` may be NEVER. What is published at the very instant `at_ns` holds no lie yet.
    """
    inside = rows["published_ns"] > at_ns
    if until_ns != NEVER:
        inside &= rows["published_ns"] <= until_ns
    found = np.abs(rows[column][inside])
    return _of(reduction, found[~np.isnan(found)])


def first_lie_ns(tables: Tables) -> float:
    """When the first adversary begins; infinite if none ever does."""
    return float(min(tables.adversaries["at_ns"].tolist(), default=np.inf))


@dataclass(frozen=True, slots=True, eq=False)
class Trials:
    """Aggregators that lied or were convicted, a row each; times in ns, NEVER where not."""

    lied_ns: NDArray[np.int64]
    convicted_ns: NDArray[np.int64]

    @property
    def innocent(self) -> Bools:
        """Convicted before any lie."""
        honest = (self.lied_ns == NEVER) | (self.convicted_ns < self.lied_ns)
        return np.asarray(honest & (self.convicted_ns != NEVER))

    @property
    def guilty(self) -> Bools:
        """Those that lied, and had not been convicted before for nothing."""
        return np.asarray((self.lied_ns != NEVER) & ~self.innocent)


def trials(tables: Tables) -> Trials:
    """The table of convictions as a question of guilt."""
    rows = tables.convictions
    return Trials(rows["lied_ns"], rows["convicted_ns"])


def times_to_convict(tables: Tables, plan: Plan) -> CensoredSample:
    """From the first lie of each guilty aggregator to its conviction, in seconds."""
    found = trials(tables)
    lied_ns, convicted_ns = found.lied_ns[found.guilty], found.convicted_ns[found.guilty]
    free = convicted_ns == NEVER
    return CensoredSample(
        observed=tuple(((convicted_ns - lied_ns)[~free] / NS_PER_S).tolist()),
        at_least=tuple(((plan.duration_ns - lied_ns[free]) / NS_PER_S).tolist()),
    )


def _bias_median(tables: Tables, plan: Plan) -> float:
    return _of(np.median, biases(tables, plan))


def _bias_max(tables: Tables, plan: Plan) -> float:
    return _of(np.max, biases(tables, plan))


def _plain_max(tables: Tables, plan: Plan) -> float:
    return _of(np.max, biases(tables, plan, "bias_plain"))


def _alerts(tables: Tables, plan: Plan) -> float:
    return _alerts_until(tables, plan, np.inf)


def _false_alerts(tables: Tables, plan: Plan) -> float:
    """What is published at the instant of the first lie holds none yet."""
    return _alerts_until(tables, plan, first_lie_ns(tables))


def _alerts_until(tables: Tables, plan: Plan, until_ns: float) -> float:
    """Only a guarded mean raises alerts; that others raised none says nothing."""
    rows = tables.integrity
    if plan.baseline.rule.kind != "guarded_mean" or not len(rows["alert"]):
        return np.nan
    return float((rows["alert"] & (rows["published_ns"] <= until_ns)).sum())


def _disputed(tables: Tables, plan: Plan) -> float:
    return np.nan if plan.attest is None else _share(tables.integrity["status"] == DISPUTED)


def _convicted(tables: Tables, _: Plan) -> float:
    found = trials(tables)
    return _share(found.convicted_ns[found.guilty] != NEVER)


def _innocent(tables: Tables, _: Plan) -> float:
    """Without a round nobody was tried."""
    return float(trials(tables).innocent.sum()) if len(tables.attestation["round"]) else np.nan


def judged_rounds(tables: Tables, plan: Plan) -> Bools:
    """A round has until the next one; one that the end of the run cut short is not judged."""
    assert plan.attest is not None
    end_ns = tables.attestation["committed_ns"] + plan.attest.every_ns
    return np.asarray(end_ns <= plan.duration_ns)


def _attested(tables: Tables, plan: Plan) -> float:
    return _share(tables.attestation["attested_ns"][judged_rounds(tables, plan)] != NEVER)


def at_root(evidence: Table, plan: Plan) -> dict[str, NDArray[Any]]:
    """The rows of the root for which there is evidence at all."""
    chosen = (evidence["tier"] == len(plan.tiers) - 1) & ~np.isnan(evidence["honest"])
    return pick(evidence, chosen)


def _evidence_error(tables: Tables, plan: Plan) -> float:
    rows = at_root(tables.evidence, plan)
    return _of(np.max, np.abs(rows["all"] - rows["honest"]))


def _undetermined(tables: Tables, plan: Plan) -> float:
    return _share(at_root(tables.evidence, plan)["verdict"] == UNDETERMINED)


def _false_alarms(tables: Tables, plan: Plan) -> float:
    rows = at_root(tables.evidence, plan)
    return _share((rows["verdict"] == ALARM) & ~_warranted(rows, plan))


def _missed(tables: Tables, plan: Plan) -> float:
    rows = at_root(tables.evidence, plan)
    return _share((rows["verdict"] == CLEAR) & _warranted(rows, plan))


def _warranted(rows: Table, plan: Plan) -> Bools:
    """Whether an alarm would be right: the evidence of correct agents alone calls for it."""
    assert plan.evidence is not None
    return np.asarray(rows["honest"] >= plan.evidence.threshold)


def _of(reduction: Callable[..., Any], values: Floats) -> float:
    return float(reduction(values)) if len(values) else np.nan


def _share(flags: NDArray[Any]) -> float:
    return _of(np.mean, flags)


INTEGRITY_FIGURES: Final[Mapping[str, Figure]] = {
    "bias.median": _bias_median,
    "bias.max": _bias_max,
    "bias.plain.max": _plain_max,
    "integrity.alerts": _alerts,
    "integrity.false_alerts": _false_alerts,
    "integrity.disputed": _disputed,
    "attest.convicted": _convicted,
    "attest.innocent": _innocent,
    "attest.attested": _attested,
    "evidence.error.max": _evidence_error,
    "evidence.undetermined": _undetermined,
    "evidence.false_alarms": _false_alarms,
    "evidence.missed": _missed,
}
"""Metrics of lies that are one figure a replication; the time to convict is over aggregators."""
