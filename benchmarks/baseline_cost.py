"""What each baseline of dependence costs in a round, and how that grows with the agents.

    python -m benchmarks.baseline_cost                     # 1,000 to 100,000 agents
    python -m benchmarks.baseline_cost --largest 1000000   # three minutes

Every method runs over a real tree (locals of 50, regionals of 10) on the same series, beside the
flat computation of all pairs. Messages and bytes are of one round, with a header of 64 bytes;
operations are multiply-adds, counted where they are spent. Where listing all pairs does not fit,
costs are those of a formula that the tests hold to the runs, and are printed as such.

With every method an agent's values travel one hop, so a tree saves few bytes: it saves the load of
the busiest node, which does not grow with the agents where states merge.

An exponent is a fit over all sizes, with its standard error; a cost that is no power law (a
linear and a square part) has one that depends on the sizes.
"""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.correlated_agents import FEATURES, SAMPLES, World, counts_of
from sim.stats.dependence.all_pairs import AllPairs
from sim.stats.dependence.contract import State
from sim.stats.dependence.frequent_directions import eigenvalue_error
from sim.stats.dependence.pairs import Pairs
from sim.stats.dependence.registry import AnyDependence, make_dependence
from sim.stats.dependence.standard import standardise
from sim.stats.growth import fitted_exponent

SIZES = (10**3, 10**4, 10**5, 10**6)
HEADER_BYTES = 64
OPTIONS = {"projection": {"k": 64}, "frequent_directions": {"rows": 16}}
METHODS = (
    "covariance",
    "mean_correlation",
    "projection",
    "frequent_directions",
    "blocks",
    "all_pairs",
)
FITS = {"all_pairs": 10**4, "projection": 10**4, "blocks": 10**5}
"""Most agents for which the list of pairs (or pairs of groups) fits into memory."""
COLUMNS = ("messages", "bytes", "operations", "busiest_bytes", "busiest_operations")
ROW = "{:>9} {:>9} {:>15} {:>19} {:>15} {:>19} {:>8}  {}"
SAMPLE = 20
"""Locals over whose pairs an error is taken; more would not change it, and all would not fit."""


@dataclass
class Cost:
    """What one round costs."""

    messages: int = 0
    bytes: int = 0
    operations: int = 0
    error: float = math.nan
    busiest_bytes: int = 0
    """What arrives at the node at which most does."""
    busiest_operations: int = 0
    """What the node that works most does."""
    measured: bool = True

    def send(self, count: int, size_bytes: int) -> int:
        """Count messages of one size; how many bytes they are."""
        total = count * (HEADER_BYTES + size_bytes)
        self.messages += count
        self.bytes += total
        return total

    def work(self, operations: int, bytes_in: int) -> None:
        """What one node did, of what arrived there."""
        self.operations += operations
        self.busiest_operations = max(self.busiest_operations, operations)
        self.busiest_bytes = max(self.busiest_bytes, bytes_in)


def agent_bytes(method: AnyDependence, instants: int) -> int:
    """What an agent sends: its values, or if it can project them itself, the projections."""
    if method.takes == "samples":
        return 8 * SAMPLES * FEATURES
    return 8 * (method.k if method.name == "projection" else instants)


def through_the_tree(world: World, method: AnyDependence) -> tuple[object, Cost]:
    """The root's reading and what it cost, node by node from the left: few states are held."""
    cost, root = Cost(), len(world.counts) - 1

    def work(tier: int, node: int) -> tuple[State, int]:
        """The state of a node, and what arrived there."""
        if tier == 1:
            own = cost.send(len(world.agents(node)), agent_bytes(method, world.instants))
            return world.lift(method, node), own
        states = [state_of(tier - 1, child) for child in world.children(tier, node)]
        return method.merge(states), sum(cost.send(1, state.size_bytes) for state in states)

    def state_of(tier: int, node: int) -> State:
        state, bytes_in = work(tier, node)
        cost.work(state.operations, bytes_in)
        return state

    state, bytes_in = work(root, 0)
    reading = method.read(state)
    cost.work(state.operations + reading.operations, bytes_in)
    return reading, cost


def flat(world: World, method: AnyDependence) -> tuple[object, Cost]:
    """All values in one place."""
    cost = Cost()
    bytes_in = cost.send(world.n, agent_bytes(method, world.instants))
    state = method.merge([world.lift(method, local) for local in range(world.counts[1])])
    reading = method.read(state)
    cost.work(state.operations + reading.operations, bytes_in)
    return reading, cost


def measure(world: World, kind: str) -> Cost:
    """One round, run or reckoned."""
    method = make_dependence(kind, OPTIONS.get(kind))
    if world.n > FITS.get(kind, world.n):
        return by_formula(world, method)
    reading, cost = (flat if kind == "all_pairs" else through_the_tree)(world, method)
    cost.error = ERRORS[kind](world, method, reading)
    return cost


# Errors, against what one place with all values would say


def over_the_sample(world: World, method: AnyDependence, _: object) -> float:
    """Of pairs of the first locals, the same whether or not there are others."""
    locals_ = range(min(SAMPLE, world.counts[1]))
    few = method.merge([world.lift(method, local) for local in locals_])
    return method.error(method.read(few), _pairs(world, locals_))


def of_all(world: World, method: AnyDependence, reading: object) -> float:
    """Of everything, as long as the truth fits."""
    if world.n > FITS["all_pairs"]:
        return math.nan
    if method.takes == "series":
        return method.error(reading, _pairs(world, range(world.counts[1])))
    samples = [world.samples(local) for local in range(world.counts[1])]
    return method.error(reading, method.read(method.lift(np.concatenate(samples))))


