"""What is refused of agreement, alerts, reads, membership and anti-entropy, and what is not."""

import pytest

from tests.scenario.texts import GOOD, mistakes_in, plan_of

FOUR = "tree: {replicas: {root: 4}}\n"


def of(replicas: int) -> str:
    """A tree with so many replicas of the root, in line 6."""
    return f"tree: {{replicas: {{root: {replicas}}}}}\n" if replicas > 1 else ""


def the_mistake(blocks: str, *overrides: str) -> str:
    (found,) = mistakes_in(GOOD + blocks, *overrides)
    return found


# Committees


@pytest.mark.parametrize(
    ("kind", "members", "f"),
    [
        ("versions", 4, 1),
        ("bracha", 7, 2),
        ("pbft", 6, 1),
        ("imbs_raynal", 6, 1),
        ("imbs_raynal", 11, 2),
        ("hotstuff", 16, 5),
    ],
)
def test_as_many_may_lie_as_the_protocol_withstands(kind, members, f):
    plan = plan_of(GOOD + of(members) + f"agreement: {{protocol: {kind}}}\n")
    assert plan.control.agreement.f == f


@pytest.mark.parametrize(
    ("members", "block", "needs"),
    [
        (3, "agreement: {protocol: pbft}", "pbft needs n > 3f, say 4 replicas"),
        (5, "agreement: {protocol: imbs_raynal}", "imbs_raynal needs n > 5f, say 6 replicas"),
        (2, "alerts: {}", "versions needs n > 3f, say 4 replicas"),
        (3, "membership: {}", "versions needs n > 3f, say 4 replicas"),
    ],
)
def test_a_committee_that_tolerates_nobody_is_refused(members, block, needs):
    found = the_mistake(of(members) + block + "\n")
    problem = f"tree.replicas: {members} replicas tolerate nobody that lies: {needs}"
    assert found == f"scenario.yaml:6:8: {problem}, or agreement.f: 0 if none of them ever lies"


@pytest.mark.parametrize("kind", ["pbft", "imbs_raynal", "versions"])
def test_a_committee_that_tolerates_nobody_can_be_asked_for(kind):
    blocks = f"agreement: {{protocol: {kind}, f: 0}}\nalerts: {{}}\nmembership: {{}}\n"
    assert plan_of(GOOD + of(2) + blocks).control.agreement.f == 0


def test_replicas_that_wait_for_nobody_are_no_committee():
    assert plan_of(GOOD + of(2)).control.agreement.f == 0


@pytest.mark.parametrize(
    ("members", "agreement", "told"),
    [
        (4, "protocol: pbft, f: 2", "pbft needs n > 3f: 4 replicas tolerate 1, not 2, say at most"),
        (6, "protocol: bracha, f: 2", "at most 1, or tree.replicas: {root: 7}"),
        (10, "protocol: imbs_raynal, f: 2", "n > 5f: 10 replicas tolerate 1, not 2"),
        (4, "f: 3", "versions needs n > 3f: 4 replicas tolerate 1, not 3"),
    ],
)
def test_more_liars_than_the_bound_are_refused_with_the_bound(members, agreement, told):
    found = the_mistake(of(members) + f"agreement: {{{agreement}}}\n")
    assert ": agreement.f: " in found
    assert told in found


@pytest.mark.parametrize(
    ("block", "where"),
    [
        ("agreement: {protocol: pbft}", "6:1: agreement: it is replicas of the root that agree"),
        ("alerts: {}", "6:1: alerts: it is replicas of the root that commit alerts"),
        ("anti_entropy: {}", "6:1: anti_entropy: it is replicas of the root that mend each other"),
        ("membership: {rehome: false}", "6:1: membership: it is replicas of the root that agree"),
    ],
)
def test_what_replicas_do_needs_replicas(block, where):
    found = the_mistake(block + "\n")
    assert where in found
    assert "say tree.replicas: {root: 4}" in found


def test_replicas_that_are_wrong_are_not_said_to_be_missing():
    assert "this tree has no tier" in the_mistake("tree: {replicas: {rot: 4}}\nalerts: {}\n")


def test_one_root_alone_can_be_read():
    plan = plan_of(GOOD + "reads: {at: regionals, prefer: consistency}\n")
    assert plan.control.agreement is None


@pytest.mark.parametrize(
    ("block", "where"),
    [
        ("baseline: {rule: guarded_mean}", "7:12: baseline.rule: digests for a rule other than"),
        ("attest: {}", "7:1: attest: commitments go to one root"),
        ("evidence: {}", "7:1: evidence: sums of evidence go to one root"),
    ],
)
def test_what_goes_to_one_root_is_refused_with_replicas(block, where):
    assert where in the_mistake(FOUR + block + "\n")


