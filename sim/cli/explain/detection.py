"""What ``sim explain`` says about detection: who watches, against what, and who decides when."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sim.cli.explain.wrapped import notes
from sim.units import format_count, write_duration

if TYPE_CHECKING:
    from sim.scenario.plan import DetectionPlan, Plan
    from sim.scenario.variant import Variant

_NORMAL: Final = {
    "own": "each agent's own history",
    "local": "what is normal under the same local",
    "region": "what the region publishes as normal",
    "population": "what the root publishes as normal",
}
_DECIDING: Final = {"local": "at every local", "region": "in every region", "root": "at the root"}
_SHOWN: Final = (
    "alpha",
    "half_life_ns",
    "pool",
    "quantile",
    "quota",
    "restart_ns",
    "score",
    "statistic",
)


def about_detection(plan: "Plan", detection: "DetectionPlan") -> Iterator[str]:
    """Each line is whole."""
    from sim.scenario.detection_facts import detection_facts

    facts = detection_facts(plan)
    assert facts is not None, "a plan with detection has facts about it"
    watching = format_count(facts.watching, "local")
    decisions = format_count(facts.decisions, "decision")
    yield f"  {_named(detection.detector)} at {watching}, against {_NORMAL[detection.scope]}"
    yield (
        f"  {_named(detection.control)} decides {_DECIDING[detection.decide]}: "
        f"{decisions}, one every {write_duration(detection.every_ns)}, "
        f"{write_duration(detection.wait_ns)} after scores are sent, "
        f"from {write_duration(facts.begin_ns)} on"
    )
    yield from notes(facts.notes)


def _named(variant: "Variant") -> str:
    """The kind, with the options that make it what it is."""
    shown = []
    for key, value in variant.options.items():
        if value is not None and key in _SHOWN:
            words = write_duration(value) if key.endswith("_ns") else str(value)
            shown.append(f"{key.removesuffix('_ns')} {words}")
    return f"{variant.kind} ({', '.join(shown)})" if shown else variant.kind
