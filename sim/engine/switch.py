"""Between the hosts: asks the fabric about each message and brings it to its receivers.

The switch decides nothing. The fabric says how long a message takes or why it is lost; the kernel
brings it; the journal has both, and the switch counts by kind, and by part of the system: what the
same kind of message is sent for differs with the host that sends it.
"""

from collections.abc import Callable, Sequence
from typing import cast

from sim.engine.flight import Flight, Group, Receiver, Volley
from sim.engine.flight_log import FlightLog, Wanted
from sim.engine.journal import Delivered, Dropped, Journal, Sent, Table
from sim.engine.kernel import Kernel, Order
from sim.engine.tally import Tally, Traffic, check_conserved
from sim.protocol.messages import Message

Verdict = int | str
"""How long a message takes in ns, or why it is lost."""
Judge = Callable[[str, str, Message, int], Verdict]
"""The fabric's verdict on (sender, receiver, message, now_ns)."""
JudgeAll = Callable[[str, tuple[str, ...], Message, int], list[Verdict]]
"""The same for (sender, receivers, message, now_ns): a new list, in the order of the receivers."""

PartOf = Callable[[str], str]
"""The part of the system to which a host belongs, by its name."""

_NOTHING_LOST = {int}


class _Books(dict[str, dict[type[Message], Tally]]):
    """The tallies of each sender by kind; senders of one part share them."""

    def __init__(self, part_of: PartOf) -> None:
        super().__init__()
        self.part_of = part_of
        self.parts: dict[str, dict[type[Message], Tally]] = {}

    def __missing__(self, sender: str) -> dict[type[Message], Tally]:
        mine = self[sender] = self.parts.setdefault(self.part_of(sender), {})
        return mine


