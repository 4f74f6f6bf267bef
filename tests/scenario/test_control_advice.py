"""What a scenario may say and is warned of, with the number that matters."""

import pytest

from sim.network.routes import Routes
from sim.protocol.agreement.registry import PROTOCOLS
from sim.scenario.advice import advice
from sim.scenario.document import read_document
from sim.scenario.facts import site_graph
from sim.units import format_duration
from tests.scenario.texts import GOOD, plan_of

CITIES = ("Denver", "Seattle", "Houston", "Chicago")
SPREAD = f"tree: {{replicas: {{root: 4}}, replica_sites: [{', '.join(CITIES)}]}}\n"
"""One replica each, in line 6; Seattle and Houston are farthest apart."""


def told(blocks: str, tree: str = SPREAD) -> list[str]:
    """All advice on the good scenario with more blocks, as the user sees it."""
    text = GOOD + tree + blocks
    document = read_document(text, "scenario.yaml")
    return [str(one) for one in advice(plan_of(text), document)]


def one_way_ns(here: str = "Seattle", there: str = "Houston") -> int:
    """The delay between two cities, as a run has it."""
    graph = site_graph(plan_of(GOOD))
    ends = graph.names.index(here), graph.names.index(there)
    return int(Routes(graph).delay_ns()[ends])


CERTIFICATE_NS = 23_000 + 3 * 70_000
"""One signature made and those of a quorum checked."""


def agreement(protocol: str) -> str:
    return f"agreement: {{protocol: {{{protocol}}}}}\n"


def faults(*options: str) -> str:
    return "faults:\n" + "".join(f"  - {{kind: partition, {one}}}\n" for one in options)


def test_a_usual_control_plane_needs_no_advice():
    usual = "alerts: {}\nreads: {at: regionals}\nmembership: {}\nanti_entropy: {}\n"
    assert told("agreement: {protocol: pbft}\n" + usual) == []


def test_without_a_control_plane_there_is_no_advice():
    assert told(faults("shape: halves, at: 20s, until: 35s"), tree="") == []


# Timeouts


@pytest.mark.parametrize("kind", ["pbft", "hotstuff"])
def test_a_timeout_shorter_than_a_decision_is_told_with_the_number(kind):
    needed_ns = PROTOCOLS[kind].delays * one_way_ns() + CERTIFICATE_NS
    assert told(agreement(f"kind: {kind}, timeout: {needed_ns}ns")) == []
    (found,) = told(agreement(f"kind: {kind}, timeout: {needed_ns - 1}ns"))
    assert found.startswith(f"scenario.yaml:7:{32 + len(kind)}: agreement.protocol.timeout: ")
    assert f"here up to {format_duration(needed_ns)} (slowest round trip between" in found
    assert f"replicas {format_duration(2 * one_way_ns())}, signatures and service 233 us)" in found


@pytest.mark.parametrize(
    ("costs", "is_told"),
    [("verify: 2s", 1), ("sign: 2s", 1), ("service: 1s", 1), ("verify: 1ms", 0)],
)
@pytest.mark.parametrize("kind", ["pbft", "hotstuff"])
def test_timeouts_leave_time_for_signatures_and_service(kind, costs, is_told):
    found = told(f"agreement: {{protocol: {{kind: {kind}, timeout: 1s}}, {costs}}}\n")
    assert len(found) == is_told
    assert all("after 1s it gives up leaders that are well" in one for one in found)


def test_where_nothing_is_certified_signatures_take_no_time():
    uncertified = "protocol: {kind: pbft, timeout: 1s}, verify: 2s, certify: false"
    assert told(f"agreement: {{{uncertified}}}\n") == []


def test_a_round_shorter_than_a_message_takes_is_told_with_the_number():
    assert told(agreement(f"kind: approximate, round: {one_way_ns()}ns")) == []
    (found,) = told(agreement(f"kind: approximate, round: {one_way_ns() - 1}ns"))
    assert f"takes up to {format_duration(one_way_ns())}: what comes after" in found


@pytest.mark.parametrize(
    ("key", "problem"),
    [("expire", "expires before a quorum can"), ("resend", "raised again before it can be")],
)
def test_alerts_without_time_for_a_round_trip_are_told_with_the_number(key, problem):
    trip_ns = 2 * one_way_ns()
    assert told(f"alerts: {{{key}: {trip_ns + 1}ns}}\n") == []
    (found,) = told(f"alerts: {{{key}: {trip_ns}ns}}\n")
    assert f"alerts.{key}: slowest round trip between replicas {format_duration(trip_ns)}" in found
    assert problem in found


@pytest.mark.parametrize(
    ("detector", "floor_ns"), [("kind: heartbeat, period: 1s", 10**9), ("kind: swim", 0)]
)
def test_a_detector_that_suspects_the_living_is_told_with_the_number(detector, floor_ns):
    floor_ns += 2 * int(Routes(site_graph(plan_of(GOOD))).delay_ns().max())
    assert told(f"membership: {{detector: {{{detector}, timeout: {floor_ns + 1}ns}}}}\n") == []
    (found,) = told(f"membership: {{detector: {{{detector}, timeout: {floor_ns}ns}}}}\n")
    assert "membership.detector.timeout: " in found
    assert found.endswith(f"say more than {format_duration(floor_ns)}")


