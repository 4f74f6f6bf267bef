"""What attestation costs: the same run without it, with one round and with ten, in one process.

    python -m benchmarks.attest_cost                       # 1,000, 10,000 and 100,000 agents
    python -m benchmarks.attest_cost --agents 1000000 --times 1

A round is the difference of ten rounds and one, over nine: commitments of everybody hashed, proofs
and acknowledgements judged message by message, six watchers an aggregator. What is left of one
round's run over the run without is the sums that locals keep of each agent. CPU time of the loop.
"""

import argparse
import json
from typing import Any

import numpy as np

from benchmarks.detection_cost import loop_s
from benchmarks.reference_workload import SCENARIO
from sim.scenario import parse_scenario
from sim.scenario.plan import Plan

SECONDS = 11
ONE, TEN = {"every": "10s"}, {"every": "1s"}


def plan(agents: int, attest: dict[str, Any] | None) -> Plan:
    """The reference workload, attested or not."""
    changes = [] if attest is None else [f"attest={json.dumps(attest)}"]
    text = SCENARIO.format(agents=agents, seconds=SECONDS)
    return parse_scenario(text, "reference-workload.yaml", changes)


def costs(agents: int, **options: Any) -> tuple[float, float, float]:
    """Seconds of the run without attestation, of keeping each agent's sums, and of one round."""
    bare = loop_s(plan(agents, None))
    one, ten = (loop_s(plan(agents, {**every, **options})) for every in (ONE, TEN))
    a_round = (ten - one) / 9
    return bare, one - a_round - bare, a_round


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, action="append")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--audits", type=int, default=0)
    asked = parser.parse_args()
    for agents in asked.agents or (1_000, 10_000, 100_000):
        found = [costs(agents, audits=asked.audits) for _ in range(asked.times)]
        bare, kept, a_round = np.median(found, axis=0)
        share = (kept + a_round) / (bare + kept + a_round)
        print(
            f"{agents:>9,} agents: {1 / a_round:6.1f} rounds a second ({a_round * 1e3:,.0f} ms "
            f"each); at one in 10 s, {share:.0%} of the run ({SECONDS} s in {bare:.2f} s without)"
        )


if __name__ == "__main__":
    main()
