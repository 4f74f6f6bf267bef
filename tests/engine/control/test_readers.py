"""What readers are told in whole runs: how often it is true, how often it is worked out.

160 agents of four regions; halves apart from 10 to 30 s. Features are independent, so each run
tells of many means at once. The law of drift is that of the agents: 0.1 sd, tau 60 s.
"""

import itertools
import math
from functools import cache

import numpy as np
import pytest

from sim.engine.control import readers
from sim.engine.simulation import Simulation
from sim.protocol.resolver import widening
from sim.protocol.resolver.drift import OrnsteinUhlenbeck
from tests.engine.scenarios import RING, S, plan_of

CUT_NS, HEAL_NS = 10 * S, 30 * S
SEEDS = (1, 2)
FEATURES = 24
HALVES = {"kind": "partition", "shape": "halves", "at": "10s", "until": "30s"}
READS = [
    {"at": "regionals", "class": "baseline", "every": "500ms"},
    {"at": "root-0/*", "class": "anomaly", "every": "500ms"},
]
DRIFT = {"sd": 0.1, "tau": "60s"}


def plan(protocol="pbft", noise=0.1, drift=True, reads=READS, features=FEATURES):
    behaviour = {"kind": "synthetic", "noise": noise}
    return plan_of(
        HALVES,
        duration="40s",
        agents={
            "count": 160,
            "features": features,
            "rate": "5Hz",
            "behaviour": behaviour | ({"drift": DRIFT} if drift else {}),
        },
        topology=RING,
        tree={"local": 10, "regional": 4, "replicas": {"root": 4}},
        baseline={"publish": "1s", "pane": "5s"},
        staleness={"baseline": "5s", "anomaly": "1s"},
        measure={"every": "10s"},
        agreement={"protocol": protocol},
        reads=reads,
    )


def answered(seeds=SEEDS, **changes):
    """Answered reads of the runs of these seeds, from the bound of a baseline on."""
    tables = [Simulation(plan(**changes), seed).run().tables["reads"] for seed in seeds]
    rows = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    chosen = rows["answered"] & (rows["at_ns"] >= 5 * S)
    return {name: column[chosen] for name, column in rows.items()}


told = cache(answered)


def cut(rows, consumer=0):
    """Reads of one consumer that were made when the cut was older than a window."""
    late = (rows["at_ns"] >= CUT_NS + 6 * S) & (rows["at_ns"] < HEAL_NS)
    return late & (rows["consumer"] == f"reads[{consumer}]")


@pytest.mark.parametrize("changes", [{}, {"protocol": "versions", "noise": 1.0}])
def test_intervals_of_all_reads_cover_what_they_say(changes):
    """48 means, each followed through a run: many reads, but no more than 48 independent ones."""
    rows = told(**changes)
    error = math.sqrt(0.95 * 0.05 / (FEATURES * len(SEEDS)))
    for consumer in (0, 1):
        found = np.mean(rows["covered"][rows["consumer"] == f"reads[{consumer}]"])
        assert found == pytest.approx(0.95, abs=1.5 * error)
        assert found < 0.995


def test_intervals_are_no_wider_than_errors_are_large():
    """Of a normal error with half-width 1.96 sd the median is 0.67 sd: about a third of it."""
    rows = told()
    late = cut(rows)
    assert np.median(rows["error"][late]) > 0.67 / 1.96 * np.median(rows["half_width"][late])


def test_without_drift_in_their_law_intervals_cover_much_less(monkeypatch):
    still = OrnsteinUhlenbeck(np.zeros(1), 60 * S)
    known = told()
    monkeypatch.setattr(readers, "_known_drift", lambda _: still)
    rows = answered(seeds=SEEDS[:1])
    assert np.mean(known["covered"][cut(known)]) > 0.9
    assert np.mean(rows["covered"][cut(rows)]) < 0.7


def test_intervals_that_ignore_age_cover_much_less(monkeypatch):
    half_width = widening.half_width
    unaged = lambda held, age_ns, drift, level, wanted: half_width(held, 0, drift, level, held.span)  # noqa: E731
    monkeypatch.setattr("sim.protocol.resolver.reader.half_width", unaged)
    rows = answered(seeds=SEEDS[:1])
    assert np.mean(rows["covered"][cut(rows)]) < 0.3


