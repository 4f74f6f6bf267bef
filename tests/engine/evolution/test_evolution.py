"""A tree that changes inside whole runs: counts are exact, whoever comes, goes, fails or moves."""

from functools import cache

import numpy as np
import pytest

from sim.engine.evolution.evolution import Evolution
from sim.engine.simulation import Simulation
from sim.errors import InvariantViolated
from sim.measure.evolution import EVOLUTION_FIGURES
from sim.measure.tables import Tables, empty
from tests.engine.scenarios import plan_of

TREE = {"local": 16, "regional": 5}
STORM = {
    "locals": {"min": 4, "max": 10, "slack": 1},
    "regionals": {"min": 2, "max": 4},
    "start": "20%",
    "joins": "20/s",
    "leaves": "20/s",
    "epoch": "1s",
}


def storm(*faults, seed=1, evolution=(), **blocks):
    given = {
        "duration": "6s",
        "agents": {"count": 400, "features": 2},
        "tree": TREE,
        "baseline": {"pane": "1s", "publish": "500ms"},
        "evolution": {**STORM, **dict(evolution)},
        **blocks,
    }
    return Simulation(plan_of(*faults, **given), seed=seed)


def done(sim):
    return sim.run().tables


@cache
def the_storm():
    """The usual storm and what it leaves behind; nobody changes either."""
    sim = storm()
    return sim, sim.run()


def figure(name, sim, tables):
    return EVOLUTION_FIGURES[name](Tables.of({"faults": empty("faults"), **tables}), sim.plan)


def kinds(tables):
    return dict(zip(*np.unique(tables["operations"]["kind"], return_counts=True), strict=True))


@pytest.mark.parametrize("seed", [2, 3])
def test_every_closed_pane_of_a_storm_is_counted_exactly(seed):
    tables = done(storm(seed=seed))
    census = tables["census"]
    assert census["agents_counted"].tolist() == census["agents"].tolist()
    assert census["values_counted"].tolist() == census["values"].tolist()
    assert {"split", "borrow"} <= set(kinds(tables))


def test_lost_reports_are_missing_and_nobody_is_counted_twice():
    sim = storm(topology={"kind": "point", "loss": "20%"})
    tables = done(sim)
    assert figure("evolution.double", sim, tables) == 0
    assert 0 < figure("evolution.uncounted", sim, tables) < 0.1


def test_fan_ins_are_within_their_bounds_after_every_epoch_where_there_is_room():
    sim = storm(evolution={"joins": "5/s", "leaves": "5/s"})
    assert figure("evolution.out_of_range", sim, done(sim)) == 0


def test_at_most_one_operation_a_node_and_epoch():
    operations = the_storm()[1].tables["operations"]
    structural = np.isin(operations["kind"], ["split", "merge", "borrow"])
    for end in ("source", "target"):
        key = zip(*(operations[name][structural] for name in ("at_ns", "tier", end)), strict=True)
        keys = list(key)
        assert len(keys) == len(set(keys)) > 0


def test_ages_do_not_jump_when_agents_move():
    """A move hands over what is known, and who joins is as old as its joining."""
    samples = the_storm()[1].tables["samples"]
    later = samples["time_ns"] > 1_000_000_000
    assert samples["oldest_age_ns"][later].max() < 500_000_000


def test_agents_of_an_aggregator_that_crashes_get_another_at_the_next_epoch():
    crash = {"kind": "crash", "nodes": ["local-1"], "at": "2.5s"}
    sim = storm(crash, evolution={"joins": "none", "leaves": "none"})
    tables = done(sim)
    assert kinds(tables)["replace"] == 1
    census = tables["census"]
    assert census["values_counted"][-1] == census["values"][-1]
    assert census["values_counted"][2] < census["values"][2]


def test_a_region_that_is_cut_off_takes_no_part():
    cut = {"kind": "partition", "groups": ["region-0", "rest"], "at": "1.5s", "until": "7.5s"}
    sim = storm(cut, evolution={"leaves": "none", "joins": "40/s"})
    operations = done(sim)["operations"]
    touched = [sim.evolution._residence.nodes_in(2)[0]]
    during = (operations["at_ns"] > 1_500_000_000) & (operations["at_ns"] < 7_500_000_000)
    ends = np.isin(operations["source"], touched) | np.isin(operations["target"], touched)
    assert not (during & ends & (operations["tier"] == 2)).any()
    assert (during & (operations["kind"] == "split")).any()


def test_while_the_root_is_down_nobody_is_given_up_or_forgotten():
    """Who came back meanwhile joins, and who failed meanwhile is replaced, once it is there."""
    faults = [
        {"kind": "crash", "nodes": ["root"], "at": "2500ms", "until": "4500ms"},
        {"kind": "crash", "nodes": ["local-1", "local-2", "local-3"], "at": "2600ms"},
        {"kind": "churn", "nodes": "30%", "at": "500ms", "until": "2800ms"},
    ]
    sim = storm(*faults, evolution={"joins": "none", "leaves": "none"})
    at_ns = sim.run().tables["operations"]["at_ns"] / 1e9
    assert set(at_ns.tolist()) == {1.0, 5.0}
    assert sim.evolution.state.agents == 80


