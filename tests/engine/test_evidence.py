"""Evidence in runs: one agent's ratio, sums up any tree, and verdicts under shifts, lies and cuts.

In most runs all agents pause before a publication, so that nothing is on its way when it comes:
what locals know is then the truth, to the bit.
"""

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.evidence.hypothesis import NATS_MAX, Hypothesis
from sim.engine.evidence.sums import EvidenceSums
from sim.engine.evidence.truth import TrueWindows
from sim.engine.simulation import Simulation
from sim.stats.evidence import ALARM, CLEAR, QUANTUM, UNDETERMINED, to_integers
from sim.stats.fixed_point import QUANTUM as VALUE
from sim.stats.moments import Moments
from sim.telemetry.tree import Groups
from tests.engine.scenarios import MS, S, fault_row, outcomes, plan_of, run
from tests.reference import evidence as reference

BASELINE = {"publish": "500ms", "pane": "1s"}
STEADY = {"kind": "synthetic", "spread": 1.0, "noise": 1.0, "drift": "none"}
AGENTS = {"count": 24, "features": 2, "rate": "10Hz", "behaviour": STEADY}
QUIET = [
    {"kind": "crash", "nodes": ["agents"], "at": "600ms", "until": "1s"},
    {"kind": "crash", "nodes": ["agents"], "at": "2600ms", "until": "4s"},
]
"""Nothing is on its way when the first baseline is published, nor from 3 s to 4 s."""
LOCAL, REGION, ROOT = 1, 2, 3


def recorded(*faults, evidence=None, **blocks):
    asked = {"effect": "1sd", "f": "25%", **(evidence or {})}
    given_ = {"baseline": BASELINE, "agents": AGENTS, "evidence": asked, **blocks}
    return run(*faults, **given_)


def rows_of(recording, tier=ROOT, node=0):
    """The rows of one node by their instants: a dict each."""
    table = recording.tables["evidence"]
    mine = (table["tier"] == tier) & (table["node"] == node)
    names = [name for name in table if name not in ("time_ns", "tier", "node")]
    values = zip(*(table[name][mine].tolist() for name in names), strict=True)
    return {
        time_ns: dict(zip(names, row, strict=True))
        for time_ns, row in zip(table["time_ns"][mine].tolist(), values, strict=True)
    }


# One agent's ratio


def hypothesis(mean=(0.5, -1.0), sd=(2.0, 1.0), between=(1.0, 0.5), effect=0.5):
    return Hypothesis.of(Moments(100, 10, *map(np.array, (mean, sd, between))), effect)


def log_density(x, mean, variance):
    return -((x - mean) ** 2) / (2 * variance) - math.log(2 * math.pi * variance) / 2


def test_an_agents_evidence_is_the_log_ratio_of_two_normal_densities():
    mean, sd, between, n, x = (0.5, -1.0), (2.0, 1.0), (1.0, 0.5), 7, (1.3, -0.2)
    expected = 0.0
    for feature in range(2):
        tau2, shift = between[feature] ** 2, 0.5 * sd[feature]
        variance = tau2 + (sd[feature] ** 2 - tau2) / n
        expected += log_density(x[feature], mean[feature] + shift, variance)
        expected -= log_density(x[feature], mean[feature], variance)
    (quanta,) = hypothesis().quanta(np.array([n]), np.array([x]), None)
    assert quanta * QUANTUM == pytest.approx(expected, abs=1e-9)


def test_who_has_no_values_says_nothing():
    quanta = hypothesis().quanta(np.array([0, 5]), np.array([[np.nan, np.nan], [9.0, 9.0]]), None)
    assert quanta[0] == 0
    assert quanta[1] > 0


def test_a_feature_that_does_not_vary_says_nothing():
    still = hypothesis(sd=(2.0, 0.0), between=(1.0, 0.0))
    quanta = still.quanta(np.array([7, 7]), np.array([[1.3, -0.2], [1.3, 8.0]]), None)
    assert quanta[0] == quanta[1] != 0


def test_a_cap_limits_what_one_agent_can_say():
    far = np.array([[16.0, 16.0], [-16.0, -16.0]])
    quanta = hypothesis().quanta(np.array([100, 100]), far, 3.0)
    assert (quanta * QUANTUM).tolist() == [3.0, -3.0]


def test_what_is_claimed_beyond_all_reason_still_counts_as_a_number():
    (quanta,) = hypothesis().quanta(np.array([1]), np.array([[1e300, 1e300]]), None)
    assert quanta * QUANTUM == NATS_MAX


def test_agents_that_are_all_alike_have_a_finite_weight():
    alike = hypothesis(sd=(1.0, 1.0), between=(1.0, 1.0))
    assert (alike.within == VALUE**2).all()


