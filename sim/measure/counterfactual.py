"""The figures of a counterfactual twin, such that they compare with those of the run as it is.

Recovery is measured at the heals of the run: from that instant on, when was all well in the twin?
(Without the fault it mostly was at once, but for the time that any message takes.) What else lasts
(until a liar is convicted, say) lasted no time where nothing happened that could last. A time that
had not ended when the run did, or the next fault came, counts as long as it was watched: a lower
bound, and marked as one (`has_ended`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.measure.gate.samples import Sample, figures, longest
from sim.measure.metrics import DURATIONS, RECOVERY
from sim.measure.recovery import pool, recoveries
from sim.measure.tables import Tables
from sim.scenario.plan import Plan


def comparable(twin: Sequence[Tables], as_is: Sequence[Tables], plan: Plan) -> dict[str, Sample]:
    """Every metric that the twin (of this plan) has, in the catalogue's order.

    `as_is` are the tables of the run itself, replication by replication. A figure is inf in
    `Sample.figures` where something did not end; `lasting` says what counts.
    """
    found = figures(twin, plan)
    return found | _recovery(twin, as_is, plan, found)


def lasting(metric: str, sample: Sample) -> list[float]:
    """The figures that are compared: of what did not end its lower bound, of no event nought."""
    nothing = 0.0 if metric in DURATIONS else math.nan
    return [nothing if math.isnan(one) else one for one in sample.at_least]


def has_ended(sample: Sample) -> list[bool]:
    """Whether each figure is known, and not only how long it was watched."""
    pairs = zip(sample.figures, sample.at_least, strict=True)
    return [not (math.isinf(figure) and math.isfinite(known)) for figure, known in pairs]


def _recovery(
    twin: Sequence[Tables], as_is: Sequence[Tables], plan: Plan, found: Mapping[str, Sample]
) -> dict[str, Sample]:
    """How long all was not well in the twin after each heal of the run."""
    heals = [
        recoveries(replace(one, faults=run.faults, reliefs=run.reliefs), plan)
        for one, run in zip(twin, as_is, strict=True)
    ]
    return {
        name: longest(found[name].unit, [pool(one, name.split(".")[1]) for one in heals])
        for name in RECOVERY
        if name in found
    }
