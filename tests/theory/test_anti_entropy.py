"""What comparing and recovering cost by formula, and what runs on hosts with real links measure."""

from math import ceil, log

import numpy as np
import pytest

from sim.protocol.antientropy.comparison import Options
from sim.protocol.antientropy.costs import comparison_cost, tree_nodes
from sim.protocol.antientropy.messages import Hashes, Symbols, Write
from sim.protocol.antientropy.prediction import missing_items, recovery_bounds, transfer_ns
from sim.protocol.antientropy.registry import METHODS
from sim.protocol.antientropy.store import Store
from tests.protocol.antientropy.net import DELAY_NS, Net, S, apart, item, random_records, store_of

RTT_NS = 2 * DELAY_NS
MS = 1_000_000
every_method = pytest.mark.parametrize("method", METHODS)


def sync(n: int, d: int, seed: int = 0, **options: object) -> Net:
    """One session between replicas of n items that differ in d."""
    net = Net(*apart(n, d, seed=seed), starts=False, **options)
    net.reconnect(0, 1)
    net.run()
    assert net.is_converged
    return net


# Comparing


@pytest.mark.parametrize("fan_out", [2, 3, 16, 100, 1000])
@pytest.mark.parametrize("n", [900, 1024, 1025])
def test_a_merkle_descent_takes_as_many_round_trips_as_the_logarithm_rounded_up(n, fan_out):
    (_, _, synced) = sync(n, 10, method="merkle", fan_out=fan_out).synced[0]
    assert synced.comparison_trips == ceil(log(n) / log(fan_out) - 1e-9)


@pytest.mark.parametrize("fan_out", [2, 16, 100])
@pytest.mark.parametrize("d", [2, 60, 600])
def test_a_merkle_descent_takes_the_bytes_of_the_formula(fan_out, d):
    n = 10_000
    measured = [
        sync(n, d, seed, method="merkle", fan_out=fan_out).synced[0][2].comparison_bytes
        for seed in range(3 if d == 2 else 1)
    ]
    expected = comparison_cost("merkle", n, d, Options(fan_out=fan_out)).bytes
    # With two differences the paths may share some nodes and the last ones hold 0 to 3 items more.
    assert np.mean(measured) == pytest.approx(expected, rel=0.15 if d == 2 else 0.04)


def test_binary_descent_shows_two_hashes_for_each_of_d_log_n_over_d_nodes():
    n, d = 32_768, 512
    net = sync(n, d, method="merkle", fan_out=2)
    shown = sum(len(message.hashes) for _, _, message in net.sent if isinstance(message, Hashes))
    levels = range(14)
    assert shown == pytest.approx(64 * sum(tree_nodes(2**level, d) for level in levels), rel=0.02)
    # d log2(N/d) nodes below the level at which all differ, and about d above it.
    assert shown == pytest.approx(64 * d * (log(n / d, 2) + 1), rel=0.3)


def test_the_formula_gives_700_kb_for_a_thousand_differences_in_a_million(figure):
    # 590 kB of hashes, 65 kB of items' numbers, 88 kB of requests.
    cost = comparison_cost("merkle", 10**6, 1000, Options(fan_out=2))
    assert cost.bytes == pytest.approx(700_000, rel=0.1)
    assert cost.round_trips == 20
    figure("8.3", "binary Merkle, 1,000 of 10^6 differ: kB", 700, cost.bytes / 1000, allowed=70)


def test_a_thousand_differences_are_reconciled_with_32_to_41_kb_of_symbols(figure):
    sent = []
    for seed in range(10):
        net = sync(1500, 1000, seed, method="riblt")
        portions = [message for _, _, message in net.sent if isinstance(message, Symbols)]
        sent.append(sum(len(portion.cells) for portion in portions))
        assert 2 <= net.synced[0][2].comparison_trips <= 4
    assert 32_400 <= np.mean(sent) <= 41_300
    # The second portion is of the size of an estimate with a standard error of an eighth.
    assert max(sent) <= 24 * 1400 * (1 + 3 / 8)
    figure(
        "8.3",
        "rateless IBLT, 1,000 differ: kB of symbols (32 to 41)",
        36.8,
        np.mean(sent) / 1000,
        allowed=4.5,
    )


def test_what_reconciliation_costs_does_not_depend_on_how_much_is_held():
    costs = [
        np.mean(
            [sync(n, 200, seed, method="riblt").synced[0][2].comparison_bytes for seed in range(4)]
        )
        for n in (400, 8000)
    ]
    assert costs[0] == pytest.approx(costs[1], rel=0.25)
    expected = comparison_cost("riblt", 8000, 200, Options()).bytes
    assert np.mean(costs) == pytest.approx(expected, rel=0.2)


def test_few_differences_are_decoded_from_the_first_portion_in_one_round_trip():
    for d in (2, 20, 60):
        (_, _, synced) = sync(500, d, method="riblt").synced[0]
        assert synced.comparison_trips == 1
        assert synced.comparison_bytes == comparison_cost("riblt", 500, d, Options()).bytes


def test_the_full_state_costs_all_its_items_and_no_round_trip_but_the_first():
    stores = apart(2000, 0)[0], store_of()
    net = Net(*stores, method="full", starts=False)
    net.reconnect(1, 0)
    net.run()
    (_, _, synced) = net.synced[0]
    expected = comparison_cost("full", 2000, 2000, Options())
    assert synced.round_trips == expected.round_trips == 1
    assert synced.bytes == pytest.approx(expected.bytes, rel=0.005)


# Recovering