def of_the_spectrum(world: World, _: AnyDependence, reading: object) -> float:
    """As the method's own error, from instants by instants instead of agents by agents."""
    gram = np.zeros((world.instants, world.instants))
    for local in range(world.counts[1]):
        unit = standardise(world.series(local)).unit
        gram += unit @ unit.T
    return eigenvalue_error(reading.eigenvalues, np.linalg.eigvalsh(gram)[::-1])


def _pairs(world: World, locals_: Sequence[int]) -> Pairs:
    truth = AllPairs()
    return truth.read(truth.merge([world.lift(truth, local) for local in locals_]))


ERRORS: dict[str, Callable[..., float]] = {
    "covariance": of_all,
    "mean_correlation": of_all,
    "projection": over_the_sample,
    "frequent_directions": of_the_spectrum,
    "blocks": over_the_sample,
    "all_pairs": lambda *_: 0.0,
}


# Formulas


def by_formula(world: World, method: AnyDependence) -> Cost:
    """Costs of the methods that list pairs, without listing them."""
    cost, n, instants = Cost(measured=False), world.n, world.instants
    if method.name == "all_pairs":
        bytes_in = cost.send(n, agent_bytes(method, instants))
        cost.work(instants * (3 * n + _pairs_of(n)), bytes_in)
        return cost
    sizes = [len(world.agents(local)) for local in range(world.counts[1])]
    for m in sizes:
        cost.work(_lifted(method, m, instants), cost.send(m, agent_bytes(method, instants)))
    states = [_tier_bytes(method, sizes, nodes, instants) for nodes in world.counts[1:-1]]
    for nodes, state in zip(world.counts[1:-1], states, strict=True):
        cost.messages += nodes
        cost.bytes += state
    groups = len(sizes)
    read = 3 * instants * _pairs_of(groups) if method.name == "blocks" else method.k * _pairs_of(n)
    cost.work(read, states[-1])
    return cost


def _pairs_of(n: int) -> int:
    return n * (n - 1) // 2


def _lifted(method: AnyDependence, m: int, instants: int) -> int:
    """Operations of a local of m agents."""
    if method.name == "projection":
        return instants * m * (3 + method.k)
    return instants * (4 * m + _pairs_of(m))


def _tier_bytes(method: AnyDependence, sizes: Sequence[int], nodes: int, instants: int) -> int:
    """What all nodes of a tier send up together."""
    n, headers = sum(sizes), HEADER_BYTES * nodes
    if method.name == "projection":
        return headers + 8 * n * (method.k + 1) + 8 * nodes
    within = sum(map(_pairs_of, sizes))
    return headers + 8 * n + 8 * within + len(sizes) * (8 + 12 * instants)


def exponents(n: Sequence[int], costs: Sequence[Cost]) -> str:
    """Each cost's exponent, with its standard error."""
    parts = []
    for what in (*COLUMNS, "error"):
        kept = [(size, getattr(cost, what)) for size, cost in zip(n, costs, strict=True)]
        known = [(size, value) for size, value in kept if value > 0 and math.isfinite(value)]
        if what == "error" and (len(known) < 3 or max(value for _, value in known) < 1e-9):
            parts.append("error -")
            continue
        fit = fitted_exponent(*zip(*known, strict=True))
        parts.append(f"{what.replace('_', ' ')} {fit.exponent:.3f} ± {fit.standard_error:.3f}")
    return ", ".join(parts)


def message_counts(sizes: Sequence[int]) -> None:
    """A batched round sends one message a node; an update that goes by itself, one a tier."""
    tiers = [counts_of(n) for n in sizes]
    for name, counts in (
        ("batched", [sum(each[:-1]) for each in tiers]),
        ("unbatched", [n * (len(each) - 1) for n, each in zip(sizes, tiers, strict=True)]),
        ("all pairs", [n * (n - 1) // 2 for n in sizes]),
    ):
        fit = fitted_exponent(sizes, counts)
        listed = ", ".join(f"{count:,}" for count in counts)
        print(
            f"{name:10} {listed}: exponent {fit.exponent:.4f} ± {fit.standard_error:.4f}, "
            f"between the ends {fit.end_to_end:.4f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--largest", type=int, choices=SIZES[1:], default=10**5)
    parser.add_argument("--instants", type=int, default=256)
    parser.add_argument("--method", choices=METHODS, action="append")
    asked = parser.parse_args()
    sizes = [n for n in SIZES if n <= asked.largest]
    print("messages a round, of a tree with locals of 50 and regionals of 10")
    message_counts(SIZES)
    for kind in asked.method or METHODS:
        print(f"\n{kind}")
        print(
            ROW.format(
                "agents", *(what.replace("_", " ") for what in COLUMNS), "error", ""
            ).rstrip()
        )
        costs = [shown(n, measure(World(n, asked.instants), kind)) for n in sizes]
        print(f"exponents: {exponents(sizes, costs)}")


def shown(n: int, cost: Cost) -> Cost:
    """Print a row, at once: the largest may take minutes."""
    numbers = (f"{getattr(cost, what):,}" for what in COLUMNS)
    error = "-" if math.isnan(cost.error) else f"{cost.error:.2g}"
    note = "" if cost.measured else "by formula"
    print(ROW.format(f"{n:,}", *numbers, error, note).rstrip(), flush=True)
    return cost


if __name__ == "__main__":
    main()
