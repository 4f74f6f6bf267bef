"""Which faults hold now, whom they hit, and which of them decides about a message."""

from collections.abc import Callable, Sequence

from sim.engine.streams import Streams
from sim.scenario.plan import FaultPlan, Plan
from sim.scenario.selectors import REST, ranges, tree_shape
from sim.units import parse_share

Node = tuple[int, int]
"""Row (0 = agents; see `TreeShape`) and number."""

ON_THE_WAY = ("partition", "degrade", "hold", "duplicate", "reorder", "corrupt")
DOWN = ("crash", "churn", "site_down")


class Faults:
    """Which faults hold now, and whom they hit. `active` is changed by the run, and so is `turned`:
    which partitions have come to their second groups.
    """

    def __init__(self, plan: Plan, streams: Streams, at_site: Callable[[str], set[Node]]) -> None:
        self.active: set[str] = set()
        self.turned: set[str] = set()
        self._plan, self._streams, self._at_site = plan, streams, at_site
        self._shape = tree_shape(plan)
        self._groups = {fault.path: self._groups_of(fault) for fault in plan.faults}
        self._later = {
            fault.path: self._partition(fault, fault.options["then"])
            for fault in plan.faults
            if "then" in fault.options
        }

    def hits(self, fault: FaultPlan, node: Node) -> bool:
        """Whether a node is one of the nodes of a fault."""
        return node in self._groups[fault.path][0]

    def holding(self, node: Node, *kinds: str) -> FaultPlan | None:
        """The first fault of these kinds that holds now and hits the node."""
        for fault in self._plan.faults:
            if fault.path in self.active and fault.kind in kinds and self.hits(fault, node):
                return fault
        return None

    def between(self, sender: Node, receiver: Node) -> FaultPlan | None:
        """The first fault on the way that holds now and matches a message."""
        for fault in self._plan.faults:
            on_the_way = fault.path in self.active and fault.kind in ON_THE_WAY
            if on_the_way and self._matches(fault, sender, receiver):
                return fault
        return None

    def broken_links(self) -> frozenset[tuple[str, str]]:
        """The links that are cut now, as pairs of sites."""
        plans = [fault for fault in self._plan.faults if fault.path in self.active]
        return frozenset(tuple(f.options["link"]) for f in plans if f.kind == "link_down")

    def _matches(self, fault: FaultPlan, sender: Node, receiver: Node) -> bool:
        if fault.kind == "partition":
            return self._parts(fault, sender, receiver)
        return self.hits(fault, sender) or (fault.kind == "degrade" and self.hits(fault, receiver))

    def _parts(self, fault: FaultPlan, sender: Node, receiver: Node) -> bool:
        groups = (self._later if fault.path in self.turned else self._groups)[fault.path]
        here = [number for number, group in enumerate(groups) if sender in group]
        there = [number for number, group in enumerate(groups) if receiver in group]
        if not here or not there:
            return False
        reach = fault.options.get("reach", 0)
        near = {(here[0] + step) % len(groups) for step in range(-reach, reach + 1)}
        return there[0] not in near and (here == [0] or not fault.options["one_way"])

    def _groups_of(self, fault: FaultPlan) -> list[set[Node]]:
        """The groups of a partition; of any other fault one group, its nodes."""
        if fault.kind == "link_down":
            return [set()]
        if fault.kind != "partition":
            some = fault.options.get("nodes") or [f"site:{fault.options['site']}"]
            return [self._select(some, fault.path)]
        return self._partition(fault, fault.options["groups"])

    def _partition(self, fault: FaultPlan, selectors: Sequence[Sequence[str]]) -> list[set[Node]]:
        groups = [self._select(some, f"{fault.path}/{i}") for i, some in enumerate(selectors)]
        named = set().union(*groups)
        rest = {node for node in self._all() if node not in named}
        return [
            group | rest if REST in some else group
            for group, some in zip(groups, selectors, strict=True)
        ]

    def _all(self) -> list[Node]:
        return [(t, i) for t, count in enumerate(self._shape.rows) for i in range(count)]

    def _select(self, selectors: Sequence[str], purpose: str) -> set[Node]:
        chosen: set[Node] = set()
        for text in selectors:
            if text.startswith("site:"):
                chosen |= self._at_site(text.removeprefix("site:"))
            elif text.endswith("%"):
                share = round(parse_share(text) * self._shape.counts[0])
                stream = self._streams.stream("select", purpose, text)
                order = stream.permutation(self._shape.counts[0]).tolist()
                chosen |= {(0, agent) for agent in order[:share]}
            elif text != REST:
                for tier, (first, last) in ranges(text, self._shape).items():
                    chosen |= {(tier, number) for number in range(first, last)}
        return chosen
