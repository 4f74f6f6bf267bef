"""Counterfactual twins of small scenarios, against what theory says each cause does."""

import pytest

from sim.campaign.attribution import (
    BLOCKS,
    HIDDEN,
    TOUCHED_NOTHING,
    Question,
    attribute,
    stored_scenario,
)
from sim.campaign.results import open_results
from sim.campaign.sweep import How
from sim.errors import SimError
from sim.scenario.loader import load_scenario
from tests.small import SMALL, only_what_counts

VIOLATION, BIAS, MISSED = "staleness.baseline.violation", "bias.median", "detection.missed"
RECONNECTED = "recovery.reconnected.max"
TREE = """\
schema: 1
name: causes
seed: 7
agents: {count: 20, features: 1, rate: 5Hz}
topology: {kind: ring, sites: 4, length_km: 500}
tree: {local: 5, regional: 2, forward: 5Hz}
baseline: {publish: 1s, pane: 2s}
measure: {every: 1s}
"""
CAUSES = """\
duration: 14s
staleness: {baseline: 2s, anomaly: 1s}
faults:
- {kind: partition, groups: [region-0, rest], at: 3s, until: 10s}
- {kind: partition, groups: [region-0, rest], at: 6s, until: 12s}
- {kind: hold, nodes: [agent-19], at: 2s, until: 2000001us}
adversaries: [{where: [agent-12, agent-17], kind: push, to: 8sd, from: 2s}]
"""
APART = """\
duration: 9s
staleness: {baseline: 1s, anomaly: 500ms}
faults:
- {kind: partition, groups: [region-0, rest], at: 1s, until: 4s}
- {kind: partition, groups: [region-1, rest], at: 5s, until: 8s}
"""
OUT_OF_SIGHT = """\
duration: 10s
faults: [{kind: partition, groups: [region-0, rest], at: 4s, until: 9s}]
anomalies: [{agents: [local-0], kind: shift, size: 20sd, at: 5s, until: 7s}]
detection: {detector: {kind: ewma_z, half_life: 2s}, learn: 1s, calibrate: 2s, every: 200ms}
"""
COMMITTEE = """\
schema: 1
name: committee
duration: 2s
replications: 1
agents: {count: 8, features: 1, rate: 5Hz}
topology: {kind: ring, sites: 8, length_km: 100}
tree: {local: 4, regional: 2, replicas: {root: 4}}
baseline: {publish: 500ms, pane: 2s}
agreement: {protocol: bracha}
faults: [{kind: hold, nodes: [root-0/3], at: 500ms, until: 1300ms}]
"""
AGE_MAX_S = 0.2 + 0.2 + 0.2 + 0.05
"""Oldest value that the root has of a connected source: three periods of 5 Hz and the ways."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Attributes a scenario text, in a store of its own that the same text finds again."""
    with pytest.MonkeyPatch.context() as patch:
        only_what_counts(patch)

        def ask(text, question=None, root=None):
            root = root or tmp_path_factory.mktemp("runs")
            file = root / "causes.yaml"
            file.write_text(text)
            return attribute(load_scenario(file), question or Question(), How(root))

        yield ask


@pytest.fixture(scope="module")
def overlapping(asked):
    return asked(TREE + CAUSES, Question((VIOLATION, BIAS)))


def causes_of(found, metric):
    (one,) = (one for one in found.causes if one.metric == metric)
    return one


def test_a_partition_alone_breaks_the_bound_from_b_less_the_age_at_the_cut(overlapping):
    """Theory 8.1: the age grows by 1 s/s from what it was, so it is above B for T - B + age0."""
    alone = causes_of(overlapping, VIOLATION).shares[0].alone.value
    assert 7 - 2 <= alone <= 7 - 2 + 2 * AGE_MAX_S  # until the first message after the heal
    shorter = causes_of(overlapping, VIOLATION).shares[1].alone.value
    assert alone - shorter == pytest.approx(7 - 6, abs=0.01)


def test_partitions_that_overlap_add_the_time_in_which_the_other_does_not_cut(overlapping):
    violation = causes_of(overlapping, VIOLATION)
    assert violation.shares[0].added.value == pytest.approx(6 - 3, abs=0.01)
    assert violation.shares[1].added.value == pytest.approx(12 - 10, abs=0.01)
    overlap_s = violation.whole.value - (6 - 3) - (12 - 10)
    assert violation.beyond_added.value == pytest.approx(overlap_s, abs=0.02)


def test_a_fault_that_touched_nothing_has_exactly_no_effect_and_is_named(overlapping):
    for one in overlapping.causes:
        assert one.shares[2].added.is_nothing
        assert one.shares[2].alone.is_nothing
    assert [one.remark for one in overlapping.entries] == ["", "", TOUCHED_NOTHING, ""]


def test_a_fault_that_touched_the_committee_alone_touched_something(asked):
    """What replicas say to each other is in no fingerprint, but for the record of faults."""
    found = asked(COMMITTEE, Question(("agreement.messages",)))
    assert found.causes[0].whole.value != 0
    assert [one.remark for one in found.entries] == [""]


