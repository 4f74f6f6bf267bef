"""At which sites the root and its children stand: as the engine places them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.network.placement import place
from sim.network.routes import Routes
from sim.network.sites import SiteGraph
from sim.scenario.facts import site_graph
from sim.scenario.plan import Plan
from sim.scenario.selectors import tree_shape
from sim.telemetry.tree import Tree


@dataclass(frozen=True, slots=True, eq=False)
class Seats:
    """Numbers of sites, and their names."""

    graph: SiteGraph
    root: int
    regions: NDArray[np.int32]
    """Shape (children of the root,)."""

    @property
    def names(self) -> tuple[str, ...]:
        """What the sites are called."""
        return self.graph.names


def seats(plan: Plan) -> Seats:
    """Who stands where. Raises InputError if the topology cannot be read any more."""
    graph = site_graph(plan)
    tree, routes = Tree(tree_shape(plan).counts), Routes(graph)
    starts = [level.starts for level in tree.levels]
    placed = place(tree.counts, starts, routes, plan.topology.placement)
    return Seats(graph, root_site(plan, graph, int(placed[-1][0])), placed[-2])


def root_site(plan: Plan, graph: SiteGraph, centre: int) -> int:
    """Replica 0 of the root stands where the scenario says, and else at the centre."""
    if plan.replicas is None or plan.replicas.sites is None:
        return centre
    return graph.names.index(plan.replicas.sites[0])
