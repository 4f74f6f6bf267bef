"""The world of one node: runs it, carries out its effects, owns its timers, queue and clock.

A host is where faults of a node happen: crash and restart, pause and resume, a wrong clock. The
node itself cannot tell; it only sees messages, timers and the time on its own clock. Faults answer
whether they changed anything, because a fault that hit nothing makes a run inconclusive.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Final, NamedTuple

from sim.engine.clock import LocalClock
from sim.engine.journal import Discarded, Journal, NodeChanged
from sim.engine.kernel import Kernel, Order
from sim.engine.service import Service, ServiceTime
from sim.engine.timers import Timers
from sim.protocol.effects import Broadcast, CancelTimer, Effect, Output, Record, Send, SetTimer
from sim.protocol.messages import Local, Message, Said
from sim.protocol.node import Node

Transmit = Callable[[str, str, Message], None]
"""Takes (sender, receiver, message) off the host's hands; see `Switch.transmit`."""
TransmitAll = Callable[[str, tuple[str, ...], Message], None]
"""The same with several receivers, in one go; see `Switch.broadcast`."""
NodeFactory = Callable[[int], Node]
"""Builds the node for its n-th life, from 0: the epoch of what it sends."""
Application = Callable[[object], None]
"""Is handed what the node puts out; see `sim.protocol.effects.Output`."""


ServiceFactory = Callable[..., Service]
"""Builds the server in front of a node when called with `done` and `lost`, for example
``partial(Service, kernel, at_rate(100))``."""