def test_a_half_that_is_missing_widens_what_the_other_half_knows():
    rows = told(protocol="versions", noise=1.0)
    late = cut(rows, 1)
    calm = (rows["at_ns"] < CUT_NS) & (rows["consumer"] == "reads[1]")
    assert np.median(rows["half_width"][late]) > 5 * np.median(rows["half_width"][calm])
    # Half of 160 agents, of levels 1 sd apart, and of noise 1 sd in about 40 values each.
    expected = 1.96 * math.sqrt(1 / 80 - 1 / 160) / math.sqrt(2)
    assert np.median(rows["half_width"][late]) == pytest.approx(expected, rel=0.15)


def test_who_holds_the_same_version_is_told_the_same():
    rows = told()
    chosen = rows["consumer"] == "reads[0]"
    names = ("at_ns", "age_ns", "error", "half_width")
    columns = [rows[name][chosen].tolist() for name in names]
    answers = {}
    for at_ns, age_ns, error, half in zip(*columns, strict=True):
        answers.setdefault((at_ns, age_ns, error), set()).add(half)
    assert all(len(halves) == 1 for halves in answers.values())


def test_each_version_is_judged_once_at_an_instant_for_all_who_hold_it(monkeypatch):
    asked = []
    check = readers.check_read
    monkeypatch.setattr(readers, "check_read", lambda *what: (asked.append(1), check(*what)))
    reads = [{"at": "regionals", "class": "baseline", "every": "500ms"}]
    rows = Simulation(plan(reads=reads, features=1), 1).run().tables["reads"]
    assert len(rows["at_ns"]) == 4 * 80
    assert len(asked) < len(rows["at_ns"]) / 2


def test_a_version_is_kept_once_however_often_it_is_read(monkeypatch):
    """The law is made from the last 20 versions, of a second each, not from the last 20 reads."""
    kept = []
    monkeypatch.setattr(readers, "_known_drift", lambda _: None)
    monkeypatch.setattr(readers, "estimated", lambda history: kept.append(list(history)))
    reads = [{"at": "regional-0", "class": "baseline", "every": "100ms"}]
    Simulation(plan(reads=reads, features=1), 1).run()
    assert len(kept) < 40
    born = [version.born_ns for version in kept[-1]]
    assert len(born) > 15
    assert all(later - earlier > 0.5 * S for earlier, later in itertools.pairwise(born))


def test_a_common_swing_is_no_drift_whose_law_is_known():
    behaviour = {"kind": "synthetic", "season": {"amplitude": 1.0, "period": "60s"}}
    assert readers._known_drift(plan_of(agents={"behaviour": behaviour})) is None
    assert readers._known_drift(plan()) is not None


def forgetful(durable):
    """A keeper crashes with an alert committed, and wakes alone: answers by the instant.

    Each lists why it was refused, for every alert that it shows and for whether there are others.
    """
    text = plan_of(
        {"kind": "crash", "nodes": ["root-0/3"], "at": "3s", "until": "4s", "durable": durable},
        {"kind": "partition", "groups": [["root-0/3"], "rest"], "at": "3s", "until": "6s"},
        duration="8s",
        topology={**RING, "placement": "spread"},
        tree={"local": 4, "regional": 2, "replicas": {"root": 4}},
        agreement={"protocol": "pbft"},
        alerts={"gossip": "200ms", "raised": [{"by": "regional-1", "at": "1s"}]},
        reads=[{"at": "root-0/3", "class": "alert", "prefer": "consistency", "every": "500ms"}],
    )
    rows = Simulation(text, 1).run().tables["reads"]
    reasons: dict[int, list[str]] = {}
    for at_ns, reason in zip(rows["at_ns"].tolist(), rows["reason"].tolist(), strict=True):
        reasons.setdefault(at_ns, []).append(reason)
    return reasons


UNHEARD = "no quorum can be heard, so there may be one"


def test_a_keeper_without_its_ledger_does_not_tell_of_alerts_of_its_former_life():
    reasons = forgetful(durable=False)
    assert reasons[2 * S] == reasons[8 * S] == ["", ""]
    assert reasons[5 * S] == [UNHEARD]


def test_a_keeper_that_kept_its_ledger_tells_of_its_alerts_but_not_that_there_are_no_others():
    reasons = forgetful(durable=True)
    assert reasons[2 * S] == reasons[8 * S] == ["", ""]
    assert reasons[5 * S] == ["", UNHEARD]
