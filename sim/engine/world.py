"""The state of the network while a run goes on: what faults change, and who must be told.

Faults only add and remove entries here; `refresh` then derives everything anew (routes, rules, who
is up), so two overlapping faults cannot undo each other. It must be called at a moment up to which
the planes have been advanced.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sim.engine.hops import Hop, Inlet, Line
from sim.engine.message_log import Messages
from sim.engine.replica import Replica
from sim.engine.roster import Nodes, Roster
from sim.engine.rules import Rule, governing
from sim.engine.seating import Seating
from sim.network.routes import Routes
from sim.telemetry.leaves import Leaves, WrongClock
from sim.telemetry.mail import Mail
from sim.telemetry.parents import Aggregators, Parents
from sim.telemetry.plane import Telemetry

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
SiteLink = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Outage:
    """Nodes that do nothing until an instant (infinite = for good)."""

    nodes: Nodes
    until_ns: float
    loses_messages: bool
    """A crashed or absent node loses what is sent to it; a paused one takes it in later."""


@dataclass(slots=True)
class World:
    """Everything that a fault may touch. Dictionaries are keyed by the fault's name."""

    roster: Roster
    routes: Routes
    telemetry: Telemetry
    downlink: Mail
    """The root's baselines."""
    up: Sequence[Line]
    """From tier t to tier t + 1, from the agents up."""
    spines: Sequence[Sequence[Line]] = field(init=False, default=())
    """The same for each further replica, from the nodes up that report to all of them."""
    hops: list[Hop]
    """All hops of all mail; those of the downlink first, from the root down."""
    mails: list[Mail]
    """All mail, the downlink first."""
    fault_order: Sequence[str]
    messages: Messages | None = None
    """The log of all messages, if it is kept."""
    forgetters: list[Callable[[Nodes], None]] = field(default_factory=list)
    """Who else must be told of machines that lose what they knew."""
    seat_forgetters: list[Callable[[Nodes], None]] = field(default_factory=list)
    """The same of seats, whichever machine they are on."""
    rules: dict[str, list[Rule]] = field(default_factory=dict)
    broken: dict[str, SiteLink] = field(default_factory=dict)
    slowed: dict[str, tuple[SiteLink, float]] = field(default_factory=dict)
    outages: dict[str, Outage] = field(default_factory=dict)
    absent: dict[str, Nodes] = field(default_factory=dict)
    clocks: dict[str, tuple[Nodes, int, float, int]] = field(default_factory=dict)
    """Nodes, offset in ns, drift in parts per million, and since when."""
    control_hits: Counter[str] = field(default_factory=Counter)
    """Messages of the control plane that a fault decided about, by the fault's name."""
    seating: Seating = field(init=False)
    """On whose machine each seat is, and which seats say nothing for the time being."""
    observers: list[Callable[[], None]] = field(default_factory=list)
    """Who follows the network beside the planes: called at the end of every `refresh`."""
    in_use: Nodes | None = None
    """Rows that have a node, in a tree that changes; None where every row always has one."""
    delay_ns: Floats = field(init=False)
    """One-way delay between sites as paths run now, infinite where none is left; (S, S)."""

    def __post_init__(self) -> None:
        self.seating = Seating(self.roster.shape.rows)
        self.delay_ns = self.routes.delay_ns()

    @property
    def inlets(self) -> list[Inlet]:
        """All inlets: those of the tree from the locals up, then those of further replicas."""
        telemetry = self.telemetry
        senders: tuple[Leaves | Aggregators, ...] = (telemetry.leaves, *telemetry.aggregators)
        parents: tuple[Parents, ...] = (*telemetry.aggregators, telemetry.root)
        rows = range(1, len(parents) + 1)
        each = list(zip(rows, senders, parents, self.up, telemetry.ways, strict=True))
        for spine, lines in zip(telemetry.spines, self.spines, strict=True):
            below = (telemetry.aggregators[spine.fork - 1], *spine.aggregators)
            each += zip(spine.rows, below, spine.parents, lines, spine.ways, strict=True)
        return [Inlet(*one) for one in each]

    @property
    def replicas(self) -> tuple[Replica, ...]:
        """Every replica of the root; where there are none, the root alone."""
        layout, paths = self.telemetry.layout, enumerate(self.telemetry.paths)
        return tuple(
            Replica.of(self.roster, number, path.root, layout, self.is_up) for number, path in paths
        )

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines: reports up, then mail."""
        reports = (line for lines in (self.up, *self.spines) for line in lines)
        return (*reports, *(hop.line for hop in self.hops))

    def refresh(self) -> None:
        """Derive routes, rules and who is up from the faults that hold now."""
        self._refresh_routes()
        self._refresh_rules()
        self._refresh_agents()
        for row in range(len(self.roster.shape.rows)):
            self._refresh_row(row)
        for observer in self.observers:
            observer()

    def refresh_agents(self) -> None:
        """The same where nothing but agents has come or gone."""
        self._refresh_agents()
        self._refresh_row(0)
        for observer in self.observers:
            observer()

    def is_up(self, row: int) -> Bools:
        """Which nodes of a tier, or of another row, act now; shape (nodes,)."""
        return self.seating.speaks(row, self.is_running(row))

    def is_running(self, row: int) -> Bools:
        """Which machines of a row neither are down nor stand still; shape (nodes,)."""
        acts = np.ones(self.roster.shape.rows[row], np.bool_)
        for outage in self.outages.values():
            acts &= ~outage.nodes[row]
        return acts

    def cut_nodes(self) -> Nodes:
        """Nodes that cannot report now: they are down, or the way to some parent is cut."""
        cut = [~self.is_up(row) for row in range(len(self.roster.shape.rows))]
        for inlet in self.inlets:
            cut[inlet.line.source.tier] |= inlet.line.channel.is_cut()
        return tuple(cut)

    def reachable_regions(self) -> Bools:
        """Which children of the root can report to it now; shape (regions,).

        A region whose agents have all left has nobody to be cut off.
        """
        open_way = ~self.up[-1].channel.is_cut() & self.is_up(len(self.up) - 1)
        open_way &= self.is_up(len(self.up))[0]
        left = self.telemetry.root.absent
        return np.asarray(open_way if left is None else open_way | left)

    def registered(self, tier: int = 0) -> Bools:
        """Which nodes of a tier belong to the network now (all but those that left)."""
        present = np.ones(self.roster.shape.counts[tier], np.bool_)
        for nodes in self.absent.values():
            present &= ~nodes[tier]
        return present

    def crosses(self, link: SiteLink) -> Bools:
        """Whether the path from a site (row) to a site (column) uses a link now; (sites, sites)."""
        return self.routes.crosses(*link, frozenset(self.broken.values()))

    def _in_order(self, entries: Mapping[str, Sequence[Rule]]) -> list[Rule]:
        return [rule for name in self.fault_order for rule in entries.get(name, ())]

    def _refresh_routes(self) -> None:
        broken = frozenset(self.broken.values())
        # Of two faults on one link the first in the scenario decides, as it does among rules.
        slowed = dict(
            self.slowed[name] for name in reversed(self.fault_order) if name in self.slowed
        )
        self.delay_ns = self.routes.delay_ns(broken, slowed)
        ways = [*(inlet.way for inlet in self.inlets), *(hop.post.way for hop in self.hops)]
        for line, way in zip(self.lines, ways, strict=True):
            floor_ns = self.delay_ns[line.source.site, line.target.site]
            # The plane's own floor, copied before the channel sees it: no bug can lower both.
            way.floor_ns = floor_ns.copy()
            line.channel.set_floors(floor_ns)

    def rules_in_order(self) -> list[Rule]:
        """The rules in force; the first that matches a message decides."""
        return self._in_order(self.rules)

    def _refresh_rules(self) -> None:
        rules = self.rules_in_order()
        verdicts = [rule.verdict for rule in rules]
        persistent = [replace(one, loss_extra=0.0, corrupt_share=0.0) for one in verdicts]
        for line in self.lines:
            governed = governing(rules, line.source, line.target)
            line.channel.apply(governed, persistent if line.reliable else verdicts)

    def _refresh_agents(self) -> None:
        """Tell the plane which agents have left, and whose clocks are wrong."""
        gone = [~self.registered()]
        for groups in self.roster.tree.levels:
            # An aggregator counts as gone when all agents below it are.
            gone.append(np.logical_and.reduceat(gone[-1], groups.starts[:-1]))
        for inlet in self.inlets:
            tier, _ = self.roster.shape.tier_of(inlet.row)
            absent = gone[tier - 1] if gone[tier - 1].any() else None
            inlet.parent.note_absent(self.telemetry.now_ns, absent)
        self.telemetry.leaves.clocks = [
            WrongClock(nodes[0], offset_ns, drift_ppm, since_ns)
            for nodes, offset_ns, drift_ppm, since_ns in self.clocks.values()
        ]

    def _refresh_row(self, row: int) -> None:
        """Tell both planes which nodes of a row act, and what happens to what they are sent."""
        acts = self.is_up(row)
        up = None if acts.all() else acts
        for inlet in self.inlets:
            if inlet.line.source.tier == row:
                inlet.sender.up = up
        lines = [line for line in self.lines if line.target.tier == row]
        if not lines:
            return
        dead_ns, still_ns = self._until(row, loses=True), self._until(row, loses=False)
        for line in lines:
            line.channel.receivers_down(_at(dead_ns, line.target.node))
            line.channel.receivers_paused(_at(still_ns, line.target.node))

    def _until(self, row: int, *, loses: bool) -> Floats | None:
        """Until when each node of a row is down (or paused); None if none is."""
        until_ns = np.zeros(self.roster.shape.rows[row])
        for outage in self.outages.values():
            if outage.loses_messages == loses:
                hit = outage.nodes[row]
                until_ns[hit] = np.maximum(until_ns[hit], outage.until_ns)
        return until_ns if until_ns.any() else None

    def forget(self, nodes: Nodes) -> None:
        """Let machines lose what they knew, and with them the seats that are on them."""
        self.forget_seats(self.seating.of_machines(nodes))
        for forgetter in self.forgetters:
            forgetter(nodes)

    def forget_seats(self, seats: Nodes) -> None:
        """Let seats begin with nothing."""
        self.telemetry.forget(seats)
        for forgetter in self.seat_forgetters:
            forgetter(seats)


def _at(until_ns: Floats | None, node: NDArray[np.integer]) -> Floats | None:
    return None if until_ns is None else np.asarray(until_ns[node])