def test_a_detector_without_a_timeout_is_left_alone():
    assert told("membership: {detector: phi}\n") == []


def test_comparing_faster_than_a_round_trip_is_told():
    (found,) = told("anti_entropy: {every: 10ms}\n")
    assert "anti_entropy.every: slowest round trip" in found


# Committees


@pytest.mark.parametrize(
    ("cities", "problem"),
    [
        (
            "[Denver, Denver, Seattle, Houston]",
            "6:29: tree.replica_sites: 4 replicas at 3 sites (Denver 2, Houston 1, Seattle 1): "
            "without Denver there is no quorum, 3 of 4",
        ),
        ("[Denver, Denver, Seattle, Seattle]", "without Denver or Seattle there is no quorum"),
        ("[Denver, Seattle, Houston, Chicago]", ""),
    ],
)
def test_sites_without_which_no_quorum_is_left_are_named(cities, problem):
    tree = f"tree: {{replicas: {{root: 4}}, replica_sites: {cities}}}\n"
    found = told("alerts: {}\n", tree)
    assert len(found) == bool(problem)
    assert all(problem in one for one in found)


def test_three_sites_are_too_few_even_if_no_one_of_them_is_needed():
    tree = (
        "tree: {replicas: {root: 6}, "
        "replica_sites: [Denver, Denver, Seattle, Seattle, Houston, Houston]}\n"
    )
    (found,) = told("agreement: {protocol: pbft, f: 0}\n", tree)
    assert "at 3 sites (Denver 2, Houston 2, Seattle 2): it takes 4 to tolerate one" in found


def test_replicas_that_wait_for_nobody_can_stand_anywhere():
    tree = "tree: {replicas: {root: 3}, replica_sites: [Denver, Denver, Seattle]}\n"
    assert told("reads: {at: root}\n", tree) == []


@pytest.mark.parametrize(
    ("agreed", "reader", "why"),
    [
        ("protocol: versions", "class: baseline", "versions certifies nothing"),
        ("protocol: witness", "class: baseline", "witness certifies nothing"),
        ("protocol: pbft, certify: false", "class: baseline", "pbft certifies nothing"),
        ("protocol: pbft", "class: anomaly", "nobody vouches for what one replica knows right"),
        ("protocol: pbft", "class: baseline", ""),
        ("protocol: consistent_broadcast, certify: false", "class: baseline", ""),
    ],
)
def test_a_reader_who_can_never_have_an_answer_is_told(agreed, reader, why):
    reads = f"reads: {{at: regionals, prefer: consistency, {reader}}}\n"
    found = told(f"agreement: {{{agreed}}}\n" + reads)
    assert len(found) == bool(why)
    assert all("reads[0].prefer: only certified answers count" in one for one in found)
    assert all(why in one for one in found)


def test_one_root_alone_needs_no_certificate():
    assert told("reads: {at: regionals, prefer: consistency}\n", tree="") == []


# Replicas that forget


def forgetful(*nodes, durable="false", lasts_s=5):
    """One crash after the other."""
    return "faults:\n" + "".join(
        f"  - {{kind: crash, at: {at_s}s, until: {at_s + lasts_s}s, durable: {durable}, "
        f"nodes: [{one}]}}\n"
        for at_s, one in zip(range(10, 60, 10), nodes, strict=False)
    )


PBFT = "agreement: {protocol: pbft}\n"


@pytest.mark.parametrize(
    ("nodes", "names"),
    [
        (["root-0/1"], ""),
        (["root-0/1", "root-0/1"], ""),
        (["root-0/1", "regional-0"], ""),
        (["root-0/1", "root-0/3"], "root-0/1, root-0/3"),
        (["root-0/1", "'site:Denver'"], "root-0/0, root-0/1"),
        (["root-0/1", "replica-2"], "root-0/1, root-0/2"),
    ],
)
def test_more_replicas_that_forget_than_may_lie_are_named(nodes, names):
    found = told(PBFT + forgetful(*nodes))
    assert len(found) == bool(names)
    assert all(f"knew ({names}), together or not, and each counts as" in one for one in found)


def test_the_remark_is_at_the_crash_that_is_one_too_many():
    (found,) = told(PBFT + forgetful("root-0/1", "root-0/2", "root-0/3"))
    assert found.startswith("scenario.yaml:10:40: faults[1].durable: 3 replicas start again")
    assert "3 > f = 1" in found


def test_one_crash_of_all_replicas_counts_each_of_them():
    (found,) = told(PBFT + forgetful("root-0/*"))
    assert "faults[0].durable: " in found
    assert "4 > f = 1" in found