def test_a_protocol_that_is_misspelt_is_known_again():
    found = the_mistake(FOUR + "agreement: {protocol: pbtf, f: 9}\nalerts: {raised: []}\n")
    assert found.endswith("7:13: agreement.protocol.kind: unknown kind 'pbtf', did you mean pbft?")


@pytest.mark.parametrize("replicas", ["{local: 4}", "{local: 4, root: 4}"])
def test_a_tier_too_low_brings_no_second_mistake_about_replicas(replicas):
    liar = "adversaries: [{where: root-0/1, kind: silence}]\n"
    found = the_mistake(f"tree: {{replicas: {replicas}}}\n{liar}")
    assert "tree.replicas.local: an agent reports to one node" in found


@pytest.mark.parametrize("block", ["alerts: {raised: 5}", "reads: all"])
def test_a_plain_value_in_place_of_a_list_is_told_what_is_meant(block):
    assert ": must be a list of maps, or one map, not " in the_mistake(FOUR + block + "\n")


# Alerts


@pytest.mark.parametrize(
    ("raised", "where"),
    [
        ("by: regional-9, at: 1s", "[0].by: there is no regional-9, they are regional-0 to"),
        ("by: regonal-2, at: 1s", "[0].by: there is no node 'regonal-2', did you mean"),
        ("by: region-2, at: 1s", "one node by name, not 'region-2', its aggregator is regional-2"),
        ("by: locals, at: 1s", "[0].by: must be one node by name, not 'locals', such as root"),
        ("by: 5%, at: 1s", "[0].by: must be one node by name, not '5%'"),
        ("by: root-0/*, at: 1s", "[0].by: must be one node by name, not 'root-0/*'"),
        ("by: root, at: 60s", "8:30: alerts.raised[0].at: 1min is not before the end of the run"),
        ("by: root, at: 9s, retract: 9s", "[0].retract: 9s is not after it is raised, 9s"),
        ("by: root, at: 9s, retract: 2min", "[0].retract: 2min is not before the end of the run"),
    ],
)
def test_an_alert_that_cannot_be_raised_is_refused(raised, where):
    agreement = "agreement: {protocol: pbft}\n"
    assert where in the_mistake(f"{FOUR}{agreement}alerts: {{raised: [{{{raised}}}]}}\n")


@pytest.mark.parametrize("by", ["agent-7", "local-3", "regional-2", "root", "root-0/3"])
def test_any_node_raises_alerts(by):
    plan = plan_of(f"{GOOD}{FOUR}alerts: {{raised: {{by: {by}, at: 1s}}}}\n")
    assert [one.by for one in plan.control.alerts.raised] == [by]


@pytest.mark.parametrize("kind", ["versions", "witness", "pbft"])
def test_an_alert_is_taken_back_whatever_agrees_on_baselines(kind):
    raised = "alerts: {raised: {by: root, at: 1s, retract: 2s}}\n"
    plan = plan_of(f"{GOOD}{FOUR}agreement: {{protocol: {kind}}}\n{raised}")
    assert plan.control.alerts.raised[0].retract_ns == 2 * 10**9


# Reads


@pytest.mark.parametrize(
    ("reader", "where"),
    [
        ("at: regonals", "[0].at[0]: there is no node 'regonals', did you mean regionals?"),
        ("at: root-0/7", "[0].at[0]: there is no root-0/7, they are root-0/0 to root-0/3"),
        ("at: agents", "aggregators, named alone or by tier: agents are sent no baseline, known:"),
        ("at: 5%", "named alone or by tier: agents are sent no baseline, such as locals,"),
        ("at: [root, all]", "[0].at[1]: readers are aggregators, named alone or by tier"),
        ("at: region-1", "are sent no baseline, did you mean regionals?"),
        ("at: 'site:Denver'", "named alone or by tier: agents stand at a site, too"),
        ("at: root, every: 2min", "7:20: reads[0].every: once every 2min never happens in a run"),
        ("at: root, class: alert", "[0].class: nobody raises alerts in this scenario, add"),
    ],
)
def test_a_reader_that_is_not_there_is_refused(reader, where):
    assert where in the_mistake(f"{FOUR}reads: [{{{reader}}}]\n")


