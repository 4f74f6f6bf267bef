"""One contract for all behaviours: what an agent measures is its own."""

import numpy as np
import pytest

from sim.engine.streams import Streams
from sim.scenario import catalogue
from sim.workload import BEHAVIOURS, Synthetic, Trace
from sim.workload.tick_streams import TickStreams

NS = 1_000_000_000
DRIFT = {"sd": 0.5, "tau_ns": 10 * NS, "every_ns": NS}
SEASON = {"amplitude": 0.4, "period_ns": 7 * NS}


def stream_at(purpose: str, tick: int) -> np.random.Generator:
    return Streams(11).at(purpose, tick=tick)


def plain(agents: int) -> Synthetic:
    return Synthetic(agents, 3, stream_at)


def with_everything(agents: int) -> Synthetic:
    parts = {"drift": DRIFT, "tail": {"df": 5.0}, "season": SEASON, "correlation": 0.3}
    return Synthetic(agents, 3, stream_at, **parts)


def with_a_common_season(agents: int) -> Synthetic:
    return Synthetic(agents, 3, stream_at, noise=0.0, season=SEASON | {"phase": "common"})


def traces() -> list[np.ndarray]:
    return [np.arange(30.0).reshape(10, 3), 100 + np.arange(21.0).reshape(7, 3)]


def replay(agents: int) -> Trace:
    return Trace(agents, traces(), stream_at=stream_at)


def replay_in_time(agents: int) -> Trace:
    return Trace(agents, traces(), cadence_ns=0.7 * NS, stream_at=stream_at)


each_behaviour = pytest.mark.parametrize(
    "make", [plain, with_everything, with_a_common_season, replay, replay_in_time]
)


def born_ns(agents: int, tick: int) -> np.ndarray:
    """A report every 0.4 s, agent i 7 i ms after the first."""
    return tick * 0.4 * NS + np.arange(agents) * 0.007 * NS


def measured(behaviour, agents: int, ticks: int, blocks: int = 1) -> np.ndarray:
    """Values (ticks, agents, features), asked block by block, each for all its ticks."""
    out = np.full((ticks, agents, behaviour.features), np.nan)
    for block in np.array_split(np.arange(agents), blocks):
        part = slice(block[0], block[-1] + 1)
        for tick in range(ticks):
            born = born_ns(agents, tick)[part]
            behaviour.fill(tick, born, int(block[0]), out[tick, part])
    return out


def test_the_catalogue_lists_exactly_what_exists():
    assert sorted(BEHAVIOURS) == list(catalogue.BEHAVIOURS)


@each_behaviour
@pytest.mark.parametrize("blocks", [2, 5, 40])
def test_values_do_not_depend_on_the_cut_into_blocks(make, blocks):
    whole = measured(make(40), 40, ticks=12)
    assert np.array_equal(whole, measured(make(40), 40, ticks=12, blocks=blocks))


@each_behaviour
def test_values_do_not_depend_on_how_many_agents_follow(make):
    few, many = measured(make(15), 15, ticks=12), measured(make(40), 40, ticks=12)
    assert np.array_equal(few, many[:, :15])


@each_behaviour
def test_asking_a_tick_again_gives_the_same_values(make):
    behaviour = make(20)
    first, again = np.empty((20, 3)), np.empty((20, 3))
    for tick in range(6):
        behaviour.fill(tick, born_ns(20, tick), 0, first)
        behaviour.fill(tick, born_ns(20, tick), 0, again)
        assert np.array_equal(first, again)


@each_behaviour
def test_every_value_is_written_and_finite(make):
    assert np.all(np.isfinite(measured(make(20), 20, ticks=5)))


@each_behaviour
def test_every_agent_measures_something_new_two_reports_later(make):
    values = measured(make(20), 20, ticks=3)
    assert np.all(np.any(values[0] != values[2], axis=1))


def test_a_tick_is_forgotten_when_its_last_agent_was_asked():
    streams = TickStreams(stream_at, "noise", 10)
    for tick in range(100):
        streams.at(tick, 0, 6)
        streams.at(tick, 6, 4)
    assert not streams._under_way


def test_a_block_out_of_turn_is_our_bug():
    streams = TickStreams(stream_at, "noise", 10)
    streams.at(0, 0, 4)
    with pytest.raises(AssertionError):
        streams.at(0, 6, 4)
