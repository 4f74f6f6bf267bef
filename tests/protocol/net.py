"""A small network of real hosts for tests of protocols: kernel, switch, journal are the engine's.

``net = Net(make_node, n=4, f=1)`` starts n nodes with a constant delay; ``net.propose(...)`` hands
out candidates; ``net.run()``; then ``net.decided[member][slot]`` is (instant, Decided) and
``net.messages`` counts what crossed the network, by kind.
"""

from collections import Counter
from collections.abc import Callable

from sim.engine.host import Host
from sim.engine.journal import Journal
from sim.engine.kernel import Kernel
from sim.engine.switch import Judge, Switch
from sim.protocol.agreement.contract import Decided, Membership, NodeMaker, Propose, Value
from sim.protocol.committee import Committee
from sim.protocol.signatures import Notary, digest

DELAY_NS = 1_000_000


def value(text: str, *numbers: float) -> Value:
    """A value that is told from others by its text."""
    return Value(digest(text), numbers=tuple(numbers))


class Net:
    """`judge` says how long each message takes (default: DELAY_NS); `wrap` may replace a node."""

    def __init__(
        self,
        make: NodeMaker,
        n: int,
        f: int,
        *,
        judge: Judge | None = None,
        wrap: Callable[[int, object], object] = lambda member, node: node,
        **options: object,
    ) -> None:
        self.kernel, self.journal = Kernel(), Journal()
        self.committee = Committee(tuple(f"root-0/{member}" for member in range(n)), f)
        self.notary = Notary(b"a secret of the test", n)
        constant: Judge = lambda sender, receiver, message, now_ns: DELAY_NS  # noqa: E731
        self.switch = Switch(self.kernel, judge or constant, self.journal)
        self.decided: list[dict[int, tuple[int, Decided]]] = [{} for _ in range(n)]
        self.outputs: list[tuple[int, int, object]] = []
        self.hosts = [self._host(make, member, wrap, options) for member in range(n)]
        for host in self.hosts:
            self.kernel.at(0, host.start)

    def _host(self, make, member, wrap, options) -> Host:
        def membership(life: int) -> Membership:
            return Membership(
                self.committee, member, self.notary.seal(member), self.notary, options=options
            )

        host = Host(
            self.committee.names[member],
            lambda life: wrap(member, make(membership(life))),
            self.kernel,
            self.switch.transmit,
            self.journal,
            peers=self.committee.names,
            broadcast=self.switch.broadcast,
            application=lambda event: self._put_out(member, event),
        )
        self.switch.join(host)
        return host

    def _put_out(self, member: int, event: object) -> None:
        self.outputs.append((self.kernel.now_ns, member, event))
        if isinstance(event, Decided):
            assert event.slot not in self.decided[member], "decided twice"
            self.decided[member][event.slot] = (self.kernel.now_ns, event)

    def propose(self, slot: int, *values: Value, at_ns: int = 0) -> None:
        """Hand each member its candidate; one value alone is everybody's."""
        every = values if len(values) > 1 else values * len(self.hosts)
        for host, candidate in zip(self.hosts, every, strict=True):
            self.kernel.at(at_ns, host.tell, Propose(slot, candidate))

    def run(self, until_ns: int = 60_000_000_000) -> None:
        """Let everything happen until an instant."""
        self.kernel.run(until_ns)

    @property
    def messages(self) -> Counter[str]:
        """How many messages of each kind were handed to the network."""
        return Counter(self.journal.table("sent")["kind"].tolist())

    def latencies(self, slot: int, since_ns: int = 0) -> list[float]:
        """For each member that decided the slot how long that took, in units of DELAY_NS."""
        return [(found[slot][0] - since_ns) / DELAY_NS for found in self.decided if slot in found]
