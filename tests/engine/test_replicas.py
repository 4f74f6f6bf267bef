"""Replicated tiers in a run: what they are given, what they change, and what watches over them.

24 agents, 6 locals, 3 regionals and a root, on a ring of four sites.
"""

import numpy as np
import pytest

from sim.engine.faults import make_fault
from sim.engine.simulation import Simulation
from sim.errors import InvariantViolated
from sim.telemetry.intake import Intake
from sim.telemetry.ledger import Ledger
from sim.telemetry.mail import Post
from sim.telemetry.root import Root
from tests.engine.scenarios import LOG, MS, RING, S, plan_of

ROOTS = {"replicas": {"root": 4}}
SPINES = {"replicas": {"regional": 3, "root": 3}}
SHORT = {"duration": "3s", "baseline": {"publish": "500ms", "pane": "1s"}, "topology": RING}
CRASH = {"kind": "crash", "nodes": "replica-1", "at": "1s", "until": "1500ms", "durable": False}


def simulation(*faults, tree=ROOTS, **blocks) -> Simulation:
    """A run of the small scenario with replicas, not begun."""
    return Simulation(plan_of(*faults, tree=tree, **{**SHORT, **blocks}), seed=1)


def world_under(*faults, tree=ROOTS):
    """A world at time 0 in which these faults hold."""
    run = simulation(*({"at": "1s", "until": "2s"} | fault for fault in faults), tree=tree)
    for fault in run.plan.faults:
        make_fault(fault).begin(run.world)
    run.world.refresh()
    return run.world


# What is there


def test_replicas_have_names_rows_and_sites_of_their_own():
    replicas = simulation().world.replicas
    assert [replica.name for replica in replicas] == [f"root-0/{number}" for number in range(4)]
    assert [replica.row for replica in replicas] == [3, 4, 5, 6]
    assert len({replica.site_name for replica in replicas}) == 4


def test_without_replicas_the_root_is_the_only_one():
    (root,) = simulation(tree={}).world.replicas
    assert (root.name, root.row) == ("root", 3)
    assert root.is_up()


def test_a_spine_stands_at_one_site_and_replica_0_where_it_stood():
    alone, world = (simulation(tree=tree).world for tree in ({}, SPINES))
    for before, now in zip(alone.roster.sites, world.roster.sites, strict=False):
        assert before.tolist() == now.tolist()
    for replica in world.replicas[1:]:
        regionals = world.roster.sites[world.roster.shape.row(2, replica.number)]
        assert set(regionals.tolist()) == {replica.site}


def test_sites_that_are_named_are_taken():
    tree = {"replicas": {"root": 2}, "replica_sites": ["site-2", "site-1"]}
    replicas = simulation(tree=tree).world.replicas
    assert [replica.site_name for replica in replicas] == ["site-2", "site-1"]


# What it changes


@pytest.mark.parametrize("tree", [ROOTS, SPINES], ids=["root", "regional and root"])
def test_replica_0_is_what_there_is_without_replicas(tree):
    # Bit for bit, although there are faults: nobody's draws have moved.
    crash, lossy = CRASH | {"nodes": ["local-1", "regional-0", "root"]}, RING | {"loss": "10%"}
    alone, many = (simulation(crash, tree=one, topology=lossy).run() for one in ({}, tree))
    assert alone.fingerprint_parts["heard"] == many.fingerprint_parts["heard"]
    for column in ("oldest_age_ns", "mean_age_ns", "coverage"):
        one, other = (run.tables["samples"][column] for run in (alone, many))
        assert np.array_equal(one, other, equal_nan=True)
    assert many.messages > alone.messages


def test_every_report_of_the_fork_goes_to_each_replica():
    recording = simulation(journal=LOG).run()
    names, counts = np.unique(recording.tables["messages"]["tier"], return_counts=True)
    sent = dict(zip(names.tolist(), counts.tolist(), strict=True))
    assert {sent[f"regional/{number}"] for number in (1, 2, 3)} == {sent["regional"]}
    assert recording.messages == sum(sent.values())


def test_traffic_counts_all_replicas_together():
    alone, four = (simulation(tree=tree).run().tables["traffic"] for tree in ({}, ROOTS))

    def messages(table, tier, kind):
        mine = (table["tier"] == tier) & (table["kind"] == kind)
        assert len(set(table["outcome"][mine].tolist())) == mine.sum()
        return int(table["messages"][mine].sum())

    assert messages(four, "regional", "summary") == 4 * messages(alone, "regional", "summary")
    assert messages(four, "local", "summary") == messages(alone, "local", "summary")


def test_replicas_differ_by_what_the_network_does_to_their_messages():
    run = simulation({"kind": "partition", "groups": ["root/2", "rest"], "at": "1s"})
    run.run()
    known = [replica.estimate(0, 2).count for replica in run.world.replicas]
    assert known[2] < 300 < min(known[:2] + known[3:])


