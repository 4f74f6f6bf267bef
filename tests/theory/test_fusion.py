"""Conflict resolution (theory 8.2): what fusing costs if sources went in by two ways.

Two copies of one estimate claim variance P/2 while it is P: coverage 83.4 %, NEES 2. Covariance
intersection of independent equals claims P while it is P/2: coverage 99.4 %. In the simulator two
replicas share half their children and send each other what they made of them; the causal truth
knows which went in twice.
"""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from sim.engine.host import Host
from sim.engine.journal import Journal
from sim.engine.kernel import Kernel
from sim.engine.switch import Switch
from sim.protocol.clocks.causality import Event, History, Provenance
from sim.protocol.clocks.version_vector import Relation
from sim.protocol.effects import Send, SetTimer
from sim.protocol.messages import Message, Update
from sim.protocol.updates import Newest
from sim.stats.fusion.consistency import coverage, expected_coverage, nees
from sim.stats.fusion.contract import Estimate
from sim.stats.fusion.covariance_intersection import covariance_intersection
from sim.stats.fusion.inverse_variance import inverse_variance
from sim.stats.fusion.registry import FUSIONS

DRAWS = 40_000
SECOND = 1_000_000_000


def assert_covers(errors, variance, expected):
    spread = math.sqrt(expected * (1 - expected) / len(errors))
    assert coverage(errors, variance) == pytest.approx(expected, abs=4 * spread)


def test_two_copies_of_one_estimate_cover_83_percent_with_a_squared_error_of_2(figure):
    errors = np.random.default_rng(1).standard_normal(DRAWS)
    fused = inverse_variance([Estimate.of(0.0, 1.0)] * 2)
    assert fused.covariance[0, 0] == pytest.approx(0.5)
    assert expected_coverage(1.0, 0.5) == pytest.approx(0.834, abs=0.0005)
    assert_covers(errors, 0.5, expected_coverage(1.0, 0.5))
    # NEES is 2 chi2(1): its mean over k draws has standard error 2 sqrt(2 / k).
    assert nees(errors[:, None], fused.covariance) == pytest.approx(
        2, abs=4 * 2 * math.sqrt(2 / DRAWS)
    )
    what = "two copies of one estimate by inverse variance: "
    error = math.sqrt(0.834 * 0.166 / DRAWS)
    figure("8.2", what + "coverage of 95 %", 0.834, coverage(errors, 0.5), error)
    found = nees(errors[:, None], fused.covariance)
    figure("8.2", what + "NEES", 2, found, 2 * math.sqrt(2 / DRAWS))


def test_covariance_intersection_of_independent_equals_covers_99_4_percent(figure):
    errors = np.random.default_rng(2).standard_normal((DRAWS, 2)).mean(axis=1)
    fused = covariance_intersection([Estimate.of(0.0, 1.0)] * 2)
    assert fused.covariance[0, 0] == pytest.approx(1.0)
    assert expected_coverage(0.5, 1.0) == pytest.approx(0.994, abs=0.0005)
    assert_covers(errors, 1.0, expected_coverage(0.5, 1.0))
    what = "covariance intersection of independent equals: coverage of 95 %"
    error = math.sqrt(0.994 * 0.006 / DRAWS)
    figure("8.2", what, 0.994, coverage(errors, 1.0), error)


def test_inverse_variance_of_independent_estimates_covers_what_it_claims():
    errors = np.random.default_rng(3).standard_normal((DRAWS, 2)).mean(axis=1)
    fused = inverse_variance([Estimate.of(0.0, 1.0)] * 2)
    assert_covers(errors, fused.covariance[0, 0], 0.95)


# Two replicas in the simulator

CHILDREN = {"left": ("c0", "c1", "c2"), "right": ("c1", "c2", "c3")}
"""Whom each replica hears; c1 and c2 are heard by both."""
ROUNDS = 1_200


@dataclass(frozen=True, slots=True)
class Folded(Message):
    """What a replica made of its children, and of which of their versions."""

    version: int
    estimate: Estimate
    provenance: Provenance
    held: dict


class Child:
    """Reports the truth (0) with an error of variance 1 in each round."""

    def __init__(self, name, errors, truth):
        self.name, self.errors, self.truth, self.version = name, errors, truth, 0

    def start(self, now_ns):
        return [SetTimer("report", SECOND)]

    def on_message(self, message, now_ns):
        return []

    def on_timer(self, name, now_ns):
        state = self.errors[self.version]
        self.version += 1
        report = Update(self.name, 0, self.version, now_ns, state)
        self.truth.send(self.name, (self.name, self.version))
        to = [replica for replica, children in CHILDREN.items() if self.name in children]
        wait = [SetTimer("report", SECOND)] if self.version < ROUNDS else []
        return [*(Send(replica, report) for replica in to), *wait]


