"""One collector or a tree under the same load, as agents grow: who keeps up, and what it costs.

    python -m benchmarks.flat_against_tree          # 1,000 to 100,000 agents, seconds
    python -m benchmarks.flat_against_tree --full   # to a million: a minute, and 1.6 GB

Every agent reports once a second, every node passes on once a second, and each message takes 20 us
of whoever takes it in: a collector is full at 50,000 agents. Everything but the unbatched messages
is measured in runs: messages are those of a round; load, utilisation and waits those of the busiest
node (or the tier that waits longest) after the first round, ages and bytes those at the end.

Values are small, so that a collector of a million of them sums their squares exactly.

An exponent is a least-squares fit on logarithms over all sizes, with its standard error. What
saturates is no power law, and its exponent says only that.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sim.engine.simulation import simulate
from sim.scenario import parse_scenario
from sim.scenario.blocks.capacity.facts import servable_agents
from sim.scenario.plan import Plan
from sim.stats.growth import fitted_exponent
from sim.units import NS_PER_S

SIZES = (10**3, 10**4, 10**5, 10**6)
SECONDS = 4
SHAPES = {"tree": "local: 50, regional: 10, levels: auto", "flat": "levels: 1"}
SCENARIO = """
schema: 1
name: flat-against-tree
duration: {seconds}s
agents:
  {{count: {agents}, features: 1, rate: 1Hz,
   behaviour: {{kind: synthetic, spread: 0.1, noise: 0.1, drift: none}}}}
topology: {{kind: point, per_hop: 0ms, jitter: {{kind: constant, value: 1ms}}, loss: 0%}}
tree: {{{shape}, forward: 1Hz, ingress: 20us}}
baseline: {{pane: 100s, publish: 1s}}
measure: {{every: 1s}}
capacity: {{}}
"""


class Costs(NamedTuple):
    """Of one run."""

    hops: int
    messages: float
    load: float
    utilisation: float
    wait_s: float
    age_s: float
    node_bytes: float
    total_bytes: float


HEADS = ("hops", "messages", "load", "busy", "wait s", "age s", "bytes a node", "bytes in all")
ROW = "{:>10} {:>5} {:>5} {:>12} {:>9} {:>8} {:>10} {:>8} {:>14} {:>14} {:>8}"
WAIT_MIN_S = 1e-12
"""Where nobody waits there is no logarithm to fit."""


def plan_of(agents: int, shape: str) -> Plan:
    """The scenario of a size."""
    text = SCENARIO.format(agents=agents, shape=SHAPES[shape], seconds=SECONDS)
    return parse_scenario(text, "flat-against-tree.yaml")


def measured(agents: int, shape: str) -> Costs:
    """What a run comes to."""
    plan = plan_of(agents, shape)
    run = simulate(plan, seed=1)
    load = run.tables["load"]
    last, later = load["time_ns"] == plan.duration_ns, load["time_ns"] > NS_PER_S
    return Costs(
        hops=len(plan.tiers) - 1,
        messages=run.messages / SECONDS,
        load=float(load["offered_max"][later].max()),
        utilisation=float(load["utilisation_max"][later].max()),
        wait_s=max(_waits_s(load, later, len(plan.tiers))),
        age_s=float(run.tables["samples"]["mean_age_ns"][-1]) / NS_PER_S,
        node_bytes=float(load["state_max"][last].max()),
        total_bytes=float(load["state_total"][last].sum()),
    )


def _waits_s(load, later, tiers: int) -> Iterator[float]:
    """Mean wait of a message at each tier."""
    for tier in range(1, tiers):
        rows = later & (load["tier"] == tier)
        waited, messages = load["waited_ns"][rows].sum(), load["messages"][rows].sum()
        yield float(waited / messages) / NS_PER_S


def unbatched(agents: int) -> int:
    """Messages if each report went to the root by itself: by formula, one a hop."""
    return agents * (len(plan_of(agents, "tree").tiers) - 1)


def exponents(sizes: Sequence[int], costs: Sequence[Costs]) -> Iterator[str]:
    """Each cost's exponent, with its standard error."""
    for name, head in zip(Costs._fields[1:], HEADS[1:], strict=True):
        values = [max(getattr(cost, name), WAIT_MIN_S) for cost in costs]
        fit = fitted_exponent(sizes, values)
        yield f"{head} {fit.exponent:.3f} ± {fit.standard_error:.3f}"


def shown(agents: int, shape: str) -> Costs:
    """Run, and print a row at once: the largest may take a minute."""
    begin = time.perf_counter()
    costs = measured(agents, shape)
    row = (
        f"{agents:,}",
        shape,
        costs.hops,
        f"{costs.messages:,.0f}",
        f"{costs.load:.3g}",
        f"{costs.utilisation:.1%}",
        f"{costs.wait_s:.3g}",
        f"{costs.age_s:.3f}",
        f"{costs.node_bytes:,.0f}",
        f"{costs.total_bytes:,.0f}",
        f"{time.perf_counter() - begin:.1f} s",
    )
    print(ROW.format(*row), flush=True)
    return costs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="up to a million agents")
    sizes = SIZES if parser.parse_args().full else SIZES[:-1]
    print(f"a collector can serve {servable_agents(plan_of(1000, 'flat')):,} agents\n")
    print(ROW.format("agents", "shape", *HEADS, "took"))
    costs = {shape: [shown(agents, shape) for agents in sizes] for shape in SHAPES}
    print("\nfitted exponents")
    for shape, found in costs.items():
        print(f"{shape}: {', '.join(exponents(sizes, found))}")
    alone = [unbatched(agents) for agents in sizes]
    fit = fitted_exponent(sizes, alone)
    print(
        f"tree, unbatched (by formula): {', '.join(f'{count:,}' for count in alone)}: "
        f"messages {fit.exponent:.4f} ± {fit.standard_error:.4f}, "
        f"between the ends {fit.end_to_end:.4f}"
    )


if __name__ == "__main__":
    main()
