"""C03: from 1,000 to 1,000,000 agents and more, linear.

Every agent reports once a second and a message takes 20 us of whoever takes it in, so one collector
has work for 20 us of each second from every agent: above 50,000 agents it can never keep up, while
the busiest node of a tree has 50 children at any size (theory 0 and 11). Messages are linear if
those of an agent have a bound that does not grow: a tree of 50 and 10 has one aggregator for 45
agents, which sends one message up and gets one baseline down.
"""

from collections.abc import Iterator
from typing import Final

from sim.claims.c10 import BOUNDS_S
from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Along, Finding, Floor, at_most, told
from sim.claims.measured import Measured, exactly, largest, number, ratio

SHAPES: Final = ScenarioSource("c03-shapes", fast_only=("tree.levels=auto", "tree.levels=1"))
MILLION: Final = ScenarioSource("c03-million", in_fast=False)
SIZES: Final = (1_000, 10_000, 100_000)
LARGEST: Final = 1_000_000
WHEN: Final = {
    "auto": "a tree gets levels as it grows",
    "3": "a tree has three levels",
    "1": "one collector takes in all",
}
WHEN_COUNTED: Final = "only messages are counted"
SERVICE_S: Final = 20e-6
SURELY_HZ: Final = 3 / 4
"""Reports a second that are in by the end, whatever the phases: three in a run of 4 s."""
AGGREGATORS: Final = 1 / 50 / (1 - 1 / 10)
"""For each agent, at most: locals of 50, and a tenth as many nodes at each tier above."""
MESSAGES: Final = 1 + 2 * AGGREGATORS
AGE_S: Final = BOUNDS_S["baseline"]


def judge(of: Evidence) -> Iterator[Finding]:
    """Whether nodes keep up, and whether messages are linear."""
    for shape in WHEN:
        for agents in sizes_of(shape):
            yield _keeps_up(of, shape, agents)
            yield from _told(of, shape, agents)
    yield from _linear(of)


def sizes_of(shape: str) -> list[int]:
    """The sizes that a shape is run with."""
    return [*SIZES] if shape == "3" else [*SIZES, LARGEST]


def at(of: Evidence, metric: str, shape: str, agents: int) -> Measured:
    """A figure of a shape at a size."""
    source = MILLION if agents == LARGEST else SHAPES
    return of(source.name, metric, {"tree.levels": shape, "agents.count": agents})


def _keeps_up(of: Evidence, shape: str, agents: int) -> Finding:
    load = at(of, "capacity.offered.max", shape, agents)
    asked = "work offered to the busiest node, seconds a second"
    floor = None
    if shape == "1":
        why = f"{1 / SERVICE_S:,.0f} messages of {SERVICE_S * 1e6:.0f} us fill one collector"
        floor = Floor(agents * SURELY_HZ * SERVICE_S, why)
    return at_most(load, 1.0, asked, WHEN[shape], floor=floor, along=along(agents))


def _told(of: Evidence, shape: str, agents: int) -> Iterator[Finding]:
    when, size = WHEN[shape], along(agents)
    waits = at(of, "capacity.wait.max", shape, agents)
    yield told(at_most(waits, 1.0, "mean wait where it is longest", when, along=size))
    age = at(of, "staleness.root.mean", shape, agents)
    yield told(at_most(age, AGE_S, "mean age at the root, of what came in 4 s", when, along=size))


def _linear(of: Evidence) -> Iterator[Finding]:
    sizes = sizes_of("auto")
    sent = {agents: exactly(at(of, "traffic.messages", "auto", agents)) for agents in sizes}
    each = largest(
        [ratio(count, number(agents, "agents", "agents")) for agents, count in sent.items()]
    )
    yield at_most(each, MESSAGES, "messages an agent and second, at any size", WHEN_COUNTED)


def along(agents: int) -> Along:
    """Findings that differ in the number of agents."""
    return Along("agents", agents, f"{agents:,}")


CLAIM: Final = Claim(
    id="C03",
    promise="Scales from 1,000 to 1,000,000 agents and more, linearly",
    sources=(SHAPES, MILLION),
    judge=judge,
    reading="Messages are linear with a tree and without one. What a tree saves is the load of the "
    "busiest node, which has as many children at any size; one collector is full at 50,000 agents "
    "that report once a second.",
)
