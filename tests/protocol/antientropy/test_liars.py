"""A replica that lies: it gets nothing in that is not genuine, and cannot keep the others busy."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.antientropy import messages as wire
from sim.protocol.antientropy.comparison import Options
from sim.protocol.antientropy.items import Item, signed_by_writer, statement
from sim.protocol.antientropy.node import SyncNode
from sim.protocol.antientropy.registry import METHODS
from sim.protocol.antientropy.replica import Replica
from sim.protocol.effects import Output, Send
from sim.protocol.signatures import Notary, Signature
from tests.protocol.antientropy.net import Net, S, apart, item, store_of

NOTARY = Notary(b"writers", 10)
every_method = pytest.mark.parametrize("method", METHODS)


def signed(one: Item, member: int | None = None) -> Item:
    seal = NOTARY.seal(one.key if member is None else member)
    fields = {name: getattr(one, name) for name in Item.__slots__}
    return Item(**{**fields, "signature": seal.sign(statement(one))})


def changed(one: Item, **fields: object) -> Item:
    return Item(**{**{name: getattr(one, name) for name in Item.__slots__}, **fields})


class Shipping:
    """Answers every opening with items of its own choice, whatever the method."""

    def __init__(self, items: tuple[Item, ...]) -> None:
        self.items = items

    def start(self, now_ns):
        return []

    def on_message(self, message, now_ns):
        if not isinstance(message, wire.Compare):
            return []
        said = (1, message.initiator, message.session)
        return [Send("root-0/0", wire.Items(*said, 0, 1, self.items))]


@every_method
def test_nothing_is_taken_in_that_its_writer_did_not_sign(method):
    good = signed(item(3, 5))
    forged = (
        item(1, 9),
        signed(item(2, 9), member=4),
        changed(good, version=6),
        changed(good, epoch=1),
        changed(good, key=5),
        changed(signed(item(6)), digest=bytes(32)),
        changed(signed(item(7)), priority=0),
        changed(signed(item(8)), size_bytes=1),
        changed(signed(item(9)), born_ns=99),
        changed(item(4), signature=Signature(99, b"")),
        good,
    )
    store = store_of()
    net = Net(
        store,
        store_of(),
        method=method,
        genuine=signed_by_writer(NOTARY),
        wrap=lambda member, node: Shipping(forged) if member == 1 else node,
    )
    net.run(3 * S)
    assert list(store.items()) == [good]


@every_method
def test_signed_items_pass_between_honest_replicas(method):
    stores = [
        store_of(*(signed(item(key, 1 + key % 2)) for key in keys)) for keys in ((1, 2), (2, 5))
    ]
    net = Net(*stores, method=method, genuine=signed_by_writer(NOTARY))
    net.run(3 * S)
    assert net.is_converged
    assert len(stores[0]) == 3
    chunks = [message for _, _, message in net.sent if isinstance(message, wire.Items)]
    assert sum(chunk.signatures for chunk in chunks) == sum(len(chunk.items) for chunk in chunks)


class Endless:
    """Answers each request as if it had infinitely much that differs."""

    def __init__(self, chunks: int) -> None:
        self.chunks = chunks

    def start(self, now_ns):
        return []

    def on_message(self, message, now_ns):
        return [Send("root-0/0", answer) for answer in self.answers(message)]

    def answers(self, message):
        if not isinstance(message, wire.InSession):
            return []
        said = (1, message.initiator, message.session)
        if isinstance(message, wire.More):
            return [wire.Symbols(*said, message.start, b"\7" * 24 * (message.upto - message.start))]
        if isinstance(message, wire.Ask):
            return [wire.Hashes(*said, message.ask, 8, b"\7" * (len(message.nodes) // 8 * 16 * 32))]
        if isinstance(message, wire.Taken):
            return [wire.Items(*said, message.number + 1, self.chunks, ())]
        return [
            wire.Symbols(*said, 0, b"\7" * 24 * 128),
            wire.Hashes(*said, 0, 8, b"\7" * 16 * 32),
            wire.Items(*said, 0, self.chunks, ()),
        ]


@pytest.mark.parametrize("chunks", [1 << 62, 300])
@every_method
def test_a_peer_that_never_ends_is_given_up_or_comes_to_an_end(method, chunks):
    honest = {}

    def wrap(member, node):
        honest[member] = node
        return Endless(chunks) if member == 1 else node

    bounds = {"symbols_max": 4096, "nodes_max": 4096, "retries": 3}
    net = Net(*apart(200, 20), method=method, wrap=wrap, every_ns=90 * S, **bounds)
    net.reconnect(0, 1)
    net.run(44 * S)
    assert not honest[0]._initiated
    assert net.sent[-1][0] < 40 * S


@every_method
def test_a_third_replica_is_served_while_one_lies(method):
    stores = [*apart(200, 0), apart(200, 40)[0]]
    wrap = lambda member, node: Endless(1 << 19) if member == 1 else node  # noqa: E731
    net = Net(*stores, method=method, wrap=wrap, nodes_max=1 << 12)
    net.run(4 * S)
    assert stores[0].digest() == stores[2].digest()


sizes = st.sampled_from([-(1 << 70), -1, 0, 1, 2, 7, 1 << 31, 1 << 63, 1 << 80])
raw = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([1, 16, 64, 512]).map(lambda k: b"\1" * 8 * k),
    st.just(b"\xff" * 24 * 128),
)
strange_items = st.tuples(
    st.builds(Item, sizes, sizes, sizes, st.binary(min_size=31, max_size=32), sizes, sizes, sizes)
)
kinds = st.sampled_from(
    [
        (wire.Compare, st.just(bytes(32)) | raw, raw, sizes),
        (wire.Same,),
        (wire.Ask, sizes, sizes, raw),
        (wire.Hashes, sizes, sizes, raw),
        (wire.Heads, sizes, sizes, raw),
        (wire.More, sizes, sizes),
        (wire.Symbols, sizes, raw),
        (wire.Want, sizes, sizes, raw, st.booleans()),
        (wire.Items, sizes, sizes, strange_items),
        (wire.Taken, sizes),
    ]
)


@st.composite
def anything(draw):
    """Any message of a liar in one of the sessions that are open, or in none."""
    kind, *fields = draw(kinds)
    initiator = draw(st.sampled_from([0, 0, 1, 1, 2, -1]))
    session = draw(st.sampled_from([1, 1, 1, 2, 1 << 70, -5]))
    return kind(draw(st.sampled_from([1, 1, 1, 0, 5])), initiator, session, *map(draw, fields))


@every_method
@settings(max_examples=60)
@given(said=st.lists(anything(), max_size=12))
def test_whatever_a_liar_says_the_node_lives_and_takes_in_nothing_malformed(method, said):
    store = apart(60, 0)[0]
    options = Options(method, symbols_max=1 << 12, nodes_max=1 << 12)
    node = SyncNode(Replica(0, ("root-0/0", "root-0/1"), store, options, lambda one: one.key < 0))
    node.start(0)
    node.on_message(wire.Reconnect("root-0/1"), 0)
    effects = []
    for message in said:
        effects += node.on_message(message, 10**9)
    for name in ("ask 1", "serve 1", "probe 1"):
        effects += node.on_timer(name, 2 * 10**9)
    assert len(store) == 60
    learnt = [effect for effect in effects if isinstance(effect, Output)]
    assert not any(isinstance(effect.event, wire.Learnt) for effect in learnt)
    assert len(node._initiated) <= 1
    assert len(node._answered) <= 1


@pytest.mark.parametrize("peer", ["root-0/0", "nobody"])
def test_a_reconnect_to_oneself_or_to_nobody_changes_nothing(peer):
    node = SyncNode(Replica(0, ("root-0/0", "root-0/1"), store_of()))
    assert node.on_message(wire.Reconnect(peer), 0) == []
