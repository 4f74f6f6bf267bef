"""SWIM: everybody probes one other member each period, so the load of a node is constant.

Das, Gupta and Motivala, "SWIM: scalable weakly-consistent infection-style process group membership
protocol", DSN 2002: ping, ping through k others, suspicion, claims that ride on probes. With
Lifeguard (see `suspicion`), which can be switched off. Who belongs to the group is given; this is
about who of them is there.
"""

from sim.protocol.effects import CancelTimer, Effect, Output, Send, SetTimer
from sim.protocol.membership.claims import (
    INCARNATION_MAX,
    Ack,
    Claim,
    Gossip,
    Nack,
    Ping,
    PingRequest,
    Probe,
    Status,
)
from sim.protocol.membership.contract import Alive, Failed, Opinion, Post, Suspected
from sim.protocol.membership.draws import draws_of, pick, shuffled
from sim.protocol.membership.probes import Probing, Relay, SwimOptions
from sim.protocol.membership.suspicion import Health, Suspicion, shortest_suspicion_ns
from sim.protocol.messages import Message

_PERIOD = "period"
_DIRECT = "direct"
_SUSPECT = "suspect "
_RELAY = "relay "
_OPINIONS: dict[Status, type[Opinion]] = {
    Status.ALIVE: Alive,
    Status.SUSPECTED: Suspected,
    Status.FAILED: Failed,
}