class Host:
    """Runs one node, from `start` on.

    `peers` are those whom a Broadcast reaches, beside the node itself. Without a `service`,
    messages are handled the instant they arrive. Messages to itself skip the network, the queue
    and all counting.

    `member` is the node's number in its committee, if it is in one: what it says in the name of
    another (`Said.sender`) does not leave the host; it is counted (`forged`) and written down as
    discarded.

    `signing` says how long the machine works on a message before it leaves (see
    `service.signing`). What the node sends afterwards waits for that, and so does the service of
    messages that have come; a broadcast is signed once.
    """

    def __init__(
        self,
        node_id: str,
        factory: NodeFactory,
        kernel: Kernel,
        transmit: Transmit,
        journal: Journal,
        *,
        peers: tuple[str, ...] = (),
        broadcast: TransmitAll | None = None,
        member: int | None = None,
        service: ServiceFactory | None = None,
        signing: ServiceTime | None = None,
        clock: LocalClock | None = None,
        application: Application | None = None,
    ) -> None:
        self.node_id = node_id
        self.node = factory(0)
        self.is_up = True
        self.is_paused = False
        self.lives = 1
        self.forged = 0
        self.discarded: list[Callable[[str, Message], None]] = []
        """Who is told of each message that is lost in here: (name of this node, message)."""
        self.postponed: list[Callable[[str, Message], None]] = []
        """Who is told of each that comes while it is paused, in the same way."""
        self._factory, self._kernel = factory, kernel
        self._transmit, self._journal = transmit, journal
        self._transmit_all = self._transmit_each if broadcast is None else broadcast
        self._application = application
        self._peers = tuple(peer for peer in peers if peer != node_id)
        self._service = None if service is None else service(done=self._handle, lost=self._discard)
        self._timers = Timers(kernel, self._fire)
        self._held: list[_Held] = []
        self._crashes = 0
        self._clock = clock
        self._member, self._signing = member, signing
        self._signed_ns = 0
        self.is_open = self._is_open()

    @property
    def local_ns(self) -> int:
        """The time on the node's clock."""
        return self._local_ns()

    @property
    def held(self) -> list[Message]:
        """Messages that came while it is paused."""
        return [work.message for work in self._held if work.message is not None]

    @property
    def clock(self) -> LocalClock:
        """What the node goes by. It is made when first asked for: most are right for ever."""
        if self._clock is None:
            self._clock = LocalClock()
            self.is_open = False
        return self._clock

    def start(self) -> None:
        """Let the node begin, now."""
        self.carry_out(self.node.start(self._local_ns()))

    def tell(self, message: Message) -> None:
        """The application on the same machine tells the node something, as if it told itself."""
        if self.is_up:
            self._tell_later(message)

    def arrive(self, message: Message) -> None:
        """A message comes in from the network; it waits while the host is paused."""
        assert self.is_up, f"{self.node_id} is down"
        if self.is_paused:
            self._held.append(_Held(partial(self.arrive, message), message))
            for told in self.postponed:
                told(self.node_id, message)
        elif self._service is not None:
            self._service.offer(message)
        else:
            self._handle(message)

    # Faults

    def crash(self) -> bool:
        """Stop dead: timers and undelivered work are gone. False if it was down already."""
        if not self.is_up:
            return False
        self._change("crashed", up=False)
        self._crashes += 1
        self._timers.clear()
        self._signed_ns = 0
        if self._service is not None:
            self._service.clear("crashed")
        held, self._held = self._held, []
        for work in held:
            if work.message is not None:
                self._discard(work.message, "crashed")
        return True

    def restart(self, *, durable: bool) -> bool:
        """Start again, with the old state (`durable`) or as a new node. False if it is up."""
        if self.is_up:
            return False
        self._change("restarted", up=True)
        if not durable:
            self.node = self._factory(self.lives)
            self.lives += 1
        self.start()
        return True

    def pause(self) -> bool:
        """Stand still, as in a long garbage collection: nothing is lost, all waits."""
        if not self.is_up or self.is_paused:
            return False
        self._change("paused", up=True, paused=True)
        if self._service is not None:
            self._service.pause()
        return True

    def resume(self) -> bool:
        """Go on; what came in meanwhile is dealt with now, in the order in which it came."""
        if not self.is_paused:
            return False
        self._change("resumed", up=True)
        if self._service is not None:
            self._service.resume()
        held, self._held = self._held, []
        for work in held:
            work.call()
        return True

    def set_clock(self, offset_ns: int, drift_ppb: int = 0) -> None:
        """From now on the node's clock is wrong by this much."""
        self.clock.set(self._kernel.now_ns, offset_ns, drift_ppb)

    def _change(self, state: str, *, up: bool, paused: bool = False) -> None:
        self.is_up, self.is_paused = up, paused
        self.is_open = self._is_open()
        self._journal.append(self._kernel.now_ns, NodeChanged(self.node_id, state))

    # Into the node, and out of it

    def _is_open(self) -> bool:
        # Whoever brings messages may then hand them to the node itself; see `Receiver`.
        awake = self.is_up and not self.is_paused
        return awake and self._service is None and self._clock is None

    def _local_ns(self) -> int:
        true_ns = self._kernel.now_ns
        return true_ns if self._clock is None else self._clock.local_ns(true_ns)

    def _handle(self, message: Message) -> None:
        effects = self.node.on_message(message, self._local_ns())
        if effects:
            self.carry_out(effects)

    def _discard(self, message: Message, why: str) -> None:
        row = Discarded(self.node_id, message.__class__.__name__, why)
        self._journal.append(self._kernel.now_ns, row)
        for told in self.discarded:
            told(self.node_id, message)

    def carry_out(self, effects: list[Effect]) -> None:
        """Do what the node asks for, in its order."""
        for effect in effects:
            _CARRY_OUT[effect.__class__](self, effect)

    def _broadcast(self, effect: Broadcast) -> None:
        if self._may_leave_now(effect):
            self._send_to_all(effect.message)

    def _send(self, effect: Send) -> None:
        if self._may_leave_now(effect):
            self._send_to(effect.to, effect.message)

    def _put_out(self, effect: Output) -> None:
        if self._application is not None:
            self._application(effect.event)

    def _record(self, effect: Record) -> None:
        self._journal.append(self._kernel.now_ns, effect.row)

    def _transmit_each(self, sender: str, receivers: tuple[str, ...], message: Message) -> None:
        for receiver in receivers:
            self._transmit(sender, receiver, message)

    def _send_to_all(self, message: Message) -> None:
        self._transmit_all(self.node_id, self._peers, message)
        self._tell_later(message)

    def _send_to(self, receiver: str, message: Message) -> None:
        if receiver == self.node_id:
            self._tell_later(message)
        else:
            self._transmit(self.node_id, receiver, message)

    def _tell_later(self, message: Message) -> None:
        """At this instant, but after all that is due already."""
        self._kernel.at(self._kernel.now_ns, self._tell_itself, message, self._crashes)

    def _tell_itself(self, message: Message, crashes: int) -> None:
        if crashes != self._crashes:
            return
        if self.is_paused:
            self._held.append(_Held(partial(self._handle, message), message))
        else:
            self._handle(message)

    # What may leave, and when

    def _may_leave_now(self, effect: Send | Broadcast) -> bool:
        message, member = effect.message, self._member
        if member is not None and isinstance(message, Said) and message.sender != member:
            self.forged += 1
            self._discard(message, "forged sender")
            return False
        if isinstance(message, Local):
            self._discard(message, "not for the network")
            return False
        return self._signing is None or self._is_signed(effect, self._signing(message))

    def _is_signed(self, effect: Send | Broadcast, signing_ns: int) -> bool:
        """Whether there is nothing to sign or to wait for; if there is, it leaves later."""
        now_ns = self._kernel.now_ns
        self._signed_ns = max(self._signed_ns, now_ns) + signing_ns
        if self._signed_ns == now_ns:
            return True
        if signing_ns and self._service is not None:
            self._service.occupy(signing_ns)
        self._kernel.at(self._signed_ns, self._leave, effect, self._crashes, order=Order.SERVICE)
        return False

    def _leave(self, effect: Send | Broadcast, crashes: int) -> None:
        if crashes != self._crashes:
            return
        if self.is_paused:
            self._held.append(_Held(partial(self._leave, effect, crashes), None))
        elif isinstance(effect, Broadcast):
            self._send_to_all(effect.message)
        else:
            self._send_to(effect.to, effect.message)

    # Timers

    def _set_timer(self, effect: SetTimer) -> None:
        delay_ns = effect.delay_ns
        assert delay_ns >= 0, (effect.name, delay_ns)
        if self._clock is not None:
            delay_ns = self._clock.true_span_ns(delay_ns)
        self._timers.set(effect.name, self._kernel.now_ns + delay_ns)

    def _cancel_timer(self, effect: CancelTimer) -> None:
        self._timers.cancel(effect.name)

    def _fire(self, name: str, number: int) -> None:
        if self.is_paused:
            self._held.append(_Held(partial(self._fire, name, number), None))
        # Work done on resume may have cancelled or set anew a timer that was held.
        elif self._timers.take(name, number):
            self.carry_out(self.node.on_timer(name, self._local_ns()))


_CARRY_OUT: Final[dict[type, Callable[[Host, Any], None]]] = {
    Send: Host._send,
    Broadcast: Host._broadcast,
    SetTimer: Host._set_timer,
    CancelTimer: Host._cancel_timer,
    Output: Host._put_out,
    Record: Host._record,
}


class _Held(NamedTuple):
    """Work that came while the host was paused."""

    call: Callable[[], None]
    message: Message | None
