"""Age of information and waiting times: the simulator against queueing theory.

Drives kernel, hosts, switch and service queues message by message and prints what came out beside
the closed form: ``python -m benchmarks.age_theory`` (1e6 updates a case).
Formulas: Kaul, Yates, Gruteser, "Real-time status" (INFOCOM 2012); Costa, Codreanu, Ephremides,
"On the age of information in status update systems" (2016); Yates, "Age of information in a network
of preemptive servers" (2018); Cobham, "Priority assignment in waiting line problems" (1954).
"""

import itertools
import math
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from sim.engine.host import Host
from sim.engine.journal import MESSAGE_RECORDS, Journal
from sim.engine.kernel import Kernel, frozen_garbage
from sim.engine.service import (
    PreemptiveService,
    PriorityQueue,
    Service,
    ServiceTime,
    at_rate,
    by_law,
    one_by_one,
)
from sim.engine.streams import Streams
from sim.engine.switch import Switch
from sim.protocol.messages import Update
from sim.protocol.updates import Monitor, Relay, Source
from sim.units import NS_PER_S

BATCHES = 100


class Estimate(NamedTuple):
    """A mean in seconds with its standard error."""

    mean: float
    error: float


class Case(NamedTuple):
    """A system of theory: how updates are spaced, who serves them, and the known answers."""

    name: str
    intervals: Callable[[Streams], Iterator[int]]
    servers: Callable[[Streams, Kernel], list[Callable[..., Service]]]
    age: float
    peak: float | None


def exponential(streams: Streams, rate: float, *purpose: str) -> Callable[[int], np.ndarray]:
    stream = streams.stream(*purpose)
    return lambda n: stream.exponential(NS_PER_S / rate, n)


def poisson(streams: Streams, rate: float, source: str = "source") -> Iterator[int]:
    return one_by_one(exponential(streams, rate, source, "intervals"))


def random_server(streams: Streams, kernel: Kernel, rate: float) -> Callable[..., Service]:
    return partial(Service, kernel, by_law(exponential(streams, rate, "server")))


def preemptive_line(
    streams: Streams, kernel: Kernel, rates: tuple[float, ...]
) -> list[Callable[..., Service]]:
    laws = [by_law(exponential(streams, rate, f"server-{i}")) for i, rate in enumerate(rates)]
    return [partial(PreemptiveService, kernel, law) for law in laws]


# beta of D/M/1 at rho = 1/2 solves beta = exp(-2 (1 - beta)).
BETA = 0.20318786997997992
CASES = (
    Case("M/M/1", lambda s: poisson(s, 0.5), lambda s, k: [random_server(s, k, 1.0)], 3.5, 4.0),
    Case(
        "D/M/1",
        lambda _s: itertools.repeat(2 * NS_PER_S),
        lambda s, k: [random_server(s, k, 1.0)],
        1 + 1 / (1 - BETA),
        2 + 1 / (1 - BETA),
    ),
    Case(
        "M/D/1",
        lambda s: poisson(s, 0.5),
        lambda _s, k: [partial(Service, k, at_rate(1.0))],
        0.5 + 1 + math.exp(0.5),
        3.5,
    ),
    Case(
        "LCFS-preemptive line of 2",
        lambda s: poisson(s, 1.0),
        lambda s, k: preemptive_line(s, k, (2.0, 2.0)),
        2.0,
        None,
    ),
)


def no_delay(*_question: object) -> int:
    return 0


def simulate_age(case: Case, updates: int, seed: int) -> tuple[Estimate, Estimate]:
    """Mean age and mean peak age at the end of the line, in seconds."""
    kernel, journal, streams = Kernel(), Journal(without=MESSAGE_RECORDS), Streams(seed)
    switch = Switch(kernel, no_delay, journal)
    servers = case.servers(streams, kernel)
    names = ["source", *(f"server-{i}" for i in range(len(servers)))]
    intervals = itertools.islice(case.intervals(streams), updates)
    source = Source("source", names[1], intervals)
    relays = [Relay(to) for to in names[2:]]
    nodes = [source, *relays, Monitor(names[-1])]
    for name, node, server in zip(names, nodes, [None, *servers], strict=True):
        host = Host(name, lambda _life, n=node: n, kernel, switch.transmit, journal, service=server)
        switch.join(host)
        host.start()
    kernel.run(10 * updates * NS_PER_S)
    heard = journal.table("heard")
    return ages(heard["at_ns"], heard["born_ns"])


