"""Procedures over many agents where they cannot be: at the wrong tier, without time or locals."""

from collections.abc import Iterator
from typing import Final

from sim.errors import Mistake
from sim.scenario.checks import Case
from sim.scenario.plan import DetectionPlan
from sim.scenario.procedures import PROCEDURES
from sim.units import write_duration

LOCALS_MAX: Final = 4096
"""Locals that can exchange p-values: who holds whose takes the square of it."""
PART_LEAST_NS: Final = 1_000
"""Even where messages take no time there is an end to how finely time is cut."""
_REASONS: Final = {
    "proportion_matching": "matches locals to each other, and a {decide} has only itself",
    "qute": "lets locals decide with what they tell each other, and a {decide} is told it all",
}


def check_multiplicity(case: Case) -> Iterator[Mistake]:
    """Every mistake in how a detection decides about many agents."""
    detection = case.plan.detection
    if detection is None or len(case.plan.tiers) < 3:
        return
    yield from _decides(case, detection)
    if detection.control.kind == "qute":
        yield from _exchange(case, detection)
    if detection.witnesses > 1:
        yield from _witnesses(case, detection)


def _decides(case: Case, detection: DetectionPlan) -> Iterator[Mistake]:
    kind, tiers = detection.control.kind, PROCEDURES[detection.control.kind].decides
    if detection.decide not in tiers:
        problem = f"{kind} {_REASONS[kind].format(decide=detection.decide)}"
        hint = f"decide at {' or '.join(tiers)}, or say bh: alone it is the same"
        yield case.document.mistake(("detection", "decide"), problem, hint)


def _exchange(case: Case, detection: DetectionPlan) -> Iterator[Mistake]:
    yield from _time_to_exchange(case, detection)
    locals_ = case.plan.tiers[1].count
    if locals_ > LOCALS_MAX:
        problem = f"of {locals_:,} locals each may hold p-values of each: at most {LOCALS_MAX:,}"
        yield case.document.mistake(("detection", "control"), problem)


def _time_to_exchange(case: Case, detection: DetectionPlan) -> Iterator[Mistake]:
    """No message is faster than within a site, and what comes later than its part is lost."""
    parts = 2 * detection.control.options["rounds"]
    each_ns = detection.wait_ns // parts
    least_ns = max(PART_LEAST_NS, *(case.graph.within_ns if case.graph else ()))
    if not detection.wait_ns:
        problem = "qute needs time between scores and decisions: locals tell each other p-values"
        yield case.document.mistake(("detection", "wait"), problem, "say 200ms, for example")
    elif each_ns < least_ns:
        problem = (
            f"leaves {write_duration(each_ns)} for each of {parts:,} messages in turn, and none "
            f"is there in less than {write_duration(least_ns)}: nothing is ever heard"
        )
        yield case.document.mistake(("detection", "wait"), problem, "wait longer, or fewer rounds")


def _witnesses(case: Case, detection: DetectionPlan) -> Iterator[Mistake]:
    """Witnesses are for whoever decides above them, on what they can judge by themselves."""
    path, tiers, number = ("detection", "witnesses"), case.plan.tiers, detection.witnesses
    fewest = tiers[1].count // tiers[2].count
    if number % 2 == 0:
        problem = f"of {number} no more may lie than of {number - 1}: say an odd number"
        yield case.document.mistake(path, problem)
    elif number > fewest:
        problem = f"must be different locals below one {tiers[2].name}, and some have {fewest}"
        yield case.document.mistake(path, problem)
    if detection.decide == "local":
        problem = "are for who decides above them: here each local decides on its own agents alone"
        yield case.document.mistake(path, problem, "decide at region or root")
    if detection.scope not in ("own", "population"):
        problem = f"know nothing of what is normal for the {detection.scope} of an agent"
        yield case.document.mistake(path, problem, "say scope: own or population")
