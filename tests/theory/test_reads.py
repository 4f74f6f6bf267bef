"""Reads by the simulator (theory 8.1): drift by age, widened intervals, stale partial quorums.

Also the plainest of all results on bounded staleness: in a partition that is longer than the bound
no read is both answered and within it, whatever the reader prefers.
"""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from sim.engine.host import Host
from sim.engine.journal import Journal
from sim.engine.kernel import Kernel, Order
from sim.engine.switch import Switch
from sim.protocol.effects import Send, SetTimer
from sim.protocol.messages import Message, Update
from sim.protocol.resolver.checks import check_read
from sim.protocol.resolver.contract import Held, Policy, Prefer, ReadClass
from sim.protocol.resolver.drift import OrnsteinUhlenbeck, Version, estimated
from sim.protocol.resolver.partial_quorum import stale_probability
from sim.protocol.resolver.reader import Reader
from sim.protocol.resolver.widening import half_width, missing_sd
from sim.protocol.updates import Monitor, Newest
from sim.workload.drift import Drift

SECOND = 1_000_000_000
TAU_NS = 60 * SECOND
AGENTS = 1000


def test_the_mean_of_1000_drifting_agents_has_moved_by_0_0126_sigma_after_5_seconds(figure):
    """The synthetic behaviour's own drift against sigma sqrt(2 (1 - exp(-age / tau)) / n)."""
    means = 400
    streams = lambda purpose, tick: np.random.default_rng([7, tick, len(purpose)])  # noqa: E731
    drift = Drift(np.zeros((AGENTS, means)), streams, sd=1.0, tau_ns=TAU_NS, every_ns=SECOND)
    before = drift.level(0, np.zeros(AGENTS), 0).mean(axis=0)
    after = drift.level(5, np.full(AGENTS, 5.0 * SECOND), 0).mean(axis=0)
    law = OrnsteinUhlenbeck(np.ones(1), TAU_NS)
    expected = math.sqrt(law.variance(5 * SECOND, AGENTS)[0])
    assert expected == pytest.approx(0.0126, abs=0.00005)
    found = math.sqrt(np.mean((after - before) ** 2))
    assert found == pytest.approx(expected, rel=4 / math.sqrt(2 * means))
    error = expected / math.sqrt(2 * means)
    figure("8.1", "OU drift of the mean of 1,000 agents in 5 s, sigma", 0.0126, found, error)


# A publisher and a reader on the two sides of a partition

FEATURES = 600
"""Independent repetitions: each feature is a run of its own."""
EVERY_NS = SECOND // 2
RUN_NS, CUT_NS, HEAL_NS = 60 * SECOND, 10 * SECOND, 40 * SECOND
DELAY_NS = SECOND // 10
SE = 0.02
LAW = OrnsteinUhlenbeck(np.ones(FEATURES), TAU_NS)
LAW_OF_NOTHING = OrnsteinUhlenbeck(np.zeros(1), TAU_NS)