def test_of_a_partial_fingerprint_nobody_is_said_to_have_touched_nothing(asked):
    found = asked(TREE + APART + "journal: {fingerprint: [faults]}\n", Question((VIOLATION,)))
    assert [one.remark for one in found.entries] == ["", ""]


def test_a_liar_causes_the_bias_and_no_staleness(overlapping):
    """Two of twenty that say 8 sd pull the mean by 0.8 sd, give or take where they would be.

    The spread of 18 correct agents is known to 1/sqrt(36) of it, their mean and that of the two to
    0.24 and 0.07 of an sd: 0.8 sd within 3 * (0.13 + 0.08) sd.
    """
    bias = causes_of(overlapping, BIAS).shares[3].alone.value
    assert bias == pytest.approx(0.8, abs=0.63)
    assert causes_of(overlapping, VIOLATION).shares[3].added.is_nothing


@pytest.fixture(scope="module")
def apart(asked):
    return asked(TREE + APART, Question((VIOLATION, "coverage.mean", RECONNECTED)))


def test_effects_far_apart_in_time_and_place_add_up(apart):
    for one in apart.causes[:2]:
        assert one.beyond_added.value == pytest.approx(0, abs=1e-9)
        assert one.beyond_alone.value == pytest.approx(0, abs=1e-9)
        assert abs(one.whole.value) > 0


def test_recovery_of_the_clean_twin_is_measured_from_the_heals_of_the_run(apart):
    """Nothing was cut off there; still it takes a period of 0.2 s, at most, to hear the next."""
    reconnected = causes_of(apart, RECONNECTED)
    assert 0 < reconnected.clean <= 0.2 + 0.05
    assert reconnected.whole.value == pytest.approx(0, abs=0.01)


def test_what_a_region_out_of_sight_hides_is_missed_because_of_the_partition(asked):
    (missed,) = asked(TREE + OUT_OF_SIGHT, Question((MISSED,))).causes
    assert (missed.as_is, missed.clean) == (5, 0)
    assert missed.shares[0].added.value == 5


NEVER = """\
duration: 4s
staleness: {baseline: 1s, anomaly: 500ms}
faults:
- {kind: partition, groups: [region-0, rest], at: 1s, until: 3700ms}
- {kind: hold, nodes: [agent-19], at: 3500ms, until: 3500001us}
- {kind: partition, groups: [region-0, rest], at: 2s, until: 3700ms}
"""


def test_what_had_not_recovered_at_the_end_is_no_proof_of_no_effect(asked):
    """No twin publishes in the 300 ms after the heal: nobody saw when any of them recovered."""
    (recovery,) = asked(TREE + NEVER, Question(("recovery.accurate.max",))).causes
    assert (recovery.as_is_bound, recovery.clean_bound) == ("at least", "at least")
    first, hold, _ = recovery.shares
    assert (first.added.bound, first.alone.bound) == ("unknown", "unknown")
    assert hold.added.is_nothing  # to the bit: known, whenever it would have recovered


@pytest.fixture(scope="module")
def stored(asked, tmp_path_factory):
    """A small scenario that has been attributed once, and the folder of its runs."""
    root = tmp_path_factory.mktemp("stored")
    return asked(SMALL, root=root), root


def test_a_second_call_runs_nothing_and_says_the_same(asked, stored):
    first, root = stored
    again = asked(SMALL, root=root)
    assert (first.fresh, again.fresh) == (2, 0)
    assert again.causes == first.causes


def test_the_run_stays_the_latest_of_its_name_and_can_be_asked_itself(stored):
    found, root = stored
    assert open_results(root / "small").path == found.folder.resolve()
    again = attribute(stored_scenario(root / "small"), Question(), How(root))
    assert (again.fresh, again.causes) == (0, found.causes)


def test_a_twin_is_what_its_setting_gives(stored):
    found, root = stored
    for twin in found.twins.values():
        assert load_scenario(root / "causes.yaml", twin.cell.changes).plan == twin.cell.plan


def test_what_another_fault_does_already_is_told_as_hidden(asked):
    twice = SMALL.replace("replications: 2", "replications: 1").replace(
        "faults: [", "faults: [{kind: partition, groups: [region-0, rest], at: 1s, until: 2s}, "
    )
    found = asked(twice, Question((VIOLATION,)))
    assert [one.remark for one in found.entries] == [HIDDEN, HIDDEN]


@pytest.mark.parametrize(
    ("text", "question", "problem"),
    [
        (SMALL.split("faults")[0], Question(), "has no faults or adversaries"),
        (SMALL, Question((BIAS,)), "has no bias.median: that needs `adversaries`"),
        (SMALL, Question(blocks=BLOCKS[2:]), "has no anomalies"),
        (
            SMALL + "adversaries: [" + "{where: agents, share: 5%, kind: silence}, " * 4 + "]\n",
            Question(shapley=True),
            "5 entries are more than 4",
        ),
    ],
)
def test_what_cannot_be_attributed_is_told_in_one_line(asked, text, question, problem):
    with pytest.raises(SimError, match=problem):
        asked(text, question)