def test_only_the_root_itself_keeps_the_moves_of_its_view():
    run = simulation()
    run.run()
    assert all(not spine.root.heard for spine in run.world.telemetry.spines)


def test_who_reports_to_several_replicas_sends_one_report_after_the_other():
    run = simulation(tree=ROOTS | {"uplink": "100kbps"}, topology={**RING, "jitter": "0ms"})
    inlets = [inlet for inlet in run.world.inlets if inlet.row >= 3]
    sent_ns, waits = np.full((1, 3), 1e9), []
    for inlet in inlets:
        arrival_ns = inlet.line.channel.judge(0, sent_ns, None, 0)
        waits.append((arrival_ns - sent_ns - inlet.way.floor_ns)[0])
    first = waits[0][0]
    assert first > MS
    assert np.allclose(waits, first * np.arange(1, 5)[:, None], rtol=0, atol=2)
    # The next reports wait until all four have gone.
    (late,) = inlets[0].line.channel.judge(1, sent_ns + 1, None, 0) - sent_ns - 1
    assert np.allclose(late - inlets[0].way.floor_ns, 5 * first, rtol=0, atol=2)


# Faults


def test_who_is_down_is_known_replica_by_replica():
    world = world_under(
        {"kind": "crash", "nodes": ["root/1"]}, {"kind": "pause", "nodes": "root/3"}
    )
    assert [replica.is_up() for replica in world.replicas] == [True, False, True, False]


def test_a_site_takes_the_replica_that_stands_there_down():
    world = simulation().world
    name = world.replicas[2].site_name
    hit = world_under({"kind": "site_down", "site": name})
    assert [replica.is_up() for replica in hit.replicas] == [True, True, False, True]


def test_all_is_everybody_and_root_is_replica_0():
    for nodes, up in (("all", [False] * 4), ("root", [False, True, True, True])):
        world = world_under({"kind": "crash", "nodes": nodes})
        assert [replica.is_up() for replica in world.replicas] == up


@pytest.mark.parametrize("tree", [ROOTS, SPINES], ids=["root", "regional and root"])
def test_halves_cut_replicas_from_the_regions_of_the_other_side(tree):
    world = world_under({"kind": "partition", "shape": "halves"}, tree=tree)
    # Two regions and the first replicas stay together; region 2 is with the last ones.
    roots = [inlet for inlet in world.inlets if inlet.line.target.tier in _root_rows(world)]
    cut = [inlet.line.channel.is_cut().tolist() for inlet in roots]
    replicas = world.roster.shape.replicas
    kept, near, far = (replicas + 1) // 2, [False, False, True], [True, True, False]
    if tree is SPINES:
        # A spine is on one side with all its regionals; only what locals send it is cut.
        assert cut == [near, [False] * 3, [False] * 3]
        return
    assert cut == [near] * kept + [far] * (replicas - kept)


def _root_rows(world):
    return [replica.row for replica in world.replicas]


def test_on_a_ring_each_region_reaches_the_replicas_next_to_its_own():
    world = world_under({"kind": "partition", "shape": "ring"})
    # Regions 0, 1, 2 are dealt to replicas 1, 2, 3 of four; each reaches one more on either side.
    roots = [inlet for inlet in world.inlets if inlet.row in _root_rows(world)]
    reached = [(~inlet.line.channel.is_cut()).tolist() for inlet in roots]
    assert reached == [
        [True, False, True],
        [True, True, False],
        [True, True, True],
        [False, True, True],
    ]


def test_a_nested_cut_is_cut_again_and_accounts_for_both():
    fault = {"kind": "partition", "shape": "nested", "at": "1s", "until": "2s"}
    run = simulation(fault, tree={})
    recording = run.run()
    # Region 2 goes first; region 1 at 1.5 s.
    assert recording.tables["faults"]["regions"].tolist() == ["1 2"]
    regions = recording.tables["regions"]

    def reachable(time_ns):
        return regions["reachable"][regions["time_ns"] == time_ns].tolist()

    assert reachable(1400 * MS) == [True, True, False]
    assert reachable(1600 * MS) == [True, False, False]
    assert reachable(2100 * MS) == [True, True, True]


def test_observers_are_told_after_every_refresh():
    world = simulation().world
    seen = []
    world.observers.append(lambda: seen.append(float(world.delay_ns[0, 1])))
    world.broken["faults[0]"] = (0, 1)
    world.refresh()
    del world.broken["faults[0]"]
    world.refresh()
    assert seen[0] > seen[1] == world.routes.delay_ns()[0, 1]


# Invariants: a bug in a further replica is caught as one in the tree would be.


@pytest.fixture
def plant(monkeypatch):
    """Puts a wrapper around a method: ``plant(owner, name, lambda original: replacement)``."""

    def put(owner, name, around):
        monkeypatch.setattr(owner, name, around(getattr(owner, name)))

    return put


