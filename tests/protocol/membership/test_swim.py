"""SWIM and Lifeguard: claims, probes through others, suspicion and its refutation."""

import math
from collections import Counter

from sim.engine.service import Service, at_rate
from sim.protocol.effects import Output, Send, SetTimer
from sim.protocol.membership.claims import (
    INCARNATION_MAX,
    Ack,
    Claim,
    Gossip,
    Nack,
    Ping,
    PingRequest,
    Status,
)
from sim.protocol.membership.contract import Alive, Failed, Post, Suspected
from sim.protocol.membership.draws import draws_of, pick, shuffled
from sim.protocol.membership.probes import SwimOptions
from sim.protocol.membership.suspicion import (
    Health,
    Suspicion,
    shortest_suspicion_ns,
    suspicion_ns,
)
from sim.protocol.membership.swim import Swim
from tests.protocol.membership.world import MS, S, World, constant

NAMES = tuple(f"m{number}" for number in range(8))


def member(**options):
    node = Swim(Post("m0", NAMES, NAMES), SwimOptions(**options))
    node.start(0)
    return node


def says(status, about, incarnation=0, by="m1"):
    return Ping(by, 1, (Claim(status, about, incarnation, by),))


def opinions(effects):
    return [type(effect.event) for effect in effects if isinstance(effect, Output)]


def group(names=NAMES, judge=None, **options):
    world = World(judge or constant(5 * MS))
    for name in names:
        node = lambda life, name=name: Swim(Post(name, names, names), SwimOptions(**options))  # noqa: E731
        world.add(name, node)
    return world


# Claims


def test_at_equal_incarnation_the_worse_claim_wins_and_a_later_life_refutes_it():
    alive, suspected, failed = (Claim(status, "m2", 3, "m1") for status in Status)
    assert suspected.beats(alive)
    assert failed.beats(suspected)
    assert not alive.beats(suspected)
    assert Claim(Status.ALIVE, "m2", 4, "m2").beats(failed)
    assert not Claim(Status.SUSPECTED, "m2", 9, "m1").beats(failed)


def test_who_is_suspected_refutes_with_a_higher_incarnation_in_its_very_answer():
    node = member()
    (answer,) = [e for e in node.on_message(says(Status.SUSPECTED, "m0", 4), 0) if type(e) is Send]
    assert Claim(Status.ALIVE, "m0", 5, "m0") in answer.message.claims


def test_who_is_suspected_is_told_first_when_it_is_spoken_to():
    node = member()
    node.on_message(says(Status.SUSPECTED, "m2"), 0)
    for _ in range(40):  # the claim has long been spread
        (answer,) = [e for e in node.on_message(Ping("m2", 7), S) if type(e) is Send]
    assert answer.message.claims[0] == Claim(Status.SUSPECTED, "m2", 0, "m1")


def test_a_claim_rides_on_a_bounded_number_of_messages_and_few_ride_on_each():
    gossip = Gossip(members=99, per_message=3)
    for number in range(10):
        gossip.add(Claim(Status.SUSPECTED, f"m{number}", 0, "m"))
    taken = [gossip.take() for _ in range(40)]
    counts = Counter(claim.member for claims in taken for claim in claims)
    assert set(counts.values()) == {4 * 2}  # factor 4, and 99 members have two digits
    assert max(len(claims) for claims in taken) == 3
    assert taken[-1] == ()


def test_messages_are_as_long_as_what_rides_on_them():
    claim = Claim(Status.ALIVE, "m0", 1, "m11")
    assert Ping("m1", 1).size_bytes == 72
    assert Ping("m1", 1, (claim, claim)).size_bytes == 72 + 2 * (2 + 3 + 9)


def test_strangers_and_impossible_incarnations_are_not_believed():
    node = member()
    assert node.on_message(Ping("stranger", 1), 0) == []
    assert node.on_message(PingRequest("m1", 1, target="stranger"), 0) == []
    for incarnation in (-1, INCARNATION_MAX + 1):
        node.on_message(says(Status.FAILED, "m2", incarnation), 0)
    node.on_message(says(Status.FAILED, "stranger"), 0)
    assert {node.status(name) for name in NAMES[1:]} == {Status.ALIVE}


# Suspicion


def test_a_suspicion_takes_less_time_the_more_members_share_it():
    low, high, needed = 5 * S, 30 * S, 3
    for confirmed in range(6):
        share = math.log(confirmed + 1) / math.log(needed + 1)
        computed = max(low, high - (high - low) * share)
        assert suspicion_ns(confirmed, needed, low, high) == round(computed)
    assert suspicion_ns(0, 0, low, high) == low


def test_only_others_can_confirm_and_each_only_once():
    suspicion = Suspicion(0, "m1", 3, 5 * S, 30 * S)
    assert [suspicion.confirm(by) for by in ("m1", "m2", "m2", "m3", "m4", "m5")] == [
        False,
        True,
        False,
        True,
        True,
        False,
    ]
    assert suspicion.due_ns == 5 * S


def test_confirmations_bring_the_end_of_a_suspicion_forward():
    node = member()
    shortest = shortest_suspicion_ns(8, S, 4)
    dues = []
    for by in ("m1", "m3", "m4", "m5"):
        effects = node.on_message(says(Status.SUSPECTED, "m2", by=by), 0)
        dues += [e.delay_ns for e in effects if isinstance(e, SetTimer)]
    assert dues == [suspicion_ns(c, 3, shortest, 6 * shortest) for c in range(4)]
    assert dues[-1] == shortest == 4 * S