class Swim:
    """One member of the group of those whom the post watches, and itself."""

    def __init__(self, post: Post, options: SwimOptions | None = None) -> None:
        self._name = post.name
        self._options = SwimOptions() if options is None else options
        self._others = tuple(name for name in sorted(post.watches) if name != post.name)
        self._draws = draws_of(post.name.encode()) if post.draws is None else post.draws
        self._known = {name: Claim(Status.ALIVE, name, 0, name) for name in self._others}
        self._suspicions: dict[str, Suspicion] = {}
        self._gossip = Gossip(len(self._others) + 1, self._options.claims_per_message)
        self._health = Health()
        self._incarnation = self._number = 0
        self._turn: list[str] = []
        self._knocks = 0
        self._probe: Probing | None = None
        self._relays: dict[str, Relay] = {}

    def start(self, now_ns: int) -> list[Effect]:
        """Begin to probe; suspicions that survived a restart go on."""
        self._probe = None
        self._relays.clear()
        waiting = [
            SetTimer(_SUSPECT + name, max(0, suspicion.due_ns - now_ns))
            for name, suspicion in self._suspicions.items()
        ]
        return [SetTimer(_PERIOD, self._options.phase_ns), *waiting]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Believe the claims first: what they refute need not be asked."""
        if not isinstance(message, Probe) or message.source not in self._known:
            return []
        effects = [one for claim in message.claims for one in self._hear(claim, now_ns)]
        match message:
            case Ping():
                return [*effects, self._send(message.source, Ack, message.number)]
            case PingRequest():
                return effects + self._relay(message)
            case Ack():
                return effects + self._acknowledge(message)
            case Nack():
                self._note_nack(message)
        return effects

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """A period, a probe, a relay or a suspicion has run out of time."""
        if name == _PERIOD:
            return self._conclude(now_ns) + self._begin_probe() + self._knock()
        if name == _DIRECT:
            return self._ask_proxies()
        if name.startswith(_RELAY):
            relay = self._relays[name.removeprefix(_RELAY)]
            return [] if relay.is_done else [self._send(relay.asker, Nack, relay.number)]
        return self._condemn(name.removeprefix(_SUSPECT), now_ns)

    def status(self, member: str) -> Status:
        """What this node thinks of a member. Raises KeyError for a stranger."""
        return self._known[member].status

    # Probing

    @property
    def _stretch(self) -> int:
        return 1 + self._health.score if self._options.lifeguard else 1

    def _begin_probe(self) -> list[Effect]:
        options = self._options
        effects: list[Effect] = [SetTimer(_PERIOD, options.period_ns * self._stretch)]
        target = self._next_target()
        if target is not None:
            self._number += 1
            self._probe = Probing(target, self._number)
            effects.append(self._send(target, Ping, self._number))
            effects.append(SetTimer(_DIRECT, options.timeout_ns * self._stretch))
        return effects

    def _next_target(self) -> str | None:
        there = self._there()
        if not there:
            return None
        if not self._options.round_robin:
            return pick(self._draws, there)
        while True:
            if not self._turn:
                self._turn = shuffled(self._draws, there)
            target = self._turn.pop()
            if self._known[target].status is not Status.FAILED:
                return target

    def _there(self) -> list[str]:
        return [name for name, claim in self._known.items() if claim.status is not Status.FAILED]

    def _knock(self) -> list[Effect]:
        """Ask one of the failed as well, so that the sides of a split find each other again."""
        gone = [name for name, claim in self._known.items() if claim.status is Status.FAILED]
        if not gone:
            return []
        self._knocks += 1
        return [self._send(gone[self._knocks % len(gone)], Ping, 0)]

    def _ask_proxies(self) -> list[Effect]:
        probe = self._probe
        if probe is None or probe.is_answered:
            return []
        there = [name for name in self._there() if name != probe.target]
        probe.proxies = shuffled(self._draws, there, self._options.proxies)
        return [
            self._send(proxy, PingRequest, probe.number, target=probe.target)
            for proxy in probe.proxies
        ]

    def _conclude(self, now_ns: int) -> list[Effect]:
        """The end of a period: whoever has not answered, directly or not, is suspected."""
        probe, self._probe = self._probe, None
        if probe is None or probe.is_answered:
            return []
        self._health.worse(1 + (len(probe.nacks) < len(probe.proxies)))
        known = self._known[probe.target]
        return self._hear(
            Claim(Status.SUSPECTED, known.member, known.incarnation, self._name), now_ns
        )

    def _acknowledge(self, ack: Ack) -> list[Effect]:
        probe = self._probe
        if probe is not None and ack.number == probe.number and probe.may_answer(ack.source):
            if not probe.is_answered:
                self._health.better()
            probe.is_answered = True
        return [
            self._send(relay.asker, Ack, relay.number)
            for relay in self._relays.values()
            if relay.finish(ack)
        ]

    def _note_nack(self, nack: Nack) -> None:
        probe = self._probe
        if probe is not None and nack.number == probe.number and nack.source in probe.proxies:
            probe.nacks[nack.source] = None

    def _relay(self, request: PingRequest) -> list[Effect]:
        """Ping for somebody; one request of each member at a time, the newest."""
        if request.target not in self._known:
            return []
        self._number += 1
        self._relays[request.source] = Relay(
            request.source, request.number, request.target, self._number
        )
        # Lifeguard, IV.A: the nack leaves in time to arrive before the asker's period ends.
        nack_ns = self._options.timeout_ns * 4 // 5
        ping = self._send(request.target, Ping, self._number)
        return [ping, SetTimer(_RELAY + request.source, nack_ns)]

    def _send(self, to: str, kind: type[Probe], number: int, **more: str) -> Send:
        """Whoever is suspected or failed hears that first, to refute it (Lifeguard, IV.C)."""
        known = self._known[to]
        claims = self._gossip.take(known if known.status is not Status.ALIVE else None)
        return Send(to, kind(self._name, number, claims, **more))

    # Claims

    def _hear(self, claim: Claim, now_ns: int) -> list[Effect]:
        if not 0 <= claim.incarnation <= INCARNATION_MAX:
            return []
        if claim.member == self._name:
            self._refute(claim)
            return []
        known = self._known.get(claim.member)
        if known is None:
            return []
        if claim.beats(known):
            return self._believe(claim, known, now_ns)
        return self._confirm(claim, known, now_ns)

    def _refute(self, claim: Claim) -> None:
        if claim.status is Status.ALIVE or claim.incarnation < self._incarnation:
            return
        self._incarnation = claim.incarnation + 1
        self._health.worse()
        self._gossip.add(Claim(Status.ALIVE, self._name, self._incarnation, self._name))

    def _believe(self, claim: Claim, known: Claim, now_ns: int) -> list[Effect]:
        self._known[claim.member] = claim
        self._gossip.add(claim)
        effects: list[Effect] = []
        if claim.status is not known.status:
            effects.append(Output(_OPINIONS[claim.status](claim.member, self._name)))
        if claim.status is Status.SUSPECTED:
            return effects + self._suspect(claim, now_ns)
        if self._suspicions.pop(claim.member, None) is not None:
            effects.append(CancelTimer(_SUSPECT + claim.member))
        return effects

    def _suspect(self, claim: Claim, now_ns: int) -> list[Effect]:
        options, members = self._options, len(self._others) + 1
        shortest_ns = shortest_suspicion_ns(members, options.period_ns, options.suspicion)
        # Without enough others who could confirm, waiting for them would only be slow.
        enough = options.lifeguard and members - 2 >= options.confirmations
        suspicion = Suspicion(
            now_ns,
            claim.by,
            options.confirmations if enough else 0,
            shortest_ns,
            round(shortest_ns * options.stretch),
        )
        self._suspicions[claim.member] = suspicion
        return [SetTimer(_SUSPECT + claim.member, suspicion.due_ns - now_ns)]

    def _confirm(self, claim: Claim, known: Claim, now_ns: int) -> list[Effect]:
        suspicion = self._suspicions.get(claim.member)
        is_same = (claim.status, claim.incarnation) == (known.status, known.incarnation)
        if suspicion is None or not is_same or claim.by not in (*self._others, self._name):
            return []
        if not suspicion.confirm(claim.by):
            return []
        self._gossip.add(claim)
        return [SetTimer(_SUSPECT + claim.member, max(0, suspicion.due_ns - now_ns))]

    def _condemn(self, member: str, now_ns: int) -> list[Effect]:
        known = self._known[member]
        failed = Claim(Status.FAILED, member, known.incarnation, self._name)
        return self._believe(failed, known, now_ns) if member in self._suspicions else []
