"""Seats: whoever sits there measures, and takes along all that it is."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.reseating import Dealing
from sim.engine.streams import Streams
from sim.workload import Injection, Synthetic, inject
from sim.workload.seated import Seated
from tests.reference.seats import measured_in_seats

NS = 1_000_000_000
PERIOD_NS = NS // 2
AGENTS = 12
DRIFT = {"sd": 0.5, "tau_ns": 10 * NS, "every_ns": NS}
SEASON = {"amplitude": 0.4, "period_ns": 7 * NS}


def stream_at(purpose: str, tick: int) -> np.random.Generator:
    return Streams(11).at(purpose, tick=tick)


def varied(agents=AGENTS):
    return Synthetic(agents, 2, stream_at, drift=DRIFT, season=SEASON, tail={"df": 5.0})


def levels_only(agents=AGENTS):
    return Synthetic(agents, 1, stream_at, noise=0.0)


def phases(agents=AGENTS, period_ns=PERIOD_NS):
    return Streams(3).stream("phases").integers(1, period_ns, agents).astype(np.float64)


DEALT = [Dealing(AGENTS, Streams(5)).agent_at(epoch) for epoch in range(181)]


def deal(epoch):
    return DEALT[epoch]


def seated(behaviour, reseat_ns=3 * NS, period_ns=PERIOD_NS, phase_ns=None, agent_at=deal):
    phase_ns = phases(period_ns=period_ns) if phase_ns is None else phase_ns
    return Seated(behaviour, phase_ns, period_ns, reseat_ns, agent_at)


def ask(behaviour, phase_ns, ticks, cuts=(), period_ns=PERIOD_NS, steps=1):
    """Values (ticks, seats, features), as the plane asks: in steps, and in these block by block.

    The last tick of a step is asked for again at the begin of the next.
    """
    out = np.empty((ticks, len(phase_ns), behaviour.features))
    edges = [0, *sorted(set(cuts)), len(phase_ns)]
    for step in np.array_split(np.arange(ticks), steps):
        for first, last in pairwise(edges):
            for tick in range(max(step[0] - 1, 0), step[-1] + 1):
                born_ns = phase_ns[first:last] + tick * float(period_ns)
                behaviour.fill(tick, born_ns, first, out[tick, first:last])
    return out


@given(
    st.lists(st.integers(1, AGENTS - 1), max_size=4),
    st.integers(NS // 10, 2 * NS),
    st.integers(1, 20),
    st.integers(1, 4),
)
@settings(max_examples=25)
def test_seats_measure_what_the_obvious_version_says(cuts, period_ns, tenths, steps):
    """Whether an epoch holds many ticks, or a tick many epochs; however it is cut."""
    reseat_ns, phase_ns = tenths * NS // 10, phases(period_ns=period_ns)
    found = ask(
        seated(varied(), reseat_ns, period_ns, phase_ns), phase_ns, 9, cuts, period_ns, steps
    )
    expected = measured_in_seats(varied(), phase_ns, period_ns, reseat_ns, deal, 9)
    assert np.array_equal(found, expected)


def test_before_the_first_deal_seats_measure_what_their_agents_do():
    plain = ask(varied(), phases(), 6)
    assert np.array_equal(ask(seated(varied()), phases(), 6), plain)


def test_agents_take_their_levels_along():
    levels = ask(levels_only(), phases(), 1)[0]
    values = ask(seated(levels_only()), phases(), 12)
    for tick in range(12):
        epoch = (phases() + tick * PERIOD_NS) // (3 * NS)
        assert (epoch == tick // 6).all()
        assert np.array_equal(values[tick], levels[deal(tick // 6)])


def test_in_the_tick_of_a_deal_early_seats_are_still_the_old_agents():
    phase_ns = np.linspace(1, PERIOD_NS - 1, AGENTS).round()
    reseat_ns = PERIOD_NS // 2 + 7 * PERIOD_NS
    levels = ask(levels_only(), phase_ns, 1)[0]
    values = ask(seated(levels_only(), reseat_ns, phase_ns=phase_ns), phase_ns, 8)[7]
    half = AGENTS // 2
    assert np.array_equal(values[:half], levels[:half])
    assert np.array_equal(values[half:], levels[deal(1)][half:])


def test_an_anomaly_and_its_label_go_with_the_agent():
    sick = np.zeros(AGENTS, np.bool_)
    sick[4] = True
    injection = Injection("zero", {}, sick, np.zeros(AGENTS), 60.0 * NS, 1)
    behaviour = seated(inject(levels_only(), [injection], stream_at))
    for tick in range(0, 24, 6):
        out = np.empty(AGENTS, np.int16)
        behaviour.label(tick, phases() + tick * float(PERIOD_NS), 0, out)
        assert np.flatnonzero(out).tolist() == [deal(tick // 6).tolist().index(4)]
        values = np.empty((AGENTS, 1))
        behaviour.fill(tick, phases() + tick * float(PERIOD_NS), 0, values)
        plain = ask(levels_only(), phases(), 1)[0, deal(tick // 6)]
        assert np.flatnonzero(values != plain).tolist() == np.flatnonzero(out).tolist()


def test_labels_may_be_asked_of_any_tick_and_block():
    sick = np.arange(AGENTS) % 3 == 0
    injection = Injection("zero", {}, sick, np.zeros(AGENTS), 60.0 * NS, 1)
    behaviour = seated(inject(levels_only(), [injection], stream_at))
    out = np.empty(4, np.int16)
    for tick, first in ((20, 8), (3, 2), (20, 0), (9, 5)):
        behaviour.label(tick, phases()[first : first + 4] + tick * float(PERIOD_NS), first, out)
        assert out.tolist() == sick[deal(tick // 6)][first : first + 4].astype(int).tolist()


class Counting(Synthetic):
    """Counts how often all agents are asked."""

    asked = 0

    def fill(self, tick, born_ns, first, out):
        self.asked += 1
        super().fill(tick, born_ns, first, out)


def test_agents_are_asked_once_a_tick_however_many_blocks_ask():
    behaviour = Counting(AGENTS, 1, stream_at)
    ask(seated(behaviour), phases(), 12, cuts=[2, 5, 9], steps=3)
    assert behaviour.asked == 12


def test_the_deviations_are_those_of_the_agents():
    behaviour = varied()
    assert np.array_equal(seated(behaviour).deviation(), behaviour.deviation())
    assert np.array_equal(seated(behaviour).spread(), behaviour.spread())


def test_reports_that_are_not_born_when_their_seat_reports_are_a_bug():
    with pytest.raises(AssertionError):
        seated(varied()).fill(1, phases(), 0, np.empty((AGENTS, 2)))
