"""What robustness costs: the same run with the plain mean and with robust rules, in one process.

    python -m benchmarks.robust_cost                       # 10,000 agents, rules and liars
    python -m benchmarks.robust_cost --agents 1000000 --seconds 5 --rounds 1

The robust path keeps the sums of every agent at its local, sends digests up before every
publication (1 s) and lets the root estimate and guard. The ratio is its speed over that of the
plain mean without liars; CPU time of the simulation loop.
"""

import argparse
import json
import resource
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.detection_cost import loop_s
from benchmarks.reference_workload import SCENARIO
from sim.scenario import parse_scenario
from sim.scenario.plan import Plan

Block = Mapping[str, Any]

LIARS: Block = {"where": "agents", "share": "20%", "kind": "push", "to": "5sd"}
CLEVER: Block = {"where": "agents", "share": "20%", "kind": "little_is_enough"}
GUARDED: Block = {"kind": "guarded_mean", "f": "20%"}
VARIANTS: Mapping[str, tuple[Block, Sequence[Block]]] = {
    "guarded mean, sample of 400": ({**GUARDED, "over": "sample"}, ()),
    "guarded mean, sketch": ({**GUARDED, "over": "sketch"}, ()),
    "nested trimmed means": (
        {"kind": "robust", "estimator": "trimmed_mean", "f": "20%", "over": "nested"},
        (),
    ),
    "guarded mean, sample, pushed": ({**GUARDED, "over": "sample"}, [LIARS]),
    "guarded mean, sample, little is enough": ({**GUARDED, "over": "sample"}, [CLEVER]),
}


def plan(agents: int, seconds: int, rule: Block | None, adversaries: Sequence[Block] = ()) -> Plan:
    """The reference workload, with a rule and adversaries."""
    changes = []
    if rule is not None:
        changes.append(f"baseline.rule={json.dumps(rule)}")
    if adversaries:
        changes.append(f"adversaries={json.dumps(list(adversaries))}")
    text = SCENARIO.format(agents=agents, seconds=seconds)
    return parse_scenario(text, "reference-workload.yaml", changes)


def ratios(
    agents: int, seconds: int, rule: Block, adversaries: Sequence[Block], rounds: int
) -> list[float]:
    """Speed of the robust path over that of the plain one, once a round."""
    bare, robust = plan(agents, seconds, None), plan(agents, seconds, rule, adversaries)
    return [loop_s(bare) / loop_s(robust) for _ in range(rounds)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--variant", choices=VARIANTS, action="append")
    asked = parser.parse_args()
    for name in asked.variant or VARIANTS:
        rule, adversaries = VARIANTS[name]
        found = ratios(asked.agents, asked.seconds, rule, adversaries, asked.rounds)
        print(
            f"{asked.agents:>9,} agents, {name:38}: {np.median(found):.2f} of the speed of the "
            f"plain mean ({min(found):.2f} to {max(found):.2f} in {asked.rounds} rounds)"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"peak memory {peak / 1e6:,.0f} MB, {peak / asked.agents:,.0f} bytes an agent, all in")


if __name__ == "__main__":
    main()