def ages(at_ns: np.ndarray, born_ns: np.ndarray) -> tuple[Estimate, Estimate]:
    """Time-average age and mean peak age, in seconds, from when which birth was heard.

    Between two hearings the age grows from `at - born` at slope 1: each step of it is a trapezoid.
    """
    span = np.diff(at_ns) / NS_PER_S
    first = (at_ns - born_ns)[:-1] / NS_PER_S
    return ratio_estimate(span * (first + span / 2), span), ratio_estimate(first + span)


def ratio_estimate(values: np.ndarray, weights: np.ndarray | None = None) -> Estimate:
    """``sum(values) / sum(weights)`` with its standard error by batch means."""
    weights = np.ones(len(values)) if weights is None else weights
    size = len(values) // BATCHES
    assert size > 0, "too few values for batch means"
    shape = (BATCHES, size)
    sums = values[: BATCHES * size].reshape(shape).sum(axis=1)
    totals = weights[: BATCHES * size].reshape(shape).sum(axis=1)
    mean = sums.sum() / totals.sum()
    residuals = (sums - mean * totals) / totals.mean()
    return Estimate(float(mean), float(residuals.std(ddof=1) / math.sqrt(BATCHES)))


def simulate_waits(
    updates: int, seed: int, *, priority: bool, load: float = 0.8
) -> dict[str, Estimate]:
    """Mean wait of each class in seconds: exp(1) service, a quarter of the load is alerts.

    Both are sent to one server without a delay, so a message has waited from its birth until its
    service time is asked for. The key ``all`` has the mean over every message.
    """
    kernel, journal, streams = Kernel(), Journal(without=MESSAGE_RECORDS), Streams(seed)
    switch = Switch(kernel, no_delay, journal)
    waits: list[tuple[str, int]] = []
    service_ns = noting_waits(by_law(exponential(streams, 1.0, "server")), kernel, waits)
    queue = PriorityQueue(lambda update: update.source != "alerts") if priority else None
    service = partial(Service, kernel, service_ns, queue=queue)
    hosts = [
        Host("root", lambda _: Monitor("root"), kernel, switch.transmit, journal, service=service)
    ]
    for name, rate in (("alerts", load / 4), ("baselines", load * 3 / 4)):
        intervals = poisson(streams, rate, name)
        node = Source(name, "root", intervals)
        hosts.append(Host(name, lambda _life, n=node: n, kernel, switch.transmit, journal))
    for host in hosts:
        switch.join(host)
        host.start()
    kernel.run(round(updates / load) * NS_PER_S)
    return by_class(waits)


def noting_waits(law: ServiceTime, kernel: Kernel, waits: list[tuple[str, int]]) -> ServiceTime:
    def service_ns(message: Update) -> int:
        waits.append((message.source, kernel.now_ns - message.born_ns))
        return law(message)

    return service_ns


def by_class(waits: list[tuple[str, int]]) -> dict[str, Estimate]:
    sources = np.array([source for source, _ in waits])
    seconds = np.array([wait_ns for _, wait_ns in waits]) / NS_PER_S
    return {
        "alerts": ratio_estimate(seconds[sources == "alerts"]),
        "baselines": ratio_estimate(seconds[sources == "baselines"]),
        "all": ratio_estimate(seconds),
    }


def report(figure: str, estimate: Estimate, theory: float) -> None:
    off = (estimate.mean / theory - 1) * 100
    print(
        f"{figure:38} {estimate.mean:8.4f} +- {estimate.error:6.4f} s   theory {theory:7.4f} s"
        f"   {off:+6.2f} %  {(estimate.mean - theory) / estimate.error:+5.1f} standard errors"
    )


def main(updates: int = 1_000_000, seed: int = 20261122) -> None:
    started = time.perf_counter()
    with frozen_garbage():
        for case in CASES:
            age, peak = simulate_age(case, updates, seed)
            report(f"{case.name}, mean age", age, case.age)
            if case.peak is not None:
                report(f"{case.name}, mean peak age", peak, case.peak)
        waits = simulate_waits(updates, seed, priority=True)
        report("priority (Cobham), wait of alerts", waits["alerts"], 1.0)
        report("priority (Cobham), wait of baselines", waits["baselines"], 5.0)
        report("FIFO, wait", simulate_waits(updates, seed, priority=False)["all"], 4.0)
    print(f"{updates} updates a case, {time.perf_counter() - started:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
