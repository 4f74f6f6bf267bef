"""The replicated log: one order for everybody, each request once, whatever the network does."""

from dataclasses import replace

import pytest

from sim.protocol.agreement.contract import Decided, Membership
from sim.protocol.agreement.log import PENDING_MAX, Entered, Entries, Log, Logged, Request
from sim.protocol.agreement.petitioner import Petitioner
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.committee import Committee
from sim.protocol.signatures import Notary
from tests.protocol.net import DELAY_NS, Net, value

MS = 1_000_000
CLIENT = "root-0/3"
"""Tests ask in the name of a member: then answers have somebody to go to."""


class Logs(Net):
    """A committee of logs; `entries[member]` is what each has put out."""

    def __init__(self, kind: str = "pbft", n: int = 4, f: int = 1, **more: object) -> None:
        self.entries: list[list[Logged]] = [[] for _ in range(n)]
        make = lambda membership: Log(PROTOCOLS[kind].make_certified, membership, {})  # noqa: E731
        options = {"timeout_ns": 50 * MS, "catch_up_ns": 100 * MS}
        super().__init__(make, n, f, **options, **more)

    def _put_out(self, member: int, event: object) -> None:
        if isinstance(event, Logged):
            self.entries[member].append(event)

    def ask(self, text: str, members: tuple[int, ...], at_ns: int = 0) -> None:
        request = Request(CLIENT, 0, value(text))
        for member in members:
            self.kernel.at(at_ns, self.hosts[member].tell, request)

    def texts(self, member: int, *candidates: str) -> list[str]:
        names = {value(text).digest: text for text in candidates}
        return [names[entry.value.digest] for entry in self.entries[member]]


@pytest.mark.parametrize("kind", ["pbft", "hotstuff"])
def test_members_log_the_same_requests_in_the_same_order_each_once(kind):
    net = Logs(kind)
    net.ask("one", (0, 1, 2, 3))
    net.ask("two", (3, 2, 1, 0))
    net.ask("one", (0, 1, 2, 3), at_ns=300 * MS)
    net.run(2_000 * MS)
    orders = [net.texts(member, "one", "two") for member in range(4)]
    assert sorted(orders[0]) == ["one", "two"]
    assert all(order == orders[0] for order in orders)


def test_a_request_is_logged_four_delays_after_all_have_heard_of_it():
    net = Logs()
    logged_ns = []
    net._put_out = lambda member, event: logged_ns.append(net.kernel.now_ns)
    net.ask("one", (0, 1, 2, 3))
    net.run(100 * MS)
    # Three of PBFT, and one for the signatures under what was decided.
    assert logged_ns == [4 * DELAY_NS] * 4


def test_a_request_that_one_member_alone_has_heard_is_logged_once_it_leads():
    net = Logs()
    net.ask("one", (0,))
    net.run(1_000 * MS)
    assert [net.texts(member, "one") for member in range(4)] == [["one"]] * 4


def test_a_member_that_was_cut_off_learns_all_entries_afterwards():
    def judge(sender, receiver, message, now_ns):
        is_cut = now_ns < 500 * MS and "root-0/2" in (sender, receiver)
        return "cut" if is_cut else DELAY_NS

    net = Logs(judge=judge)
    for number in range(20):
        net.ask(str(number), (0, 1, 3), at_ns=10 * number * MS)
    net.run(400 * MS)
    assert len(net.entries[0]) == 20
    assert net.entries[2] == []
    net.run(1_000 * MS)
    assert [one.index for one in net.entries[2]] == [one.index for one in net.entries[0]]


def test_no_entry_of_a_minority_contradicts_the_log_after_a_heal():
    def judge(sender, receiver, message, now_ns):
        sides = [name in ("root-0/0", "root-0/1") for name in (sender, receiver)]
        return "cut" if now_ns < 300 * MS and sides[0] != sides[1] else DELAY_NS

    net = Logs(judge=judge)
    net.ask("left", (0, 1))
    net.ask("right", (2, 3))
    net.run(300 * MS)
    assert net.entries == [[], [], [], []], "two of four are no quorum"
    net.ask("left", (2, 3), at_ns=310 * MS)
    net.ask("right", (0, 1), at_ns=310 * MS)
    net.run(3_000 * MS)
    orders = [net.texts(member, "left", "right") for member in range(4)]
    assert sorted(orders[0]) == ["left", "right"]
    assert all(order == orders[0] for order in orders)