class Truth:
    """The mean of all agents at each half second, an exact Ornstein-Uhlenbeck path."""

    def __init__(self, seed):
        draw = np.random.default_rng(seed)
        spread = 1 / math.sqrt(AGENTS)
        keeps = math.exp(-EVERY_NS / TAU_NS)
        path = [spread * draw.standard_normal(FEATURES)]
        for _ in range(RUN_NS // EVERY_NS):
            gain = spread * math.sqrt(1 - keeps**2) * draw.standard_normal(FEATURES)
            path.append(keeps * path[-1] + gain)
        self._path, self._draw = path, draw

    def at(self, now_ns):
        return self._path[now_ns // EVERY_NS]

    def sampled(self, now_ns):
        return self.at(now_ns) + SE * self._draw.standard_normal(FEATURES)


class Publisher:
    def __init__(self, truth):
        self.truth, self.version = truth, 0

    def start(self, now_ns):
        self.version += 1
        state = self.truth.sampled(now_ns)
        update = Update("root", 0, self.version, now_ns, state)
        return [Send("reader", update), SetTimer("publish", SECOND)]

    def on_message(self, message, now_ns):
        return []

    def on_timer(self, name, now_ns):
        return self.start(now_ns)


def held(update):
    return Held(
        mean=update.state,
        standard_error=np.full(FEATURES, SE),
        oldest_born_ns=update.born_ns,
        mean_born_ns=update.born_ns,
        agents=AGENTS,
        coverage=1.0,
        version=(update.epoch, update.version),
        confirmed_by=(0, 1, 2),
    )


@dataclass
class Looked:
    """One look of the consumer: when, at what, and what it was told under either preference."""

    now_ns: int
    update: Update
    available: object
    consistent: object


@pytest.fixture(scope="module")
def looks():
    """Looks every half second, through a partition from 10 s to 40 s."""
    kernel, journal, truth = Kernel(), Journal(), Truth(seed=3)
    cut = lambda s, r, m, now_ns: "partition" if CUT_NS <= now_ns < HEAL_NS else DELAY_NS  # noqa: E731
    switch, monitor, seen = Switch(kernel, cut, journal), Monitor("reader"), []
    for name, node in (("root", Publisher(truth)), ("reader", monitor)):
        host = Host(name, lambda life, node=node: node, kernel, switch.transmit, journal)
        switch.join(host)
        kernel.at(0, host.start)
    policies = [Policy(ReadClass.BASELINE, prefer) for prefer in Prefer]
    readers = [Reader(policy, lambda held: len(held.confirmed_by) > 2, LAW) for policy in policies]

    def look():
        update = monitor.newest.of["root"]
        told = [reader.read(held(update), kernel.now_ns) for reader in readers]
        for read, policy in zip(told, policies, strict=True):
            check_read(read, policy, kernel.now_ns - update.born_ns)
        seen.append(Looked(kernel.now_ns, update, *told))

    for at_ns in range(SECOND, RUN_NS, EVERY_NS):
        kernel.at(at_ns, look, order=Order.READ)
    kernel.run(RUN_NS)
    return truth, seen


def in_partition(look):
    return CUT_NS + SECOND <= look.now_ns < HEAL_NS


def covered(truth, looks_, half):
    """Share of the looks whose interval has the truth, for each feature."""
    inside = [np.abs(look.update.state - truth.at(look.now_ns)) <= half(look) for look in looks_]
    return np.mean(inside, axis=0)


def assert_share(shares, expected):
    """Features are independent, looks at one feature are not."""
    error = np.std(shares) / math.sqrt(len(shares))
    assert np.mean(shares) == pytest.approx(expected, abs=4 * error)
    assert error < 0.01


def test_widened_intervals_cover_what_they_say_at_every_age(looks):
    truth, seen = looks
    told = lambda look: (look.available.high - look.available.low) / 2  # noqa: E731
    assert_share(covered(truth, [look for look in seen if in_partition(look)], told), 0.95)
    assert_share(covered(truth, [look for look in seen if not in_partition(look)], told), 0.95)


def test_intervals_that_ignore_age_do_not(looks):
    truth, seen = looks
    fixed = lambda look: np.full(FEATURES, 1.96 * SE)  # noqa: E731
    late = [look for look in seen if in_partition(look)]
    assert covered(truth, late, fixed).mean() < 0.85


def test_intervals_from_the_readers_own_history_cover_what_they_say():
    """Six exact versions a second apart, then 2 s of silence: Student's t for the unknown rate."""
    truth = Truth(seed=11)
    history = [Version(k * SECOND, truth.at(k * SECOND), np.zeros(FEATURES)) for k in range(6)]
    known = held(Update("root", 0, 6, 5 * SECOND, truth.at(5 * SECOND)))
    exact = Held(known.mean, np.zeros(FEATURES), 5 * SECOND, 5 * SECOND, AGENTS, coverage=1.0)
    error = np.abs(truth.at(7 * SECOND) - known.mean)
    assert_share(error <= half_width(exact, 2 * SECOND, estimated(history)), 0.95)
    normal = 1.96 * np.sqrt(estimated(history).variance(2 * SECOND, AGENTS))
    assert np.mean(error <= normal) < 0.93


def test_intervals_cover_what_they_say_if_a_region_is_missing():
    """Four regions of 250 agents; the mean of all is wanted, three are heard."""
    draw = np.random.default_rng(13)
    repetitions, agent_sd, region_sd = 4000, 1.0, 0.2
    regions = region_sd * draw.standard_normal((4, repetitions))
    regions += agent_sd / math.sqrt(250) * draw.standard_normal((4, repetitions))
    zeros = np.zeros(repetitions)
    spread = missing_sd(zeros + agent_sd, 250, 750, region_sd, 1, 3)
    known = Held(regions[:3].mean(axis=0), zeros, 0, 0, 750, coverage=0.75, missing_sd=spread)
    error = np.abs(regions.mean(axis=0) - known.mean)
    assert_share(error <= half_width(known, 0, LAW_OF_NOTHING), 0.95)


def test_availability_answers_all_through_the_partition_and_says_when_the_bound_broke(looks):
    _, seen = looks
    assert all(look.available.answered for look in seen)
    broken = [look.now_ns for look in seen if not look.available.within_bound]
    last_born_ns = CUT_NS - SECOND
    assert broken[0] == last_born_ns + 5 * SECOND + EVERY_NS
    assert broken == list(range(broken[0], HEAL_NS + EVERY_NS // 2, EVERY_NS))


def test_consistency_answers_nothing_for_as_long_as_the_bound_is_broken(looks):
    _, seen = looks
    for look in seen:
        assert look.consistent.answered == look.available.within_bound


def test_bounded_in_a_30_s_partition_is_impossible(looks):
    _, seen = looks
    bound_ns = 5 * SECOND
    late = [look for look in seen if CUT_NS + bound_ns < look.now_ns < HEAL_NS]
    assert len(late) == 49
    assert not any(look.available.within_bound or look.consistent.answered for look in late)


# Partial quorums


@dataclass(frozen=True, slots=True)
class Ask(Message):
    round: int


@dataclass(frozen=True, slots=True)
class Tell(Message):
    round: int
    version: int


class Replica:
    """Keeps the newest version and tells whoever asks."""

    def __init__(self):
        self.newest = Newest()

    def start(self, now_ns):
        return []

    def on_message(self, message, now_ns):
        if isinstance(message, Update):
            self.newest.take(message)
            return []
        held = self.newest.of.get("writer")
        return [Send("reader", Tell(message.round, held.version if held else 0))]

    def on_timer(self, name, now_ns):
        return []


class Writer:
    """Writes a version to all replicas once in each round; some get it at once, some late."""

    def __init__(self, replicas):
        self.replicas, self.version = replicas, 0

    def start(self, now_ns):
        return [SetTimer("write", SECOND)]

    def on_message(self, message, now_ns):
        return []

    def on_timer(self, name, now_ns):
        self.version += 1
        update = Update("writer", 0, self.version, now_ns)
        sends = [Send(f"replica-{number}", update) for number in range(self.replicas)]
        return [*sends, SetTimer("write", SECOND)]


class Asker:
    """Asks `read` replicas as soon as `written` have each write; notes the newest answer."""

    def __init__(self, choices):
        self.choices, self.newest, self.round = choices, {}, 0

    def start(self, now_ns):
        return [SetTimer("ask", SECOND + 2 * DELAY_NS)]

    def on_message(self, message, now_ns):
        self.newest[message.round] = max(self.newest.get(message.round, 0), message.version)
        return []

    def on_timer(self, name, now_ns):
        if self.round == len(self.choices):
            return []
        chosen = self.choices[self.round]
        self.round += 1
        asks = [Send(f"replica-{number}", Ask(self.round)) for number in chosen]
        return [*asks, SetTimer("ask", SECOND)]


def stale_share(replicas, read, written, rounds, seed):
    draw = np.random.default_rng(seed)
    fast = [set(draw.permutation(replicas)[:written].tolist()) for _ in range(rounds)]
    choices = [draw.permutation(replicas)[:read].tolist() for _ in range(rounds)]

    def delay(sender, receiver, message, now_ns):
        if isinstance(message, Update):
            is_fast = int(receiver.split("-")[1]) in fast[message.version - 1]
            return DELAY_NS if is_fast else 6 * DELAY_NS
        return DELAY_NS

    kernel, journal = Kernel(), Journal()
    switch, asker = Switch(kernel, delay, journal), Asker(choices)
    nodes = {"writer": Writer(replicas), "reader": asker}
    nodes |= {f"replica-{number}": Replica() for number in range(replicas)}
    for name, node in nodes.items():
        host = Host(name, lambda life, node=node: node, kernel, switch.transmit, journal)
        switch.join(host)
        kernel.at(0, host.start)
    kernel.run(rounds * SECOND + SECOND - 1)
    late = [asker.newest[number] < number for number in range(1, rounds)]
    return np.mean(late), len(late)


@pytest.mark.parametrize(
    ("replicas", "read", "written"), [(3, 1, 1), (3, 1, 2), (5, 2, 2), (3, 2, 2)]
)
def test_a_partial_quorum_misses_the_newest_write_as_often_as_theory_says(
    figure, replicas, read, written
):
    share, rounds = stale_share(replicas, read, written, rounds=1500, seed=17)
    expected = stale_probability(replicas, read, written)
    assert share == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / rounds))
    error = math.sqrt(expected * (1 - expected) / rounds)
    what = f"{replicas} replicas, read {read} after write {written}: stale"
    figure("8.1", what, expected, share, error)


def test_one_of_three_after_one_of_three_is_stale_two_times_in_three():
    assert stale_probability(3, 1, 1) == pytest.approx(2 / 3)


@pytest.mark.parametrize(("read", "written"), [(0, 1), (1, 0), (4, 1), (1, 4)])
def test_a_quorum_of_nobody_or_of_too_many_is_refused(read, written):
    with pytest.raises(ValueError, match="of 3 replicas"):
        stale_probability(3, read, written)
