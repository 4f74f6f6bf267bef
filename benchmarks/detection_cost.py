"""What detection costs: the same run with and without it, in turn, in one process.

    python -m benchmarks.detection_cost                      # 10,000 agents, several detectors
    python -m benchmarks.detection_cost --agents 100000

Detection watches every arrived vector, sends scores up and decides every 500 ms, and runs the
central twin beside it. The ratio is the speed with detection over the speed without; CPU time.
"""

import argparse
import json
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.reference_workload import SCENARIO
from sim.engine.kernel import frozen_garbage
from sim.engine.simulation import Simulation
from sim.scenario import parse_scenario
from sim.scenario.plan import Plan

SHIFT = {"agents": "1%", "kind": "shift", "size": "2sd", "at": "10s", "for": "5s"}
DETECTORS: Mapping[str, Mapping[str, Any]] = {
    "z": {},
    "ewma_z": {"half_life": "2s"},
    "cusum": {},
    "lr_e_process": {"size": "0.5sd"},
}


def plan(agents: int, seconds: int, detection: Mapping[str, Any] | None) -> Plan:
    """The reference workload, with detection and anomalies or without either."""
    changes = []
    if detection is not None:
        changes = [f"detection={json.dumps(detection)}", f"anomalies={json.dumps([SHIFT])}"]
    text = SCENARIO.format(agents=agents, seconds=seconds)
    return parse_scenario(text, "reference-workload.yaml", changes)


def loop_s(plan: Plan) -> float:
    """CPU seconds of the simulation loop."""
    simulation = Simulation(plan, seed=1)
    simulation.prepare()
    with frozen_garbage():
        begin = time.process_time()
        simulation.play()
        return time.process_time() - begin


def ratios(agents: int, seconds: int, detection: Mapping[str, Any], rounds: int) -> list[float]:
    """Speed with detection over speed without, once a round."""
    bare, watched = plan(agents, seconds, None), plan(agents, seconds, detection)
    return [loop_s(bare) / loop_s(watched) for _ in range(rounds)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for scope in ("population", "own"):
        for kind, options in DETECTORS.items():
            detection = {"detector": {"kind": kind, **options}, "scope": scope, "learn": "5s"}
            detection["calibrate"] = "4s"
            found = ratios(asked.agents, asked.seconds, detection, asked.rounds)
            print(
                f"{asked.agents:>9,} agents, {kind:12} {scope:10}: {np.median(found):.2f} of the "
                f"speed without ({min(found):.2f} to {max(found):.2f} in {asked.rounds} rounds)"
            )


if __name__ == "__main__":
    main()
