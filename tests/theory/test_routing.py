"""Routers on real hosts against queueing theory: waits by class, conservation, delays in a flood.

Poisson arrivals, lengths of messages exponential with mean 1 MB on a line of 8 Mbps: service is
exp(1) in seconds. Cobham, "Priority assignment in waiting line problems" (1954); Kleinrock, "A
conservation law for a wide class of queueing disciplines" (1965).
"""

import math
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from sim.engine.host import Host
from sim.engine.journal import MESSAGE_RECORDS, Journal
from sim.engine.kernel import Kernel
from sim.engine.switch import Switch
from sim.protocol.messages import HEADER_BYTES
from sim.protocol.routing.admission import Admission
from sim.protocol.routing.bucket import Budget
from sim.protocol.routing.contract import RANK_BYTES, Ranked, Setting, at_bit_rate
from sim.protocol.routing.importance import Importance
from sim.protocol.routing.registry import DISCIPLINES
from sim.protocol.routing.router import Limits, Router
from sim.protocol.routing.sink import Sink
from sim.units import NS_PER_S

LINE = at_bit_rate(8_000_000)
CRITICAL, ROUTINE = Importance.CRITICAL, Importance.ROUTINE


class Traffic(NamedTuple):
    """Poisson arrivals of one source, a second, and the class that it claims."""

    source: str
    rate: float
    claims: Importance


HONEST = (Traffic("alerts", 0.2, CRITICAL), Traffic("baselines", 0.6, ROUTINE))


def arrivals(traffic: tuple[Traffic, ...], seconds: int, seed: int) -> list[tuple[int, Ranked]]:
    """(instant, message) in order of time."""
    found = []
    for number, (source, rate, claims) in enumerate(traffic):
        rng = np.random.default_rng([seed, number])
        gaps_ns = rng.exponential(NS_PER_S / rate, round(rate * seconds))
        lengths = np.maximum(rng.exponential(1e6, len(gaps_ns)) - HEADER_BYTES - RANK_BYTES, 0)
        for version, (at_ns, length) in enumerate(zip(gaps_ns.cumsum(), lengths, strict=True)):
            born_ns, padding = round(at_ns), round(length)
            message = Ranked(
                source, 0, version, born_ns, (0.0,), importance=claims, padding_bytes=padding
            )
            found.append((born_ns, message))
    return sorted(found, key=lambda pair: pair[0])


def passed(
    messages: list[tuple[int, Ranked]],
    kind: str,
    admission: Admission | None = None,
    **options: object,
) -> dict[str, np.ndarray]:
    """The rows that a router on a host writes down while it passes all messages to a sink."""
    kernel, journal = Kernel(), Journal(without=MESSAGE_RECORDS)
    switch = Switch(kernel, lambda *_question: 0, journal)
    sources = tuple(sorted({message.source for _, message in messages}))
    router = Router(
        "local-0",
        "root",
        LINE,
        DISCIPLINES[kind](Setting(LINE, sources, options)),
        child_of={source: source for source in sources},
        admission=admission,
        limits=Limits(capacity=len(messages), size_bytes_max=1 << 40),
    )
    nodes = {"local-0": router, "root": Sink("root", sources, 1)}
    hosts = {}
    for name, node in nodes.items():
        hosts[name] = Host(name, lambda _life, n=node: n, kernel, switch.transmit, journal)
        switch.join(hosts[name])
    for at_ns, message in messages:
        kernel.at(at_ns, hosts["local-0"].arrive, message)
    kernel.run(10 * messages[-1][0])
    assert router.tally.sent == len(messages)
    return journal.table("passed")