class Switch:
    """Joins the hosts of one run; `transmit` and `broadcast` are what each of them sends through.

    Without `judge_all`, `judge` is asked for each receiver of a broadcast; without `part_of` all
    hosts are of one part, without a name.
    """

    def __init__(
        self,
        kernel: Kernel,
        judge: Judge,
        journal: Journal,
        *,
        judge_all: JudgeAll | None = None,
        part_of: PartOf = lambda _: "",
    ) -> None:
        self._kernel, self._judge, self._journal = kernel, judge, journal
        self._judge_all = self._judge_each if judge_all is None else judge_all
        self._receivers: dict[str, Receiver] = {}
        self._groups: dict[str | tuple[str, ...], Group] = {}
        self._usual: dict[str, Group] = {}
        self._books = _Books(part_of)
        self._keeps_dropped = journal.keeps(Dropped)
        self.dropped: list[Callable[[str, Message, str], None]] = []
        """Who is told of each message that is lost: (receiver, message, reason)."""
        self._log: FlightLog | None = None
        if journal.keeps(Sent) or journal.keeps(Delivered):
            self._log = FlightLog(self._in_flight)
            journal.provide(Sent, self._log.sent_table)
            journal.provide(Delivered, self._log.delivered_table)

    def keep(self, wanted: Wanted) -> None:
        """Write down the sendings that are `wanted`, for `messages`; before anything is sent."""
        assert self._log is None, "what is kept of messages is said once"
        assert not self._books, "messages are kept from the start or never"
        self._log = FlightLog(self._in_flight, wanted)

    def messages(self) -> Table:
        """Every message that was kept, one row a receiver; see `FlightLog.messages_table`."""
        assert self._log is not None, "no message was kept"
        return self._log.messages_table()

    def join(self, receiver: Receiver) -> None:
        """From now on messages can be sent to this host."""
        assert receiver.node_id not in self._receivers, f"two nodes are called {receiver.node_id}"
        self._receivers[receiver.node_id] = receiver

    def transmit(self, sender: str, receiver: str, message: Message) -> None:
        """Send a message on its way. Raises KeyError if nobody has the receiver's name."""
        group = self._groups.get(receiver) or self._group(receiver, (receiver,))
        verdict = self._judge(sender, receiver, message, self._kernel.now_ns)
        self._depart(sender, group, message, [verdict])

    def broadcast(self, sender: str, receivers: tuple[str, ...], message: Message) -> None:
        """The same for several receivers in one go."""
        if receivers:
            # Nearly always the same tuple: to hash all the names in it would take longer.
            group = self._usual.get(sender)
            if group is None or group.names is not receivers:
                group = self._groups.get(receivers) or self._group(receivers, receivers)
                self._usual[sender] = group
            verdicts = self._judge_all(sender, receivers, message, self._kernel.now_ns)
            self._depart(sender, group, message, verdicts)

    def traffic(self) -> list[Traffic]:
        """What became of the messages of each part and kind so far.

        In the order in which parts, and within a part kinds, were first sent.
        """
        flights: dict[int, list[Flight]] = {}
        for one in self._in_flight():
            flights.setdefault(id(self._tally_of(one)), []).append(one)
        tallies = [tally for mine in self._books.parts.values() for tally in mine.values()]
        return [tally.traffic(flights.get(id(tally), ())) for tally in tallies]

    def check(self) -> None:
        """Raises InvariantViolated if a message was lost without a trace, or came twice.

        In flight is what the kernel's queue holds; everything else is counted as it happens.
        """
        for traffic in self.traffic():
            check_conserved(traffic)

    # What a flight tells

    def ended(self, flight: Flight) -> None:
        """A message has been everywhere."""
        tally = self._tally_of(flight)
        tally.delivered += flight.arrivals - len(flight.missed)
        if self._log is not None:
            self._log.ended(flight)

    def found_down(self, flight: Flight, receiver: Receiver) -> None:
        """A message found a host down."""
        self._drop(flight.sender, receiver.node_id, flight.message, "receiver down")

    # Departures

    def _depart(self, sender: str, group: Group, message: Message, verdicts: list[Verdict]) -> None:
        now_ns, size = self._kernel.now_ns, len(verdicts)
        assert size == len(group.receivers), "a verdict for each receiver"
        tally = self._books[sender].get(message.__class__) or self._tally(sender, message)
        tally.messages += size
        tally.bytes += size * message.size_bytes
        row = -1 if self._log is None else self._log.sent(now_ns, sender, tally.number, group)
        first, receivers = verdicts[0], group.receivers
        order: Sequence[int]
        kind: type[Flight]
        if isinstance(first, int) and verdicts.count(first) == size:
            order, times_ns, kind = group.places, [now_ns + first] * size, Volley
        else:
            kind = Flight
            kept = self._kept(sender, group, message, verdicts)
            delays_ns = cast("list[int]", verdicts)
            order = sorted(kept, key=delays_ns.__getitem__)
            receivers = [receivers[place] for place in order]
            times_ns = [now_ns + delays_ns[place] for place in order]
        if receivers:
            flight = kind(self, sender, message, row, group, order, receivers, times_ns)
            self._kernel.add(times_ns[0], flight, order=Order.DELIVERY)

    def _kept(
        self, sender: str, group: Group, message: Message, verdicts: list[Verdict]
    ) -> Sequence[int]:
        """Places in the group of those whom the message will reach; the others are dropped."""
        if set(map(type, verdicts)) == _NOTHING_LOST:
            return group.places
        kept = []
        for place, verdict in enumerate(verdicts):
            if isinstance(verdict, str):
                self._drop(sender, group.receivers[place].node_id, message, verdict)
            else:
                kept.append(place)
        return kept

    def _drop(self, sender: str, receiver: str, message: Message, reason: str) -> None:
        tally = self._books[sender][message.__class__]
        tally.drop(reason)
        for told in self.dropped:
            told(receiver, message, reason)
        if self._keeps_dropped:
            row = Dropped(sender, receiver, tally.kind, reason)
            self._journal.append(self._kernel.now_ns, row)

    def _judge_each(
        self, sender: str, receivers: tuple[str, ...], message: Message, now_ns: int
    ) -> list[Verdict]:
        return [self._judge(sender, receiver, message, now_ns) for receiver in receivers]

    def _in_flight(self) -> list[Flight]:
        return [one for one in self._kernel.pending(Flight) if one.line is self]

    def _tally(self, sender: str, message: Message) -> Tally:
        kind = message.__class__.__name__
        number = 0 if self._log is None else self._log.number_kind(kind)
        tally = Tally(kind, number, self._books.part_of(sender))
        self._books[sender][message.__class__] = tally
        return tally

    def _tally_of(self, flight: Flight) -> Tally:
        return self._books[flight.sender][flight.message.__class__]

    def _group(self, key: str | tuple[str, ...], names: tuple[str, ...]) -> Group:
        receivers = [self._receivers[name] for name in names]
        number = 0 if self._log is None else self._log.number_group(names)
        group = self._groups[key] = Group(names, receivers, range(len(receivers)), number)
        return group
