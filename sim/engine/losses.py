"""What is lost, or waits, on the way to nodes that go down, stand still, or give up a seat."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.hops import Hop, Inlet
from sim.engine.roster import Nodes
from sim.engine.world import Outage, World
from sim.telemetry.intake import Intake
from sim.telemetry.mail import Post

Bools = NDArray[np.bool_]


def interrupt(world: World, outage: Outage, *, forgets: bool = False) -> None:
    """Deal with what is on the way to nodes at the moment they go down or stand still.

    To a node that forgets, nothing arrives that was sent before: it was meant for a life of the
    node that is over.
    """
    until_ns = math.inf if forgets else outage.until_ns
    seats = world.seating.of_machines(outage.nodes)
    for inlet in world.inlets:
        if outage.nodes[inlet.row].any():
            senders = _senders(inlet, outage.nodes)
            _interrupt_queue(world, inlet, seats[inlet.row], outage)
            _interrupt(inlet.parent.intake, senders, until_ns, outage.loses_messages)
            _tell(world, inlet, senders, until_ns, outage.loses_messages)
    for hop in world.hops:
        receivers = outage.nodes[hop.line.target.tier][hop.line.target.node]
        if receivers.any():
            _interrupt(hop.post, receivers, until_ns, outage.loses_messages)
            _tell(world, hop, receivers, until_ns, outage.loses_messages)


def refuse(world: World, inlet: Inlet, senders: Bools) -> int:
    """Lose all reports of these senders that are on the way; return how many that is."""
    counts = inlet.parent.intake.counts
    before = counts.refused
    _interrupt(inlet.parent.intake, senders, math.inf, loses=True)
    _tell(world, inlet, senders, math.inf, loses=True)
    return counts.refused - before


def reseat(world: World, row: int, seat: int, machine: int) -> None:
    """A seat begins anew on another machine of its row; refresh the world afterwards.

    What was on the way to it, or waits there, is lost, and it knows nothing.
    """
    nodes = world.roster.none()
    nodes[row][seat] = True
    for inlet in world.inlets:
        if inlet.row == row:
            _interrupt_queue(world, inlet, nodes[row], None)
            refuse(world, inlet, inlet.parent.groups.parent_of == seat)
    for hop in world.hops:
        if hop.line.target.tier == row:
            ways = world.seating.at(hop.line.target, seat)
            hop.post.refuse(ways, math.inf)
            _tell(world, hop, ways, math.inf, loses=True)
    world.forget_seats(nodes)
    site = int(world.roster.sites[row][machine])
    world.seating.move(world.lines, row, seat, machine, site)


def _senders(inlet: Inlet, nodes: Nodes) -> Bools:
    """Whose reports go to one of these nodes; (senders,)."""
    return np.asarray(nodes[inlet.row][inlet.line.target.node])


def _interrupt_queue(world: World, inlet: Inlet, seats: Bools, outage: Outage | None) -> None:
    """A queue is gone with the node that goes down, and waits with one that stands still."""
    intake = inlet.parent.intake
    if intake.ingress is None:
        return
    if outage is None or outage.loses_messages:
        intake.ingress.clear(seats, world.telemetry.now_ns)
    else:
        off_ns = intake.ingress.halt(seats, world.telemetry.now_ns, outage.until_ns)
        intake.put_off(off_ns[inlet.parent.groups.parent_of])


def _interrupt(receiver: Intake | Post, which: Bools, until_ns: float, loses: bool) -> None:
    (receiver.refuse if loses else receiver.postpone)(which, until_ns)


def _tell(world: World, over: Inlet | Hop, ways: Bools, until_ns: float, loses: bool) -> None:
    """The log of messages."""
    if world.messages is not None:
        now_ns = world.telemetry.now_ns
        world.messages.interrupt(over, ways, now_ns, until_ns, loses)