def test_those_for_whom_there_was_no_room_come_in_once_there_is():
    """Only region-0 can be told of changes, and all its locals fail, with all that are spare."""
    cut = [f"region-{number}" for number in (1, 2, 3)]
    lost = [f"local-{number}" for number in (0, 1, 2, 3, 4, 9, 14, 19)]
    faults = [
        {"kind": "partition", "groups": [cut, "rest"], "at": "1500ms", "until": "4500ms"},
        {"kind": "crash", "nodes": lost, "at": "2500ms"},
    ]
    still = {"start": "35%", "joins": "none", "leaves": "none"}
    sim = storm(*faults, agents={"count": 320, "features": 2}, evolution=still)
    there = []
    sim.kernel.at(4_400_000_000, lambda: there.append(sim.evolution.state.agents))
    tables = done(sim)
    assert (there, sim.evolution.state.agents) == ([84], 112)
    assert figure("evolution.double", sim, tables) == 0


def test_a_region_that_is_cut_off_is_silent_and_nobody_of_it_is_given_another_local():
    """Most of its agents are silent, so their locals look like lost ones."""
    cut = {"kind": "partition", "groups": ["region-0", "rest"], "at": "3500ms"}
    detection = {
        "detector": "z",
        "control": {"kind": "threshold", "score": 9},
        "decide": "root",
        "every": "500ms",
        "learn": "1s",
        "calibrate": "1s",
    }
    still = {"joins": "none", "leaves": "none", "adapt": True, "shuffle": True}
    sim = storm(cut, evolution=still, detection=detection)
    before = {}
    sim.kernel.at(3_600_000_000, lambda: before.update(owner=sim.evolution.state.parents[0]))
    sim.run()
    after, regional = sim.evolution.state.parents[0], sim.evolution._residence.nodes_in(2)[0]
    cut_off = sim.evolution.state.above(2) == regional
    assert cut_off.any()
    assert (after == before["owner"])[cut_off].all()
    assert not (after == before["owner"]).all()


def test_a_shuffle_deals_everybody_anew():
    sim = storm(evolution={"joins": "none", "leaves": "none", "shuffle": True})
    tables = done(sim)
    assert kinds(tables)["reseat"] == 5
    assert tables["census"]["values"].tolist() == tables["census"]["values_counted"].tolist()


def test_liars_lie_wherever_they_sit():
    push = {"where": "agents", "share": "20%", "kind": "push", "to": "9sd"}
    sim = storm(adversaries=[push])
    assert len(done(sim)["census"]["pane"]) == 5


def test_a_churn_storm_of_liars_leaves_and_joins():
    """Whoever an adversary keeps away is no member until it is back."""
    liar = {"where": "agents", "share": "30%", "kind": "churn_storm", "every": "2s", "from": "1s"}
    sim = storm(adversaries=[liar], evolution={"joins": "none", "leaves": "none"})
    tables = done(sim)
    assert kinds(tables)["leave"] > 10
    assert kinds(tables)["join"] > 10
    assert figure("evolution.double", sim, tables) == 0


def test_those_whom_a_fault_sends_off_come_back_and_nobody_else():
    """And nobody is as old as if it had been silent all the while."""
    churn = {"kind": "churn", "nodes": "50%", "at": "2s", "until": "5s"}
    tables = done(storm(churn, evolution={"joins": "none", "leaves": "none"}))
    gone, *_, back = tables["census"]["present"].tolist()
    assert gone < back == first_agents(tables)
    samples = tables["samples"]
    assert samples["oldest_age_ns"][samples["time_ns"] > 5_000_000_000].max() < 3_000_000_000


def first_agents(tables):
    """Agents of the first pane, which is over before anybody goes."""
    return tables["census"]["agents"][0]


def test_the_same_seed_gives_the_same_tree():
    assert storm().run().fingerprint == the_storm()[1].fingerprint


def test_a_run_in_which_nobody_comes_or_goes_is_inconclusive():
    still = {"joins": "none", "leaves": "none"}
    assert storm(evolution=still).run().idle_faults == ("evolution",)


def test_two_agents_in_one_seat_are_noticed():
    sim = storm()
    (evolution,) = (one for one in sim.components if isinstance(one, Evolution))
    sim.run()
    evolution._residence.rows[0][0] = evolution._residence.rows[0][1]
    with pytest.raises(InvariantViolated, match="two agents sit in one seat"):
        evolution.check()


def test_a_member_that_is_not_there_is_noticed():
    sim = storm()
    (evolution,) = (one for one in sim.components if isinstance(one, Evolution))
    sim.run()
    sim.world.absent["evolution"][0][
        evolution._residence.rows[0][evolution.state.parents[0] >= 0]
    ] = True
    with pytest.raises(InvariantViolated, match="members and those who are there differ"):
        evolution.check()


def test_a_cut_ends_when_others_have_taken_over_and_not_when_the_lost_one_runs_again():
    crash = {"kind": "crash", "nodes": ["regional-0", "local-1"], "at": "1500ms", "until": "5s"}
    away = {"kind": "crash", "nodes": ["region-1"], "at": "3500ms", "until": "4500ms"}
    tables = done(storm(crash, away, evolution={"joins": "none", "leaves": "none"}))
    assert tables["reliefs"]["relieved_ns"].tolist() == [2_000_000_000, 4_000_000_000]


def test_a_region_that_nobody_can_be_taken_from_stays_cut_until_the_heal():
    cut = {"kind": "partition", "groups": ["region-0", "rest"], "at": "1.5s", "until": "3.5s"}
    assert "reliefs" not in done(storm(cut))


def test_a_region_without_anybody_is_not_cut_off():
    tables = the_storm()[1].tables
    regions = tables["regions"]
    assert (regions["agents"] == 0).any()
    assert regions["reachable"].all()
