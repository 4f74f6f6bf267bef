"""Anti-entropy in a run: beside each replica of the root a node that compares it with the others.

A node notices that a peer is back when one of them probes the other, which each does every so
often, or when somebody says so (`reconnected`). Never more is under way to a peer than fills the
way to it, so a session leaves the line to others, such as alerts, after a round trip or two.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import ceil
from typing import Any, Final

import numpy as np

from sim.engine.component import Rows
from sim.engine.control.plane import ControlPlane
from sim.engine.control.replicas import Replicas
from sim.engine.control.servers import server
from sim.engine.control.stores import Stores
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, Parts
from sim.protocol.antientropy.comparison import Options
from sim.protocol.antientropy.messages import Learnt, Reconnect, Synced
from sim.protocol.antientropy.node import SyncNode
from sim.protocol.antientropy.replica import Replica
from sim.scenario.plan_control import AgreementPlan, AntiEntropyPlan
from sim.units import NS_PER_S

FILLING: Final = 2
"""So many times what is on the way at the line's rate may be under way."""


class Sync:
    """The stores of all replicas, and who compares them."""

    def __init__(
        self,
        parts: Parts,
        plane: ControlPlane,
        replicas: Replicas,
        plan: AntiEntropyPlan,
        agreement: AgreementPlan,
    ) -> None:
        self._plan, self._run = plan, parts.plan
        self._plane, self._replicas = plane, replicas
        regions = parts.roster.tree.region_of(0)
        starts = np.searchsorted(regions, np.arange(parts.roster.shape.counts[-2] + 1))
        self.stores = Stores(
            replicas.roots, starts, plan, parts.plan.baseline, parts.layout.features
        )
        self.names = tuple(f"{name} sync" for name in replicas.names)
        self.options = options(
            plan, agreement.rate_bps, round(replicas.round_trip_ns()), len(self.names) - 1
        )
        self._secrets = [plane.secret("anti-entropy", name) for name in replicas.names]
        self._syncs: list[dict[str, Any]] = []
        self._stores: list[dict[str, Any]] = []
        for replica, name in enumerate(self.names):
            plane.join(
                name,
                replicas.places[replica],
                partial(self._node, replica),
                peers=self.names,
                service=server(plane.kernel, agreement),
                application=partial(self._take, replica),
            )

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One: what closed panes have brought is put into the stores."""
        yield self._closing(kernel, advance)

    def rows(self) -> Rows:
        """Sessions that brought something, and what each replica held at each publication."""
        return {"syncs": self._syncs, "stores": self._stores}

    def idle(self) -> list[str]:
        """Comparing is never without effect, even if all is the same."""
        return []

    def reconnected(self, replica: int, peer: int) -> None:
        """A replica hears a peer again: it compares at once instead of at the next probe."""
        self._plane.host(self.names[replica]).tell(Reconnect(self.names[peer]))

    def _node(self, replica: int, life: int) -> SyncNode:
        holding = self.stores.holdings[replica]
        store = holding.store if life == 0 else self.stores.forget(replica)
        secret = self._secrets[replica]
        return SyncNode(Replica(replica, self.names, store, self.options, secret=secret, life=life))

    def _closing(self, kernel: Kernel, advance: Advance) -> Script:
        """At every end of a pane, and at every publication."""
        baseline, end_ns = self._run.baseline, self._run.duration_ns + 1
        published = range(baseline.publish_ns, end_ns, baseline.publish_ns)
        for now_ns in sorted({*published, *range(baseline.pane_ns, end_ns, baseline.pane_ns)}):
            yield kernel.instant(now_ns, order=Order.SCRIPT)
            advance(now_ns)
            self.stores.close(now_ns, self._replicas.is_up)
            if now_ns % baseline.publish_ns == 0:
                self._note_stores(now_ns)

    def _note_stores(self, now_ns: int) -> None:
        for replica, holding in enumerate(self.stores.holdings):
            if self._replicas.is_up(replica):
                digest, items = holding.store.digest().hex()[:16], len(holding.store)
                self._stores.append(
                    {"at_ns": now_ns, "replica": replica, "digest": digest, "items": items}
                )

    def _take(self, replica: int, event: object) -> None:
        if isinstance(event, Learnt):
            self._learn(replica, event)
        elif isinstance(event, Synced) and (event.items_in or event.items_out):
            self._note_sync(replica, event)

    def _learn(self, replica: int, event: Learnt) -> None:
        if not self._replicas.roots[replica].is_closed(self.stores.closed):
            # The columns may be behind the clock; a pane is mended after it has been closed.
            self._plane.advance(self._plane.kernel.now_ns)
        self.stores.learn(replica, event.items)

    def _note_sync(self, replica: int, event: Synced) -> None:
        self._syncs.append(
            {
                "at_ns": self._plane.kernel.now_ns,
                "replica": replica,
                "peer": self.names.index(event.peer),
                "method": self._plan.method.kind,
                "bytes": event.bytes,
                "round_trips": event.round_trips,
                "items_in": event.items_in,
                "items_out": event.items_out,
            }
        )


def options(plan: AntiEntropyPlan, rate_bps: int | None, round_trip_ns: int, peers: int) -> Options:
    """What the nodes go by, fitted to a line on which there may be sessions with all peers."""
    asked = Options(plan.method.kind, plan.every_ns, **plan.method.options)
    if rate_bps is None:
        return asked
    chunk_ns = 8 * max(asked.chunk_bytes, plan.item_bytes) * NS_PER_S / rate_bps
    window = min(2 + ceil(FILLING * round_trip_ns / chunk_ns), asked.window)
    queue_ns = round(peers * window * chunk_ns)
    # By then something must have been acknowledged, if all of the line's queue was sent.
    retry_ns = max(asked.retry_ns, 2 * round_trip_ns + queue_ns)
    return replace(asked, window=window, retry_ns=retry_ns)
