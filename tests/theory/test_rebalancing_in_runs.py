"""Claim C17 in whole runs: operations per join or leave, against theory section 11.

The figures of theory are those of an epoch after every event. In a run many events share an epoch,
here twenty over ten locals: what the next event would undo is never done, so rates are lower, and
those of the package's own topology with such epochs. A run of 800 events is long enough for
(5, 10); at (10, 50) theory expects 0.03 operations in 400 events.
"""

import json
from functools import cache

import numpy as np
import pytest

from sim.campaign.replications import whole
from sim.engine.simulation import Simulation
from sim.measure.evolution import EVOLUTION_FIGURES, STRUCTURAL
from sim.measure.tables import Tables
from sim.protocol.topology.limits import Limits
from sim.protocol.topology.operations import Structural
from sim.protocol.topology.placing import join, leave
from sim.protocol.topology.rebalancing import plan_epoch
from sim.protocol.topology.state import founded
from sim.scenario import parse_scenario

THEORY = {(5, 10): 0.078, (10, 50): 7.5e-5}
NODES, SECONDS = 10, 40


def churn(fewest, most, borrow, seconds):
    """Ten locals under the root, half full; ten agents join and ten leave in every epoch of 1 s."""
    places = 2 * NODES * 2 * most
    return {
        "schema": 1,
        "name": "churn",
        "duration": f"{seconds}s",
        "agents": {"count": places, "features": 1, "rate": "1Hz"},
        "topology": {"kind": "point"},
        "tree": {"local": 2 * most, "levels": 2, "forward": "1Hz"},
        "baseline": {"pane": "1s", "publish": "10s"},
        "evolution": {
            "locals": {"min": fewest, "max": most},
            "start": (fewest + most) // 2 * NODES / places,
            "joins": "10/s",
            "leaves": "10/s",
            "epoch": "1s",
            "borrow": borrow,
        },
    }


@cache
def run(fewest, most, borrow=False, seconds=SECONDS):
    text = json.dumps(churn(fewest, most, borrow, seconds))
    sim = Simulation(parse_scenario(text, "scenario.yaml"), seed=1)
    return sim.plan, Tables.of(whole(sim.run().tables))


def figure(name, of):
    plan, tables = of
    return EVOLUTION_FIGURES[f"evolution.{name}"](tables, plan)


def pure(fewest, most, epochs, rng):
    """Operations of each epoch, (epochs,): the same churn without a run, ten and ten an epoch."""
    limits = Limits(fewest, most, max((most + 1) // 2 - fewest, 0), 2 * most)
    agents = (fewest + most) // 2 * NODES
    state = founded((agents, NODES), (4 * agents, 4 * NODES), (limits,))
    done = []
    for _ in range(epochs):
        for is_join in rng.permutation([True, False] * 10):
            away = state.parents[0] < 0
            agent = [int(rng.choice(np.flatnonzero(away if is_join else ~away)))]
            state, _ = join(state, agent, rng) if is_join else leave(state, agent)
        state, operations = plan_epoch(state, borrow=False)
        done.append(sum(isinstance(one, Structural) for one in operations))
    return np.array(done)


def standard_error(counts):
    """Of the mean of a series in which neighbours depend on each other: by batches of five."""
    batches = counts[: len(counts) // 5 * 5].reshape(-1, 5).mean(axis=1)
    return batches.std(ddof=1) / np.sqrt(len(batches))


@pytest.mark.slow
def test_a_run_does_what_the_topology_alone_does_with_such_epochs():
    _, tables = run(5, 10)
    structural = np.isin(tables.operations["kind"], STRUCTURAL)
    epoch = tables.operations["at_ns"][structural] // 1_000_000_000
    measured = np.bincount(epoch, minlength=SECONDS)[1:]
    expected = pure(5, 10, 100, np.random.default_rng(3))
    error = np.hypot(standard_error(measured), standard_error(expected))
    assert abs(measured.mean() - expected.mean()) < 3 * error
    assert error < 0.4 * expected.mean()


def test_epochs_that_see_many_events_take_fewer_operations_than_theory_says():
    assert 0.5 * THEORY[5, 10] < figure("operations", run(5, 10)) < THEORY[5, 10]


@pytest.mark.slow
def test_wide_bounds_need_no_operation_in_a_run_of_400_events():
    assert THEORY[10, 50] * 400 < 0.05
    assert figure("operations", run(10, 50, seconds=20)) == 0


@pytest.mark.slow
def test_borrowing_takes_more_operations_each_of_which_moves_fewer_agents():
    merging, borrowing = run(5, 10), run(5, 10, borrow=True)
    assert figure("operations", borrowing) > 1.2 * figure("operations", merging)
    each = [figure("moved", of) / figure("operations", of) for of in (merging, borrowing)]
    assert each[1] < 0.75 * each[0]


def test_nobody_is_lost_or_counted_twice_meanwhile():
    for of in (run(5, 10), run(5, 10, borrow=True), run(10, 50, seconds=20)):
        assert figure("double", of) == figure("uncounted", of) == figure("refused", of) == 0