@pytest.mark.parametrize("tree", [ROOTS, SPINES], ids=["root", "regional and root"])
def test_a_sound_run_violates_nothing(tree):
    simulation(CRASH, tree=tree, topology=RING | {"loss": "20%"}).run()


def catches(what, run: Simulation) -> None:
    """The run must end in a violation, which must name `what`."""
    with pytest.raises(InvariantViolated, match=what):
        run.run()


def test_a_value_that_a_replica_counts_twice_is_caught(plant):
    run = simulation()
    victim = run.world.telemetry.spines[1].root

    def around(finish_step):
        def finish(self):
            finish_step(self)
            if self is victim and self.panes:
                next(iter(self.panes.values()))[0] += 1

        return finish

    plant(Root, "finish_step", around)
    catches("exact counts: values", run)


def test_a_value_that_changes_on_its_way_to_a_replica_is_caught(plant):
    run = simulation(tree=SPINES)
    column = 2

    def around(finish_step):
        def finish(self):
            finish_step(self)
            if self is run.world.telemetry.spines[0].root and self.panes:
                next(iter(self.panes.values()))[column] += 1

        return finish

    plant(Root, "finish_step", around)
    catches("exact sums: off by", run)


def test_a_message_that_vanishes_before_a_replica_is_caught(plant):
    run = simulation()
    victim = run.world.telemetry.spines[2].root.intake

    def around(finish_step):
        def finish(self, until_ns):
            finish_step(self, until_ns)
            if self is victim and until_ns > S:
                self.counts.delivered -= 1

        return finish

    plant(Intake, "finish_step", around)
    catches("conservation: reports of regional/3", run)


def test_a_replica_that_is_ahead_of_time_is_caught(plant):
    run = simulation()
    victim = run.world.telemetry.spines[0].root

    def around(finish_step):
        def finish(self):
            finish_step(self)
            if self is victim:
                self.intake.held[0, :] = 10 * S

        return finish

    plant(Root, "finish_step", around)
    catches("causality: a version sent at", run)


def test_a_local_that_takes_back_from_one_replica_only_is_caught(plant):
    # The fork is the locals' tier; the lie goes to replica 0 only.
    forgetful = CRASH | {"nodes": "local-1"}

    def around(withdraw):
        return lambda self, nodes, intakes: withdraw(self, nodes, list(intakes)[:1])

    plant(Ledger, "withdraw", around)
    catches("exact counts: values", simulation(forgetful, tree=SPINES))


def test_a_replica_whose_mail_is_not_passed_on_is_caught(plant):
    run = simulation(tree={"levels": 4, "replicas": {"tier-4": 2, "root": 2}, "regional": 2})
    mail = run.world.downlink
    (spur,) = mail.spurs
    victim = spur.posts[1]

    def around(send):
        def sends(self, version, sent_ns, sent):
            if self is victim and sent is not None:
                sent = sent.copy()
                sent[0] = False
            send(self, version, sent_ns, sent)

        return sends

    plant(Post, "send", around)
    with pytest.raises(InvariantViolated, match="passing on: baseline to regional/1"):
        _publish_everywhere(run)


def _publish_everywhere(run: Simulation) -> None:
    """Every replica publishes version 1 at once, and all of it arrives."""
    for replica in run.world.replicas:
        run.world.downlink.publish(1, 0, replica=replica.number)
    run.run()


def test_what_is_on_its_way_to_a_replica_that_forgets_is_lost():
    run = simulation(CRASH | {"nodes": "root/1"}, topology=RING | {"jitter": "150ms"})
    run.run()
    refused = [inlet.parent.intake.counts.refused for inlet in run.world.inlets if inlet.row >= 3]
    assert refused[1] > 0 == refused[0] == refused[2]


# Liars at the fork lie to every replica alike.


@pytest.mark.parametrize("lie", [{"kind": "silence"}, {"kind": "count_inflation", "times": 50}])
def test_no_replica_takes_in_what_a_liar_keeps_back_or_must_not_claim(lie):
    liar = lie | {"where": "regional-0", "from": "1s"}
    run = simulation(adversaries=[liar], topology=RING | {"jitter": "0ms"})
    run.run()
    known = [replica.estimate(2, 2).sources for replica in run.world.replicas]
    assert known == [16] * 4  # region 0 has eight of the 24 agents


def test_who_repeats_its_reports_loads_every_replica():
    flood = {"kind": "importance_flood", "where": "regional-0", "times": 10, "from": "0s"}
    # Ten services of 20 ms for each of its reports, one every 100 ms: queues only grow.
    tree, still = ROOTS | {"ingress": "20ms"}, RING | {"jitter": "0ms"}
    calm, busy = (
        simulation(adversaries=liars, tree=tree, topology=still) for liars in ([], [flood])
    )
    for run in (calm, busy):
        run.run()

    def free_ns(run):
        return [replica.root.intake.ingress.free_ns[0] for replica in run.world.replicas]

    assert max(free_ns(calm)) < 3.1 * S
    assert min(free_ns(busy)) > 5 * S
