"""The committee of a plan in numbers: who is in it, where they stand, and how far apart."""

from dataclasses import dataclass
from itertools import combinations

from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.alerts.domains import Spread, spread
from sim.protocol.committee import Committee
from sim.scenario.plan import Plan
from sim.scenario.selectors import tree_shape
from sim.scenario.ways import Ways, replica_sites


@dataclass(frozen=True, slots=True)
class CommitteeFacts:
    """The replicas of the root, of whom `f` may lie; `sites` are their failure domains."""

    names: tuple[str, ...]
    sites: tuple[str, ...]
    f: int
    quorum: int
    one_way_ns: int
    """Between the two that are farthest apart, on the shortest path, without jitter."""

    @property
    def n(self) -> int:
        """How many there are."""
        return len(self.names)

    @property
    def round_trip_ns(self) -> int:
        """The slowest of any two."""
        return 2 * self.one_way_ns

    @property
    def spread(self) -> Spread:
        """How they sit in their failure domains."""
        return spread(Committee(self.names, self.f), self.sites)


def committee_facts(plan: Plan, ways: Ways) -> CommitteeFacts | None:
    """Of a plan that was checked; None where there is one root alone."""
    agreement, shape = plan.control.agreement, tree_shape(plan)
    if agreement is None or plan.replicas is None:
        return None
    sites = replica_sites(plan, ways)
    names = tuple(
        shape.node_name(shape.row(shape.top, replica), 0) for replica in range(shape.replicas)
    )
    return CommitteeFacts(
        names=names,
        sites=tuple(ways.graph.names[site] for site in sites),
        f=agreement.f,
        quorum=Committee(names, agreement.f).quorum,
        one_way_ns=max(ways.from_site(one)[other] for one, other in combinations(sites, 2)),
    )


def can_certify(plan: Plan) -> bool:
    """Whether what the replicas publish carries the signatures of a quorum."""
    agreement = plan.control.agreement
    if agreement is None or agreement.protocol.kind == "versions":
        return False
    protocol = PROTOCOLS[agreement.protocol.kind]
    return protocol.has_certificate or (agreement.certify and not protocol.in_rounds)
