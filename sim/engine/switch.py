"""Between the hosts: asks the fabric about each message and brings it to its receiver.

The switch decides nothing. The fabric says how long a message takes or why it is lost; the kernel
brings it; the journal has both.
"""

from collections.abc import Callable
from typing import Protocol

from sim.engine.journal import Delivered, Dropped, Journal, Sent
from sim.engine.kernel import Kernel
from sim.protocol.messages import Message

Judge = Callable[[str, str, Message, int], int | str]
"""The fabric's verdict on (sender, receiver, message, now_ns): delay in ns, or why it is lost."""


class Receiver(Protocol):
    """Whoever messages can be brought to."""

    node_id: str
    is_up: bool

    def arrive(self, message: Message) -> None:
        """Take in a message; only called while up."""


class Switch:
    """Joins the hosts of one run; `transmit` is what each of them sends through."""

    def __init__(self, kernel: Kernel, judge: Judge, journal: Journal) -> None:
        self._kernel, self._judge, self._journal = kernel, judge, journal
        self._receivers: dict[str, Receiver] = {}

    def join(self, receiver: Receiver) -> None:
        """From now on messages can be sent to this host."""
        assert receiver.node_id not in self._receivers, f"two nodes are called {receiver.node_id}"
        self._receivers[receiver.node_id] = receiver

    def transmit(self, sender: str, receiver: str, message: Message) -> None:
        """Send a message on its way. Raises KeyError if nobody has the receiver's name."""
        now_ns, kind = self._kernel.now_ns, message.__class__.__name__
        host = self._receivers[receiver]
        self._journal.append(now_ns, Sent(sender, receiver, kind))
        verdict = self._judge(sender, receiver, message, now_ns)
        if isinstance(verdict, str):
            self._journal.append(now_ns, Dropped(sender, receiver, kind, verdict))
        else:
            self._kernel.at(now_ns + verdict, self._deliver, host, sender, message, now_ns)

    def _deliver(self, host: Receiver, sender: str, message: Message, sent_ns: int) -> None:
        now_ns, kind = self._kernel.now_ns, message.__class__.__name__
        if host.is_up:
            self._journal.append(now_ns, Delivered(sender, host.node_id, kind, sent_ns))
            host.arrive(message)
        else:
            self._journal.append(now_ns, Dropped(sender, host.node_id, kind, "receiver down"))
