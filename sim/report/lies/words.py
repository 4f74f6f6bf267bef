"""What lies did to a run, in words: the title and the sentence below it."""

import math
from collections.abc import Iterator
from typing import Final

from sim.measure.deeds import deeds
from sim.measure.integrity import INTEGRITY_FIGURES, times_to_convict
from sim.measure.tables import Tables
from sim.report.lies.deeds import who
from sim.report.table import written
from sim.report.words import which_run
from sim.scenario.plan import Plan
from sim.units import format_count

WHO_MAX: Final = 2
"""Adversaries that are named in a title."""


def headline(tables: Tables, plan: Plan) -> str:
    """One line: who lied, and how far off what was published was."""
    return f"{plan.name}: {_who(tables, plan)}; {_bias(tables, plan)}"


def _who(tables: Tables, plan: Plan) -> str:
    found = deeds(tables)
    if not found:
        return "nobody lies"
    if len(found) > WHO_MAX:
        return f"{len(found)} adversaries lie"
    words = " and ".join(f"{who(one.tier, one.nodes, plan)} ({one.kind})" for one in found)
    is_one = len(found) == 1 and found[0].nodes == 1
    return f"{words} {'lies' if is_one else 'lie'}"


def _bias(tables: Tables, plan: Plan) -> str:
    """What was published, and what the plain mean would have been where that is another."""
    published, plain = (_figure(tables, plan, name) for name in ("bias.max", "bias.plain.max"))
    if math.isnan(published):
        return "no bias is known"
    words = f"what is published is at most {written(published, 'sd')} off"
    if plan.baseline.rule.kind == "mean" or math.isnan(plain):
        return words
    return f"{words}, a plain mean {written(plain, 'sd')}"


def _figure(tables: Tables, plan: Plan, name: str) -> float:
    return INTEGRITY_FIGURES[name](tables, plan)


def sentence(tables: Tables, plan: Plan) -> str:
    """Alerts, convictions and evidence, as far as the scenario has them."""
    parts = [*_alerts(tables, plan), *_convictions(tables, plan), *_evidence(tables, plan)]
    return (
        f"{which_run(plan)}: {', '.join(parts) or 'the baseline is the plain mean of all agents'}"
    )


def _alerts(tables: Tables, plan: Plan) -> Iterator[str]:
    alerts = _figure(tables, plan, "integrity.alerts")
    if math.isnan(alerts):
        return
    false = _figure(tables, plan, "integrity.false_alerts")
    count = format_count(round(alerts), "alert")
    yield f"{count} ({false:.0f} false)" if alerts else "no alert"


def _convictions(tables: Tables, plan: Plan) -> Iterator[str]:
    if plan.attest is None:
        return
    sample = times_to_convict(tables, plan)
    if len(sample):
        worst = f" within {written(max(sample.observed), 's')}" if sample.observed else ""
        yield f"{len(sample.observed)} of {len(sample)} lying aggregators convicted{worst}"
    innocent = _figure(tables, plan, "attest.innocent")
    if innocent > 0:
        yield f"{innocent:.0f} innocent too"


def _evidence(tables: Tables, plan: Plan) -> Iterator[str]:
    if plan.evidence is None:
        return
    undetermined = _figure(tables, plan, "evidence.undetermined")
    if not math.isnan(undetermined):
        yield f"evidence undetermined {written(undetermined, 'share')}"
    wrong = [_figure(tables, plan, f"evidence.{name}") for name in ("false_alarms", "missed")]
    if sum(wrong) > 0:
        yield f"wrong {written(sum(wrong), 'share')}"
