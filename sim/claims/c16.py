"""C16: adaptive routing by statistical importance helps.

Priority gives critical updates what it takes from others, and only while lines are busy (theory 11:
Cobham, and Kleinrock's conservation law: it creates no capacity). Importance is a claim that nobody
can check, so a flood of it is the top class. Speaking up only when something has moved saves
messages, but who speaks is no sample: the root must know the rule, which vouches for the last value
to within delta (theory 11, d). 1 s is the bound of C10 for anomalies.
"""

from collections.abc import Iterator
from typing import Final

from sim.claims.c10 import BOUNDS_S
from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Finding, at_most, told
from sim.claims.measured import Measured, ratio

RATE: Final = ScenarioSource("c16-rate", in_fast=False)
FLOOD: Final = ScenarioSource("c16-flood", in_fast=False)
BUDGET: Final = ScenarioSource(
    "c16-budget", fast=("replications=2",), fast_only=("routing.discipline=priority",)
)
SILENCE: Final = ScenarioSource("c16-silence", fast=("replications=2",))
BY_IMPORTANCE: Final = {"priority": "by priority", "age": "by the age index"}
OTHERS: Final = {"fifo": "first come, first served", "fair": "by fair shares"}
WORDS: Final = {**BY_IMPORTANCE, **OTHERS}
AGE_S: Final = BOUNDS_S["anomaly"]
DELTA_SD: Final = 0.5
ON_DELTA: Final = "{kind: on_delta, delta: 0.5sd}"
DEATH_S: Final = 4 * 3.0
"""Three heartbeats are missed, 3 s each, after one that may have come just before."""


def judge(of: Evidence) -> Iterator[Finding]:
    """Beside first come, first served; in a flood; and what silence saves and costs."""
    for discipline in BY_IMPORTANCE:
        yield from _beside_fifo(of, discipline)
    yield from map(told, _beside_fifo(of, "fair"))
    for discipline in BY_IMPORTANCE:
        yield from _in_a_flood(of, FLOOD, discipline, "in a flood without a budget")
        yield from _in_a_flood(of, BUDGET, discipline, "in a flood with a budget of claims")
    for discipline in OTHERS:
        yield from map(told, _in_a_flood(of, FLOOD, discipline, "in a flood"))
    yield from _silence(of)


def _beside_fifo(of: Evidence, discipline: str) -> Iterator[Finding]:
    when = f"lines are busy, {WORDS[discipline]}"
    delay = _beside(of, "delay.critical", discipline)
    yield at_most(delay, 1.0, "times the delay of an alert under FIFO", when)
    wait = _beside(of, "wait.critical", discipline)
    yield at_most(wait, 1.0, "times the wait of critical updates under FIFO", when)
    routine = _beside(of, "wait.routine", discipline)
    yield told(at_most(routine, 1.0, "times the wait of routine updates under FIFO", when))


def _in_a_flood(
    of: Evidence, source: ScenarioSource, discipline: str, where: str
) -> Iterator[Finding]:
    when = f"{where}, {WORDS[discipline]}"
    age = of(source.name, "routing.age.critical", _by(discipline))
    yield at_most(age, AGE_S, "age of critical data at the root, s", when)
    delay = of(source.name, "routing.delay.critical", _by(discipline))
    yield told(at_most(delay, AGE_S, "delay of an alert, s", when))


def _silence(of: Evidence) -> Iterator[Finding]:
    quiet = {"routing.send": ON_DELTA}
    when = "agents speak up when they have moved"
    sent = of(SILENCE.name, "routing.messages", quiet)
    always = of(SILENCE.name, "routing.messages", {"routing.send": "periodic"})
    yield at_most(ratio(sent, always), 1.0, "times the messages", when)
    dead = of(SILENCE.name, "routing.death.median", quiet)
    yield at_most(dead, DEATH_S, "seconds until the dead are told from the silent", when)
    asked = "error of the mean at the root, sd"
    held = of(SILENCE.name, "routing.error.held", quiet)
    yield at_most(held, DELTA_SD, asked, f"{when} and the root knows it")
    heard = of(SILENCE.name, "routing.error.heard", quiet)
    yield at_most(heard, DELTA_SD, asked, f"{when} and the root takes them for a sample")


def _beside(of: Evidence, what: str, discipline: str) -> Measured:
    mine, fifo = (of(RATE.name, f"routing.{what}", _by(name)) for name in (discipline, "fifo"))
    return ratio(mine, fifo)


def _by(discipline: str) -> dict[str, object]:
    return {"routing.discipline": discipline}


CLAIM: Final = Claim(
    id="C16",
    promise="Adaptive routing by statistical importance helps",
    sources=(RATE, FLOOD, BUDGET, SILENCE),
    judge=judge,
    reading="It helps critical data where lines are busy, at the cost of the rest. Liars call "
    "everything important, so claims need a budget, or an index that looks at age. Most is saved "
    "by not sending, if the root knows why it hears nothing.",
)
