"""What became of updates, in words: the title and the sentence below it.

Where agents send whatever they measure, the title is about who goes first; where silence means
something, it is about what that saves and what the root makes of it.
"""

import math
from collections.abc import Iterator
from typing import Final

from sim.measure.routing import ROUTING_FIGURES
from sim.measure.tables import Tables
from sim.report.table import written
from sim.report.words import which_run
from sim.scenario.plan import Plan
from sim.units import NS_PER_S

ORDER: Final = {
    "fifo": "first come, first served",
    "priority": "strict priority",
    "fair": "fair queueing",
    "age": "by age",
}


def headline(tables: Tables, plan: Plan) -> str:
    """One line: how soon the root hears what matters, or what is saved by silence."""
    told = _about_silence if _is_silent(plan) else _about_order
    return f"{plan.name}: {'; '.join(told(tables, plan))}"


def sentence(tables: Tables, plan: Plan) -> str:
    """What the title does not say: messages, lines, what was lost, and how right the root was."""
    parts = [
        _order(plan) if _is_silent(plan) else f"{_figure(tables, plan, 'messages'):.3g} updates/s",
        f"busiest lines {written(_figure(tables, plan, 'utilisation'), 'share')} of the time",
        f"{written(_figure(tables, plan, 'dropped'), 'share')} lost",
        *([] if _is_silent(plan) else _errors(tables, plan)),
    ]
    return f"{which_run(plan)}: {', '.join(parts)}"


def _is_silent(plan: Plan) -> bool:
    assert plan.routing is not None, "there is a figure only of what there is"
    return plan.routing.send.kind != "periodic"


def _order(plan: Plan) -> str:
    assert plan.routing is not None, "there is a figure only of what there is"
    buckets = "" if plan.routing.admission is None else " with token buckets"
    return ORDER[plan.routing.discipline.kind] + buckets


def _about_order(tables: Tables, plan: Plan) -> Iterator[str]:
    yield _order(plan)
    late = _figure(tables, plan, "delay.critical")
    if late == math.inf:
        yield "no alert reaches the root"
    elif not math.isnan(late):
        yield f"an alert reaches the root after {written(late, 's')} (median)"
    else:
        age = written(_figure(tables, plan, "age.routine"), "s")
        yield f"what the root holds is {age} old on average"


def _about_silence(tables: Tables, plan: Plan) -> Iterator[str]:
    assert plan.routing is not None, "there is a figure only of what there is"
    looks = plan.agents.count * NS_PER_S / plan.routing.every_ns
    yield f"of {looks:,.4g} measurements/s {_figure(tables, plan, 'messages'):.3g} are sent"
    errors = ", ".join(_errors(tables, plan))
    if errors:
        yield errors
    death = _figure(tables, plan, "death.median")
    if death == math.inf:
        yield "no death is noticed"
    elif not math.isnan(death):
        yield f"a death is noticed after {written(death, 's')}"


def _errors(tables: Tables, plan: Plan) -> Iterator[str]:
    held, heard = (_figure(tables, plan, f"error.{name}") for name in ("held", "heard"))
    if not math.isnan(held):
        yield f"mean over all held off by {written(held, 'sd')}"
    if not math.isnan(heard):
        yield f"over those heard lately by {written(heard, 'sd')}"


def _figure(tables: Tables, plan: Plan, name: str) -> float:
    return ROUTING_FIGURES[f"routing.{name}"](tables, plan)