def test_alerts_are_read_at_the_root():
    found = the_mistake(f"{FOUR}alerts: {{}}\nreads: {{at: [root-0/*, locals], class: alert}}\n")
    assert "reads[0].at[1]: alerts are read at the root, where" in found
    assert found.endswith("say root-0/*")


# Membership and anti-entropy


@pytest.mark.parametrize(
    ("tree", "membership", "where"),
    [
        ("levels: 2", "rehome: false, watch: regionals", "7:29: membership.watch: this tree has"),
        ("levels: 2", "watch: regionals, rehome: false", "watch: this tree has no regionals"),
        ("regional: 40", "detector: swim, watch: regionals", "siblings to probe for each other"),
        ("local: 600, regional: 2", "detector: swim", "some regional has only 2 locals"),
        ("local: 900, regional: 40, levels: 2", "watch: locals", ""),
        ("local: 1000, levels: 2", "rehome: true", "can take over: the root has only 1 local,"),
        ("levels: 3", "detector: {kind: swim, timeout: 1s}", "an answer may take 1s, and the"),
        ("levels: 3", "detector: {kind: phi, period: 2min}", "period: once every 2min never"),
    ],
)
def test_watchers_without_anybody_to_watch_or_time_are_refused(tree, membership, where):
    found = mistakes_in(
        f"{GOOD}tree: {{{tree}, replicas: {{root: 4}}}}\nmembership: {{{membership}}}\n"
    )
    assert len(found) == bool(where)
    assert all(where in one for one in found)


@pytest.mark.parametrize("detector", ["heartbeat", "swim"])
def test_a_tier_that_has_replicas_itself_is_not_watched(detector):
    tree = "tree: {local: 20, regional: 4, replicas: {regional: 4, root: 4}}\n"
    found = the_mistake(f"{tree}membership: {{detector: {detector}, watch: regionals}}\n")
    assert found.startswith("scenario.yaml:7:")
    assert (
        "membership.watch: a regional has replicas of its own, and such a tier is not watched"
        in found
    )
    assert found.endswith("say watch: locals")
    assert not mistakes_in(f"{GOOD}{tree}membership: {{detector: {detector}, watch: locals}}\n")


@pytest.mark.parametrize(
    ("block", "key"),
    [
        ("reads: [{at: root, every: 1ns}]", "reads[0].every"),
        ("alerts: {gossip: 999us}", "alerts.gossip"),
        ("alerts: {resend: 1us}", "alerts.resend"),
        ("anti_entropy: {every: 1ns}", "anti_entropy.every"),
        ("membership: {detector: {kind: phi, period: 1ns}}", "membership.detector.period"),
    ],
)
def test_what_happens_for_ever_is_refused(block, key):
    found = the_mistake(FOUR + block + "\n")
    assert f": {key}: once every " in found
    assert found.endswith("is too often: at most 1000 times a second, say 1ms or more")


@pytest.mark.parametrize("kind", ["pbft", "hotstuff"])
def test_a_timeout_of_nothing_is_refused(kind):
    block = f"agreement: {{protocol: {{kind: {kind}, timeout: "
    found = the_mistake(f"{FOUR}{block}99us}}}}\n")
    assert ": agreement.protocol.timeout: 99us is too short: at most 10000 times a second" in found
    assert not mistakes_in(f"{GOOD}{FOUR}{block}100us}}}}\n")


def test_the_shortest_period_is_taken():
    assert not mistakes_in(f"{GOOD}{FOUR}reads: [{{at: root, every: 1ms}}]\n")


def test_comparing_less_than_once_in_a_run_is_refused():
    assert "once every 2min never happens" in the_mistake(FOUR + "anti_entropy: {every: 2min}\n")


# All at once

WRONG = """\
tree: {replicas: {root: 4}}
agreement: {protocol: pbft, f: 2}
alerts: {raised: [{by: nobody, at: 70s}]}
reads: [{at: agents}, {at: regionals, class: bseline}]
membership: {detector: swmi, watch: regionals}
anti_entropy: {every: 0s, item: 3}
attest: {}
"""


def test_all_mistakes_of_a_control_plane_are_told_at_once():
    found = mistakes_in(GOOD + WRONG)
    assert [line.split(": ")[1] for line in found] == [
        "agreement.f",
        "alerts.raised[0].by",
        "alerts.raised[0].at",
        "reads[0].at[0]",
        "reads[1].class",
        "membership.detector.kind",
        "anti_entropy.every",
        "anti_entropy.item",
        "attest",
    ]
    assert [int(line.split(":")[1]) for line in found] == [7, 8, 8, 9, 9, 10, 11, 11, 12]