def test_the_worked_examples_come_out(figure):
    small = recovery_bounds(S, 80 * MS, 3, 528_000, 100e6, 365 * MS)
    assert small.upper_ns / S == pytest.approx(1.69, abs=0.005)
    assert small.lower_ns == 40 * MS + transfer_ns(528_000, 100e6)
    assert transfer_ns(1_300_000_000, 1e9) / S == pytest.approx(10.4)
    assert transfer_ns(1_300_000_000, 10e9) / S == pytest.approx(1.04)
    figure(
        "8.3", "worked example: upper bound of recovery, s", 1.69, small.upper_ns / S, allowed=0.005
    )


def test_nothing_recovers_without_bandwidth():
    with pytest.raises(ValueError, match="nothing recovers"):
        recovery_bounds(S, 1, 1, 1, 0)


def healed(stores: tuple[Store, ...], heal_ns: int, rate_bps: float, **options: object) -> Net:
    """Cut off from each other until the heal."""
    cut = lambda sender, receiver, message, now_ns: "cut" if now_ns < heal_ns else 0  # noqa: E731
    return Net(*stores, judge=cut, rate_bps=rate_bps, **options)


def recovery_ns(net: Net, heal_ns: int) -> int:
    """From the heal until the last missing item has arrived."""
    assert net.is_converged
    return max(at_ns for at_ns, _, _ in net.learnt) - heal_ns


@pytest.mark.parametrize("seed", range(6))
@every_method
def test_recovery_is_within_its_bounds_for_every_seed(method, seed):
    rng = np.random.default_rng(seed)
    heal_ns, rate_bps = int(rng.integers(3 * S, 5 * S)), 20e6
    d = int(rng.integers(1, 200)) * 2
    net = healed(apart(600, d, seed=seed), heal_ns, rate_bps, method=method)
    net.run(heal_ns + 5 * S)
    synced = next(one for _, _, one in net.synced if one.items_in + one.items_out)
    bounds = recovery_bounds(S, RTT_NS, synced.round_trips, synced.bytes, rate_bps)
    lower_ns = recovery_bounds(S, RTT_NS, 0, d // 2 * 528, rate_bps).lower_ns
    assert lower_ns <= recovery_ns(net, heal_ns) <= bounds.upper_ns


@pytest.mark.parametrize("seed", range(3))
def test_told_of_the_heal_there_is_no_waiting_for_a_probe(seed):
    heal_ns = 3 * S + 137 * MS * seed
    net = healed(apart(600, 100, seed=seed), heal_ns, 20e6, every_ns=100 * S)
    net.reconnect(0, 1, at_ns=heal_ns)
    net.run(heal_ns + 5 * S)
    (_, _, synced) = net.synced[0]
    bounds = recovery_bounds(0, RTT_NS, synced.round_trips, synced.bytes, 20e6)
    lower_ns = recovery_bounds(0, RTT_NS, 0, 50 * 528, 20e6).lower_ns
    assert lower_ns <= recovery_ns(net, heal_ns) <= bounds.upper_ns < S


@pytest.mark.parametrize(("rate_bps", "shipping_s"), [(1e9, 10.4), (10e9, 1.04)])
def test_a_gigabyte_decides_between_more_and_less_than_ten_seconds(figure, rate_bps, shipping_s):
    heal_ns, big = 2 * S + S // 3, Store()
    big.fill(random_records(1000), 1_300_000)
    net = healed((big, Store()), heal_ns, rate_bps, method="merkle")
    net.run(heal_ns + 20 * S)
    (_, _, synced) = next(one for one in net.synced if one[2].items_in + one[2].items_out)
    bounds = recovery_bounds(S, RTT_NS, synced.round_trips, synced.bytes, rate_bps)
    measured_ns = recovery_ns(net, heal_ns)
    assert shipping_s * S < measured_ns <= bounds.upper_ns
    assert (measured_ns > 10 * S) == (rate_bps == 1e9)
    what = f"1.3 GB at {rate_bps / 1e9:g} Gb/s: recovery, s (theory: shipping alone)"
    allowed = bounds.upper_ns / S - shipping_s
    figure("8.3", what, shipping_s, measured_ns / S, allowed=allowed)


def after_partition(seconds: int, flavour: str, method: str) -> tuple[int, int]:
    """Recovery in ns, and items that came across, after half the keys were written on each side."""
    stores = [store_of(*(item(key, size_bytes=10_000) for key in range(20)), flavour=flavour)
              for _ in range(2)]  # fmt: skip
    heal_ns = seconds * S
    net = healed(tuple(stores), heal_ns, 10e6, method=method, chunk_bytes=20_000)
    for key in range(20):
        for turn in range(seconds):
            new = item(key, 2 + turn, size_bytes=10_000, born_ns=turn * S)
            net.kernel.at(turn * S + S // 2, net.hosts[key % 2].tell, Write((new,)))
    net.run(heal_ns + 20 * S)
    return recovery_ns(net, heal_ns), sum(len(learnt.items) for _, _, learnt in net.learnt)


@every_method
def test_recovery_of_snapshots_does_not_grow_with_the_partition(method):
    short, middle, long = (after_partition(s, "snapshots", method) for s in (2, 6, 18))
    assert short == middle == long
    assert short[1] == missing_items(18 * S, S, 20)


@every_method
def test_recovery_of_a_log_grows_linearly_with_the_partition(method):
    lengths = 4, 8, 16
    found = [after_partition(seconds, "log", method) for seconds in lengths]
    assert [came for _, came in found] == [
        missing_items(seconds * S, S, 20, flavour="log") for seconds in lengths
    ]
    # Each second of partition adds 20 items of 10 kB, one after the other for one round trip at
    # most of overlap between the directions.
    slopes = np.diff([took for took, _ in found]) / np.diff(lengths)
    assert slopes == pytest.approx(transfer_ns(20 * 10_000, 10e6), rel=0.15)