def _membership(n=4, **more):
    notary = Notary(b"secret", n)
    committee = Committee(tuple(f"root-0/{member}" for member in range(n)), (n - 1) // 3)
    return Membership(committee, 0, notary.seal(0), notary, **more)


def _decided(membership, slot, text, signers=3):
    from sim.protocol.agreement.certify import certificate_of, statement

    signed = statement(slot, value(text).digest)
    seals = [membership.notary.seal(member) for member in range(signers)]
    certificate = certificate_of(signed, {seal.member: seal.sign(signed) for seal in seals})
    return Decided(slot, value(text), certificate)


def test_entries_without_a_quorum_behind_them_are_not_believed():
    membership = _membership()
    entered = Entered(membership)
    assert entered.take([_decided(membership, 1, "one", signers=2)]) == []
    good = _decided(membership, 1, "one")
    assert entered.take([replace(good, value=value("two"))]) == []
    assert entered.take([replace(good, slot=2)]) == []
    assert [entry.index for entry in entered.take([good])] == [1]


def test_entries_with_an_unacceptable_content_are_not_believed():
    membership = _membership(acceptable=lambda slot, one: one.content == "genuine")
    entered, good = Entered(membership), _decided(membership, 1, "one")
    assert entered.take([good]) == []
    assert len(entered.take([replace(good, value=replace(good.value, content="genuine"))])) == 1


def test_entries_come_out_in_order_and_a_value_only_in_its_first_slot():
    membership = _membership()
    entered = Entered(membership)
    texts = ["one", "two", "one", "three"]
    slots = [_decided(membership, slot, text) for slot, text in enumerate(texts, start=1)]
    assert entered.take(slots[1:]) == []
    assert [entry.index for entry in entered.take(slots)] == [1, 2, 4]
    assert entered.known == 4


def test_a_client_that_floods_a_member_is_kept_at_its_share():
    log = Log(lambda membership: _Mute(), _membership(), {"flood": None, "other": None})
    for number in range(3 * PENDING_MAX):
        log.on_message(Request("flood", 0, value(str(number))), 0)
    assert len(log._pending) == PENDING_MAX
    log.on_message(Request("other", 0, value("other")), 0)
    assert len(log._pending) == PENDING_MAX + 1


def test_nobody_but_clients_and_members_gets_an_answer():
    log = Log(lambda membership: _Mute(), _membership(), {"client": None})
    log.on_message(Entries((_decided(_membership(), 1, "one"),)), 0)
    assert log.on_message(Request("client", 0), 0)
    assert log.on_message(Request("root-0/2", 0), 0)
    assert log.on_message(Request("stranger", 0), 0) == []
    assert log.on_message(Request("client", 1), 0) == []
    assert log.on_message(Request("client", -5), 0)
    assert log.on_message(Request("client", 1 << 70), 0) == []


class _Mute:
    """An inner node that never decides."""

    def start(self, now_ns):
        return []

    def on_message(self, message, now_ns):
        return []

    on_timer = on_message


def test_a_client_repeats_what_is_open_until_it_is_logged():
    membership = _membership()
    client = Petitioner("client", membership, 100)
    first = client.ask(value("one"))
    assert [effect.to for effect in first] == list(membership.committee.names)
    assert client.ask(value("one")) == []
    assert len(client.resend()) == 4 + 1
    found, _ = client.hear(Entries((_decided(membership, 1, "one"),)))
    assert [entry.index for entry in found] == [1]
    assert client.ask(value("one")) == []
    (poll, _) = client.resend()
    assert poll.message == Request("client", 1)


def test_a_client_that_is_far_behind_asks_on_until_it_has_everything():
    membership = _membership()
    member = Entered(membership)
    member.take([_decided(membership, slot, str(slot)) for slot in range(1, 41)])
    client, known = Petitioner("client", membership, 100), []
    effects = client.resend()[:1]
    while effects:
        request = effects[0].message
        found, effects = client.hear(Entries(member.since(request.known)))
        known += [entry.index for entry in found]
    assert known == list(range(1, 41))