@pytest.mark.parametrize("column", [0, 1, 2], ids=["mean", "sd", "between"])
def test_a_baseline_that_does_not_know_everything_makes_no_hypothesis(column):
    columns = [(0.5, -1.0), (2.0, 1.0), (1.0, 0.5)]
    columns[column] = (columns[column][0], np.nan)
    assert hypothesis(*columns) is None


# What is true


def true_windows(counts, totals, panes_kept=1):
    """Two agents at the ends of panes 0, 1 ... of 10 ns; the last pane has not been closed."""
    leaves = SimpleNamespace(count=np.array(counts[0]), total=np.array(totals[0]))
    windows = TrueWindows(leaves, 10, panes_kept)
    for pane, (count, total) in enumerate(zip(counts[1:], totals[1:], strict=True)):
        windows.close(pane)
        leaves.count, leaves.total = np.array(count), np.array(total)
    return windows


PANES = [[2, 1], [3, 0]], [[[2.0], [1.0]], [[30.0], [0.0]]]


def test_a_true_window_is_the_sum_of_its_panes():
    count, mean = true_windows(*PANES).window(0, 15)
    assert count.tolist() == [5, 1]
    assert (mean / VALUE).ravel().tolist() == [32 / 5, 1.0]


def test_a_pane_that_ends_just_now_counts_once():
    windows = true_windows(*PANES)
    windows.close(1)
    assert windows.window(1, 20)[0].tolist() == [3, 0]


def test_a_window_that_only_begins_now_is_empty():
    windows = true_windows(*PANES)
    windows.close(1)
    count, mean = windows.window(2, 20)
    assert count.tolist() == [0, 0]
    assert np.isnan(mean).all()


# Sums up the tree


@st.composite
def reports_and_trees(draw):
    """Evidence of up to 24 agents, some silent, below locals; and tiers of parents above those."""
    agents = draw(st.integers(1, 24))
    quanta = draw(st.lists(st.integers(-(2**62), 2**62), min_size=agents, max_size=agents))
    present = draw(st.lists(st.booleans(), min_size=agents, max_size=agents))
    counts = [agents, draw(st.integers(1, agents))]
    while counts[-1] > 1 and draw(st.booleans()):
        counts.append(draw(st.integers(1, counts[-1])))
    tree = [*counts, 1]
    return quanta, present, [Groups(*pair) for pair in itertools.pairwise(tree)]


@given(reports_and_trees())
def test_the_root_holds_the_exact_sums_whatever_tree_is_above_the_locals(drawn):
    quanta, present, levels = drawn
    sums = EvidenceSums(0.3)
    state = sums.lift(np.array(quanta), np.array(present), levels[0])
    for groups in levels[1:]:
        state = sums.merge(state, groups)
    heard = [[] for _ in range(levels[0].parents)]
    for value, here, local in zip(quanta, present, levels[0].parent_of, strict=True):
        heard[local] += [value] if here else []
    ends = [reference.bounds(group, math.floor(0.3 * len(group) + 1e-9)) for group in heard]
    assert to_integers(state.plain) == [sum(map(sum, heard))]
    assert to_integers(state.bounds.lower) == [sum(low for low, _ in ends)]
    assert to_integers(state.bounds.upper) == [sum(high for _, high in ends)]
    assert state.bounds.reports.tolist() == [sum(present)]
    assert state.bounds.enough.tolist() == [any(present)]


def test_parts_of_two_rounds_are_put_together_node_by_node():
    sums, groups = EvidenceSums(0.0), Groups(4, 2)
    old = sums.lift(np.array([1, 2, 3, 4]), np.ones(4, np.bool_), groups)
    new = sums.lift(np.array([10, 20, 30, 40]), np.ones(4, np.bool_), groups)
    first = np.array([True, False])
    both = sums.join([sums.pick(old, first), sums.pick(new, ~first)])
    assert to_integers(both.plain) == to_integers(both.bounds.upper) == [3, 70]
    assert both.bounds.reports.tolist() == [2, 2]


# Runs


def test_where_nothing_is_on_its_way_what_locals_know_is_the_truth_to_the_bit():
    recording = recorded(*QUIET)
    nodes = [(LOCAL, 0), (LOCAL, 5), (REGION, 0), (REGION, 2), (ROOT, 0)]
    for (tier, node), time_ns in itertools.product(nodes, [3 * S, int(3.5 * S)]):
        row = rows_of(recording, tier, node)[time_ns]
        assert row["all"] == row["honest"] != 0


