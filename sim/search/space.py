"""What may be tried, as a strategy of Hypothesis: it draws cases, and knows how to make them small.

Every draw is a whole number, the smallest the simplest. *How* an attack goes is drawn first, the
loudest way first, and *how much* of it after that, the least first: so Hypothesis's shrinker goes
to lies of the largest size, all the time, and then to as few liars in as few groups as can be. (A
quieter attack needs more of them; `smaller` makes it as quiet as can be at the very end.) Faults
become few and short. Budgets are kept by drawing within what is left: nothing is thrown away.

Hypothesis tries, one time in twenty, a number that stands in a local source file. Ours are drawn
far from all of those and moved back: no number that anybody has written down gets into a search,
and its order does not depend on which modules are loaded.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from hypothesis import strategies as st

from sim.scenario.search.options import size_option, word_options
from sim.scenario.search.plan import FaultsPlan, LiarsPlan, Search
from sim.scenario.selectors import TreeShape
from sim.search.case import ANYWHERE, Attack, Case, Fault, Span

Draw = Callable[[st.SearchStrategy[Any]], Any]
T = TypeVar("T")

FAR: Final = 10**30 + 57
SEVERITIES: Final[dict[str, tuple[tuple[tuple[str, Any], ...], ...]]] = {
    "partition": ((("one_way", False),), (("one_way", True),)),
    "crash": ((("durable", True),), (("durable", False),)),
    "degrade": (
        (("extra_loss", "10%"),),
        (("extra_loss", "50%"),),
        (("latency_factor", 10),),
        (("extra_latency", "1s"),),
    ),
    "duplicate": ((("share", "10%"),), (("share", "50%"),)),
    "corrupt": ((("share", "10%"),), (("share", "50%"),)),
    "reorder": ((("share", "50%"), ("extra", "500ms")),),
}
"""What a kind of fault can be beside when and whom, the mildest first."""
DEFAULTS: Final = (("one_way", False), ("durable", True))
"""Options that need not be written."""


def cases(search: Search, liars_max: int | None = None) -> st.SearchStrategy[Case]:
    """Every case that the file of a search allows; `liars_max` allows fewer liars than the file."""
    return st.composite(lambda draw: _Drawing(draw, search, liars_max).case())()


@dataclass(slots=True)
class _Drawing:
    """One case in the making."""

    draw: Draw
    search: Search
    liars_max: int | None

    def case(self) -> Case:
        liars, faults = self.search.liars, self.search.faults
        return Case(
            () if liars is None else self._attacks(liars),
            () if faults is None else self._faults(faults),
        )

    def _whole(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(FAR + low, FAR + high))) - FAR

    def _one_of(self, choices: Sequence[T]) -> T:
        return choices[self._whole(0, len(choices) - 1)]

    def _some_of(self, choices: Sequence[T], most: int) -> tuple[T, ...]:
        """At least one and at most so many of them, in their order."""
        left, chosen = list(range(len(choices))), []
        for _ in range(self._whole(1, most)):
            chosen.append(left.pop(self._whole(0, len(left) - 1)))
        return tuple(choices[number] for number in sorted(chosen))

    def _span(self, most_ns: int) -> Span:
        """A time on the grid, at most so long."""
        step_ns, end_ns = self.search.step_ns, self.search.plan.duration_ns
        first, last = self._steps()
        length = self._whole(1, max(min(last - first, most_ns // step_ns), 1))
        begin = self._whole(first, last - length)
        last_ns = (begin + length) * step_ns
        return Span(begin * step_ns, None if last_ns >= end_ns else last_ns)

    def _steps(self) -> tuple[int, int]:
        """The first and the last time on the grid."""
        step_ns = self.search.step_ns
        last = self.search.plan.duration_ns // step_ns
        return min(self.search.after_ns // step_ns, last - 1), last

    # Lies

    def _attacks(self, space: LiarsPlan) -> tuple[Attack, ...]:
        left = space.liars if self.liars_max is None else min(self.liars_max, space.liars)
        taken: set[str] = set()
        attacks: list[Attack] = []
        for _ in range(self._whole(0 if self.search.faults else 1, space.attacks)):
            if left < 1:
                break
            attack = self._attack(space, left, taken)
            if attack.places:
                left -= attack.liars
                attacks.append(attack)
        return tuple(attacks)

    def _attack(self, space: LiarsPlan, most: int, taken: set[str]) -> Attack:
        kind = self._one_of(space.kinds)
        options = self._options(space, kind)
        span = self._lasting() if space.timing else Span(self.search.after_ns, None)
        by_group = space.tier == 0
        drawn = self._seats(most) if by_group else self._nodes(space, most)
        places = tuple(place for place in drawn if place[0] not in taken)
        taken.update(name for name, _ in places)
        return Attack(kind, space.where, places, by_group, options, span)

    def _options(self, space: LiarsPlan, kind: str) -> tuple[tuple[str, str], ...]:
        size = size_option(kind)
        loudest_first = space.sizes[::-1]
        words = {name: self._one_of(words) for name, words in word_options(kind).items()}
        return (*(() if size is None else ((size, self._one_of(loudest_first)),)), *words.items())

    def _lasting(self) -> Span:
        """All the run, or a time that begins later or ends earlier."""
        first, last = self._steps()
        begin = self._whole(first, last - 1)
        missing = self._whole(0, last - 1 - begin)
        end_ns = None if not missing else (last - missing) * self.search.step_ns
        return Span(begin * self.search.step_ns, end_ns)

    def _nodes(self, space: LiarsPlan, most: int) -> list[tuple[str, int]]:
        """Aggregators that lie, by name."""
        tree = self.search.tree
        names = [tree.node_name(space.tier, one) for one in range(tree.counts[space.tier])]
        return [(name, 1) for name in self._some_of(names, min(most, len(names)))]

    def _seats(self, most: int) -> list[tuple[str, int]]:
        """Agents: so many in each of so many groups, or by chance all over the tree."""
        ways = (self._even, self._uneven, self._anywhere)
        return self._one_of(ways)(most)

    def _anywhere(self, most: int) -> list[tuple[str, int]]:
        return [(ANYWHERE, self._whole(1, most))]

    def _even(self, most: int) -> list[tuple[str, int]]:
        """The same number of children below each node that is used, tier by tier from the root."""
        tree, width = self.search.tree, 1
        nodes = [0]
        for tier in range(tree.top - 1, 0, -1):
            here = self._whole(1, max(min(_widest(tree, tier), most // width), 1))
            nodes = [child for node in nodes for child in _children(tree, tier, node)[:here]]
            width = len(nodes)
        count = self._whole(1, max(min(_widest(tree, 0), most // width), 1))
        return [(tree.node_name(1, node), count) for node in nodes]

    def _uneven(self, most: int) -> list[tuple[str, int]]:
        """Some groups, each with a number of its own."""
        tree, places, left = self.search.tree, [], most
        names = [tree.node_name(1, node) for node in range(tree.counts[1])]
        for name in self._some_of(names, min(len(names), most)):
            if left:
                count = self._whole(1, min(left, _widest(tree, 0)))
                places.append((name, count))
                left -= count
        return places

    # Faults

    def _faults(self, space: FaultsPlan) -> tuple[Fault, ...]:
        left_ns = space.cut_ns or space.most * self.search.plan.duration_ns
        faults: list[Fault] = []
        for _ in range(self._whole(0 if self.search.liars else 1, space.most)):
            if left_ns < self.search.step_ns:
                break
            fault = self._fault(space, left_ns)
            left_ns -= fault.span.length_ns(self.search.plan.duration_ns)
            faults.append(fault)
        return tuple(faults)

    def _fault(self, space: FaultsPlan, most_ns: int) -> Fault:
        kind = self._one_of(space.kinds if space.links else _off_the_links(space))
        targets = self._targets(kind, space)
        options = self._one_of(SEVERITIES.get(kind, ((),)))
        span = self._span(most_ns)
        if kind in ("hold", "pause") and span.end_ns is None:  # these must end
            span = Span(span.begin_ns, self.search.plan.duration_ns)
        told = tuple(option for option in options if option not in DEFAULTS)
        return Fault(kind, targets, told, span)

    def _targets(self, kind: str, space: FaultsPlan) -> tuple[str, ...]:
        if kind == "link_down":
            return self._one_of(space.links)
        if kind == "site_down":
            return (self._one_of(space.sites),)
        return self._some_of(space.nodes, max(len(space.nodes) // 2, 1))


def _off_the_links(space: FaultsPlan) -> tuple[str, ...]:
    return tuple(kind for kind in space.kinds if kind != "link_down")


def _widest(tree: TreeShape, tier: int) -> int:
    """The most nodes of a tier below one parent."""
    return -(-tree.counts[tier] // tree.counts[tier + 1])


def _children(tree: TreeShape, tier: int, parent: int) -> list[int]:
    """The nodes of a tier below one parent."""
    return list(range(tree.first_child(tier + 1, parent), tree.first_child(tier + 1, parent + 1)))
