"""Every shape of a partition times every way to agree: safe while it lasts, alive after it.

Each run has a safety phase (nobody without a quorum decides, no two decide differently, no alert is
committed on two sides), then heals, and liveness is demanded within a bound that follows from the
protocol's timeout and the delays of the map. What a protocol cannot promise is claimed, too:
broadcasts never repeat what was lost, and averaging in rounds of set length does not notice a cut.

64 agents, 4 regions and 4 replicas of the root (6 where two steps are to be enough) on a ring of
eight sites; a publication every second, panes of two.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from sim.engine.control.plane import ControlPlane
from sim.engine.simulation import Recording, Simulation
from sim.protocol.agreement.registry import PROTOCOLS
from sim.scenario import parse_scenario
from tests.engine.scenarios import MS, S

BEGIN_NS, HEAL_NS, END_NS = 4 * S, 7 * S, 12 * S
PANE_NS = 2 * S
TIMEOUT_NS = 500 * MS
GOSSIP_NS = 200 * MS
RAISED = {"alerts.raised[0]": "regional-3", "alerts.raised[1]": "regional-0"}
"""The first on the side that most shapes cut off, the second on that of replica 0."""


def partition(**options: Any) -> dict[str, Any]:
    return {"kind": "partition", "at": "4s", "until": "7s", **options}


FLAPS = [(4 * S + n * S, 4 * S + n * S + 600 * MS) for n in range(3)]
SHAPES = {
    "halves": [partition(shape="halves")],
    "isolate": [partition(shape={"kind": "isolate", "target": ["replica-2", "region-2"]})],
    "minority": [partition(shape="minority")],
    "ring": [partition(shape="ring")],
    "one-way": [partition(shape="halves", one_way=True)],
    "flapping": [
        partition(shape="halves", at=f"{begin // MS}ms", until=f"{end // MS}ms")
        for begin, end in FLAPS
    ],
    "nested": [partition(shape="nested")],
}
WRITER_CUT_OFF = [partition(shape={"kind": "isolate", "target": ["root"]})]

ALONE = ("versions", "approximate")
"""Never wait for anybody: the one asks nobody, the other not longer than a round."""
BROADCASTS = ("consistent_broadcast", "bracha", "imbs_raynal", "witness")
"""Say everything once."""
CONSENSUS = ("pbft", "hotstuff")
"""Repeat themselves until all is decided."""
MODES = (*ALONE, *BROADCASTS, *CONSENSUS)
OPTIONS = {
    "approximate": {"round": "60ms"},
    "pbft": {"timeout": "500ms"},
    "hotstuff": {"timeout": "500ms"},
}


def cases(*modes: str) -> pytest.MarkDecorator:
    """Each of these modes in every shape."""
    found = [(mode, shape) for mode in modes for shape in SHAPES]
    return pytest.mark.parametrize(("mode", "shape"), found)


every_case = cases(*MODES)


@dataclass(frozen=True)
class Ran:
    """One run; `way_ns` is the longest way between two sites, with jitter."""

    recording: Recording
    replicas: int
    quorum: int
    way_ns: int

    def decisions(self) -> dict[int, dict[int, tuple[int, str]]]:
        """Version -> replica -> (when, digest)."""
        table = self.recording.tables["decisions"]
        found: dict[int, dict[int, tuple[int, str]]] = {}
        columns = (table[name].tolist() for name in ("version", "replica", "decided_ns", "digest"))
        for version, replica, at_ns, digest in zip(*columns, strict=True):
            assert replica not in found.setdefault(version, {}), "nobody decides twice"
            found[version][replica] = at_ns, digest
        return found

    def deciders(self, version: int, before_ns: int = END_NS) -> set[int]:
        """Who had decided a version before an instant."""
        found = self.decisions().get(version, {})
        return {replica for replica, (at_ns, _) in found.items() if at_ns < before_ns}

    def alerts(self) -> Iterator[tuple[int, str, int, str, str]]:
        """When which node (replica or -1) showed which alert in which state."""
        table = self.recording.tables["alerts"]
        names = ("at_ns", "node", "replica", "alert", "state")
        return zip(*(table[name].tolist() for name in names), strict=True)


@cache
def ran(mode: str, shape: str) -> Ran:
    faults = WRITER_CUT_OFF if shape == "writer" else SHAPES[shape]
    return run(mode, faults, 6 if mode == "imbs_raynal" else 4)


def run(mode: str, faults: list[dict[str, Any]], replicas: int) -> Ran:
    text = {
        "schema": 1,
        "name": "cut",
        "duration": "12s",
        "agents": {"count": 64, "features": 2, "rate": "2Hz"},
        "topology": {"kind": "ring", "sites": 8, "length_km": 400, "jitter": "1ms"},
        "tree": {"local": 8, "regional": 2, "replicas": {"root": replicas}},
        "baseline": {"publish": "1s", "pane": "2s"},
        "agreement": {"protocol": {"kind": mode, **OPTIONS.get(mode, {})}},
        "alerts": {
            "gossip": "200ms",
            "resend": "200ms",
            "raised": [
                {"by": by, "at": at}
                for by, at in zip(RAISED.values(), ("5s", "5500ms"), strict=True)
            ],
        },
        "measure": {"every": "1s"},
        "faults": faults,
    }
    simulation = Simulation(parse_scenario(json.dumps(text), "cut.yaml"), seed=1)
    recording = simulation.run()
    (plane,) = (one for one in simulation.components if isinstance(one, ControlPlane))
    plane.check()
    assert recording.idle_faults == ()
    committee = simulation.plan.control.agreement
    quorum = (replicas + committee.f + 2) // 2
    return Ran(recording, replicas, quorum, int(simulation.world.delay_ns.max()) + MS)


# Who can talk to whom


def side(shape: str, replicas: int, replica: int) -> set[int]:
    """The replicas that one hears while it is cut, itself among them."""
    everybody = set(range(replicas))
    far = set(range((replicas + 1) // 2, replicas))
    if shape == "ring":
        reach = (replicas // 2 + 1) // 2
        return {(replica + step) % replicas for step in range(-reach, reach + 1)}
    if shape == "one-way":
        return everybody if replica in far else everybody - far
    if shape == "nested":
        far = {replica}
    alone = {"isolate": {2}, "minority": {replicas - 1}, "writer": {0}}.get(shape, far)
    return alone if replica in alone else everybody - alone


def cuts(shape: str) -> list[tuple[int, int]]:
    """From when to when."""
    return FLAPS if shape == "flapping" else [(BEGIN_NS, HEAL_NS)]


def is_cut(shape: str, at_ns: int, way_ns: int) -> bool:
    """Whether the network is cut, and what was under way before has arrived."""
    return any(begin + way_ns < at_ns < end for begin, end in cuts(shape))


def versions_cut(shape: str) -> list[tuple[int, int]]:
    """Versions that are published while it is cut, and until when it is."""
    return [
        (version, end)
        for begin, end in cuts(shape)
        for version in range(-(-begin // S), -(-end // S))
    ]


# The safety phase


@cases("consistent_broadcast", "bracha", "imbs_raynal", *CONSENSUS)
def test_no_two_replicas_decide_differently(mode, shape):
    found = ran(mode, shape).decisions()
    assert found
    assert all(len({digest for _, digest in one.values()}) == 1 for one in found.values())


@cases(*BROADCASTS, *CONSENSUS)
def test_who_does_not_hear_a_quorum_decides_nothing(mode, shape):
    one = ran(mode, shape)
    for found in one.decisions().values():
        for replica, (at_ns, _) in found.items():
            if is_cut(shape, at_ns, one.way_ns):
                assert len(side(shape, one.replicas, replica)) >= one.quorum


def expected(mode: str, shape: str, replicas: int) -> set[int]:
    """Who decides, while it is cut, a version that was published then."""
    if mode in ALONE:
        return set(range(replicas))
    if shape == "ring":
        return on_a_ring(mode, replicas)
    if shape in ("isolate", "minority"):
        return side(shape, replicas, 0)
    return set()


def on_a_ring(mode: str, replicas: int) -> set[int]:
    """Each hears three of four (five of six), no two the same. Who hears the writer gets its
    certificate; of echoes from all to all, only the writer itself hears three; HotStuff's leader
    needs nobody but those whom it hears, and the one opposite asks them."""
    if mode == "consistent_broadcast":
        return side("ring", replicas, 0)
    return set() if mode in ("bracha", "witness") else set(range(replicas))


# PBFT's votes go from all to all; whether a change of views helps it on a ring depends on timing.
@pytest.mark.parametrize(
    ("mode", "shape"),
    [(mode, shape) for mode in MODES for shape in SHAPES if (mode, shape) != ("pbft", "ring")],
)
def test_a_side_decides_while_it_is_cut_if_it_has_a_quorum_and_can_use_it(mode, shape):
    one = ran(mode, shape)
    for version, end_ns in versions_cut(shape):
        assert one.deciders(version, end_ns) == expected(mode, shape, one.replicas)


@every_case
def test_an_alert_is_committed_only_where_a_quorum_is_heard(mode, shape):
    one = ran(mode, shape)
    for at_ns, _, replica, _, state in one.alerts():
        if state == "committed" and replica >= 0 and is_cut(shape, at_ns, one.way_ns):
            assert len(side(shape, one.replicas, replica)) >= one.quorum


# Liveness after the heal


def shown_last(one: Ran) -> dict[tuple[str, str], tuple[int, str]]:
    """(alert, node) -> since when it shows what in the end."""
    return {(alert, node): (at_ns, state) for at_ns, node, _, alert, state in one.alerts()}


@every_case
def test_no_alert_is_lost_and_all_are_committed_everywhere_after_the_heal(mode, shape):
    # The raisers and keepers speak up within a period; then a quorum signs, and all are told.
    one = ran(mode, shape)
    last = shown_last(one)
    replicas = [f"root-0/{number}" for number in range(one.replicas)]
    for alert, raiser in RAISED.items():
        for node in (raiser, *replicas):
            at_ns, state = last[alert, node]
            assert state == "committed"
            assert at_ns <= HEAL_NS + GOSSIP_NS + 5 * one.way_ns


@every_case
def test_replicas_agree_on_finished_panes_two_panes_after_the_heal(mode, shape):
    one = ran(mode, shape)
    table = one.recording.tables["snapshots"]
    mended = 0
    for version in set(table["version"].tolist()):
        mine = table["version"] == version
        at_ns = version * S
        if at_ns >= HEAL_NS + 2 * PANE_NS and at_ns % PANE_NS:
            assert len(set(table["finished"][mine].tolist())) == 1
            mended += 1
    assert mended


@every_case
def test_versions_published_after_the_heal_are_decided_by_all_in_time(mode, shape):
    one = ran(mode, shape)
    rounds = 7 if PROTOCOLS[mode].in_rounds else 1
    bound_ns = (rounds * PROTOCOLS[mode].delays + 2) * one.way_ns
    if mode in CONSENSUS:
        bound_ns += backlog_ns(one)
    for version in range(HEAL_NS // S, END_NS // S):
        found = one.decisions()[version]
        assert len(found) == one.replicas
        assert max(at_ns for at_ns, _ in found.values()) <= version * S + bound_ns


def backlog_ns(one: Ran) -> int:
    """After a heal: a repetition comes within a timeout; two delays later all are in one view.
    Then what is open is decided, at worst one by one, nine delays each."""
    return TIMEOUT_NS + (2 + 9 * len(range(BEGIN_NS, HEAL_NS, S))) * one.way_ns


@cases(*CONSENSUS)
def test_consensus_decides_also_what_was_published_in_the_cut(mode, shape):
    one = ran(mode, shape)
    for version, _ in versions_cut(shape):
        found = one.decisions()[version]
        assert len(found) == one.replicas
        assert max(at_ns for at_ns, _ in found.values()) <= HEAL_NS + backlog_ns(one)


@cases(*BROADCASTS)
def test_what_a_broadcast_lost_in_the_cut_stays_undecided(mode, shape):
    """Nothing is said twice: the next version is what makes good."""
    one = ran(mode, shape)
    for version, end_ns in versions_cut(shape):
        assert one.deciders(version) == one.deciders(version, end_ns)


# What the modes that wait for nobody cost


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "flapping"])
def test_single_writers_publish_on_all_sides_and_not_the_same(shape):
    one = ran("versions", shape)
    (_, *later) = versions_cut(shape)
    for version, _ in later:
        digests = [digest for _, digest in one.decisions()[version].values()]
        assert len(set(digests)) > 1


def errors(one: Ran, version: int) -> list[float]:
    table = one.recording.tables["decisions"]
    return table["error_mean"][table["version"] == version].tolist()


def test_synchronous_averaging_ends_on_two_sides_further_apart_than_epsilon():
    """With too few values in a round everybody keeps its own; a message late is a message lost."""
    apart = [max(e) - min(e) for e in (errors(ran("approximate", "halves"), v) for v in (5, 6))]
    assert max(apart) > 0.01


@pytest.mark.parametrize("shape", SHAPES)
def test_asynchronous_averaging_never_does(shape):
    one = ran("witness", shape)
    for version in one.decisions():
        found = errors(one, version)
        assert max(found) - min(found) <= 0.01


# Leaders, writers, and larger committees


@pytest.mark.parametrize("mode", CONSENSUS)
def test_without_its_leader_a_quorum_goes_on_under_the_next(mode):
    one = ran(mode, "writer")
    for version, _ in versions_cut("writer"):
        assert one.deciders(version, HEAL_NS) == {1, 2, 3}
    table = one.recording.tables["decisions"]
    mine = (table["version"] >= BEGIN_NS // S) & (table["replica"] > 0)
    assert set(table["view"][mine].tolist()) == {1}
    first = one.decisions()[BEGIN_NS // S]
    waited_ns = max(first[replica][0] for replica in (1, 2, 3)) - BEGIN_NS
    assert TIMEOUT_NS < waited_ns <= 2 * TIMEOUT_NS + 12 * one.way_ns


@pytest.mark.parametrize("mode", ["consistent_broadcast", "bracha", "imbs_raynal"])
def test_without_their_writer_broadcasts_decide_nothing(mode):
    one = ran(mode, "writer")
    for version, _ in versions_cut("writer"):
        assert one.deciders(version) == set()
    # What it has when it comes back is so far off that nobody accepts it; then it has caught up.
    assert one.deciders(HEAL_NS // S) == set()
    assert len(one.deciders(HEAL_NS // S + 1)) == one.replicas


def test_averaging_has_no_writer_that_it_could_miss():
    one = ran("witness", "writer")
    for version, _ in versions_cut("writer"):
        assert one.deciders(version, HEAL_NS) == {1, 2, 3}


@pytest.mark.parametrize(("shape", "decide"), [("minority", {0, 1, 2, 3, 4}), ("halves", set())])
def test_seven_replicas_spare_two(shape, decide):
    one = run("pbft", SHAPES[shape], 7)
    assert one.quorum == 5
    for version, end_ns in versions_cut(shape):
        assert one.deciders(version, end_ns) == decide
        assert len(one.deciders(version)) == 7
