"""Hosts on a switch for tests of membership: any nodes by name, delays and cuts handed in."""

from collections import Counter

from sim.engine.host import Host
from sim.engine.journal import Journal
from sim.engine.kernel import Kernel
from sim.engine.switch import Switch
from sim.protocol.membership.contract import Opinion

S = 1_000_000_000
MS = 1_000_000


class World:
    """``judge(sender, receiver, message, now_ns)`` gives a delay or why a message is lost.

    ``world.opinions`` is every opinion put out, as (instant, opinion).
    """

    def __init__(self, judge):
        self.kernel, self.journal = Kernel(), Journal()
        self.switch = Switch(self.kernel, judge, self.journal)
        self.hosts, self.outputs = {}, []

    def add(self, name, make, **more):
        """``make(life)`` builds the node; it starts at 0."""
        put_out = lambda event: self.outputs.append((self.kernel.now_ns, event))  # noqa: E731
        host = Host(
            name, make, self.kernel, self.switch.transmit, self.journal, application=put_out, **more
        )
        self.switch.join(host)
        self.hosts[name] = host
        self.kernel.at(self.kernel.now_ns, host.start)
        return host

    def run(self, until_ns):
        self.kernel.run(until_ns)

    @property
    def opinions(self):
        return [(at, event) for at, event in self.outputs if isinstance(event, Opinion)]

    def times(self, kind, member=None, by=None):
        """When opinions of this kind were put out."""
        return [
            at
            for at, event in self.opinions
            if type(event) is kind and member in (None, event.member) and by in (None, event.by)
        ]

    def sent(self):
        return Counter(self.journal.table("sent")["kind"].tolist())


def constant(delay_ns):
    return lambda sender, receiver, message, now_ns: delay_ns
