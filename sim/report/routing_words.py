"""What became of updates, in words: the title and the sentence below it."""

import math
from collections.abc import Iterator
from typing import Final

from sim.measure.routing import ROUTING_FIGURES
from sim.measure.tables import Tables
from sim.report.table import written
from sim.report.words import which_run
from sim.scenario.plan import Plan

ORDER: Final = {
    "fifo": "first come, first served",
    "priority": "strict priority",
    "fair": "fair queueing",
    "age": "by age",
}


def headline(tables: Tables, plan: Plan) -> str:
    """One line: the discipline, and how soon the root hears what matters."""
    assert plan.routing is not None, "there is a figure only of what there is"
    order = ORDER[plan.routing.discipline.kind]
    if plan.routing.admission is not None:
        order += " with token buckets"
    late = _figure(tables, plan, "delay.critical")
    if not math.isnan(late):
        words = f"an alert reaches the root after {written(late, 's')} (median)"
        return f"{plan.name}: {order}; {'no alert reaches the root' if late == math.inf else words}"
    age = _figure(tables, plan, "age.routine")
    return f"{plan.name}: {order}; what the root holds is {written(age, 's')} old on average"


def sentence(tables: Tables, plan: Plan) -> str:
    """Messages, what was lost, and how right the root was."""
    return f"{which_run(plan)}: {', '.join(_parts(tables, plan))}"


def _parts(tables: Tables, plan: Plan) -> Iterator[str]:
    yield f"{_figure(tables, plan, 'messages'):.3g} updates/s"
    yield f"busiest lines {written(_figure(tables, plan, 'utilisation'), 'share')} of the time"
    yield f"{written(_figure(tables, plan, 'dropped'), 'share')} lost"
    held, heard = (_figure(tables, plan, f"error.{name}") for name in ("held", "heard"))
    if not math.isnan(held):
        yield f"mean over all held off by {written(held, 'sd')}"
    if not math.isnan(heard):
        yield f"over those heard lately by {written(heard, 'sd')}"


def _figure(tables: Tables, plan: Plan, name: str) -> float:
    return ROUTING_FIGURES[f"routing.{name}"](tables, plan)
