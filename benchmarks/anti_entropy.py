"""What anti-entropy costs: bytes, round trips and CPU time, measured and by formula.

    python -m benchmarks.anti_entropy                          # 10,000 to 1,000,000 items
    python -m benchmarks.anti_entropy --items 1000000 --differences 1000

Two replicas on real hosts, half of the differences on each side, items of 528 B, links without
loss. CPU time is of both ends together, the kernel, and what the stores compute only once: the
digests (all methods), the trees (Merkle), ids and symbols (rateless).
"""

import argparse
import time

import numpy as np

from sim.engine.host import Host
from sim.engine.journal import Journal
from sim.engine.kernel import Kernel
from sim.engine.switch import Switch
from sim.protocol.antientropy.comparison import Options
from sim.protocol.antientropy.costs import Cost, comparison_cost
from sim.protocol.antientropy.messages import Reconnect, Synced
from sim.protocol.antientropy.node import SyncNode
from sim.protocol.antientropy.replica import Replica
from sim.protocol.antientropy.store import Store

NAMES = ("root-0/0", "root-0/1")
ITEM_BYTES, DELAY_NS = 528, 40_000_000
FULL_STATE_MAX = 100_000
METHODS = (("full", 16), ("merkle", 2), ("merkle", 16), ("merkle", 100), ("riblt", 16))


def stores(items: int, differences: int) -> tuple[Store, Store]:
    """Each lacks half of the differences, which the other has."""
    half = differences // 2
    records = np.random.default_rng(0).integers(0, 1 << 62, (items + half, 7), dtype=np.uint64)
    records[:, 0] = np.arange(items + half)
    records[:, 1], records[:, 2] = 0, 1
    one, other = Store(), Store()
    one.fill(records[half:], ITEM_BYTES)
    other.fill(np.delete(records, np.arange(half, 2 * half), axis=0), ITEM_BYTES)
    return one, other


def session(pair: tuple[Store, Store], options: Options) -> tuple[Synced, float]:
    """One session, and its CPU time in seconds."""
    kernel, journal, found = Kernel(), Journal(), []
    switch = Switch(kernel, lambda *_: DELAY_NS, journal)
    hosts = []
    for member, store in enumerate(pair):
        node = SyncNode(Replica(member, NAMES, store, options))
        host = Host(
            NAMES[member],
            lambda _life, node=node: node,
            kernel,
            switch.transmit,
            journal,
            application=lambda event: found.append(event) if isinstance(event, Synced) else None,
        )
        switch.join(host)
        hosts.append(host)
    started = time.process_time()
    kernel.at(0, hosts[0].tell, Reconnect(NAMES[1]))
    kernel.run(600_000_000_000)
    spent_s = time.process_time() - started
    assert pair[0].digest() == pair[1].digest()
    return found[0], spent_s


def line(method: str, fan_out: int, items: int, differences: int) -> str:
    """One row of the table."""
    options = Options(method=method, fan_out=fan_out)
    synced, spent_s = session(stores(items, differences), options)
    expected = comparison_cost(method, items, differences, options)
    measured = Cost(synced.comparison_bytes, synced.comparison_trips)
    if method == "full":
        measured = Cost(synced.bytes - synced.items_out * ITEM_BYTES, 1)
    name = f"{method} {fan_out}" if method == "merkle" else method
    return (
        f"{items:>9,} {differences:>8,}  {name:<10} {measured.bytes:>12,} {expected.bytes:>12,}"
        f" {measured.round_trips:>6} {expected.round_trips:>6} {synced.round_trips:>6}"
        f" {spent_s * 1e3:>8,.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, action="append")
    parser.add_argument("--differences", type=int, action="append")
    asked = parser.parse_args()
    print(f"{'items':>9} {'differ':>8}  {'method':<10} {'bytes':>12} {'by formula':>12}"
          f" {'trips':>6} {'form.':>6} {'in all':>6} {'CPU ms':>8}")  # fmt: skip
    for items in asked.items or (10_000, 100_000, 1_000_000):
        for differences in asked.differences or (10, 1_000):
            for method, fan_out in METHODS:
                if method != "full" or items <= FULL_STATE_MAX:
                    print(line(method, fan_out, items, differences), flush=True)


if __name__ == "__main__":
    main()
