"""Advice on a thousand agents that are alike, as the user sees it."""

from sim.scenario.advice import advice
from sim.scenario.document import read_document
from tests.scenario.texts import GOOD, plan_of

PLAIN = "agents: {count: 1000, features: 8, behaviour: {kind: synthetic, spread: 0, drift: none}}\n"


def scenario(detection: str, *behaviour: str) -> str:
    """Fifty locals of twenty agents; the detection is in line 6."""
    text = GOOD.replace(GOOD.splitlines(keepends=True)[3], PLAIN)
    text = text.replace("drift: none", ", ".join(["drift: none", *behaviour]))
    return text + f"detection: {{{detection}}}\n"


def told(detection: str, *behaviour: str, more: str = "") -> list[str]:
    """All advice on a scenario with this detection, and blocks after it."""
    text = scenario(detection, *behaviour) + more
    return [str(one) for one in advice(plan_of(text), read_document(text, "scenario.yaml"))]
