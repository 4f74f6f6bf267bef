"""Two replicas and more, all methods: what they hold in the end, whatever the network does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.antientropy.items import Item, Priority
from sim.protocol.antientropy.messages import Compare, Items, Want, Write
from sim.protocol.antientropy.registry import METHODS
from tests.protocol.antientropy.net import DELAY_NS, Net, S, apart, content, item, store_of
from tests.reference.antientropy import union

every_method = pytest.mark.parametrize("method", METHODS)

items = st.lists(
    st.builds(
        lambda key, version, content, priority: Item(
            key, 0, version, bytes([content] * 32), 100, version, priority
        ),
        st.integers(0, 30),
        st.integers(0, 3),
        st.integers(0, 1),
        st.sampled_from(list(Priority)),
    ),
    max_size=40,
)
fates = st.lists(
    st.one_of(
        st.just("lost"),
        st.integers(0, 3 * DELAY_NS),
        st.tuples(st.integers(0, 3 * DELAY_NS), st.integers(0, 20 * DELAY_NS)),
    ),
    max_size=60,
)


def judge_of(fate_of):
    """The first messages meet these fates; all later ones arrive in time."""
    left = iter(fate_of)
    return lambda *_: next(left, 0)


@pytest.mark.parametrize("flavour", ["snapshots", "log"])
@every_method
@settings(max_examples=25)
@given(items, items, fates, st.integers(2, 5))
def test_both_end_up_with_the_union_whatever_is_lost_repeated_or_late(
    flavour, method, ours, theirs, fate_of, fan_out
):
    stores = store_of(*ours, flavour=flavour), store_of(*theirs, flavour=flavour)
    net = Net(*stores, judge=judge_of(fate_of), method=method, fan_out=fan_out, portion=4)
    net.run(40 * S)
    expected = union(ours, theirs, is_log=flavour == "log")
    for store in stores:
        assert set(content(store)) == expected


@every_method
def test_small_messages_and_a_small_window_lead_to_the_same_end(method):
    stores = apart(400, 300, size=200)
    net = Net(*stores, method=method, chunk_bytes=512, window=2, fan_out=4)
    net.run(60 * S)
    assert net.is_converged
    assert max(message.size_bytes for _, _, message in net.sent) <= 512 + 64


@every_method
def test_two_equal_replicas_say_no_more_than_their_digests(method):
    net = Net(*apart(50, 0), method=method, starts=False)
    net.reconnect(0, 1)
    net.run()
    assert [type(message).__name__ for _, _, message in net.sent] == ["Compare", "Same"]
    (_, _, synced) = net.synced[0]
    assert (synced.round_trips, synced.items_in, synced.items_out) == (1, 0, 0)


@pytest.mark.parametrize("asks", [0, 1])
@every_method
def test_an_empty_replica_gets_everything_whichever_end_asks(method, asks):
    stores = store_of(), apart(300, 0)[0]
    net = Net(*stores, method=method, starts=False)
    net.reconnect(asks, 1 - asks)
    net.run()
    assert net.is_converged
    assert len(stores[0]) == 300


@every_method
def test_one_session_brings_both_ends_what_they_lack_and_counts_it(method):
    net = Net(*apart(300, 60), method=method, starts=False)
    net.reconnect(1, 0)
    net.run()
    (_, member, synced) = net.synced[0]
    assert (member, synced.peer, synced.items_in) == (1, "root-0/0", 30)
    assert synced.items_out == 30
    assert synced.bytes == sum(message.size_bytes for _, _, message in net.sent)
    assert net.is_converged


@every_method
def test_a_write_during_a_session_is_not_lost(method):
    stores = apart(300, 60)
    net = Net(*stores, method=method)
    net.reconnect(0, 1)
    for at_ms in range(0, 900, 30):
        new = item(1_000 + at_ms % 70, 1 + at_ms)
        net.kernel.at(at_ms * 1_000_000, net.hosts[at_ms % 2].tell, Write((new,)))
    net.run(20 * S)
    assert net.is_converged
    assert len(stores[0]) == len(stores[1]) == 300 + 30 + 7


@every_method
def test_four_replicas_agree_after_a_split_in_halves(method):
    stores = [store_of(*(item(key) for key in range(30))) for _ in range(4)]
    for member, store in enumerate(stores):
        for key in range(10):
            store.put(item(key + 10 * (member // 2), 2 + member))
    net = Net(*stores, method=method)
    net.run(20 * S)
    assert net.is_converged
    assert sorted({one.version for one in stores[0].items()}) == [1, 3, 5]


@every_method
def test_alerts_are_shipped_before_baselines_and_the_newest_first(method):
    lacking = [
        item(key, born_ns=key * 7 % 50, priority=list(Priority)[key % 3]) for key in range(50)
    ]
    for holder in (0, 1):
        stores = [store_of(), store_of()]
        for one in lacking:
            stores[holder].put(one)
        net = Net(*stores, method=method, starts=False, chunk_bytes=1100)
        net.reconnect(0, 1)
        net.run()
        shipped = [
            one for _, _, message in net.sent if isinstance(message, Items) for one in message.items
        ]
        assert shipped == sorted(lacking, key=lambda one: (one.priority, -one.born_ns, one.key))


def test_an_alert_leaves_before_a_gigabyte_that_comes_in_is_here():
    alert = item(1, priority=Priority.ALERT)
    big = [item(key, size_bytes=100_000_000) for key in range(10, 20)]
    net = Net(store_of(alert), store_of(*big), rate_bps=1e9, starts=False, retry_ns=4 * S)
    net.reconnect(0, 1)
    net.run()
    arrival_ns = next(at_ns for at_ns, member, _ in net.learnt if member == 1)
    assert arrival_ns < S
    assert net.is_converged
    assert net.synced[0][0] > 8 * S


@every_method
def test_no_more_chunks_than_the_window_are_under_way(method):
    net = Net(*apart(400, 400), method=method, chunk_bytes=1100, window=5, starts=False)
    net.reconnect(0, 1)
    net.run(1)
    under_way = most = 0
    net.run()
    for _, _, message in net.sent:
        under_way += {"Items": 1, "Taken": -1}.get(type(message).__name__, 0)
        most = max(most, under_way)
    assert net.is_converged
    # Alerts apart, only one end ships at a time; a receipt counts when it is sent.
    assert most == 5


@every_method
def test_two_openings_that_cross_become_one_session(method):
    net = Net(*apart(200, 40), method=method, starts=False)
    net.reconnect(0, 1)
    net.reconnect(1, 0)
    net.run()
    assert [member for _, member, _ in net.synced] == [0]
    assert net.is_converged


@every_method
def test_a_session_cut_in_the_middle_is_made_up_for_after_the_heal(method):
    cut = lambda s, r, m, now_ns: "cut" if 1.5 * DELAY_NS < now_ns < 8 * S else 0  # noqa: E731
    net = Net(*apart(300, 100), method=method, judge=cut)
    net.reconnect(0, 1)
    net.run(8 * S)
    assert not net.is_converged
    net.run(11 * S)
    assert net.is_converged


@every_method
def test_a_replica_that_lost_its_memory_is_filled_again(method):
    stores = apart(100, 0)
    net = Net(*stores, method=method)
    net.run(3 * S)
    net.hosts[0].crash()
    stores[0].__init__()
    net.hosts[0].restart(durable=True)
    net.run(6 * S)
    assert net.is_converged
    assert len(stores[0]) == 100


@pytest.mark.parametrize("n", [2, 3, 4])
def test_each_pair_is_compared_from_both_sides_half_an_interval_apart(n):
    opened = {}

    def judge(sender, receiver, message, now_ns):
        if isinstance(message, Compare):
            opened.setdefault((sender, receiver), []).append(now_ns)
        return 0

    net = Net(*(store_of(item(1)) for _ in range(n)), every_ns=12 * S, judge=judge)
    net.run(60 * S - 1)
    assert len(opened) == n * (n - 1)
    for (sender, receiver), instants in opened.items():
        assert np.diff(instants).tolist() == [12 * S] * 4
        assert abs(opened[receiver, sender][0] - instants[0]) == 6 * S


def test_openings_that_cross_when_they_are_repeated_do_not_lose_both_sessions():
    heal_ns = 4 * S + S // 3
    cut = lambda sender, receiver, message, now_ns: "cut" if now_ns < heal_ns else 0  # noqa: E731
    net = Net(*apart(300, 100), method="full", starts=False, judge=cut, every_ns=100 * S)
    net.reconnect(0, 1)
    net.reconnect(1, 0)
    net.run(20 * S)
    assert net.is_converged
    assert len(net.synced) == 1
    chunks = [message for _, _, message in net.sent if isinstance(message, Items)]
    assert {chunk.initiator for chunk in chunks} == {0}


def test_what_the_peer_has_in_a_newer_version_is_not_shipped_to_it():
    old, new = store_of(*(item(key) for key in range(50))), store_of()
    for key in range(50):
        new.put(item(key, 2))
    for method in METHODS:
        stores = [store_of(*old.items()), store_of(*new.items())]
        net = Net(*stores, method=method, starts=False)
        net.reconnect(0, 1)
        net.run()
        assert net.synced[0][2].items_out == 0
        assert net.synced[0][2].items_in == 50


def test_a_difference_too_large_to_code_or_to_descend_is_shipped_as_a_whole():
    for method, bound in (("riblt", {"symbols_max": 200}), ("merkle", {"nodes_max": 20})):
        net = Net(*apart(400, 300), method=method, starts=False, **bound)
        net.reconnect(0, 1)
        net.run()
        assert net.is_converged
        wants = [message for _, _, message in net.sent if isinstance(message, Want)]
        assert [want.everything for want in wants] == [True]
