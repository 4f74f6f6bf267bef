"""How long failure detectors take and how often they err: the nodes on hosts, against formulas."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from sim.protocol.membership.claims import Ping
from sim.protocol.membership.contract import Post, Suspected
from sim.protocol.membership.probes import SwimOptions
from sim.protocol.membership.registry import DETECTORS
from sim.protocol.membership.swim import Swim
from tests.protocol.membership.world import MS, S, World, constant


def watched_pairs(kind, pairs, judge, phases_ns, **options):
    """`pairs` of a node that beats and a parent that watches it."""
    world = World(judge)
    for pair in range(pairs):
        child, parent = f"child-{pair}", f"parent-{pair}"
        beats = {**options, "phase_ns": int(phases_ns[pair])}
        world.add(child, lambda life, c=child, p=parent, o=beats: maker(kind, c, (), (p,), o))
        world.add(parent, lambda life, c=child, p=parent: maker(kind, p, (c,), (), options))
    return world


def maker(kind, name, watches, watched_by, options):
    return DETECTORS[kind](Post(name, watches, watched_by, options=options))


def mean_of(sample):
    """The mean of a sample and its standard error."""
    sample = np.asarray(sample, float)
    return sample.mean(), sample.std(ddof=1) / math.sqrt(len(sample))


def assert_mean(sample, expected):
    """A sample mean against theory, to three standard errors."""
    mean, error = mean_of(sample)
    assert mean == pytest.approx(expected, abs=3 * error)


def test_a_crash_is_suspected_after_the_timeout_less_half_a_period_plus_the_delay(figure):
    phases_ns = np.random.default_rng(1).integers(0, S, 400)
    options = {"period_ns": S, "timeout_ns": 3 * S}
    world = watched_pairs("heartbeat", 400, constant(50 * MS), phases_ns, **options)
    world.run(5 * S)
    for pair in range(400):
        world.hosts[f"child-{pair}"].crash()
    world.run(20 * S)
    delays = np.array(world.times(Suspected)) / S - 5
    assert len(delays) == 400
    assert_mean(delays, 3 - 0.5 + 0.05)
    figure("8.3", "heartbeats of 1 s, timeout 3 s: crash to suspicion, s", 2.55, *mean_of(delays))


@pytest.mark.parametrize(("lost", "missed"), [(0.2, 2), (0.2, 3), (0.5, 3)])
def test_a_correct_node_is_suspected_once_in_so_many_periods(figure, lost, missed):
    """Each suspicion is one run of exactly `missed` losses that follows an arrival."""
    rng = np.random.default_rng(2)
    judge = lambda *_: "lost" if rng.random() < lost else 10 * MS  # noqa: E731
    pairs, periods = 20, 250
    options = {"period_ns": S, "timeout_ns": missed * S + S // 2}
    world = watched_pairs("heartbeat", pairs, judge, np.zeros(pairs), **options)
    world.run(periods * S)
    per_pair = np.zeros(pairs)
    for _, event in world.opinions:
        if isinstance(event, Suspected):
            per_pair[int(event.member.removeprefix("child-"))] += 1
    # q**K counts the instants at which the last K were lost; an episode of losses begins at
    # (1 - q) of them: the arrival before it is what makes it a new suspicion.
    assert_mean(per_pair / periods, (1 - lost) * lost**missed)
    expected = (1 - lost) * lost**missed
    what = f"a share {lost} lost, {missed} missed: false suspicions a period"
    figure("8.3", what, expected, *mean_of(per_pair / periods))


def test_at_5_percent_loss_the_last_three_are_missing_half_a_second_an_hour():
    """The rate of which the test above sees the episodes, at 1 Hz."""
    chance, periods_an_hour = 0.05**3, 3600
    assert chance * periods_an_hour == pytest.approx(0.45)


def silences(kind, intervals_ns, jitter_ns, **options):
    """Spans from the last arrival to the suspicion, at 60 parents, in ns."""
    rng = np.random.default_rng(3)
    pairs, last = 60, {}

    def judge(sender, receiver, message, now_ns):
        delay_ns = int(rng.normal(20 * jitter_ns, jitter_ns))
        last[sender] = now_ns + delay_ns
        return delay_ns

    period_ns = options["period_ns"]
    world = watched_pairs(kind, pairs, judge, np.zeros(pairs), **options)
    crash_ns = period_ns * intervals_ns
    world.run(crash_ns + period_ns // 2)
    for pair in range(pairs):
        world.hosts[f"child-{pair}"].crash()
    world.run(crash_ns + 40 * period_ns)
    found = [(at, event) for at, event in world.opinions if at > crash_ns]
    assert len(found) == 2 * pairs  # suspected, and failed at once
    return [at - last[event.member] for at, event in found if isinstance(event, Suspected)]


@pytest.mark.parametrize(("mean_s", "sd_s", "expected_s"), [(1.0, 0.1, 1.561), (0.1, 0.02, 0.212)])
def test_phi_8_is_reached_5_61_deviations_after_the_mean_interval(figure, mean_s, sd_s, expected_s):
    assert mean_s + sd_s * -NormalDist().inv_cdf(1e-8) == pytest.approx(expected_s, abs=5e-4)
    # An interval is a period and the difference of two delays, so its deviation is sqrt(2) theirs.
    jitter_ns = round(sd_s * S / math.sqrt(2))
    spans = silences("phi", 150, jitter_ns, period_ns=round(mean_s * S), sd_ns_min=0)
    assert_mean(np.array(spans) / S, expected_s)
    what = f"phi = 8, intervals {mean_s} +- {sd_s} s: silence until suspicion, s"
    figure("8.3", what, expected_s, *mean_of(np.array(spans) / S))


def test_phi_8_in_the_exponential_model_is_18_4_mean_intervals(figure):
    assert 8 * math.log(10) == pytest.approx(18.42, abs=5e-3)
    spans = silences("phi", 50, MS, period_ns=S, law="exponential")
    assert_mean(np.array(spans) / S, 8 * math.log(10))
    what = "phi = 8, exponential model: silence until suspicion, intervals"
    figure("8.3", what, 8 * math.log(10), *mean_of(np.array(spans) / S))


def periods_until_pinged(n, run):
    """Periods from a crash until somebody picks the dead member, each at random."""
    world, rng = World(constant(MS)), np.random.default_rng([4, run])
    draws = iter(rng.integers(0, 2**63, 20 * n).tolist())
    names = tuple(f"m{number:02}" for number in range(n))
    options = SwimOptions(period_ns=S, timeout_ns=100 * MS, round_robin=False)
    for name in names:
        world.add(name, lambda life, name=name: Swim(Post(name, names, names, draws), options))
    world.kernel.at(0, world.hosts[names[0]].crash)
    for period in range(1, 20):
        world.run(period * S - 1)
        sent = world.journal.table("sent")
        if ((sent["receiver"] == names[0]) & (sent["kind"] == Ping.__name__)).any():
            return period
    raise AssertionError("never")


def test_swim_detects_first_after_1_57_periods_on_average(figure):
    n = 50
    computed = 1 / (1 - (1 - 1 / (n - 1)) ** (n - 1))
    assert computed == pytest.approx(1.5726, abs=5e-5)
    assert computed < math.e / (math.e - 1)
    periods = [periods_until_pinged(n, run) for run in range(120)]
    assert_mean(periods, computed)
    figure("8.3", "swim, n = 50: periods until a dead member is asked", 1.5726, *mean_of(periods))
