"""The contract of all agreement protocols: what goes in, what comes out, what they are made from.

The application (a replica of an aggregator) hands its own candidate for a slot to the node beside
it as a `Propose`; the node answers, now or later, with `Output(Decided(...))`, once for each slot.
Slots are numbered from 1 in the order in which they are proposed; several may be open at a time.
What a protocol does with candidates differs: in a broadcast that of the writer counts, in consensus
that of the leader, in approximate agreement all of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.protocol.committee import Committee
from sim.protocol.messages import HEADER_BYTES, Local, Said
from sim.protocol.node import Node
from sim.protocol.signatures import DIGEST_BYTES, Certificate, Notary, Seal


@dataclass(frozen=True, slots=True)
class Value:
    """What is agreed on. Two values are the same if their digests are.

    `numbers` is what approximate agreement works on (empty where there is nothing to average);
    `content` is carried along and not looked at.
    """

    digest: bytes
    size_bytes: int = field(default=0, compare=False)
    numbers: tuple[float, ...] = field(default=(), compare=False)
    content: object = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Propose(Local):
    """The application's own candidate for a slot. It never leaves the machine."""

    slot: int
    value: Value


@dataclass(frozen=True, slots=True)
class ValueSaid(Said):
    """A member's message that is a value for a slot and nothing else; its kind says what of it."""

    slot: int
    value: Value

    @property
    def size_bytes(self) -> int:
        """With the value and its digest."""
        return HEADER_BYTES + DIGEST_BYTES + self.value.size_bytes


@dataclass(frozen=True, slots=True)
class Decided:
    """The node is done with a slot: no correct node decides otherwise, or twice.

    (Approximate agreement: no correct node decides further away than epsilon.)
    """

    slot: int
    value: Value
    certificate: Certificate | None = None
    """Convinces anybody who can verify signatures; None where the protocol makes none."""
    view: int = 0
    """In which view or round it was decided, from 0."""


Acceptable = Callable[[int, Value], bool]
"""External validity: whether this node would have a value decided in a slot."""


def anything(slot: int, value: Value) -> bool:  # noqa: ARG001
    """Every value is acceptable."""
    return True


@dataclass(frozen=True, slots=True)
class Membership:
    """What every node of a committee is made from: who it is, with whom, and its seal."""

    committee: Committee
    member: int
    seal: Seal
    notary: Notary
    acceptable: Acceptable = anything
    options: Mapping[str, Any] = field(default_factory=dict)
    """What a scenario sets for this protocol, such as timeout_ns, epsilon, rounds."""

    @property
    def name(self) -> str:
        """The node's own name."""
        return self.committee.names[self.member]


NodeMaker = Callable[[Membership], Node]
"""Every protocol is one: a class or function in its own file, named in `registry.PROTOCOLS`."""
