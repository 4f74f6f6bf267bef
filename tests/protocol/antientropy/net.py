"""Replicas on real hosts, joined by links with a delay and a rate, for tests of anti-entropy.

A sender's link takes one message after the other, size over rate each; then the delay. `judge`
may lose a message (a string says why), add to its delay (ns), or repeat it (several delays).
"""

from collections.abc import Callable

import numpy as np

from sim.engine.host import Host
from sim.engine.journal import Journal
from sim.engine.kernel import Kernel
from sim.engine.switch import Switch
from sim.protocol.antientropy.comparison import Options
from sim.protocol.antientropy.items import Item, trusting
from sim.protocol.antientropy.messages import Learnt, Reconnect, Synced
from sim.protocol.antientropy.node import SyncNode
from sim.protocol.antientropy.prediction import transfer_ns
from sim.protocol.antientropy.replica import Replica
from sim.protocol.antientropy.store import Store
from sim.protocol.signatures import digest

DELAY_NS = 40_000_000
S = 1_000_000_000


def item(key: int, version: int = 1, **fields: object) -> Item:
    """An item whose content is told by key and version."""
    fields.setdefault("size_bytes", 528)
    return Item(key, 0, version, digest(key, version), **fields)


def store_of(*items: Item, flavour: str = "snapshots") -> Store:
    store = Store(flavour)
    for one in items:
        store.put(one)
    return store


def random_records(n: int, seed: int = 0) -> np.ndarray:
    """(n, 7) records of different keys, all in version 1."""
    rng = np.random.default_rng(seed)
    records = rng.integers(0, 1 << 62, (n, 7), dtype=np.uint64)
    records[:, 0] = np.arange(n)
    records[:, 1], records[:, 2] = 0, 1
    return records


def apart(n: int, d: int, *, size: int = 528, seed: int = 0) -> tuple[Store, Store]:
    """Two stores of about n items that differ in d: each lacks d/2 that the other has."""
    records = random_records(n + d // 2, seed)
    order = np.random.default_rng(seed + 1).permutation(len(records))
    stores = Store(), Store()
    stores[0].fill(records[order[d // 2 :]], size)
    stores[1].fill(records[np.append(order[: d // 2], order[d // 2 * 2 :])], size)
    return stores


def content(store: Store) -> dict[object, tuple]:
    """What a store holds, to compare with."""
    return {(one.key, *one.rank): one.size_bytes for one in store.items()}


class Net:
    """`judge(sender, receiver, message, now_ns)`: see above."""

    def __init__(
        self,
        *stores: Store,
        rate_bps: float | None = None,
        delay_ns: int = DELAY_NS,
        judge: Callable | None = None,
        wrap: Callable[[int, object], object] = lambda member, node: node,
        genuine: Callable[[Item], bool] = trusting,
        starts: bool = True,
        **options: object,
    ) -> None:
        self.kernel, self.journal = Kernel(), Journal()
        self.switch = Switch(self.kernel, self._judge, self.journal)
        self.rate_bps, self.delay_ns, self.extra = rate_bps, delay_ns, judge
        self.free_ns: dict[str, int] = {}
        self.names = tuple(f"root-0/{member}" for member in range(len(stores)))
        self.stores, self.synced, self.learnt = stores, [], []
        self.sent: list[tuple[int, str, object]] = []
        self.hosts = []
        for member, store in enumerate(stores):
            secret = b"%d" % member
            replica = Replica(member, self.names, store, Options(**options), genuine, secret)
            self.hosts.append(self._host(member, wrap(member, SyncNode(replica))))
        for host in self.hosts if starts else []:
            self.kernel.at(0, host.start)

    def _host(self, member: int, node: object) -> Host:
        host = Host(
            self.names[member],
            lambda life: node,
            self.kernel,
            self.switch.transmit,
            self.journal,
            peers=self.names,
            application=lambda event: self._put_out(member, event),
        )
        self.switch.join(host)
        return host

    def _put_out(self, member: int, event: object) -> None:
        if isinstance(event, Synced):
            self.synced.append((self.kernel.now_ns, member, event))
        if isinstance(event, Learnt):
            self.learnt.append((self.kernel.now_ns, member, event))

    def _judge(self, sender: str, receiver: str, message: object, now_ns: int) -> int | str:
        self.sent.append((now_ns, sender, message))
        extra = 0 if self.extra is None else self.extra(sender, receiver, message, now_ns)
        if isinstance(extra, str):
            return extra
        if isinstance(extra, tuple):
            extra, *again = extra
            host = self.hosts[self.names.index(receiver)]
            for more_ns in again:
                self.kernel.at(now_ns + self.delay_ns + more_ns, host.arrive, message)
        start_ns = max(now_ns, self.free_ns.get(sender, 0))
        if self.rate_bps is not None:
            start_ns += transfer_ns(message.size_bytes, self.rate_bps)
        self.free_ns[sender] = start_ns
        return start_ns - now_ns + self.delay_ns + extra

    def reconnect(self, member: int, peer: int, at_ns: int = 0) -> None:
        """The application of a member hears that a peer can be reached."""
        self.kernel.at(at_ns, self.hosts[member].tell, Reconnect(self.names[peer]))

    def run(self, until_ns: int = 60 * S) -> None:
        self.kernel.run(until_ns)

    @property
    def is_converged(self) -> bool:
        return len({store.digest() for store in self.stores}) == 1
