"""Keepers and raisers on a small network; `split` cuts it between two instants.

``net = AlertNet(4, 1)``; ``net.alert("regional-2", "overload", at_ns)``; ``net.run(until_ns)``;
then ``net.states(member)`` are the (instant, AlertState) that the keeper put out.
"""

from functools import partial

from sim.engine.host import Host
from sim.protocol.alerts.contract import AlertState, RaiseAlert, Raisers
from sim.protocol.alerts.keeper import Keeper
from sim.protocol.alerts.raising import Raiser
from sim.protocol.signatures import Notary, digest
from tests.protocol.net import DELAY_NS, Net

SECOND = 1_000_000_000
RAISERS = ("regional-0", "regional-1", "regional-2")


def split(*groups, begin_ns=0, until_ns=1 << 62, delay_ns=DELAY_NS):
    """A judge: between the two instants nothing crosses from one group of names to another."""
    side = {name: number for number, group in enumerate(groups) for name in group}

    def judge(sender, receiver, message, now_ns):
        if begin_ns <= now_ns < until_ns and side.get(sender, 0) != side.get(receiver, 0):
            return "partition"
        return delay_ns

    return judge


def keeper_names(*members):
    return [f"root-0/{member}" for member in members]


class AlertNet(Net):
    def __init__(self, n, f, *, quota=100, judge=None, wrap=None, proves=None, **options):
        self.raisers = Raisers(RAISERS, Notary(b"a secret of the raisers", len(RAISERS)), quota)
        self.proves = proves
        self.shown: dict[str, list[tuple[int, object]]] = {name: [] for name in RAISERS}
        super().__init__(
            partial(Keeper, raisers=self.raisers, proves=proves),
            n,
            f,
            judge=judge,
            wrap=wrap or (lambda member, node: node),
            **options,
        )
        self.raising = {name: self._raiser(name, options) for name in RAISERS}

    def _raiser(self, name, options):
        host = Host(
            name,
            lambda life: Raiser(
                name,
                self.raisers,
                self.committee,
                self.notary,
                proves=self.proves,
                first=40 * life,
                options=options,
            ),
            self.kernel,
            self.switch.transmit,
            self.journal,
            application=lambda event: self.shown[name].append((self.kernel.now_ns, event)),
        )
        self.switch.join(host)
        self.kernel.at(0, host.start)
        return host

    def alert(self, raiser, subject, at_ns=0):
        request = RaiseAlert(subject, digest("evidence", subject))
        self.kernel.at(at_ns, self.raising[raiser].tell, request)

    def states(self, member):
        """What a keeper put out about the states of alerts."""
        return [
            (at_ns, event)
            for at_ns, who, event in self.outputs
            if who == member and isinstance(event, AlertState)
        ]

    def last(self, member):
        """The last state of each alert at a keeper."""
        return {event.alert.id: event.state.value for _, event in self.states(member)}

    def ledgers(self):
        return [host.node.ledger for host in self.hosts]
