"""What adversaries see: themselves, their group, or what every correct agent has truly measured.

The obvious version of a window is made by hand from every value that an agent measures: those of
the running pane and of the one before, born before the look.
"""

import numpy as np
import pytest

from sim.stats import fixed_point
from tests.engine.lies.runs import lies_of, lying, played, run, simulation

PANE_NS = 1_000_000_000


def looks_of(simulated):
    """Plays a run; for each adversary the views that it got."""
    views = []
    for actor in lies_of(simulated).actors:
        seen = []
        views.append(seen)
        actor.strategy.look = _noting(actor.strategy.look, seen)
    played(simulated)
    return views


def _noting(look, seen):
    def noting(view):
        seen.append(view)
        look(view)

    return noting


def measured_by(simulated):
    """Fills a dict with every value while the run plays: (agent, tick) -> (born, vector)."""
    values = {}
    behaviour = simulated.world.telemetry.leaves.behaviour
    fill = behaviour.fill

    def noting(tick, born_ns, first, out):
        fill(tick, born_ns, first, out)
        quanta = out.copy()
        fixed_point.quantise(quanta)
        for row, vector in enumerate(quanta):
            values[first + row, tick] = (born_ns[row], vector * fixed_point.QUANTUM)

    behaviour.fill = noting
    return values


def window_mean(values, agent, now_ns):
    """Mean of an agent's vectors of the last pane that has any, and of the one before."""
    since_ns = ((now_ns - 1) // PANE_NS - 1) * PANE_NS
    mine = [
        vector
        for (who, _), (born_ns, vector) in values.items()
        if who == agent and since_ns <= born_ns < now_ns
    ]
    return np.mean(mine, axis=0)


def test_who_sees_all_sees_the_true_means_of_the_correct_agents():
    simulated = simulation(lying("little_is_enough", knows="all"), lying("push", share="10%"))
    values = measured_by(simulated)
    views, _ = looks_of(simulated)
    liars = lies_of(simulated).is_liar(0)
    assert [view.now_ns for view in views] == [500_000_000 * k for k in (1, 2, 3, 4, 5)]
    for view in views[1:]:
        np.testing.assert_array_equal(view.nodes, np.flatnonzero(~liars))
        for agent, seen in zip(view.nodes, view.others, strict=True):
            np.testing.assert_allclose(seen, window_mean(values, agent, view.now_ns), atol=1e-12)


def test_what_a_liar_sees_of_itself_is_what_it_measured_and_not_what_it_claims():
    simulated = simulation(lying("sign_flip", scale=50, knows="own"))
    values = measured_by(simulated)
    (views,) = looks_of(simulated)
    nodes = lies_of(simulated).actors[0].nodes
    for view in views[1:]:
        for agent, seen in zip(nodes, view.own, strict=True):
            np.testing.assert_allclose(seen, window_mean(values, agent, view.now_ns), atol=1e-12)


def test_who_knows_its_own_sees_nobody_else():
    simulated = simulation(lying("sign_flip", knows="own"))
    (views,) = looks_of(simulated)
    assert all(view.others.shape == (0, 2) for view in views)
    assert len(views) == 5


def test_who_knows_its_group_sees_the_true_means_of_that_group_alone():
    cartel = {"knows": "group", "share": "10%", "group": "cartel"}
    simulated = simulation(
        lying("sign_flip", **cartel),
        lying("little_is_enough", **cartel),
        lying("mimic", **{**cartel, "group": "others"}),
        lying("push", share="10%"),
    )
    values = measured_by(simulated)
    one, other, stranger, blind = looks_of(simulated)
    actors = lies_of(simulated).actors
    both = np.sort(np.concatenate([actors[0].nodes, actors[1].nodes]))
    assert blind == []
    for view in (one[-1], other[-1]):
        np.testing.assert_array_equal(view.nodes, both)
        expected = [window_mean(values, agent, view.now_ns) for agent in both]
        np.testing.assert_allclose(view.others, expected, atol=1e-12)
    np.testing.assert_array_equal(stranger[-1].nodes, actors[2].nodes)


def test_agents_that_have_measured_nothing_yet_are_not_seen():
    down = {"kind": "crash", "nodes": ["region-1"], "at": "0s", "until": "1200ms"}
    simulated = simulation(lying("little_is_enough"), faults=[down])
    (views,) = looks_of(simulated)
    away = simulated.world.roster.tree.region_of(0) == 1
    assert not away[views[0].nodes].any()
    assert len(views[-1].nodes) == 48


@pytest.mark.parametrize("from_", ["0s", "730ms"])
def test_a_look_comes_at_the_begin_and_at_every_publication_until_the_end(from_):
    simulated = simulation(lying("mimic", until="2s", **{"from": from_}))
    (views,) = looks_of(simulated)
    begin_ns = 0 if from_ == "0s" else 730_000_000
    later = [k * 500_000_000 for k in (1, 2, 3) if k * 500_000_000 > begin_ns]
    assert [view.now_ns for view in views] == [begin_ns, *later]


def test_what_is_seen_does_not_depend_on_what_the_network_loses():
    lossy = {"kind": "point", "jitter": "2ms", "loss": "50%"}
    views = []
    for topology in (lossy, {"kind": "point", "jitter": "2ms"}):
        views += looks_of(simulation(lying("little_is_enough"), topology=topology))
    for lost, whole in zip(*views, strict=True):
        np.testing.assert_array_equal(lost.others, whole.others)


def test_a_liar_that_looks_changes_nothing_by_looking():
    """It looks, and then claims what it measured."""
    never = lying("sleeper", off="10s")
    assert run(never).fingerprint_parts["heard"] == run().fingerprint_parts["heard"]