def test_a_suspect_that_refutes_is_alive_and_does_not_fail_later():
    node = member()
    assert opinions(node.on_message(says(Status.SUSPECTED, "m2"), 0)) == [Suspected]
    assert opinions(node.on_message(says(Status.ALIVE, "m2", 1, by="m2"), S)) == [Alive]
    assert node.on_timer("suspect m2", 90 * S) == []


def test_health_goes_down_with_silence_and_comes_back_with_answers():
    health = Health(worst=3)
    health.worse(5)
    assert health.score == 3
    for _ in range(5):
        health.better()
    assert health.score == 0


# Probes


def test_a_round_robin_member_is_probed_again_within_2m_minus_1_periods():
    """m others: last in one turn and first in the next, or first and then last."""
    others, gaps = list(range(7)), []
    draws, last = draws_of(b"turns"), {}
    for turn in range(2000):
        for place, target in enumerate(shuffled(draws, others)):
            if target in last:
                gaps.append(turn * 7 + place - last[target])
            last[target] = turn * 7 + place
    assert (min(gaps), max(gaps)) == (1, 2 * 7 - 1)


def test_each_member_is_pinged_once_in_a_turn():
    world = group()
    world.run(7 * S - 1)
    sent = world.journal.table("sent")
    pings = sent["kind"] == "Ping"
    pairs = Counter(zip(sent["sender"][pings], sent["receiver"][pings], strict=True))
    assert set(pairs.values()) == {1}
    assert len(pairs) == 8 * 7


def test_the_load_is_one_ping_and_one_ack_a_member_and_period_whatever_the_size():
    for size in (4, 8, 16):
        world = group(tuple(f"n{number}" for number in range(size)))
        world.run(10 * S - 1)
        assert world.sent() == {"Ping": 10 * size, "Ack": 10 * size}


def test_a_cut_link_between_two_members_is_bridged_by_others():
    cut = {("m0", "m1"), ("m1", "m0")}
    judge = lambda sender, receiver, *_: "cut" if (sender, receiver) in cut else 5 * MS  # noqa: E731
    world = group(judge=judge)
    world.run(60 * S)
    assert world.opinions == []
    assert world.sent()["PingRequest"] > 0


def test_a_helper_that_hears_nothing_says_that_it_is_there_itself():
    node = member(timeout_ns=100 * MS)
    ping, timer = node.on_message(PingRequest("m1", 42, target="m2"), 0)
    assert (ping.to, timer) == ("m2", SetTimer("relay m1", 80 * MS))
    (nack,) = node.on_timer("relay m1", 80 * MS)
    assert (nack.to, type(nack.message), nack.message.number) == ("m1", Nack, 42)
    (ack,) = node.on_message(Ack("m2", ping.message.number), 90 * MS)
    assert (ack.to, type(ack.message), ack.message.number) == ("m1", Ack, 42)


def test_all_members_agree_on_a_failure_within_gossip_time():
    world = group()
    world.run(3 * S)
    world.hosts["m5"].crash()
    world.run(60 * S)
    failed = world.times(Failed, "m5")
    assert len(failed) == 7
    assert max(failed) - min(failed) < 4 * S
    assert {event.member for _, event in world.opinions} == {"m5"}


def test_both_sides_of_a_split_find_each_other_again_after_it():
    left, split = NAMES[:3], [True]
    judge = lambda sender, receiver, *_: (  # noqa: E731
        "cut" if split[0] and (sender in left) != (receiver in left) else 5 * MS
    )
    world = group(judge=judge)
    world.run(100 * S)
    statuses = {world.hosts["m0"].node.status(name) for name in NAMES[3:]}
    assert statuses == {Status.FAILED}
    split[0] = False
    world.run(130 * S)
    for name in NAMES:
        node = world.hosts[name].node
        assert {node.status(other) for other in NAMES if other != name} == {Status.ALIVE}


def false_alarms(lifeguard):
    """Failures of members that are well, with one that is slow to read its messages."""
    world = World(constant(5 * MS))
    options = {
        "period_ns": S,
        "timeout_ns": 200 * MS,
        "lifeguard": lifeguard,
        "suspicion": 1.0,
    }
    names = tuple(f"n{number:02}" for number in range(16))
    for name in names:
        slow = lambda done, lost: Service(world.kernel, at_rate(1.2), done=done, lost=lost)  # noqa: E731
        node = lambda life, name=name: Swim(Post(name, names, names), SwimOptions(**options))  # noqa: E731
        world.add(name, node, service=slow if name == "n00" else None)
    world.run(120 * S)
    well = [event for _, event in world.opinions if "n00" not in (event.member, event.by)]
    return sum(isinstance(event, Failed) for event in well)


def test_a_slow_member_has_others_condemned_without_lifeguard_and_not_with_it():
    without, with_it = false_alarms(lifeguard=False), false_alarms(lifeguard=True)
    print(f"false alarms: {without} without, {with_it} with Lifeguard")
    assert without > 20
    assert with_it <= without / 20


# Draws


def test_draws_of_a_seed_are_the_same_everywhere_and_pick_evenly():
    draws, same = draws_of(b"seed"), draws_of(b"seed")
    assert [next(draws) for _ in range(9)] == [next(same) for _ in range(9)]
    counts = Counter(pick(draws, "abcd") for _ in range(4000))
    chi2 = sum((count - 1000) ** 2 / 1000 for count in counts.values())
    assert chi2 < 16.3  # 0.1 % at 3 degrees of freedom


def test_a_shuffle_is_a_permutation_and_all_are_as_likely():
    draws = draws_of(b"shuffle")
    counts = Counter(tuple(shuffled(draws, "abc")) for _ in range(3000))
    assert len(counts) == 6
    assert sum((count - 500) ** 2 / 500 for count in counts.values()) < 20.5  # 5 degrees
    assert len(shuffled(draws, "abc", 2)) == 2