class Replica:
    """Folds its children once a round, tells the other, and fuses what the other tells."""

    def __init__(self, name, other, truth):
        self.name, self.other, self.truth = name, other, truth
        self.newest, self.version = Newest(), 0
        self.results = {kind: [] for kind in (*FUSIONS, "by child")}
        self.folds, self.double = {}, []

    def start(self, now_ns):
        return [SetTimer("fold", SECOND + SECOND // 2)]

    def on_timer(self, name, now_ns):
        self.version += 1
        self.mine = Folded(self.version, *self._fold(), dict(self.newest.of))
        self.folds[self.version] = self.truth.send(self.name, (self.name, self.version))
        wait = [SetTimer("fold", SECOND)] if self.version < ROUNDS else []
        return [Send(self.other, self.mine), *wait]

    def on_message(self, message, now_ns):
        if isinstance(message, Update):
            self.newest.take(message)
            self.truth.receive(self.name, (message.source, message.version))
        else:
            self.truth.receive(self.name, (self.other, message.version))
            self._fuse(message)
        return []

    def _fold(self):
        provenance, estimates = Provenance({}), []
        for source, update in sorted(self.newest.of.items()):
            provenance = provenance.fused(Provenance.of(source, update.version))
            estimates.append(Estimate.of(update.state, 1.0))
        return inverse_variance(estimates), provenance

    def _fuse(self, theirs):
        for kind, fuse in FUSIONS.items():
            self.results[kind].append(fuse([self.mine.estimate, theirs.estimate]))
        held = Newest()
        for update in (*self.mine.held.values(), *theirs.held.values()):
            held.take(update)
        each = [Estimate.of(update.state, 1.0) for update in held.of.values()]
        self.results["by child"].append(inverse_variance(each))
        self.double.append(self.mine.provenance.fused(theirs.provenance).twice)


@pytest.fixture(scope="module")
def replicas():
    kernel, journal, truth = Kernel(), Journal(), History()
    switch = Switch(kernel, lambda *_: SECOND // 10, journal)
    draw = np.random.default_rng(5)
    nodes = {f"c{k}": Child(f"c{k}", draw.standard_normal(ROUNDS), truth) for k in range(4)}
    nodes |= {
        "left": Replica("left", "right", truth),
        "right": Replica("right", "left", truth),
    }
    for name, node in nodes.items():
        host = Host(name, lambda life, node=node: node, kernel, switch.transmit, journal)
        switch.join(host)
        kernel.at(0, host.start)
    kernel.run((ROUNDS + 2) * SECOND)
    return nodes["left"], nodes["right"], truth


def errors_and_claim(replica, kind):
    fused = replica.results[kind]
    variances = {round(float(one.covariance[0, 0]), 9) for one in fused}
    assert len(variances) == 1, "every round is alike"
    return np.array([one.mean[0] for one in fused]), variances.pop()


def test_the_causal_truth_names_the_children_that_went_in_twice(replicas):
    left, right, truth = replicas
    for number in range(1, 50):
        in_both = tuple(
            child
            for child in ("c0", "c1", "c2", "c3")
            if all(
                truth.relation(Event(child, number), replica.folds[number]) is Relation.BEFORE
                for replica in (left, right)
            )
        )
        assert in_both == left.double[number - 1] == ("c1", "c2")


def test_inverse_variance_claims_a_sixth_where_it_knows_ten_thirty_sixths(replicas):
    """Weights 1, 2, 2, 1 of 6: the variance is 10/36, the claim 6/36; coverage 87.1 %."""
    errors, claimed = errors_and_claim(replicas[0], "inverse_variance")
    assert claimed == pytest.approx(1 / 6)
    assert_covers(errors, claimed, expected_coverage(10 / 36, 6 / 36))
    expected = 10 / 6
    assert nees(errors[:, None], np.array([[claimed]])) == pytest.approx(
        expected, abs=4 * expected * math.sqrt(2 / ROUNDS)
    )


def test_covariance_intersection_claims_a_third_and_covers_more_than_it_says(replicas):
    errors, claimed = errors_and_claim(replicas[0], "covariance_intersection")
    assert claimed == pytest.approx(1 / 3)
    assert_covers(errors, claimed, expected_coverage(10 / 36, 12 / 36))


def test_folding_the_newest_version_of_each_child_is_exact(replicas):
    errors, claimed = errors_and_claim(replicas[0], "by child")
    assert claimed == pytest.approx(1 / 4)
    assert_covers(errors, claimed, 0.95)


def test_the_last_version_is_honest_and_wastes_what_the_other_knew(replicas):
    errors, claimed = errors_and_claim(replicas[0], "last_version")
    assert claimed == pytest.approx(1 / 3)
    assert np.var(errors) < 1 / 3 * (1 + 4 * math.sqrt(2 / ROUNDS))