def test_evidence_on_its_way_is_off_from_the_truth():
    rows = rows_of(recorded())
    assert any(row["all"] != row["honest"] for row in rows.values())


def test_without_tolerated_liars_both_bounds_are_the_plain_sum():
    rows = rows_of(recorded(evidence={"f": "0%"})).values()
    assert rows
    assert all(row["lower"] == row["all"] == row["upper"] for row in rows)


def test_verdicts_begin_after_the_first_baseline_of_a_whole_pane():
    """The root publishes at 1 s what all later evidence is held against."""
    assert min(rows_of(recorded())) == int(1.5 * S)


def test_a_run_without_anything_wrong_is_cleared_everywhere():
    table = recorded().tables["evidence"]
    assert set(table["tier"].tolist()) == {LOCAL, REGION, ROOT}
    assert (table["verdict"] <= UNDETERMINED).all()
    assert (table["verdict"][table["tier"] == ROOT] == CLEAR).all()


@pytest.mark.parametrize("column", ["all", "lower", "upper"])
def test_the_tree_leaves_no_trace_in_the_sums_at_the_root(column):
    deep = recorded(*QUIET)
    flat = recorded(*QUIET, tree={"local": 4, "levels": 2})
    assert flat.tables["evidence"]["tier"].max() == 2
    one, other = rows_of(deep, ROOT), rows_of(flat, 2)
    assert one[int(3.5 * S)][column] == other[int(3.5 * S)][column]


SHIFT = {"agents": ["region-0"], "kind": "shift", "size": "2sd", "at": "2s"}


def test_a_shift_of_one_region_is_an_alarm_there_and_nowhere_else():
    recording = recorded(anomalies=[SHIFT])
    verdicts = [rows_of(recording, REGION, node)[4 * S]["verdict"] for node in range(3)]
    assert verdicts[0] == ALARM
    assert ALARM not in verdicts[1:]
    before = rows_of(recording, REGION, 0)
    assert before[2 * S]["verdict"] == CLEAR


def test_evidence_of_a_region_that_is_cut_off_stays_as_it_was_until_it_heals():
    cut = {"kind": "partition", "groups": ["region-0", "rest"], "at": "1700ms", "until": "3200ms"}
    whole = rows_of(recorded(anomalies=[SHIFT]))
    root = rows_of(recorded(cut, anomalies=[SHIFT]))
    inside = rows_of(recorded(cut, anomalies=[SHIFT]), REGION, 0)
    assert inside[3 * S]["verdict"] == ALARM
    assert root[3 * S]["all"] < 0 < whole[3 * S]["all"] - root[3 * S]["all"]
    assert root[3 * S]["verdict"] == CLEAR
    assert root[4 * S]["all"] == whole[4 * S]["all"]


def test_a_local_says_nothing_until_it_holds_the_baseline_of_the_hypothesis():
    """It has the one of 500 ms, and is cut off when that of 1 s is published."""
    cut = {"kind": "partition", "groups": ["region-0", "rest"], "at": "900ms", "until": "2200ms"}
    recording = recorded(cut)
    assert min(rows_of(recording, REGION, 1)) == int(1.5 * S)
    assert min(rows_of(recording, LOCAL, 0)) == 3 * S
    assert min(rows_of(recording, REGION, 0)) == 3 * S


PUSH = {"kind": "push", "to": "8sd", "from": "2s"}
ONE_OF_EACH_LOCAL = [f"agent-{4 * number}" for number in range(6)]


def pushed(**evidence):
    lie = {**PUSH, "where": ONE_OF_EACH_LOCAL}
    return recorded(adversaries=[lie], evidence=evidence)


def test_pushing_agents_make_a_false_alarm_of_the_plain_sum_but_not_of_its_bounds():
    row = rows_of(pushed())[4 * S]
    assert row["all"] > 6.9
    assert row["honest"] < 6.9
    assert row["lower"] < 6.9 <= row["upper"]
    assert row["verdict"] == UNDETERMINED


def test_a_cap_keeps_liars_from_blurring_what_is_clear():
    assert rows_of(pushed(cap=0.5))[4 * S]["verdict"] == CLEAR


def test_with_as_many_liars_as_are_tolerated_the_bounds_enclose_what_is_true():
    recording = recorded(*QUIET, adversaries=[{**PUSH, "where": ONE_OF_EACH_LOCAL}])
    found = [(LOCAL, node) for node in range(6)] + [(REGION, node) for node in range(3)]
    for tier, node in [*found, (ROOT, 0)]:
        row = rows_of(recording, tier, node)[int(3.5 * S)]
        assert row["lower"] <= row["honest"] <= row["upper"]
        assert row["all"] > row["honest"]


