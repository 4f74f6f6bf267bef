"""C02: memory of a node from 30 GB down to 1.3 GB, 23 times less.

A month of reports of 512 B, one a second from each of 1000 agents, is 1.327 TB, and 1.3 GB is a
thousandth of it: what one agent sent. The 30 GB are another, inconsistent estimate (theory 0).
Dealing reports out over nodes makes parts smaller and the total no smaller. Runs keep 4 s of
reports; a month of them is so many times as much, since every second adds the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from sim.claims.c03 import along
from sim.claims.claim import Claim, ScenarioSource
from sim.claims.evidence import Evidence
from sim.claims.finding import Finding, Floor, at_least, at_most, told
from sim.claims.measured import Measured, difference, exactly, ratio

REPORTS: Final = ScenarioSource("c02-reports-kept")
SUMS: Final = ScenarioSource("c02-sums-kept")
SIZES: Final = (1_000, 4_000, 16_000)
KEEPERS: Final[Mapping[str, str]] = {
    "agent": "each agent keeps its own reports",
    "local": "locals of 50 keep the reports",
    "root": "one node keeps all reports",
}
MONTHS: Final = 30 * 86_400 / 4
"""What runs keep goes so often into a month of 30 days."""
MONTH_BYTES: Final = 30 * 86_400 * 512
"""Of one agent."""
NODE_BYTES: Final = 1.35e9
"""What is written as 1.3 GB, rounding allowed for."""
BEFORE_BYTES: Final = 30e9
TIMES: Final = 23


def judge(of: Evidence) -> Iterator[Finding]:
    """The size of a node, then the factor, then the factor in all."""
    for keeper in KEEPERS:
        yield from (_size(of, keeper, agents) for agents in SIZES)
    yield from (_size_of_sums(of, agents) for agents in SIZES)
    for keeper in ("agent", "local"):
        yield from (_factor(of, keeper, agents) for agents in SIZES)
    yield from (_factor_of_sums(of, agents) for agents in SIZES)
    yield from _in_all(of, SIZES[0])
    before = _of_a_node(of, "root", SIZES[0])
    yield told(at_most(before, BEFORE_BYTES, "bytes of all reports of a month", "n is 1000"))


def _size(of: Evidence, keeper: str, agents: int) -> Finding:
    floor = None
    if keeper != "agent":
        least = MONTH_BYTES * agents / _keepers(keeper, agents)
        floor = Floor(least, f"a month of {agents // _keepers(keeper, agents):,} agents")
    held = _of_a_node(of, keeper, agents)
    when = f"the size of a node counts and {KEEPERS[keeper]}"
    asked = "bytes of reports of a month"
    return at_most(held, NODE_BYTES, asked, when, floor=floor, along=along(agents))


def _size_of_sums(of: Evidence, agents: int) -> Finding:
    held = _state(of, "max", "auto", agents)
    when = "the size of a node counts and sums are kept instead"
    return at_most(held, NODE_BYTES, "bytes of the fullest node", when, along=along(agents))


def _factor(of: Evidence, keeper: str, agents: int) -> Finding:
    factor = ratio(_of_a_node(of, "root", agents), _of_a_node(of, keeper, agents))
    keepers = _keepers(keeper, agents)
    return at_least(
        factor,
        TIMES,
        "times less than in one node",
        f"the factor of a node counts and {KEEPERS[keeper]}",
        floor=Floor(keepers, f"{keepers:,} nodes share it"),
        along=along(agents),
    )


def _factor_of_sums(of: Evidence, agents: int) -> Finding:
    factor = ratio(_state(of, "max", "1", agents), _state(of, "max", "auto", agents))
    when = "the factor of a node counts and sums are kept instead"
    return at_least(factor, TIMES, "times less than in one node", when, along=along(agents))


def _in_all(of: Evidence, agents: int) -> Iterator[Finding]:
    when = "the factor in all counts"
    whole = _reports(of, "root", agents)
    for keeper in ("agent", "local"):
        asked = f"times less in all, {KEEPERS[keeper]}"
        same = Floor(1.0, "what is dealt out is no less in all")
        yield at_least(ratio(whole, _reports(of, keeper, agents)), TIMES, asked, when, floor=same)
    sums = ratio(_state(of, "total", "1", agents), _state(of, "total", "auto", agents))
    yield at_least(sums, TIMES, "times less in all, sums are kept", when)


def _of_a_node(of: Evidence, keeper: str, agents: int) -> Measured:
    """Bytes of a month of reports at one of those who keep them: all have as many agents."""
    held = _reports(of, keeper, agents)
    share = MONTHS / _keepers(keeper, agents)
    return replace(held, value=held.value * share, low=held.low * share, high=held.high * share)


def _reports(of: Evidence, keeper: str, agents: int) -> Measured:
    """Bytes of 4 s of reports in all: what a run keeps beyond its sums."""
    settings = {"capacity.history.at": keeper, "agents.count": agents}
    with_them = exactly(of(REPORTS.name, "capacity.state.total", settings))
    return difference(with_them, _state(of, "total", "auto", agents))


def _state(of: Evidence, what: str, levels: str, agents: int) -> Measured:
    """Bytes of sums: counted, so there is no chance in them."""
    settings = {"tree.levels": levels, "agents.count": agents}
    return exactly(of(SUMS.name, f"capacity.state.{what}", settings))


def _keepers(keeper: str, agents: int) -> int:
    return {"agent": agents, "local": agents // 50, "root": 1}[keeper]


CLAIM: Final = Claim(
    id="C02",
    promise="Memory of a node falls from 30 GB to 1.3 GB, 23 times less",
    sources=(REPORTS, SUMS),
    judge=judge,
    reading="1.3 GB is what one agent sends in a month, 1.327 TB what a thousand do; 30 GB are "
    "neither. Reports that are dealt out are no fewer in all. What makes a node small is to keep "
    "sums. Runs keep 4 s of reports; a month is worked out from them.",
)
