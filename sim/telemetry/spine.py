"""A further replica of the upper tiers: aggregators and a root of its own, fed by what all share.

Replica r of a node takes reports from replica r of its children and sends its own to replica r of
its parent. Only at the fork, the lowest replicated tier, do the same children report to all of
them: one report, one message and one way for each replica. So replicas differ only in what the
network does to their messages, and in when they report.
"""

from collections.abc import Sequence

from sim.telemetry.emission import BoolArray
from sim.telemetry.leaves import Leaves
from sim.telemetry.parents import Aggregators, Parents
from sim.telemetry.reports import Reports
from sim.telemetry.root import Root
from sim.telemetry.way import Way


class Spine:
    """The aggregators of one replica from the fork up, its root, and the ways to each of them.

    `fork` is the tier whose nodes report to every replica, and ``rows[i]`` says where the nodes of
    ``parents[i]`` stand among all sets of nodes.
    """

    def __init__(
        self,
        fork: int,
        rows: Sequence[int],
        aggregators: Sequence[Aggregators],
        root: Root,
        ways: Sequence[Way],
    ) -> None:
        assert fork >= 1, "agents report to one parent each"
        assert len(rows) == len(ways) == len(aggregators) + 1
        self.fork = fork
        self.rows = tuple(rows)
        self.aggregators = tuple(aggregators)
        self.root = root
        self.ways = tuple(ways)

    @property
    def parents(self) -> tuple[Parents, ...]:
        """Everybody who takes in reports, from the fork up."""
        return (*self.aggregators, self.root)

    def open_step(self, begin_ns: int, until_ns: int, pane: int) -> None:
        """A step from `begin_ns` to before `until_ns` begins, all of it in `pane`."""
        for parent in self.parents:
            parent.open_step(begin_ns, until_ns, pane)
        for way in self.ways:
            way.channel.open_step()

    def carry(self, reports: Reports) -> None:
        """Carry what the nodes at the fork report in this step all the way up."""
        for height, (way, parent) in enumerate(zip(self.ways, self.parents, strict=True)):
            feed(parent, self.aggregators[height - 1].produce() if height else reports, way)
        self.root.finish_step()

    def withdraw(self, nodes: Sequence[BoolArray]) -> None:
        """Let its aggregators among `nodes` take back what they reported, and forget the rest."""
        for tier, row, above in zip(self.aggregators, self.rows, self.parents[1:], strict=False):
            assert tier.ledger is not None
            tier.ledger.withdraw(nodes[row], [above.intake])
            tier.forget(nodes[row])

    def relearn(self, nodes: Sequence[BoolArray], below: Aggregators) -> None:
        """Let its parents among `nodes` learn their children anew; `below` is the fork's tier."""
        tiers = (below, *self.aggregators)
        for tier, row, parent in zip(tiers, self.rows, self.parents, strict=True):
            learn_anew(nodes[row], tier, parent)
        if nodes[self.rows[-1]].any():
            self.root.forget()


def feed(parent: Parents, reports: Reports, way: Way) -> None:
    """Bring the reports of a tier of aggregators, all of them, to its parents."""
    for run in parent.groups.runs:
        parent.take(run, _part(reports, run.first_child, run.last_child, way))


def learn_anew(forgot: BoolArray, below: Leaves | Aggregators, parent: Parents) -> None:
    """Let those parents who `forgot` learn from their children's next reports; (parents,)."""
    assert below.ledger is not None
    if not forgot.any():
        return
    children = forgot[parent.groups.parent_of]
    below.ledger.relearn(children, parent.intake)
    if parent.known is not None:
        parent.known.forget(children)


def _part(reports: Reports, first: int, last: int, way: Way) -> Reports:
    """The reports of children [first, last), with their arrivals."""
    part = reports.emission.part(first, last)
    arrivals = way.carry(part, first)
    totals = {pane: total[:, first:last] for pane, total in reports.totals.items()}
    return Reports(part, arrivals, totals, reports.states[:, first:last])