def test_an_aggregator_that_leaves_children_out_leaves_out_their_evidence():
    drop = {"where": "regional-0", "kind": "drop", "of": "50%", "from": "1s"}
    dropping, all_there = recorded(adversaries=[drop]), recorded()
    half, whole = (rows_of(one, REGION, 0)[4 * S] for one in (dropping, all_there))
    other, same = (rows_of(one, REGION, 1)[4 * S] for one in (dropping, all_there))
    assert half["honest"] == whole["honest"]
    assert half["all"] > whole["all"]
    assert other["all"] == same["all"]


def test_a_node_that_is_down_has_no_verdict():
    crash = {"kind": "crash", "nodes": ["regional-0"], "at": "2200ms", "until": "3200ms"}
    recording = recorded(crash)
    down = {int(2.5 * S), 3 * S}
    assert set(rows_of(recording)) - set(rows_of(recording, REGION, 0)) == down


@pytest.mark.parametrize("durable", [True, False])
def test_an_aggregator_that_forgets_has_no_verdict_until_its_children_have_sent_anew(durable):
    """It is down when they send at 2.25 s, and up again when it is asked at 2.5 s."""
    crash = {"kind": "crash", "nodes": ["regional-0"], "at": "2200ms", "until": "2400ms"}
    rows = rows_of(recorded({**crash, "durable": durable}), REGION, 0)
    assert (int(2.5 * S) in rows) == durable
    assert 3 * S in rows


def test_agents_that_forget_take_back_what_open_panes_held_of_them():
    """At 2.75 s a window begins at 1 s: before the crash, when both panes were open."""
    crash = {"kind": "crash", "durable": False, "at": "2100ms", "until": "2300ms"}
    stop = {"kind": "crash", "nodes": ["agents"], "at": "2500ms", "until": "4s"}
    faults = [QUIET[0], {**crash, "nodes": ["agent-0", "agent-1"]}, stop]
    recording = recorded(*faults, baseline={"publish": "250ms", "pane": "1s"})
    assert fault_row(recording, 1)["touched"] > 0
    row = rows_of(recording, LOCAL, 0)[2750 * MS]
    assert row["all"] == row["honest"] != 0


def test_a_root_that_never_publishes_makes_the_run_inconclusive():
    crash = {"kind": "crash", "nodes": ["root"], "at": "900ms"}
    assert "evidence" in recorded(crash).idle_faults
    assert "evidence" not in recorded().idle_faults


def test_gathering_evidence_changes_nothing_else():
    asked = recorded(anomalies=[SHIFT]).tables
    plain = run(baseline=BASELINE, agents=AGENTS, anomalies=[SHIFT]).tables
    assert set(asked) - set(plain) == {"evidence"}
    for name in set(plain) - {"traffic"}:
        for column in plain[name]:
            np.testing.assert_array_equal(asked[name][column], plain[name][column])


def test_each_round_is_one_message_of_each_aggregator_below_the_root():
    """Rounds from the publication at 1.5 s to that at 4 s; nothing is lost here."""
    assert outcomes(recorded(), "regional", "digest") == {"delivered": 6 * 6}
    assert outcomes(recorded(), "root", "digest") == {"delivered": 6 * 3}


def test_beside_a_digest_evidence_travels_at_the_same_instants():
    rule = {"kind": "guarded_mean", "estimator": {"kind": "median"}, "f": "20%", "lead": "300ms"}
    recording = recorded(*QUIET, baseline={**BASELINE, "rule": rule})
    row = rows_of(recording)[int(3.5 * S)]
    assert row["all"] == row["honest"]


def test_no_window_is_of_two_agents_who_sat_in_one_seat():
    """Who is dealt anew at 3 s is judged by what was measured since, not by the shift before."""
    shift = {"agents": ["all"], "kind": "shift", "size": "4sd", "at": "2s", "until": "3s"}
    reseat = {"local": 4, "regional": 2, "reseat": "1s"}
    staying, moving = (
        rows_of(recorded(anomalies=[shift], **blocks)) for blocks in ({}, {"tree": reseat})
    )
    assert staying[int(3.5 * S)]["all"] > 0 > moving[int(3.5 * S)]["all"]


def test_the_same_scenario_gives_the_same_evidence_and_fingerprint():
    given_ = {"baseline": BASELINE, "agents": AGENTS, "evidence": {}}
    one, other = (Simulation(plan_of(**given_), seed=3).run() for _ in range(2))
    assert one.fingerprint == other.fingerprint
    assert one.tables["evidence"]["all"].tolist() == other.tables["evidence"]["all"].tolist()
    assert (one.tables["evidence"]["time_ns"] % (500 * MS) == 0).all()