def waits(rows: dict[str, np.ndarray], source: str) -> tuple[float, float]:
    """Mean wait of a source's messages in seconds and its standard error, by 50 batch means."""
    seconds = rows["waited_ns"][rows["source"] == source] / NS_PER_S
    batches = seconds[: len(seconds) // 50 * 50].reshape(50, -1).mean(axis=1)
    return float(seconds.mean()), float(batches.std(ddof=1) / math.sqrt(50))


def cobham(rates: tuple[float, ...]) -> list[float]:
    """Mean waits of classes with exp(1) service, the most important first, in seconds."""
    residual, before = sum(rates), 0.0
    found = []
    for rate in rates:
        found.append(residual / ((1 - before) * (1 - before - rate)))
        before += rate
    return found


@cache
def honest(seconds: int) -> list[tuple[int, Ranked]]:
    return arrivals(HONEST, seconds, seed=1)


@cache
def row_of(kind: str) -> dict[str, np.ndarray]:
    return passed(honest(15_000), kind)


@pytest.mark.slow
def test_strict_priority_waits_as_cobham_says(figure):
    """lambda = (.2, .6), exp(1): 1.0 and 5.0 s, and 4.0 s first come, first served.

    A run of this length is off by 7 % in the waits of the many: work is conserved, so what this
    sample of arrivals does to all of them is known from the FIFO run and taken off.
    """
    assert cobham((0.2, 0.6)) == pytest.approx([1.0, 5.0])
    assert cobham((0.8,)) == pytest.approx([4.0])
    first, first_error = waits(row_of("priority"), "alerts")
    assert first == pytest.approx(1.0, abs=3 * first_error)
    assert first_error < 0.05
    second, _ = waits(row_of("priority"), "baselines")
    by_turns = row_of("fifo")["waited_ns"].mean() / NS_PER_S
    # 0.2 W1 + 0.6 W2 = 0.8 W: with W and W1 off by so much, W2 is off by this.
    expected = 5.0 + (0.8 * (by_turns - 4.0) - 0.2 * (first - 1.0)) / 0.6
    assert second == pytest.approx(expected, rel=0.03)
    figure("11", "router, loads 0.2 and 0.6: wait of alerts, s", 1.0, first, first_error)
    what = "router, loads 0.2 and 0.6: wait of baselines, less chance of the sample, s"
    figure("11", what, 5.0, second - (expected - 5.0), allowed=0.15)


@pytest.mark.parametrize("kind", [kind for kind in DISCIPLINES if kind != "fifo"])
def test_no_discipline_makes_capacity(kind: str):
    """sum rho_i W_i is the same whatever the order, in each single run to the nanosecond."""

    def weighted(rows: dict[str, np.ndarray]) -> int:
        pairs = zip(rows["line_ns"].tolist(), rows["waited_ns"].tolist(), strict=True)
        return sum(line_ns * waited_ns for line_ns, waited_ns in pairs)

    messages = honest(15_000)[:3000]
    rows = passed(messages, kind)
    assert weighted(rows) == weighted(passed(messages, "fifo"))
    assert waits(rows, "alerts")[0] < waits(rows, "baselines")[0]


# A flood of claims


FLOODED = (
    Traffic("alerts", 0.1, CRITICAL),
    Traffic("baselines", 0.2, ROUTINE),
    Traffic("mallory", 0.5, CRITICAL),
)
CLAIM = Budget(rate=1, per_ns=5 * NS_PER_S, burst=5)


@pytest.mark.slow
def test_who_floods_costs_alerts_no_more_than_the_budget_of_its_claims():
    """Cobham with what is served as critical: 0.6 a second unguarded, 0.1 + 0.2 with budgets."""
    messages = arrivals(FLOODED, 15_000, seed=2)
    unguarded, error = waits(passed(messages, "priority"), "alerts")
    assert unguarded == pytest.approx(cobham((0.6, 0.2))[0], abs=3 * error)
    sources = [traffic.source for traffic in FLOODED]
    rows = passed(messages, "priority", Admission(sources, per_child=CLAIM))
    claims = (rows["source"] == "mallory") & (rows["importance"] == CRITICAL)
    assert claims.sum() <= CLAIM.burst + messages[-1][0] // CLAIM.per_ns
    assert np.mean(rows["importance"][rows["source"] == "alerts"] == CRITICAL) > 0.99
    guarded, error = waits(rows, "alerts")
    # A bucket that is always asked lets through one every 5 s: smoother than Poisson, so less.
    assert guarded < cobham((0.3, 0.5))[0] + 3 * error < unguarded


def test_in_a_random_flood_a_regulated_child_waits_for_no_more_than_sigma_by_rho_plus_a_message():
    """A message of 1 s every 3 s with a third of the line, against Poisson arrivals of load 1.2."""
    flood = arrivals((Traffic("mallory", 1.2, CRITICAL),), 1500, seed=3)
    own = [
        (at_ns, Ranked("alerts", 0, version, at_ns, (0.0,), padding_bytes=999_904))
        for version, at_ns in enumerate(range(0, 1500 * NS_PER_S, 3 * NS_PER_S))
    ]
    messages = sorted(flood + own, key=lambda pair: pair[0])
    rows = passed(messages, "fair", weights={"alerts": 1.0, "mallory": 2.0})
    chosen = rows["source"] == "alerts"
    delays_s = (rows["waited_ns"] + rows["line_ns"])[chosen] / NS_PER_S
    longest_s = rows["line_ns"].max() / NS_PER_S
    assert delays_s.max() <= 1.0 / (1 / 3) + longest_s + 1e-6
    by_turns = passed(messages, "fifo")
    assert waits(by_turns, "alerts")[0] > 10 * delays_s.mean()
