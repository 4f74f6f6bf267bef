"""Attestation in runs against what is computed: who finds a liar, how often, and how soon."""

import math

import numpy as np
import pytest

from sim.engine.attest.watch import Watching
from sim.engine.lies.lies import Lies
from sim.protocol.placement import audit_catches, no_honest_watcher
from sim.telemetry.tree import Groups
from tests.engine.attest.runs import (
    MS,
    S,
    attest_of,
    attested,
    component,
    convicted,
    liar,
    rounds,
    run,
    simulation,
    trial,
)

SEEDS = 300
AGENTS, LIARS, WATCHERS = 60, 30, 3


def captured():
    """Whether all watchers of each local are liars, under random seeds; (seeds, locals)."""
    stream = np.random.default_rng(7)
    levels = [Groups(60, 12)]
    registry = attest_of(simulation())._court.registry
    found = np.empty((SEEDS, 12), np.bool_)
    for row in found:
        silent = np.zeros(AGENTS, np.bool_)
        silent[stream.permutation(AGENTS)[:LIARS]] = True
        watching = Watching(levels, registry, stream.bytes(32), WATCHERS, list)
        row[:] = silent[watching._pairs[1].watcher].reshape(12, WATCHERS).all(axis=1)
    return found


def assert_chance(hits, chance):
    """`hits` (independent draws, ...) against a chance, within three standard errors."""
    means = hits.reshape(len(hits), -1).mean(axis=1)
    assert means.mean() == pytest.approx(chance, abs=3 * means.std(ddof=1) / math.sqrt(len(hits)))


def test_an_aggregator_has_no_honest_watcher_as_often_as_computed(figure):
    found = captured()
    assert_chance(found, no_honest_watcher(AGENTS, LIARS, WATCHERS))
    assert_chance(found.any(axis=1), no_honest_watcher(AGENTS, LIARS, WATCHERS, aggregators=12))
    chance = no_honest_watcher(AGENTS, LIARS, WATCHERS)
    error = found.mean(axis=1).std(ddof=1) / math.sqrt(SEEDS)
    figure("7", "half lie: none of three watchers is honest", chance, found.mean(), error)


def test_who_is_caught_in_runs_is_who_has_an_honest_watcher():
    """Three fifths of the agents lie, and each local has two watchers: a third go free."""
    agents = {"where": "agents", "share": "60%", "kind": "push", "to": "1sd"}
    forgers = {"where": "locals", "kind": "forge", "from": "3s"}
    free, seeds = 0, range(1, 7)
    for seed in seeds:
        watched = simulation([agents, forgers], seed=seed, attest={"watchers": 2})
        pairs = attest_of(watched)._watching._pairs[1]
        lies = component(watched, Lies).is_liar(0)
        safe = lies[pairs.watcher].reshape(12, 2).all(axis=1)
        found = watched.run()
        guilty = [node for tier, node in convicted(found) if tier == 1]
        assert guilty == np.flatnonzero(~safe).tolist()
        free += int(safe.sum())
    assert 0 < free < 12 * len(seeds)


@pytest.mark.parametrize(("audits", "share"), [(1, 0.2), (3, 0.2), (2, 0.4)])
def test_audits_catch_who_drops_children_as_often_as_computed(figure, audits, share):
    """Four locals of ten agents drop some of them in 40 rounds, of which each draws anew."""
    found = run(
        {"where": "locals", "share": "40%", "kind": "drop", "of": share},
        duration="41s",
        agents={"count": 100, "rate": "2Hz", "features": 1},
        tree={"local": 10, "regional": 5},
        attest={"every": "1s", "audits": audits, "watchers": 0},
        measure={"every": "10s"},
    )
    caught, liars = np.array(rounds(found, "audited")), 4
    chance = audit_catches(children=10, wrong=round(10 * share), checks=audits)
    error = math.sqrt(chance * (1 - chance) / (liars * len(caught)))
    assert len(caught) == 40
    assert caught.mean() / liars == pytest.approx(chance, abs=3 * error)
    what = f"in runs, {audits} checks of 10 children, {share:.0%} dropped: caught"
    figure("7", what, chance, caught.mean() / liars, error)


@pytest.mark.parametrize("begin_ms", [500, 1990, 2010, 3900, 5000])
def test_the_time_to_convict_is_the_way_to_the_next_round_and_three_steps(begin_ms):
    """Reports go out every second or more often, so a liar has lied by the next round."""
    found = run(liar("forge", begin=f"{begin_ms}ms"), agents={"rate": "10Hz"})
    first_round = -(-begin_ms // 2000) * 2
    assert trial(found)["convicted_ns"] == first_round * S + 300 * MS


def test_detection_takes_half_a_round_and_three_steps_on_average(figure):
    begins = range(2100, 4000, 200)
    times = []
    for begin_ms in begins:
        case = trial(run(liar("equivocate", begin=f"{begin_ms}ms")))
        times.append(case["convicted_ns"] / MS - begin_ms)
    assert np.mean(times) == pytest.approx(2000 / 2 + 300)
    assert max(times) <= 2000 + 300
    figure("7", "in runs, rounds of 2 s: from lie to conviction, ms", 1300, np.mean(times))


def test_a_forger_biases_what_is_published_only_until_it_is_convicted():
    """A local of 12 moves the mean by a twelfth of the shift; without attestation to the end."""
    with_it, without = run(liar("forge", by="6sd")), run(liar("forge", by="6sd"), attest=None)
    free = without.tables["integrity"]["bias"][-4:]
    caught = with_it.tables["integrity"]["bias"][-4:]
    assert attested(with_it)[-1]
    assert free.mean() == pytest.approx(0.5, abs=0.15)
    assert caught.max() < 0.05