@pytest.mark.parametrize(("durable", "lasts_s"), [("true", 5), ("false", 50)])
def test_replicas_that_remember_or_never_return_are_no_liars(durable, lasts_s):
    assert told(PBFT + forgetful("root-0/*", durable=durable, lasts_s=lasts_s)) == []


def test_where_nobody_votes_no_vote_is_forgotten():
    assert told("reads: {at: root}\n" + forgetful("root-0/*")) == []


# Replicas that lie


def lying(*entries):
    return f"adversaries: [{', '.join('{' + entry + '}' for entry in entries)}]\n"


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        (["where: root-0/1, kind: silence"], ""),
        (["where: root-0/*, budget: 1, kind: silence"], ""),
        (
            ["where: root-0/*, budget: 3, kind: silence"],
            "adversaries[0].where: advice: 3 replicas lie and f = 1: nothing is promised",
        ),
        (
            ["where: root-0/1, kind: forge", "where: root-0/2, kind: silence"],
            "adversaries[1].where: advice: 2 replicas lie and f = 1: nothing is promised",
        ),
    ],
)
def test_more_replicas_that_lie_than_may_are_counted(entries, problem):
    found = told(PBFT + lying(*entries))
    assert len(found) == bool(problem)
    assert all(problem.replace(" advice:", "") in one for one in found)


@pytest.mark.parametrize(("node", "is_told"), [("root-0/1", False), ("root-0/2", True)])
def test_replicas_that_lie_and_those_that_forget_are_added_up(node, is_told):
    found = told(PBFT + lying("where: root-0/1, kind: forge") + forgetful(node))
    assert len(found) == is_told
    problem = "1 replica lies, 1 more forgets what it knew (root-0/2) and f = 1: nothing is"
    assert all(f"adversaries[0].where: {problem}" in one for one in found)


# Partitions


@pytest.mark.parametrize(
    ("options", "span"),
    [
        ("shape: halves, at: 20s, until: 35s", "from 20s to 35s"),
        ("shape: halves, at: 20s", "from 20s to 1min"),
        ("groups: [[root, replica-1], rest], at: 1s, until: 2s", "from 1s to 2s"),
        ("groups: [['site:Denver'], ['site:Seattle'], rest], at: 1s, until: 2s", "from 1s to 2s"),
        ("shape: nested, at: 20s, until: 40s", "from 20s to 40s"),
        (
            "groups: [[replica-3], rest], at: 10s, until: 20s, "
            "then: [[replica-3], [replica-2], rest], again: 15s",
            "from 15s to 20s",
        ),
        ("shape: minority, at: 20s, until: 35s", ""),
        ("shape: {kind: isolate, target: root-0/1}, at: 20s, until: 35s", ""),
        ("groups: [region-1, rest], at: 20s, until: 35s", ""),
        ("shape: halves, at: 20s, until: 35s, one_way: true", ""),
        ("shape: ring, at: 20s, until: 35s", ""),
        ("groups: [[root], [replica-1], [replica-2], [replica-3]], at: 1s, until: 2s", "1s to 2s"),
    ],
)
def test_when_nothing_can_be_committed_is_said(options, span):
    found = told("agreement: {protocol: pbft}\n" + faults(options))
    assert len(found) == bool(span)
    problem = "9:5: faults[0]: no side keeps a quorum, 3 of 4 replicas: nothing is committed"
    assert all(f"{problem} {span}" in one or span in one for one in found)
    assert all("no side keeps a quorum" in one for one in found)


def test_where_nobody_waits_for_a_quorum_none_is_missed():
    blocks = "reads: {at: root, class: alert}\nalerts: {}\n"
    cut = faults("shape: halves, at: 1s, until: 3s")
    assert "no side keeps a quorum" in "".join(told(blocks + cut))
    assert told("reads: {at: root}\n" + cut) == []


def test_a_partition_longer_than_a_bound_must_break_it():
    reads = "reads: [{at: root, class: anomaly}, {at: root}, {at: locals, class: anomaly}]\n"
    (found,) = told(reads + faults("groups: [region-1, rest], at: 20s, until: 24s"))
    problem = "a partition of 4s outlasts the bound on the age of anomaly, 1s: it is broken"
    # Agents, locals and regionals report ten times a second, so ages are up to 0.3 s already.
    assert found.startswith(f"scenario.yaml:7:9: reads[0]: {problem} no later than 700 ms after")
    both = told(reads + faults("groups: [region-1, rest], at: 20s, until: 30s"))
    assert [line.split(": ")[1] for line in both] == ["reads[0]", "reads[1]"]


def test_advice_comes_in_the_order_of_the_file():
    blocks = (
        agreement("kind: pbft, timeout: 1ms")
        + "alerts: {resend: 1ms, expire: 1ms}\n"
        + faults("shape: halves, at: 1s, until: 2s")
    )
    lines = [int(line.split(":")[1]) for line in told(blocks)]
    assert lines == sorted(lines)
    assert len(lines) == 4
